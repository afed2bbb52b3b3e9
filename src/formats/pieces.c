/* The message, field by field: a field is a key, 8 number + kind, and what it holds; unknown fields are
 * skipped. Every length is checked against what is left. */
#include "formats/pieces.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_PIECES = 1 << 22, MOST_PIECE = 1 << 9 };

/* What is left of a message. */
typedef struct message {
    const unsigned char *at, *end;
} message;

/* A field: a number, or bytes. */
typedef struct field {
    uint64_t key; /* its number in the message */
    uint64_t number;
    message bytes;
} field;

static bool take_number(message *from, uint64_t *number)
{
    *number = 0;
    for (int shift = 0; shift < 64 && from->at < from->end; shift += 7) {
        *number |= (uint64_t)(*from->at & 127) << shift;
        if (*from->at++ < 128)
            return true;
    }
    return false;
}

static bool take_bytes(message *from, uint64_t length, message *bytes)
{
    if (length > (uint64_t)(from->end - from->at))
        return false;
    *bytes = (message){from->at, from->at + length};
    from->at += length;
    return true;
}

static uint64_t little_endian(const message *bytes)
{
    uint64_t number = 0;
    for (const unsigned char *at = bytes->end; at-- > bytes->at;)
        number = number << 8 | *at;
    return number;
}

/* The next field; false at the end, or with `broken`. */
static bool next_field(message *from, field *found, bool *broken)
{
    enum { VARINT, EIGHT, LENGTH, FOUR = 5 };
    uint64_t key, length;
    if (from->at >= from->end)
        return false;
    bool good = take_number(from, &key);
    *found = (field){.key = key >> 3};
    switch (good ? (int)(key & 7) : -1) {
    case VARINT: good = take_number(from, &found->number); break;
    case EIGHT:
    case FOUR:
        good = take_bytes(from, (key & 7) == EIGHT ? 8 : 4, &found->bytes);
        found->number = good ? little_endian(&found->bytes) : 0;
        break;
    case LENGTH: good = take_number(from, &length) && take_bytes(from, length, &found->bytes); break;
    default: good = false;
    }
    *broken = *broken || !good;
    return good;
}

/* ---- the parts ---- */

static bool is_utf8(message text)
{
    uint32_t character;
    for (size_t bytes; text.at < text.end; text.at += bytes) {
        bytes = hone_internal_utf8_next((const char *)text.at, (size_t)(text.end - text.at), &character);
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

static hone_status read_piece(reading *r, message from)
{
    hone_pieces *pieces = r->pieces;
    field found;
    hone_piece piece = {.text = "", .kind = HONE_PIECE_NORMAL};
    message text = {NULL, NULL};
    while (next_field(&from, &found, &r->broken)) {
        const uint32_t bits = (uint32_t)found.number;
        if (found.key == 1)
            text = found.bytes;
        else if (found.key == 2)
            memcpy(&piece.score, &bits, sizeof bits);
        else if (found.key == 3)
            piece.kind = found.number >= HONE_PIECE_NORMAL && found.number <= HONE_PIECE_BYTE
                             ? (hone_piece_kind)found.number
                             : HONE_PIECE_UNUSED;
    }
    piece.length = (size_t)(text.end - text.at);
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

static hone_status copy_bytes(hone_pieces *pieces, message bytes, char **copy)
{
    const size_t count = (size_t)(bytes.end - bytes.at);
    *copy = hone_internal_arena_allocate(&pieces->texts, count + 1);
    if (*copy == NULL)
        return HONE_ERROR_MEMORY;
    if (count > 0)
        memcpy(*copy, bytes.at, count);
    return HONE_OK;
}

static hone_status read_trainer(reading *r, message from)
{
    field found;
    char *text;
    while (next_field(&from, &found, &r->broken)) {
        if (found.key == 3 && found.number >= HONE_PIECES_UNIGRAM && found.number <= HONE_PIECES_CHARACTERS)
            r->pieces->way = (hone_piece_way)found.number;
        else if (found.key == 3)
            r->broken = true;
        else if (found.key == 24)
            r->suffix = found.number != 0;
        else if (found.key == 35)
            r->pieces->bytes = found.number != 0;
        else if (found.key == 44) {
            HONE_TRY(copy_bytes(r->pieces, found.bytes, &text));
            r->pieces->unknown_text = text;
        }
    }
    return HONE_OK;
}

static hone_status read_normalizer(reading *r, message from)
{
    field found;
    char *text;
    while (next_field(&from, &found, &r->broken)) {
        if (found.key == 2) {
            HONE_TRY(copy_bytes(r->pieces, found.bytes, &text));
            r->pieces->changes = (const unsigned char *)text;
            r->pieces->changes_bytes = (size_t)(found.bytes.end - found.bytes.at);
        } else if (found.key == 3) {
            r->pieces->prefix = found.number != 0;
        } else if (found.key == 4) {
            r->pieces->trims = found.number != 0;
        } else if (found.key == 5) {
            r->pieces->escapes = found.number != 0;
        }
    }
    return HONE_OK;
}

static hone_status read_message(reading *r, message from)
{
    hone_status (*const parts[])(reading *, message) = {NULL, read_piece, read_trainer, read_normalizer};
    field found;
    while (next_field(&from, &found, &r->broken))
        if (found.key >= 1 && found.key <= 3)
            HONE_TRY(parts[found.key](r, found.bytes));
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
    const unsigned char *at = data;
    hone_status status = read_message(&r, (message){at, at + bytes});
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
