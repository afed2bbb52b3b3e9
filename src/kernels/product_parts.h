/* The library's own matrix product: one driver (product.c) over the innermost products of an instruction
 * set, which are all made from one template (product_block.h). */
#ifndef HONE_KERNELS_PRODUCT_PARTS_H
#define HONE_KERNELS_PRODUCT_PARTS_H

#include "kernels/product.h"

/* C[m, n] = A B, or C += A B: element (i, p) of A is a[i * a_row + p * a_inner], one of the two strides
 * being 1; B and C are row-major. Each element is one chain of fused multiply-adds over p in order, however
 * rows and columns are grouped: its bits depend on its row of A and its column of B alone. */
typedef void hone_block_product(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row,
                                int64_t a_inner, const float *b, int64_t ldb, float *c, int64_t ldc,
                                bool add);

/* The same summed over runs: C[m, n] (+)= sum over r < count of A_r[m, length] B_r[length, n], where a[r] and
 * b[r] are the first elements. The chain of an element goes through the runs in order. */
typedef struct hone_runs {
    int64_t count, length;
    const float *const *a, *const *b;
} hone_runs;
typedef void hone_runs_product(int64_t m, int64_t n, const hone_runs *runs, int64_t a_row, int64_t a_inner,
                               int64_t ldb, float *c, int64_t ldc, bool add);

/* to[j * ld_to + i] = from[i * ld_from + j] for i < rows, j < columns. */
typedef void hone_transpose(int64_t rows, int64_t columns, const float *from, int64_t ld_from, float *to,
                            int64_t ld_to);

/* C[m, n] = A[m, k] B[n, k]^T for few rows, by the dot product of each row of A with each row of B. */
typedef void hone_dots(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                       int64_t ldb, float *c, int64_t ldc);

/* Loops over words of two bfloat16 each, for processors that multiply such pairs. */
typedef struct hone_bfloat16_parts {
    hone_block_product *product; /* k counts words */
    /* The words of `count` numbers that follow each other (a last one beside 0), and of two rows that stand
     * below each other (the lower NULL: 0). */
    void (*along)(int64_t count, const float *from, float *words);
    void (*across)(int64_t count, const float *upper, const float *lower, float *words);
} hone_bfloat16_parts;

/* The innermost loops of one instruction set. */
typedef struct hone_product_parts {
    hone_block_product *product;
    hone_runs_product *runs;
    hone_transpose *transpose;
    hone_dots *dots;
    const hone_bfloat16_parts *bfloat16; /* NULL: rounded floats are multiplied */
} hone_product_parts;

/* One tile of the kernel `matmul` (product.def) on these parts. */
void hone_internal_product_run(const hone_product_parts *parts, const hone_kernel_args *args, int64_t begin,
                               int64_t end, void *scratch);
hone_kernel_tiling hone_internal_product_tiling; /* of a hone_product */
/* Bytes of scratch for a tile of the size that is set. */
size_t hone_internal_product_scratch(const hone_product *product);

/* Where one tile lies. */
typedef struct hone_product_tile {
    int64_t m, n, k; /* of the tile */
    int64_t lda, ldb, ldc;
    const float *a, *b;
    float *c;
    bool transpose_a, transpose_b;
    int64_t first;    /* the index of c[0] in the flat result, for the chain */
    bool panels_of_b; /* B[n, k], transposed, in panels: `b` is the whole matrix, of which the tile takes */
    int64_t row_b, rows_b; /* rows row_b .. row_b+n-1 of rows_b */
    bool transient;        /* C goes to scratch only */
    bool add;              /* to what C holds */
} hone_product_tile;
hone_product_tile hone_internal_product_tile(const hone_kernel_args *args, int64_t item);
/* Runs the chain, if there is one, on rows begin .. end-1 of a finished tile. */
void hone_internal_product_chain(const hone_kernel_args *args, const hone_product_tile *tile, int64_t begin,
                                 int64_t end, void *scratch);

/* C of a tile of floats, without the chain; scratch as for the kernel. */
void hone_internal_product_floats(const hone_product_parts *parts, const hone_product_tile *tile,
                                  void *scratch);

/* C = A B, or C += A B, of one tile whose operands are not transposed; and its bytes of scratch, a multiple
 * of 64. */
void hone_internal_product_plain(const hone_product_parts *parts, const hone_product_tile *tile, bool add,
                                 void *scratch);
size_t hone_internal_product_plain_scratch(void);

/* Convolutions on these parts (convolution.c). */
void hone_internal_convolution_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                   int64_t begin, int64_t end, void *scratch);
void hone_internal_convolution_data_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                        int64_t begin, int64_t end, void *scratch);
void hone_internal_convolution_kernel_run(const hone_product_parts *parts, const hone_kernel_args *args,
                                          int64_t begin, int64_t end, void *scratch);
hone_kernel_tiling hone_internal_convolution_tiling, hone_internal_convolution_data_tiling,
    hone_internal_convolution_kernel_tiling; /* of a hone_window */

/* product_bfloat16.c: a tile of a product with bfloat16, with its chain; or its operands, rounded
 * into scratch, for the ordinary product. */
void hone_internal_bfloat16_product(const hone_product_parts *parts, const hone_kernel_args *args,
                                    const hone_product_tile *tile, float *scratch);
hone_product_tile hone_internal_bfloat16_round(const hone_product_tile *tile, float *scratch);
size_t hone_internal_bfloat16_scratch(int64_t m, int64_t n, int64_t k); /* bytes for either */

#endif
