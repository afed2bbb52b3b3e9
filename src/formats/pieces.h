/* Files of SentencePiece (.model): the pieces that a trained tokenizer cuts texts into, and what it does to a
 * text before. A message of Protocol Buffers, sentencepiece.ModelProto, of which what encoding needs is read.
 */
#ifndef HONE_FORMATS_PIECES_H
#define HONE_FORMATS_PIECES_H

#include "base/error.h"
#include "base/memory.h"

/* As files number them. */
typedef enum hone_piece_kind {
    HONE_PIECE_NORMAL = 1,
    HONE_PIECE_UNKNOWN,
    HONE_PIECE_CONTROL, /* <s>: in no text */
    HONE_PIECE_OWN,     /* given by who trained it: always one piece */
    HONE_PIECE_UNUSED,
    HONE_PIECE_BYTE /* <0x0A> */
} hone_piece_kind;

typedef enum hone_piece_way {
    HONE_PIECES_UNIGRAM = 1,
    HONE_PIECES_PAIRS,
    HONE_PIECES_WORDS,
    HONE_PIECES_CHARACTERS
} hone_piece_way;

typedef struct hone_piece {
    const char *text; /* UTF-8, ended by 0, without one inside */
    size_t length;
    float score;
    hone_piece_kind kind;
} hone_piece;

typedef struct hone_pieces {
    hone_piece *list;
    size_t count, capacity;
    hone_piece_way way;
    bool bytes;                   /* what is unknown becomes pieces of its bytes */
    bool prefix;                  /* a space is put before a text */
    bool trims;                   /* spaces at both ends go, several become one */
    bool escapes;                 /* a space is U+2581 */
    const char *unknown_text;     /* what an unknown piece is written as */
    const unsigned char *changes; /* what other characters become: normalize.c; NULL: nothing does */
    size_t changes_bytes;
    hone_arena texts;
} hone_pieces;

/* Zero-initialise to start; `label` names the file in messages. Frees what there is when it fails. */
hone_status hone_internal_pieces_read(hone_pieces *pieces, const void *data, size_t bytes, const char *label);
void hone_internal_pieces_free(hone_pieces *pieces);

#endif
