/* A tokenizer that was trained with SentencePiece: texts to numbers of pieces and back, as its own library
 * cuts them. */
#ifndef HONE_DATA_TOKENIZER_H
#define HONE_DATA_TOKENIZER_H

#include "fields/config.h"
#include "formats/pieces.h"

/* A node of the tree of pieces: what follows begins at `child`, what may stand in its place is `next`. */
typedef struct hone_piece_node {
    uint32_t child, next; /* 0: none */
    int32_t piece;        /* that ends here, or -1 */
    unsigned char letter;
} hone_piece_node;

typedef struct hone_tokenizer {
    hone_pieces pieces;
    hone_piece_node *nodes; /* the first is the root */
    size_t node_count, node_capacity;
    uint32_t first[256];  /* of each letter: the node that follows the root */
    bool has_own;         /* pieces of kind OWN */
    const char **written; /* of each piece: the text that it stands for */
    int32_t unknown;
    int32_t of_byte[256];  /* -1: there is none */
    float least, greatest; /* scores of normal pieces */
    bool splits;           /* no piece goes on behind a space */
    unsigned char *file;
    size_t file_bytes;
} hone_tokenizer;

typedef struct hone_piece_numbers {
    int32_t *list;
    size_t count, capacity;
    bool after_unknown; /* several unknown pieces in a row become one */
    float score; /* sum of the scores so far, rounded as SentencePiece does, which decides between equals */
} hone_piece_numbers;

/* From the bytes of a file, which are copied; NULL on failure. */
hone_tokenizer *hone_internal_tokenizer_create(const void *data, size_t bytes, const char *label);
hone_tokenizer *hone_internal_tokenizer_open(const char *path);
void hone_internal_tokenizer_free(hone_tokenizer *tokenizer);
/* The same, as a model keeps it: a list of texts, base64 of the file. */
hone_config *hone_internal_tokenizer_to_config(const hone_tokenizer *tokenizer);
hone_tokenizer *hone_internal_tokenizer_from_config(const hone_config *list);
/* The pieces, as a list of texts. */
hone_config *hone_internal_tokenizer_pieces(const hone_tokenizer *tokenizer);

/* Adds the numbers of a text in UTF-8. `begins`: nothing stands before it. */
hone_status hone_internal_tokenizer_encode(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                           bool begins, hone_piece_numbers *numbers);

/* normalize.c: what a text is before it is cut; to be freed, NULL on failure. */
char *hone_internal_tokenizer_normalize(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                        bool begins, size_t *changed);
/* The changes of a file hold together. */
bool hone_internal_changes_are_whole(const hone_pieces *pieces);
/* The longest piece of kind OWN that a text begins with, or -1. */
int32_t hone_internal_tokenizer_own(const hone_tokenizer *tokenizer, const char *text, size_t length);
/* The piece that is this text, or -1. */
int32_t hone_internal_tokenizer_find(const hone_tokenizer *tokenizer, const char *text, size_t length);
/* The node that follows one by a letter; 0: none. */
uint32_t hone_internal_tokenizer_follow(const hone_tokenizer *tokenizer, uint32_t node, unsigned char letter);
/* tokenizer_pairs.c: cuts normalised text by merging pairs. */
hone_status hone_internal_tokenizer_merge(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                          hone_piece_numbers *numbers);
/* Adds what stands for a part of the text: a piece, -1: unknown. */
hone_status hone_internal_tokenizer_put(const hone_tokenizer *tokenizer, int32_t piece, const char *text,
                                        size_t length, hone_piece_numbers *numbers);
/* Bytes of the character that a normalised text begins with. */
size_t hone_internal_tokenizer_character(const char *text, size_t length);

#endif
