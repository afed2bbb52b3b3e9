/* Products whose operands are first copied, so that what a block of registers reads lies together. */
#include "kernels/product_packed.h"
#include "kernels/sizes.h"
#include <string.h>

enum {
    PACK_ROWS = 64,    /* of C: so many use what is copied of B, */
    PACK_SIZE = 4096,  /* numbers of B, or more */
    ROWS_AT_ONCE = 48, /* of C, whole, before the next ones */
    LONG_SUM = 512,    /* of k: a turned A is copied, too, */
    GROUP_ROWS = 12,   /* so many of its columns next to each other, */
    LONG_BLOCK = 128,  /* so much of k at a time: with some columns of B it fits into the first cache, */
    LONG_ROWS = 256    /* for so many rows of C: in the second */
};

bool hone_internal_is_packed(int64_t m, int64_t n, int64_t k)
{
    return m >= PACK_ROWS && n * k >= PACK_SIZE;
}

bool hone_internal_is_long(int64_t m, int64_t k, bool transpose_a, bool transpose_b)
{
    return transpose_a && !transpose_b && m >= PACK_ROWS && k >= LONG_SUM;
}

int64_t hone_internal_long_scratch(int64_t m, int64_t n)
{
    return LONG_BLOCK * (n + hone_minimum(m, LONG_ROWS));
}

void hone_internal_pack(int64_t rows, int64_t columns, const float *from, int64_t ld, float *to)
{
    const int64_t whole = columns / HONE_PRODUCT_COLUMNS * HONE_PRODUCT_COLUMNS, rest = columns - whole;
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < whole; j += HONE_PRODUCT_COLUMNS)
            memcpy(to + j * rows + i * HONE_PRODUCT_COLUMNS, from + i * ld + j,
                   HONE_PRODUCT_COLUMNS * sizeof(float));
        if (rest > 0)
            memcpy(to + whole * rows + i * rest, from + i * ld + whole, (size_t)rest * sizeof(float));
    }
}

/* Copies `columns` columns of a turned A in the same way, GROUP_ROWS of them next to each other. */
static void pack_groups(int64_t rows, int64_t columns, const float *from, int64_t ld, float *to)
{
    const int64_t whole = columns / GROUP_ROWS * GROUP_ROWS, rest = columns - whole;
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < whole; j += GROUP_ROWS)
            memcpy(to + j * rows + i * GROUP_ROWS, from + i * ld + j, GROUP_ROWS * sizeof(float));
        for (int64_t j = 0; j < rest; j++)
            to[whole * rows + i * rest + j] = from[i * ld + whole + j];
    }
}

void hone_internal_packed_product(const hone_product_parts *parts, int64_t rows, int64_t columns,
                                  int64_t inner, const float *a, int64_t a_row, int64_t a_inner,
                                  const float *packed, float *c, int64_t ldc, bool add)
{
    for (int64_t j = 0; j < columns; j += HONE_PRODUCT_COLUMNS) {
        const int64_t width = hone_minimum(HONE_PRODUCT_COLUMNS, columns - j);
        parts->product(rows, width, inner, a, a_row, a_inner, packed + j * inner, width, c + j, ldc, add);
    }
}

/* Asks for a part of the next block of k, of the `parts` that there are: it comes while this one is at work.
 */
static void fetch_next(const hone_product_tile *tile, int64_t p, int64_t first, int64_t rows, int64_t part,
                       int64_t parts)
{
    enum { LINE = 64 / sizeof(float) };
    const int64_t inner = hone_minimum(LONG_BLOCK, tile->k - p);
    for (int64_t i = part * inner / parts; i < (part + 1) * inner / parts; i++) {
        const float *b = tile->b + (p + i) * tile->ldb, *a = tile->a + first + (p + i) * tile->lda;
        for (int64_t j = 0; j < tile->n; j += LINE)
            __builtin_prefetch(b + j, 0, 2);
        for (int64_t j = 0; j < rows; j += LINE)
            __builtin_prefetch(a + j, 0, 2);
    }
}

void hone_internal_long_product(const hone_product_parts *parts, const hone_product_tile *tile,
                                float *scratch)
{
    float *groups = scratch + LONG_BLOCK * tile->n;
    for (int64_t first = 0; first < tile->m; first += LONG_ROWS)
        for (int64_t p = 0; p < tile->k; p += LONG_BLOCK) {
            const int64_t rows = hone_minimum(LONG_ROWS, tile->m - first),
                          inner = hone_minimum(LONG_BLOCK, tile->k - p);
            hone_internal_pack(inner, tile->n, tile->b + p * tile->ldb, tile->ldb, scratch);
            pack_groups(inner, rows, tile->a + first + p * tile->lda, tile->lda, groups);
            for (int64_t i = 0; i < rows; i += GROUP_ROWS) {
                const int64_t group = hone_minimum(GROUP_ROWS, rows - i);
                fetch_next(tile, p + inner, first, rows, i / GROUP_ROWS, hone_divide_up(rows, GROUP_ROWS));
                hone_internal_packed_product(parts, group, tile->n, inner, groups + i * inner, 1, group,
                                             scratch, tile->c + (first + i) * tile->ldc, tile->ldc,
                                             tile->add || p > 0);
            }
        }
}

void hone_internal_blocked_product(const hone_product_parts *parts, const hone_product_tile *tile,
                                   int64_t width, bool add, float *packed)
{
    const int64_t a_row = tile->transpose_a ? 1 : tile->lda, a_inner = tile->transpose_a ? tile->lda : 1;
    for (int64_t p = 0; p < tile->k; p += HONE_PRODUCT_INNER) {
        const int64_t inner = hone_minimum(HONE_PRODUCT_INNER, tile->k - p);
        const float *a = tile->a + p * a_inner, *b = tile->b + p * tile->ldb;
        if (packed == NULL || !hone_internal_is_packed(tile->m, tile->n, tile->k)) {
            parts->product(tile->m, tile->n, inner, a, a_row, a_inner, b, tile->ldb, tile->c, tile->ldc,
                           add || p > 0);
            continue;
        }
        for (int64_t j = 0; j < tile->n; j += width) {
            const int64_t columns = hone_minimum(width, tile->n - j);
            hone_internal_pack(inner, columns, b + j, tile->ldb, packed);
            for (int64_t i = 0; i < tile->m; i += ROWS_AT_ONCE)
                hone_internal_packed_product(parts, hone_minimum(ROWS_AT_ONCE, tile->m - i), columns, inner,
                                             a + i * a_row, a_row, a_inner, packed,
                                             tile->c + i * tile->ldc + j, tile->ldc, add || p > 0);
        }
    }
}

void hone_internal_product_plain(const hone_product_parts *parts, const hone_product_tile *tile, bool add,
                                 void *scratch)
{
    hone_internal_blocked_product(parts, tile, HONE_PRODUCT_COLUMNS, add, scratch);
}

size_t hone_internal_product_plain_scratch(void)
{
    return (size_t)HONE_PRODUCT_INNER * HONE_PRODUCT_COLUMNS * sizeof(float);
}
