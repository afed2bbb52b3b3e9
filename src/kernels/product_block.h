/* Template of the innermost matrix products. A file that includes this has defined, for its instruction set:
 *
 *   LANES                      floats in a vector
 *   BLOCK_ROWS, BLOCK_VECTORS  the block of C held in registers
 *   vector, tail               types: a vector, and what says how many of its lanes count
 *   tail_of(count), load(from), load_tail(from, tail), store(to, vector), store_tail(to, vector, tail),
 *   broadcast(from), multiply_add(x, y, sum), zero(), sum_of(vector)
 *
 * and gets the functions `multiply_runs` (a hone_runs_product), `multiply` (a hone_block_product) and, unless
 * WITHOUT_DOTS is defined, `multiply_few_rows` (a hone_dots). */
#include "kernels/unroll.h"

#define INLINE static inline __attribute__((always_inline))

/* With few rows a block may be wider; with one vector or two it may be higher. */
#if BLOCK_ROWS == 8 && BLOCK_VECTORS == 3
enum { FEW_ROWS = 4, FEW_ROWS_VECTORS = 6, MOST_ROWS = 16, ROWS_OF_ONE_VECTOR = 16, ROWS_OF_TWO = 12 };
#else
enum { FEW_ROWS = 2, FEW_ROWS_VECTORS = 6, MOST_ROWS = 4, ROWS_OF_ONE_VECTOR = 4, ROWS_OF_TWO = 4 };
#endif

/* The operands of one block. */
typedef struct block_args {
    const hone_runs *runs;
    int64_t a_row, a_inner, ldb, ldc;
    int64_t a_shift, b_shift; /* from the first elements of A and B to the block's */
    float *c;
    tail last; /* lanes of the last vector that are in C */
    bool add;
} block_args;

/* Rows of A that one address serves: with one for each row, addresses would wait in vector registers and pass
 * through the ports of the multiplications. */
enum { ROWS_OF_ADDRESS = 4 };
/* Compilers do not see that an address follows from another. */
#define OWN_ADDRESS(address) __asm__("" : "+r"(address))

/* C[rows, vectors * LANES] (+)= A[rows, k] B[k, vectors * LANES] over all runs, all sums in registers.
 * `rows`, `vectors` and how many rows of A share an address, `shared`, are constants where this is inlined;
 * so is one of the strides of A. */
INLINE void block(const block_args *args, int rows, int vectors, int64_t a_row, int64_t a_inner, int shared)
{
    vector sum[MOST_ROWS][6];
    const hone_runs *runs = args->runs;
    int64_t k = runs->length, ldb = args->ldb;
    tail last = args->last;
    UNROLL for (int i = 0; i < rows; i++)
    {
        UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = zero();
    }
    if (args->add) {
        UNROLL for (int i = 0; i < rows; i++)
        {
            UNROLL for (int j = 0; j < vectors; j++)
            {
                const float *c = args->c + i * args->ldc + j * LANES;
                sum[i][j] = j + 1 < vectors ? load(c) : load_tail(c, last);
            }
        }
    }
    for (int64_t run = 0; run < runs->count; run++) {
        const float *a[MOST_ROWS], *b = runs->b[run] + args->b_shift;
        UNROLL for (int i = 0; i < rows; i += shared)
        {
            a[i] = runs->a[run] + args->a_shift + i * a_row;
            if (i > 0)
                OWN_ADDRESS(a[i]);
        }
        for (int64_t p = 0; p < k; p++) {
            vector right[6];
            UNROLL for (int j = 0; j < vectors; j++) right[j] =
                j + 1 < vectors ? load(b + j * LANES) : load_tail(b + j * LANES, last);
            UNROLL for (int i = 0; i < rows; i++)
            {
                vector left = broadcast(a[i / shared * shared] + i % shared * a_row);
                UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = multiply_add(left, right[j], sum[i][j]);
            }
            UNROLL for (int i = 0; i < rows; i += shared) a[i] += a_inner;
            b += ldb;
        }
    }
    UNROLL for (int i = 0; i < rows; i++)
    {
        UNROLL for (int j = 0; j < vectors; j++)
        {
            float *c = args->c + i * args->ldc + j * LANES;
            if (j + 1 < vectors)
                store(c, sum[i][j]);
            else
                store_tail(c, sum[i][j], last);
        }
    }
}

typedef void block_function(const block_args *args);

/* clang-format off */
/* Both forms of a block: rows of A contiguous, columns of A contiguous. */
#define BLOCK(rows, vectors) \
    static void along_##rows##x##vectors(const block_args *args) { \
        block(args, rows, vectors, args->a_row, 1, ROWS_OF_ADDRESS); } \
    static void across_##rows##x##vectors(const block_args *args) { \
        block(args, rows, vectors, 1, args->a_inner, MOST_ROWS); }
#define BLOCKS_OF_ROWS_2(rows) BLOCK(rows, 1) BLOCK(rows, 2)
#define BLOCKS_OF_ROWS_3(rows) BLOCKS_OF_ROWS_2(rows) BLOCK(rows, 3)
#define BLOCKS_OF_ROWS_6(rows) BLOCKS_OF_ROWS_3(rows) BLOCK(rows, 4) BLOCK(rows, 5) BLOCK(rows, 6)
#define NAMES_2(form, rows) form##rows##x1, form##rows##x2
#define NAMES_3(form, rows) NAMES_2(form, rows), form##rows##x3
#define NAMES_6(form, rows) NAMES_3(form, rows), form##rows##x4, form##rows##x5, form##rows##x6

#if BLOCK_ROWS == 8 && BLOCK_VECTORS == 3
BLOCKS_OF_ROWS_6(1) BLOCKS_OF_ROWS_6(2) BLOCKS_OF_ROWS_6(3) BLOCKS_OF_ROWS_6(4)
BLOCKS_OF_ROWS_3(5) BLOCKS_OF_ROWS_3(6) BLOCKS_OF_ROWS_3(7) BLOCKS_OF_ROWS_3(8)
BLOCKS_OF_ROWS_2(9) BLOCKS_OF_ROWS_2(10) BLOCKS_OF_ROWS_2(11) BLOCKS_OF_ROWS_2(12)
BLOCK(13, 1) BLOCK(14, 1) BLOCK(15, 1) BLOCK(16, 1)
#define NAMES(form) \
    {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_6(form, 3)}, {NAMES_6(form, 4)}, {NAMES_3(form, 5)}, \
        {NAMES_3(form, 6)}, {NAMES_3(form, 7)}, {NAMES_3(form, 8)}, {NAMES_2(form, 9)}, {NAMES_2(form, 10)}, \
        {NAMES_2(form, 11)}, {NAMES_2(form, 12)}, {form##13x1}, {form##14x1}, {form##15x1}, {form##16x1}
#else
BLOCKS_OF_ROWS_6(1) BLOCKS_OF_ROWS_6(2) BLOCKS_OF_ROWS_3(3) BLOCKS_OF_ROWS_3(4)
#define NAMES(form) {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_3(form, 3)}, {NAMES_3(form, 4)}
#endif
    /* clang-format on */

    static block_function *const blocks[2][MOST_ROWS][6] = {{NAMES(along_)}, {NAMES(across_)}};

/* A number of rows or vectors cut into nearly equal parts: the first `more` have one more than `each`. */
typedef struct cut {
    int64_t parts, each, more;
} cut;

INLINE cut cut_evenly(int64_t count, int64_t most)
{
    uint32_t number = (uint32_t)count, parts = (number + (uint32_t)most - 1) / (uint32_t)most;
    return (cut){.parts = parts, .each = number / parts, .more = number % parts};
}

INLINE void run_block(block_args args, int64_t row, int64_t rows, int64_t from, int64_t vectors, int64_t n)
{
    int64_t left = n - (from + vectors - 1) * LANES, across = args.a_inner != 1;
    args.a_shift = row * args.a_row;
    args.b_shift = from * LANES;
    args.c += row * args.ldc + from * LANES;
    args.last = tail_of(left < LANES ? left : LANES);
    blocks[across][rows - 1][vectors - 1](&args);
}

INLINE int64_t highest(int64_t vectors)
{
    return vectors == 1 ? ROWS_OF_ONE_VECTOR : vectors == 2 ? ROWS_OF_TWO : BLOCK_ROWS;
}

/* Columns of blocks one after the other, so that their part of B stays in the cache; but with A's columns
 * contiguous C is usually long and k short: then rows of blocks, so that C is written in its order. */
static void multiply_runs(int64_t m, int64_t n, const hone_runs *runs, int64_t a_row, int64_t a_inner,
                          int64_t ldb, float *c, int64_t ldc, bool add)
{
    const block_args args = {
        .runs = runs, .a_row = a_row, .a_inner = a_inner, .ldb = ldb, .ldc = ldc, .c = c, .add = add};
    const int64_t vectors = (n + LANES - 1) / LANES;
    const cut down = cut_evenly(m, highest(vectors));
    const cut across = cut_evenly(vectors, m <= FEW_ROWS ? FEW_ROWS_VECTORS : BLOCK_VECTORS);
    const bool rows_first = a_inner != 1;
    const cut outer = rows_first ? down : across, inner = rows_first ? across : down;
    int64_t outer_at = 0;
    for (int64_t i = 0; i < outer.parts; i++) {
        int64_t outer_size = outer.each + (i < outer.more), inner_at = 0;
        for (int64_t j = 0; j < inner.parts; j++) {
            int64_t inner_size = inner.each + (j < inner.more);
            if (rows_first)
                run_block(args, outer_at, outer_size, inner_at, inner_size, n);
            else
                run_block(args, inner_at, inner_size, outer_at, outer_size, n);
            inner_at += inner_size;
        }
        outer_at += outer_size;
    }
}

static void multiply(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_inner,
                     const float *b, int64_t ldb, float *c, int64_t ldc, bool add)
{
    const hone_runs one = {.count = 1, .length = k, .a = &a, .b = &b};
    multiply_runs(m, n, &one, a_row, a_inner, ldb, c, ldc, add);
}

#ifndef WITHOUT_DOTS
enum { DOTS = 4 }; /* at a time */

/* to[j] = a . b[j] for j < dots; sums in lanes, then over the lanes. */
INLINE void dot_products(int dots, int64_t k, const float *a, const float *b, int64_t ldb, float *to)
{
    vector sum[DOTS];
    int64_t whole = k / LANES * LANES;
    UNROLL for (int j = 0; j < dots; j++) sum[j] = zero();
    for (int64_t p = 0; p < whole; p += LANES) {
        vector left = load(a + p);
        UNROLL for (int j = 0; j < dots; j++) sum[j] = multiply_add(left, load(b + j * ldb + p), sum[j]);
    }
    if (whole < k) {
        tail last = tail_of(k - whole);
        vector left = load_tail(a + whole, last);
        UNROLL for (int j = 0; j < dots; j++) sum[j] =
            multiply_add(left, load_tail(b + j * ldb + whole, last), sum[j]);
    }
    UNROLL for (int j = 0; j < dots; j++) to[j] = sum_of(sum[j]);
}

static void multiply_few_rows(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                              int64_t ldb, float *c, int64_t ldc)
{
    int64_t whole = n / DOTS * DOTS;
    for (int64_t j = 0; j < whole; j += DOTS)
        for (int64_t i = 0; i < m; i++)
            dot_products(DOTS, k, a + i * lda, b + j * ldb, ldb, c + i * ldc + j);
    for (int64_t j = whole; j < n; j++)
        for (int64_t i = 0; i < m; i++)
            dot_products(1, k, a + i * lda, b + j * ldb, ldb, c + i * ldc + j);
}
#endif
