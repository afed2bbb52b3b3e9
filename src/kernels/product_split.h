/* Products on processors that multiply tiles of bfloat16 (AMX): one driver (product_split.c) over what an
 * instruction set does with tiles.
 *
 * A float is split into three bfloat16, exactly: x 2^40 = high + middle + low, each the nearest (half away
 * from 0) to what those before it leave. Six products of parts,
 *
 *   low high, middle high, high high, high middle, high low, middle middle,
 *
 * added up in floats are as good as the product of the floats: what is left out is below 2^-25 of it. The
 * factors 2^40 keep away from the smallest floats, which tiles count as 0: nothing is lost that a float
 * result could hold. A number or a sum too large for that, an infinity or NaN leaves a sum that is not
 * finite, and the rows in question are then computed as other products are. A product of rounded operands
 * (hone_product.bfloat16) has one part, and no factor. */
#ifndef HONE_KERNELS_PRODUCT_SPLIT_H
#define HONE_KERNELS_PRODUCT_SPLIT_H

#include "kernels/product_parts.h"

enum {
    HONE_SPLIT_SIDE = 16,       /* rows and columns of a tile of C */
    HONE_SPLIT_INNER = 32,      /* of k, of a tile of an operand */
    HONE_SPLIT_WORDS = 16 * 32, /* bfloat16 in a tile of an operand */
    HONE_SPLIT_FLOATS = 16 * 16,
    HONE_SPLIT_PARTS = 3,
    HONE_SPLIT_TERMS = 6,
    HONE_SPLIT_DOWN = 2,  /* tiles of C in registers: rows */
    HONE_SPLIT_ACROSS = 2 /* and columns */
};
#define HONE_SPLIT_FACTOR 0x1p40f
#define HONE_SPLIT_BACK 0x1p-80f

/* The parts of the left and the right operand that are multiplied, in the order of addition; 0: high. Of
 * rounded operands there is the one term of high parts. */
enum { HONE_SPLIT_FIRST_OF_ONE = 2 };
static const unsigned char hone_split_terms[HONE_SPLIT_TERMS][2] = {{2, 0}, {1, 0}, {0, 0},
                                                                    {0, 1}, {0, 2}, {1, 1}};

/* 16 rows (columns) of the left (right) operand, `side` of which there are, times 32 of k, of which there are
 * `inner`; the rest counts as 0. Element (i, p) is at[p / 16][i * ld + p % 16] when k is contiguous, else
 * at[p / 16][p % 16 * ld + i]. */
typedef struct hone_split_source {
    const float *at[2];
    int64_t ld[2];
    int64_t side, inner;
    bool inner_contiguous;
} hone_split_source;

/* A block of up to 2 x 2 tiles of C: tile (i, j) of sums at sums + (2 j + i) * 256. The operands' tiles
 * follow each other along k, the parts of one together; from one tile of rows (columns) to the next it is
 * left_step (right_step). */
typedef struct hone_split_block {
    int rows, columns; /* tiles */
    int parts;         /* 3 or 1 */
    int64_t inner;     /* tiles along k */
    const uint16_t *left, *right;
    int64_t left_step, right_step;
    float *sums;
    bool resume; /* add to what they hold */
} hone_split_block;

typedef struct hone_split_parts {
    void (*begin)(void); /* before the first block on a thread, and after the last */
    void (*end)(void);
    /* Tiles of `parts` parts, of pairs of numbers that are 16 from each other along k: those of p and p + 16
     * are the words 2 p and 2 p + 1 of row i of the left operand, and words 2 i and 2 i + 1 of row p of the
     * right one; rows have 32 words. */
    void (*pack)(const hone_split_source *from, int parts, bool right, uint16_t *to);
    /* Each element: for each tile along k, for each term: the sums of x[p] y[p] and of x[p + 16] y[p + 16], p
     * < 16, by fused multiply-adds from 0 on; the element + (the first sum + the second). */
    void (*multiply)(const hone_split_block *block);
    /* C[rows, columns] = factor * sums of one tile; false: some are not finite. */
    bool (*finish)(const float *sums, float factor, int64_t rows, int64_t columns, float *c, int64_t ldc);
} hone_split_parts;

extern const hone_split_parts hone_internal_split_ref; /* ref/product_split.c: the definition */

/* What a table runs on tiles, over the table below. */
typedef struct hone_split_products {
    const hone_split_parts *split;
    const hone_product_parts *parts; /* for rows that are not finite */
    hone_kernel *matmul;             /* for products that gain nothing */
    hone_kernel_tiling *tiling;
    bool bfloat16; /* products of rounded operands, else of floats */
} hone_split_products;
hone_tiles hone_internal_split_tiling(const hone_split_products *products, hone_product *product);
void hone_internal_split_run(const hone_split_products *products, const hone_kernel_args *args, int64_t begin,
                             int64_t end, void *scratch);

#endif
