/* Parts of a product that first copy operands. What lies a row of a matrix apart often falls into the same
 * few sets of a cache, which keep little of it; copied, it is read in order. Bits are those without copies:
 * an element is one sum over k in order. */
#ifndef HONE_KERNELS_PRODUCT_PACKED_H
#define HONE_KERNELS_PRODUCT_PACKED_H

#include "kernels/product_parts.h"

enum {
    HONE_PRODUCT_INNER = 256, /* of k: what is read of A and B at a time stays in the cache */
    HONE_PRODUCT_COLUMNS =
        48 /* of B next to each other, whole blocks of registers; tiles are cut at multiples */
};

/* Whether it pays to copy B[k, n] for m rows of C. */
bool hone_internal_is_packed(int64_t m, int64_t n, int64_t k);

/* Copies B[rows, columns], HONE_PRODUCT_COLUMNS of its columns next to each other, in the order of its rows.
 */
void hone_internal_pack(int64_t rows, int64_t columns, const float *from, int64_t ld, float *to);

/* C[rows, columns] (+)= A B with such a copy of B; A as a hone_block_product has it. */
void hone_internal_packed_product(const hone_product_parts *parts, int64_t rows, int64_t columns,
                                  int64_t inner, const float *a, int64_t a_row, int64_t a_inner,
                                  const float *packed, float *c, int64_t ldc, bool add);

/* C (+)= op(A) B of a tile in blocks of k. Where it pays B is copied, `width` columns at a time, a multiple
 * of HONE_PRODUCT_COLUMNS or all, to HONE_PRODUCT_INNER * width floats; where `packed` is NULL it is not. */
void hone_internal_blocked_product(const hone_product_parts *parts, const hone_product_tile *tile,
                                   int64_t width, bool add, float *packed);

/* The gradient of a weight over many rows: A^T B with a long sum, for which A is copied as well, since its
 * columns lie a row apart; and its floats of scratch. */
bool hone_internal_is_long(int64_t m, int64_t k, bool transpose_a, bool transpose_b);
int64_t hone_internal_long_scratch(int64_t m, int64_t n);
void hone_internal_long_product(const hone_product_parts *parts, const hone_product_tile *tile,
                                float *scratch);

#endif
