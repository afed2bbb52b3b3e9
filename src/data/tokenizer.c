/* The tokenizer: a tree of its pieces, letter by letter, and what each piece is written as. */
#include "data/tokenizer.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"

#include <float.h>
#include <string.h>

#define SPACE "\xE2\x96\x81" /* U+2581 */
enum { SPACE_BYTES = 3, PART = 45000 /* bytes of the file in a text of the config */ };

/* ---- the tree ---- */

uint32_t hone_internal_tokenizer_follow(const hone_tokenizer *tokenizer, uint32_t node, unsigned char letter)
{
    if (node == 0)
        return tokenizer->first[letter];
    uint32_t at = tokenizer->nodes[node].child;
    while (at != 0 && tokenizer->nodes[at].letter != letter)
        at = tokenizer->nodes[at].next;
    return at;
}

static hone_status add_node(hone_tokenizer *tokenizer, uint32_t parent, unsigned char letter, uint32_t *added)
{
    HONE_TRY(hone_internal_grow(&tokenizer->nodes, &tokenizer->node_capacity, tokenizer->node_count + 1,
                                sizeof *tokenizer->nodes));
    hone_piece_node node = {.letter = letter, .piece = -1};
    if (tokenizer->node_count > 0 && parent > 0)
        node.next = tokenizer->nodes[parent].child;
    *added = (uint32_t)tokenizer->node_count++;
    tokenizer->nodes[*added] = node;
    if (*added > 0)
        *(parent == 0 ? &tokenizer->first[letter] : &tokenizer->nodes[parent].child) = *added;
    return HONE_OK;
}

static hone_status add_piece(hone_tokenizer *tokenizer, int32_t piece, const char *label)
{
    const hone_piece *added = &tokenizer->pieces.list[piece];
    uint32_t node = 0;
    for (size_t i = 0; i < added->length; i++) {
        const unsigned char letter = (unsigned char)added->text[i];
        uint32_t next = hone_internal_tokenizer_follow(tokenizer, node, letter);
        if (next == 0)
            HONE_TRY(add_node(tokenizer, node, letter, &next));
        node = next;
    }
    if (tokenizer->nodes[node].piece >= 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the piece \"%.60s\" occurs twice", label, added->text);
    tokenizer->nodes[node].piece = piece;
    return HONE_OK;
}

int32_t hone_internal_tokenizer_find(const hone_tokenizer *tokenizer, const char *text, size_t length)
{
    uint32_t node = 0;
    for (size_t i = 0; i < length; i++)
        if ((node = hone_internal_tokenizer_follow(tokenizer, node, (unsigned char)text[i])) == 0)
            return -1;
    return tokenizer->nodes[node].piece;
}

int32_t hone_internal_tokenizer_own(const hone_tokenizer *tokenizer, const char *text, size_t length)
{
    int32_t longest = -1;
    uint32_t node = 0;
    for (size_t i = 0; tokenizer->has_own && i < length; i++) {
        if ((node = hone_internal_tokenizer_follow(tokenizer, node, (unsigned char)text[i])) == 0)
            break;
        const int32_t piece = tokenizer->nodes[node].piece;
        if (piece >= 0 && tokenizer->pieces.list[piece].kind == HONE_PIECE_OWN)
            longest = piece;
    }
    return longest;
}

/* ---- what pieces are written as ---- */

/* "<0x0A>" -> 10; -1: no byte. */
static int byte_of(const char *text)
{
    int byte = 0;
    if (strlen(text) != 6 || strncmp(text, "<0x", 3) != 0 || text[5] != '>')
        return -1;
    for (int i = 3; i < 5; i++) {
        static const char digits[] = "0123456789ABCDEF";
        const char *found = strchr(digits, text[i]);
        if (found == NULL)
            return -1;
        byte = byte * 16 + (int)(found - digits);
    }
    return byte;
}

/* A text with spaces as spaces. */
static const char *plain(hone_tokenizer *tokenizer, const char *text)
{
    char *copy = hone_internal_arena_copy_text(&tokenizer->pieces.texts, text), *to = copy;
    for (const char *from = text; copy != NULL && *from != '\0';) {
        const bool space = strncmp(from, SPACE, SPACE_BYTES) == 0;
        *to++ = space ? ' ' : *from;
        from += space ? SPACE_BYTES : 1;
    }
    if (copy != NULL)
        *to = '\0';
    return copy;
}

static const char *written_as(hone_tokenizer *tokenizer, int32_t number, const char *label)
{
    const hone_piece *piece = &tokenizer->pieces.list[number];
    if (piece->kind == HONE_PIECE_CONTROL)
        return "";
    if (piece->kind == HONE_PIECE_UNKNOWN)
        return tokenizer->pieces.unknown_text;
    if (piece->kind != HONE_PIECE_BYTE)
        return plain(tokenizer, piece->text);
    const int byte = byte_of(piece->text);
    char *text = hone_internal_arena_allocate(&tokenizer->pieces.texts, 2);
    if (byte < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the piece \"%.60s\" is of no byte", label, piece->text),
               NULL;
    tokenizer->of_byte[byte] = number;
    if (text != NULL)
        text[0] = (char)byte;
    return text;
}

/* ---- making it ---- */

/* What follows from a piece. */
static void note(hone_tokenizer *tokenizer, int32_t number)
{
    const hone_piece *piece = &tokenizer->pieces.list[number];
    if (piece->kind == HONE_PIECE_UNKNOWN)
        tokenizer->unknown = number;
    tokenizer->has_own = tokenizer->has_own || piece->kind == HONE_PIECE_OWN;
    if (piece->kind == HONE_PIECE_NORMAL) {
        tokenizer->least = piece->score < tokenizer->least ? piece->score : tokenizer->least;
        tokenizer->greatest = piece->score > tokenizer->greatest ? piece->score : tokenizer->greatest;
    }
    if (strstr(piece->text + 1, SPACE) != NULL)
        tokenizer->splits = false;
}

static hone_status take_pieces(hone_tokenizer *tokenizer, const char *label)
{
    const hone_pieces *pieces = &tokenizer->pieces;
    uint32_t root;
    HONE_TRY(add_node(tokenizer, 0, 0, &root));
    tokenizer->written = hone_internal_allocate_zeroed(pieces->count, sizeof *tokenizer->written);
    if (tokenizer->written == NULL)
        return HONE_ERROR_MEMORY;
    for (int32_t i = 0; i < (int32_t)pieces->count; i++) {
        const hone_piece_kind kind = pieces->list[i].kind;
        if (kind == HONE_PIECE_NORMAL || kind == HONE_PIECE_OWN || kind == HONE_PIECE_UNUSED)
            HONE_TRY(add_piece(tokenizer, i, label));
        if ((tokenizer->written[i] = written_as(tokenizer, i, label)) == NULL)
            return hone_error_status();
        note(tokenizer, i);
    }
    return HONE_OK;
}

static hone_status check(const hone_tokenizer *tokenizer, const char *label)
{
    if (tokenizer->unknown < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: it has no piece for what is unknown", label);
    for (int i = 0; tokenizer->pieces.bytes && i < 256; i++)
        if (tokenizer->of_byte[i] < 0)
            return hone_fail(HONE_ERROR_FORMAT, "%s: it has byte_fallback, but no piece <0x%02X>", label,
                             (unsigned)i);
    if (!hone_internal_changes_are_whole(&tokenizer->pieces))
        return hone_fail(
            HONE_ERROR_FORMAT,
            "%s: its precompiled_charsmap is damaged, or makes more than 256 bytes of a character", label);
    return HONE_OK;
}

static hone_status make(hone_tokenizer *tokenizer, const void *data, size_t bytes, const char *label)
{
    *tokenizer = (hone_tokenizer){.unknown = -1, .least = FLT_MAX, .greatest = -FLT_MAX};
    memset(tokenizer->of_byte, -1, sizeof tokenizer->of_byte);
    HONE_TRY(hone_internal_pieces_read(&tokenizer->pieces, data, bytes, label));
    tokenizer->splits = tokenizer->pieces.escapes;
    HONE_TRY(take_pieces(tokenizer, label));
    HONE_TRY(check(tokenizer, label));
    tokenizer->file = hone_internal_allocate(bytes);
    if (tokenizer->file == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(tokenizer->file, data, bytes);
    tokenizer->file_bytes = bytes;
    return HONE_OK;
}

hone_tokenizer *hone_internal_tokenizer_create(const void *data, size_t bytes, const char *label)
{
    hone_tokenizer *tokenizer = hone_internal_allocate_zeroed(1, sizeof *tokenizer);
    if (tokenizer == NULL || make(tokenizer, data, bytes, label) >= 0)
        return tokenizer;
    hone_internal_tokenizer_free(tokenizer);
    return NULL;
}

hone_tokenizer *hone_internal_tokenizer_open(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, hone_internal_limits.tokenizer_bytes, &data, &bytes) < 0)
        return NULL;
    hone_tokenizer *tokenizer = hone_internal_tokenizer_create(data, bytes, path);
    hone_internal_free(data);
    return tokenizer;
}

void hone_internal_tokenizer_free(hone_tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    hone_internal_pieces_free(&tokenizer->pieces);
    hone_internal_free(tokenizer->nodes);
    hone_internal_free(tokenizer->written);
    hone_internal_free(tokenizer->file);
    hone_internal_free(tokenizer);
}

/* ---- in a model ---- */

/* Adds a text to a list, which it frees when it fails. */
static bool add_text(hone_config **list, const char *text)
{
    if (*list != NULL && hone_internal_config_append(*list, hone_internal_config_text(text)) < 0) {
        hone_internal_config_free(*list);
        *list = NULL;
    }
    return *list != NULL;
}

hone_config *hone_internal_tokenizer_to_config(const hone_tokenizer *tokenizer)
{
    hone_config *list = hone_internal_config_list();
    for (size_t at = 0; list != NULL && at < tokenizer->file_bytes; at += PART) {
        const size_t rest = tokenizer->file_bytes - at;
        hone_text text = {.data = NULL};
        hone_internal_base64_append(&text, tokenizer->file + at, rest < PART ? rest : PART);
        if (text.failed) {
            hone_internal_config_free(list);
            list = NULL;
        } else {
            add_text(&list, text.data);
        }
        hone_internal_text_free(&text);
    }
    return list;
}

hone_config *hone_internal_tokenizer_pieces(const hone_tokenizer *tokenizer)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < tokenizer->pieces.count && add_text(&list, tokenizer->pieces.list[i].text); i++)
        ;
    return list;
}

static hone_tokenizer *damaged(unsigned char *file)
{
    hone_internal_free(file);
    hone_fail(HONE_ERROR_FORMAT, "the model's tokenizer is damaged: it is not a list of base64 texts");
    return NULL;
}

hone_tokenizer *hone_internal_tokenizer_from_config(const hone_config *list)
{
    const size_t parts =
        hone_internal_config_is(list, HONE_CONFIG_LIST) ? hone_internal_config_count(list) : 0;
    unsigned char *file = NULL;
    size_t bytes = 0, capacity = 0;
    for (size_t i = 0; i < parts; i++) {
        const char *text = hone_internal_config_text_at(list, i);
        const size_t length = text == NULL ? 0 : strlen(text);
        size_t more = 0;
        if (hone_internal_grow(&file, &capacity, bytes + length, 1) < 0) {
            hone_internal_free(file);
            return NULL;
        }
        if (length == 0 || !hone_internal_base64_read(text, length, file + bytes, &more))
            return damaged(file);
        bytes += more;
    }
    if (bytes == 0)
        return damaged(file);
    hone_tokenizer *tokenizer = hone_internal_tokenizer_create(file, bytes, "the model's tokenizer");
    hone_internal_free(file);
    return tokenizer;
}
