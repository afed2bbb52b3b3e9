/* Products of operands rounded to bfloat16, with sums in float. A processor that multiplies pairs of bfloat16
 * gets its operands as words of two numbers that follow each other along k; any other gets rounded floats. */
#include "kernels/product_parts.h"

#include "base/bfloat16.h"

enum { CHAIN_FLOATS = 6 * 1024, ROWS_STEP = 8 }; /* of C: a chain runs while these are in the first cache */

static int64_t words_along(int64_t k)
{
    return (k + 1) / 2;
}

size_t hone_internal_bfloat16_scratch(int64_t m, int64_t n, int64_t k)
{
    return (size_t)(m * k + n * k + 2 * (m + n) + 64) * sizeof(float);
}

/* ---- rounded floats ---- */

static void round_matrix(const float *from, int64_t rows, int64_t columns, int64_t ld, float *to)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            to[i * columns + j] = hone_internal_round_bfloat16(from[i * ld + j]);
}

hone_product_tile hone_internal_bfloat16_round(const hone_product_tile *tile, float *scratch)
{
    hone_product_tile rounded = *tile;
    int64_t rows_a = tile->transpose_a ? tile->k : tile->m, rows_b = tile->transpose_b ? tile->n : tile->k;
    rounded.lda = tile->transpose_a ? tile->m : tile->k;
    rounded.ldb = tile->transpose_b ? tile->k : tile->n;
    rounded.a = scratch;
    rounded.b = scratch + tile->m * tile->k;
    round_matrix(tile->a, rows_a, rounded.lda, tile->lda, scratch);
    round_matrix(tile->b, rows_b, rounded.ldb, tile->ldb, scratch + tile->m * tile->k);
    return rounded;
}

/* ---- pairs ---- */

/* Words [k / 2][columns] of a matrix [k][columns]. */
static void pair_rows(const hone_bfloat16_parts *parts, const float *from, int64_t k, int64_t columns,
                      int64_t ld, float *to)
{
    for (int64_t p = 0; p < words_along(k); p++)
        parts->across(columns, from + 2 * p * ld, 2 * p + 1 < k ? from + (2 * p + 1) * ld : NULL,
                      to + p * columns);
}

/* Words [rows][k / 2] of a matrix [rows][k]. */
static void pair_columns(const hone_bfloat16_parts *parts, const float *from, int64_t rows, int64_t k,
                         int64_t ld, float *to)
{
    for (int64_t i = 0; i < rows; i++)
        parts->along(k, from + i * ld, to + i * words_along(k));
}

void hone_internal_bfloat16_product(const hone_product_parts *parts, const hone_kernel_args *args,
                                    const hone_product_tile *tile, float *scratch)
{
    const hone_bfloat16_parts *pairs = parts->bfloat16;
    int64_t k = words_along(tile->k), m = tile->m, n = tile->n;
    float *a = scratch, *b = a + m * k, *turned = b + n * k;
    if (tile->transpose_a)
        pair_rows(pairs, tile->a, tile->k, m, tile->lda, a);
    else
        pair_columns(pairs, tile->a, m, tile->k, tile->lda, a);
    if (tile->transpose_b) {
        pair_columns(pairs, tile->b, n, tile->k, tile->ldb, turned);
        parts->transpose(n, k, turned, k, b, n);
    } else {
        pair_rows(pairs, tile->b, tile->k, n, tile->ldb, b);
    }
    int64_t a_row = tile->transpose_a ? 1 : k, a_inner = tile->transpose_a ? m : 1;
    int64_t rows = args->chain == NULL ? m : (CHAIN_FLOATS / n / ROWS_STEP + 1) * ROWS_STEP;
    for (int64_t i = 0; i < m; i += rows) {
        int64_t end = i + rows < m ? i + rows : m;
        pairs->product(end - i, n, k, a + i * a_row, a_row, a_inner, b, n, tile->c + i * tile->ldc, tile->ldc,
                       tile->add);
        hone_internal_product_chain(args, tile, i, end, turned);
    }
}
