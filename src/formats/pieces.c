/* The message, field by field; unknown fields are skipped. */
#include "formats/pieces.h"
#include "base/utf8.h"
#include "formats/wire.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_PIECES = 1 << 22, MOST_PIECE = 1 << 9 };

static bool is_utf8(hone_span text)
{
    uint32_t character;
    for (size_t bytes; text.left > 0; hone_internal_take(&text, bytes)) {
        bytes = hone_internal_utf8_next((const char *)text.at, text.left, &character);
        if (bytes == 1 && character == 0xFFFD)
            return false;
    }
    return true;
}

typedef struct reading {
    hone_pieces *pieces;
    const char *label;
    bool broken; /* the bytes are no message */
    bool suffix; /* spaces stand behind words */
} reading;

/* The next field; false at the end, or where it is broken. */
static bool next_field(reading *r, hone_span *from, hone_wire_field *found)
{
    const bool more = hone_internal_wire_next(from, found);
    r->broken = r->broken || from->failed;
    return more;
}

static hone_status read_piece(reading *r, hone_span from)
{
    hone_pieces *pieces = r->pieces;
    hone_wire_field found;
    hone_piece piece = {.text = "", .kind = HONE_PIECE_NORMAL};
    hone_span text = {.left = 0};
    while (next_field(r, &from, &found)) {
        const uint32_t bits = (uint32_t)found.value;
        if (found.number == 1)
            text = found.bytes;
        else if (found.number == 2)
            memcpy(&piece.score, &bits, sizeof bits);
        else if (found.number == 3)
            piece.kind = found.value >= HONE_PIECE_NORMAL && found.value <= HONE_PIECE_BYTE
                             ? (hone_piece_kind)found.value
                             : HONE_PIECE_UNUSED;
    }
    piece.length = text.left;
    if (piece.length == 0 || piece.length > MOST_PIECE || memchr(text.at, 0, piece.length) != NULL ||
        !is_utf8(text) || pieces->count >= MOST_PIECES || !(piece.score - piece.score == 0)) {
        r->broken = true;
        return HONE_OK;
    }
    char *copy = hone_internal_arena_allocate(&pieces->texts, piece.length + 1);
    if (copy == NULL ||
        hone_internal_grow(&pieces->list, &pieces->capacity, pieces->count + 1, sizeof *pieces->list) < 0)
        return HONE_ERROR_MEMORY;
    memcpy(copy, text.at, piece.length);
    piece.text = copy;
    pieces->list[pieces->count++] = piece;
    return HONE_OK;
}

static hone_status copy_bytes(hone_pieces *pieces, hone_span bytes, char **copy)
{
    *copy = hone_internal_arena_allocate(&pieces->texts, bytes.left + 1);
    if (*copy == NULL)
        return HONE_ERROR_MEMORY;
    if (bytes.left > 0)
        memcpy(*copy, bytes.at, bytes.left);
    return HONE_OK;
}

static hone_status read_trainer(reading *r, hone_span from)
{
    hone_wire_field found;
    char *text;
    while (next_field(r, &from, &found)) {
        if (found.number == 3 && found.value >= HONE_PIECES_UNIGRAM && found.value <= HONE_PIECES_CHARACTERS)
            r->pieces->way = (hone_piece_way)found.value;
        else if (found.number == 3)
            r->broken = true;
        else if (found.number == 24)
            r->suffix = found.value != 0;
        else if (found.number == 35)
            r->pieces->bytes = found.value != 0;
        else if (found.number == 44) {
            HONE_TRY(copy_bytes(r->pieces, found.bytes, &text));
            r->pieces->unknown_text = text;
        }
    }
    return HONE_OK;
}

static hone_status read_normalizer(reading *r, hone_span from)
{
    hone_wire_field found;
    char *text;
    while (next_field(r, &from, &found)) {
        if (found.number == 2) {
            HONE_TRY(copy_bytes(r->pieces, found.bytes, &text));
            r->pieces->changes = (const unsigned char *)text;
            r->pieces->changes_bytes = found.bytes.left;
        } else if (found.number == 3) {
            r->pieces->prefix = found.value != 0;
        } else if (found.number == 4) {
            r->pieces->trims = found.value != 0;
        } else if (found.number == 5) {
            r->pieces->escapes = found.value != 0;
        }
    }
    return HONE_OK;
}

static hone_status read_message(reading *r, hone_span from)
{
    hone_status (*const parts[])(reading *, hone_span) = {NULL, read_piece, read_trainer, read_normalizer};
    hone_wire_field found;
    while (next_field(r, &from, &found))
        if (found.number >= 1 && found.number <= 3)
            HONE_TRY(parts[found.number](r, found.bytes));
    if (r->broken || r->pieces->count == 0)
        return hone_fail(
            HONE_ERROR_FORMAT,
            "%s: is not a tokenizer of SentencePiece, or is damaged; expected the file .model that "
            "spm_train writes",
            r->label);
    if (r->suffix)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: its pieces end in spaces (treat_whitespace_as_suffix), which is not supported; "
                         "train it without",
                         r->label);
    return HONE_OK;
}

hone_status hone_internal_pieces_read(hone_pieces *pieces, const void *data, size_t bytes, const char *label)
{
    reading r = {.pieces = pieces, .label = label};
    *pieces = (hone_pieces){.way = HONE_PIECES_UNIGRAM,
                            .prefix = true,
                            .trims = true,
                            .escapes = true,
                            .unknown_text = " \xE2\x81\x87 "};
    hone_status status = read_message(&r, (hone_span){.at = data, .left = bytes});
    if (status < 0)
        hone_internal_pieces_free(pieces);
    return status;
}

void hone_internal_pieces_free(hone_pieces *pieces)
{
    hone_internal_free(pieces->list);
    hone_internal_arena_free(&pieces->texts);
    *pieces = (hone_pieces){.count = 0};
}
