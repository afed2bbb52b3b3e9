/* Matrix products: what a product is, told to the kernel `matmul` and to what reads a prepared one. */
#ifndef HONE_KERNELS_PRODUCT_H
#define HONE_KERNELS_PRODUCT_H

#include "kernels/kernels.h"

/* C[m, n] = op(A)[m, k] op(B)[k, n], for each matrix of a batch. */
typedef struct hone_product {
    int64_t m, n, k;
    int64_t batch;          /* matrices */
    int64_t lda, ldb, ldc;  /* elements from one row to the next, as each matrix lies in memory */
    int64_t next_a, next_b; /* elements from one A (B) to the next, 0: one for all; C's are m * ldc apart */
    bool transpose_a, transpose_b; /* the matrix lies as [k, m] (as [n, k]) */
    bool bfloat16;                 /* both operands are rounded to bfloat16; sums as ever */
    int64_t tile_m, tile_n;        /* rows and columns of a tile of C: chosen by the table's tiling */
    hone_layouts layouts;          /* of C (data[0]) and B (data[2]) */
    bool training;                 /* of a training step: its bits may depend on m */
    bool add;                      /* to what C holds; B is not transposed, nothing is chained */
} hone_product;

/* A product of matrices without gaps between rows or matrices; its tiles are still to be chosen. */
static inline hone_product hone_product_of(int64_t m, int64_t n, int64_t k, bool transpose_a,
                                           bool transpose_b)
{
    return (hone_product){.m = m,
                          .n = n,
                          .k = k,
                          .batch = 1,
                          .lda = transpose_a ? m : k,
                          .ldb = transpose_b ? k : n,
                          .ldc = n,
                          .next_a = m * k,
                          .next_b = k * n,
                          .transpose_a = transpose_a,
                          .transpose_b = transpose_b};
}

/* How many tiles there are of its size. */
static inline int64_t hone_product_tile_count(const hone_product *product)
{
    return product->batch * ((product->m + product->tile_m - 1) / product->tile_m) *
           ((product->n + product->tile_n - 1) / product->tile_n);
}

#endif
