/* Cutting a normalised text into pieces. By chances (unigram): of all ways the one whose scores have the
 * greatest sum, found from left to right. By pairs: tokenizer_pairs.c. By words: at spaces. By characters. */
#include "base/utf8.h"
#include "data/tokenizer.h"

#include <string.h>

size_t hone_internal_tokenizer_character(const char *text, size_t length)
{
    uint32_t character;
    return hone_internal_utf8_next(text, length, &character);
}

static hone_status put(hone_piece_numbers *numbers, int32_t number)
{
    HONE_TRY(
        hone_internal_grow(&numbers->list, &numbers->capacity, numbers->count + 1, sizeof *numbers->list));
    numbers->list[numbers->count++] = number;
    return HONE_OK;
}

hone_status hone_internal_tokenizer_put(const hone_tokenizer *tokenizer, int32_t piece, const char *text,
                                        size_t length, hone_piece_numbers *numbers)
{
    const bool again = piece < 0 && numbers->after_unknown;
    numbers->after_unknown = piece < 0 && !tokenizer->pieces.bytes;
    if (piece >= 0)
        return put(numbers, piece);
    if (!tokenizer->pieces.bytes)
        return again ? HONE_OK : put(numbers, tokenizer->unknown);
    for (size_t i = 0; i < length; i++)
        HONE_TRY(put(numbers, tokenizer->of_byte[(unsigned char)text[i]]));
    return HONE_OK;
}

/* ---- by chances ---- */

/* The best way to cut the text up to a place: its last piece begins at `start`. */
typedef struct way {
    float score;
    int32_t piece;
    size_t start;
    bool reached;
} way;

static const float least_sum = -65536; /* below it floats are too coarse for scores: sums begin anew */

static void offer(way *to, double score, int32_t piece, size_t start)
{
    if (to->reached && !((float)score > to->score))
        return;
    *to = (way){(float)score, piece, start, true};
}

/* All pieces that begin at `start`, and the character there as unknown when none is just that. */
static void go_on(const hone_tokenizer *tokenizer, const char *text, size_t length, size_t start,
                  size_t character, way *ways)
{
    const float before = ways[start].score;
    bool known = false;
    uint32_t node = 0;
    for (size_t at = start; at < length; at++) {
        if ((node = hone_internal_tokenizer_follow(tokenizer, node, (unsigned char)text[at])) == 0)
            break;
        const int32_t number = tokenizer->nodes[node].piece;
        if (number < 0 || tokenizer->pieces.list[number].kind == HONE_PIECE_UNUSED)
            continue;
        const hone_piece *piece = &tokenizer->pieces.list[number];
        const double score = piece->kind == HONE_PIECE_OWN
                                 ? (double)((float)piece->length * tokenizer->greatest) - 0.1
                                 : (double)piece->score;
        offer(&ways[at + 1], score + (double)before, number, start);
        known = known || piece->length == character;
    }
    if (!known)
        offer(&ways[start + character], (double)(tokenizer->least - 10 + before), -1, start);
}

/* The ways back from the end, turned around. */
static hone_status put_way(const hone_tokenizer *tokenizer, const char *text, size_t length, way *ways,
                           hone_piece_numbers *numbers)
{
    size_t next = length;
    for (size_t at = length; at > 0;) { /* `start` of each becomes the end of its piece */
        const size_t start = ways[at].start;
        ways[at].start = next;
        next = at;
        at = start;
    }
    for (size_t start = 0, end = next; start < length;) {
        HONE_TRY(hone_internal_tokenizer_put(tokenizer, ways[end].piece, text + start, end - start, numbers));
        start = end;
        end = ways[end].start;
    }
    return HONE_OK;
}

static hone_status cut_by_chances(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                  hone_piece_numbers *numbers)
{
    way *ways = hone_internal_allocate_zeroed(length + 1, sizeof *ways);
    if (ways == NULL)
        return HONE_ERROR_MEMORY;
    ways[0].score = numbers->score;
    for (size_t at = 0; at < length;) {
        const size_t character = hone_internal_tokenizer_character(text + at, length - at);
        go_on(tokenizer, text, length, at, character, ways);
        at += character;
    }
    numbers->score = ways[length].score > least_sum ? ways[length].score : 0;
    const hone_status status = put_way(tokenizer, text, length, ways, numbers);
    hone_internal_free(ways);
    return status;
}

/* ---- by words and characters ---- */

static hone_status cut_whole(const hone_tokenizer *tokenizer, const char *text, size_t length,
                             hone_piece_numbers *numbers)
{
    const int32_t piece = hone_internal_tokenizer_find(tokenizer, text, length);
    return hone_internal_tokenizer_put(tokenizer, piece, text, length, numbers);
}

static hone_status cut_characters(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                  hone_piece_numbers *numbers)
{
    for (size_t at = 0; at < length;) {
        const int32_t own = hone_internal_tokenizer_own(tokenizer, text + at, length - at);
        const size_t bytes = own >= 0 ? tokenizer->pieces.list[own].length
                                      : hone_internal_tokenizer_character(text + at, length - at);
        HONE_TRY(cut_whole(tokenizer, text + at, bytes, numbers));
        at += bytes;
    }
    return HONE_OK;
}

/* ---- the text ---- */

/* The part up to the next space; all where pieces may go on behind one. */
static size_t part_of(const hone_tokenizer *tokenizer, const char *text, size_t length)
{
    const bool words = tokenizer->splits || tokenizer->pieces.way == HONE_PIECES_WORDS;
    if (!words)
        return length;
    for (size_t at = 1; at + 3 <= length; at++)
        if (memcmp(text + at, "\xE2\x96\x81", 3) == 0)
            return at;
    return length;
}

static hone_status cut(const hone_tokenizer *tokenizer, const char *text, size_t length,
                       hone_piece_numbers *numbers)
{
    hone_status (*const ways[])(const hone_tokenizer *, const char *, size_t,
                                hone_piece_numbers *) = {[HONE_PIECES_UNIGRAM] = cut_by_chances,
                                                         [HONE_PIECES_PAIRS] = hone_internal_tokenizer_merge,
                                                         [HONE_PIECES_WORDS] = cut_whole,
                                                         [HONE_PIECES_CHARACTERS] = cut_characters};
    for (size_t at = 0; at < length;) {
        const size_t part = part_of(tokenizer, text + at, length - at);
        HONE_TRY(ways[tokenizer->pieces.way](tokenizer, text + at, part, numbers));
        at += part;
    }
    return HONE_OK;
}

hone_status hone_internal_tokenizer_encode(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                           bool begins, hone_piece_numbers *numbers)
{
    size_t changed;
    char *normal = hone_internal_tokenizer_normalize(tokenizer, text, length, begins, &changed);
    if (normal == NULL)
        return HONE_ERROR_MEMORY;
    numbers->score = 0;
    const hone_status status = cut(tokenizer, normal, changed, numbers);
    hone_internal_free(normal);
    return status;
}
