/* Byte-pair encoding: the text begins as characters; of all neighbours that together are a piece the pair
 * with the greatest score becomes one, the first of equals, until there is none. A pair that is of no use by
 * itself (a piece of kind UNUSED) is taken apart again. */
#include "data/tokenizer.h"

#include <string.h>

/* A part of the text; length 0: it has become part of the one before. */
typedef struct part {
    size_t start, length;
    int64_t before, after; /* -1: none */
    bool fixed;            /* a piece of one's own */
} part;

typedef struct pair {
    float score;
    int64_t left, right;
    size_t length; /* of both, when they were put here */
} pair;

typedef struct merging {
    const hone_tokenizer *tokenizer;
    const char *text;
    part *parts;
    size_t part_count, part_capacity;
    pair *heap; /* the best is first */
    size_t heap_count, heap_capacity;
} merging;

/* ---- the heap ---- */

static bool is_better(const pair *a, const pair *b)
{
    return a->score > b->score || (a->score == b->score && a->left < b->left);
}

static void swap(pair *a, pair *b)
{
    const pair first = *a;
    *a = *b;
    *b = first;
}

static hone_status push(merging *m, pair added)
{
    HONE_TRY(hone_internal_grow(&m->heap, &m->heap_capacity, m->heap_count + 1, sizeof *m->heap));
    size_t at = m->heap_count++;
    m->heap[at] = added;
    for (; at > 0 && is_better(&m->heap[at], &m->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&m->heap[at], &m->heap[(at - 1) / 2]);
    return HONE_OK;
}

static pair pop(merging *m)
{
    const pair best = m->heap[0];
    m->heap[0] = m->heap[--m->heap_count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child >= m->heap_count)
            return best;
        if (child + 1 < m->heap_count && is_better(&m->heap[child + 1], &m->heap[child]))
            child++;
        if (!is_better(&m->heap[child], &m->heap[at]))
            return best;
        swap(&m->heap[child], &m->heap[at]);
        at = child;
    }
}

/* ---- merging ---- */

static hone_status split(merging *m, size_t length)
{
    for (size_t at = 0; at < length;) {
        const int32_t own = hone_internal_tokenizer_own(m->tokenizer, m->text + at, length - at);
        const size_t bytes = own >= 0 ? m->tokenizer->pieces.list[own].length
                                      : hone_internal_tokenizer_character(m->text + at, length - at);
        const int64_t place = (int64_t)m->part_count;
        HONE_TRY(hone_internal_grow(&m->parts, &m->part_capacity, m->part_count + 1, sizeof *m->parts));
        at += bytes;
        m->parts[m->part_count++] = (part){.start = at - bytes,
                                           .length = bytes,
                                           .before = place - 1,
                                           .after = at < length ? place + 1 : -1,
                                           .fixed = own >= 0};
    }
    return HONE_OK;
}

static hone_status consider(merging *m, int64_t left, int64_t right)
{
    if (left < 0 || right < 0 || m->parts[left].fixed || m->parts[right].fixed)
        return HONE_OK;
    const size_t length = m->parts[left].length + m->parts[right].length;
    const int32_t piece = hone_internal_tokenizer_find(m->tokenizer, m->text + m->parts[left].start, length);
    if (piece < 0)
        return HONE_OK;
    return push(m, (pair){m->tokenizer->pieces.list[piece].score, left, right, length});
}

static hone_status merge(merging *m)
{
    for (int64_t i = 1; i < (int64_t)m->part_count; i++)
        HONE_TRY(consider(m, i - 1, i));
    while (m->heap_count > 0) {
        const pair best = pop(m);
        part *left = &m->parts[best.left], *right = &m->parts[best.right];
        if (left->length == 0 || right->length == 0 || left->length + right->length != best.length)
            continue;
        left->length = best.length;
        left->after = right->after;
        if (right->after >= 0)
            m->parts[right->after].before = best.left;
        right->length = 0;
        HONE_TRY(consider(m, left->before, best.left));
        HONE_TRY(consider(m, best.left, left->after));
    }
    return HONE_OK;
}

/* A piece that is not to be used, as the pair of pieces with the greatest score that it is made of. */
static hone_status put_part(const hone_tokenizer *tokenizer, const char *text, size_t length, int depth,
                            hone_piece_numbers *numbers)
{
    const int32_t piece = hone_internal_tokenizer_find(tokenizer, text, length);
    const bool unused = piece >= 0 && tokenizer->pieces.list[piece].kind == HONE_PIECE_UNUSED;
    size_t best = 0;
    float score = 0;
    for (size_t at = 1; unused && depth < 100 && at < length; at++) {
        const int32_t left = hone_internal_tokenizer_find(tokenizer, text, at),
                      right = hone_internal_tokenizer_find(tokenizer, text + at, length - at);
        const float sum = left < 0 || right < 0
                              ? 0
                              : tokenizer->pieces.list[left].score + tokenizer->pieces.list[right].score;
        if (left >= 0 && right >= 0 && (best == 0 || sum > score)) {
            best = at;
            score = sum;
        }
    }
    if (best == 0)
        return hone_internal_tokenizer_put(tokenizer, piece, text, length, numbers);
    HONE_TRY(put_part(tokenizer, text, best, depth + 1, numbers));
    return put_part(tokenizer, text + best, length - best, depth + 1, numbers);
}

static hone_status put_parts(const merging *m, hone_piece_numbers *numbers)
{
    for (int64_t i = 0; i >= 0; i = m->parts[i].after)
        HONE_TRY(put_part(m->tokenizer, m->text + m->parts[i].start, m->parts[i].length, 0, numbers));
    return HONE_OK;
}

hone_status hone_internal_tokenizer_merge(const hone_tokenizer *tokenizer, const char *text, size_t length,
                                          hone_piece_numbers *numbers)
{
    merging m = {.tokenizer = tokenizer, .text = text};
    hone_status status = split(&m, length);
    if (status >= 0)
        status = merge(&m);
    if (status >= 0 && m.part_count > 0)
        status = put_parts(&m, numbers);
    hone_internal_free(m.parts);
    hone_internal_free(m.heap);
    return status;
}
