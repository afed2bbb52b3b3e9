/* Template of the innermost matrix products. A file that includes this has defined, for its instruction set:
 *
 *   LANES                      floats in a vector
 *   BLOCK_ROWS, BLOCK_VECTORS  the block of C held in registers
 *   vector, tail               types: a vector, and what says how many of its lanes count
 *   tail_of(count), load(from), load_tail(from, tail), store(to, vector), store_tail(to, vector, tail),
 *   broadcast(from), multiply_add(x, y, sum), zero(), sum_of(vector)
 *
 *   TAILS_BRANCH               where tails are branches rather than masks: a tail is how many lanes count,
 *                              and loops come without one too
 *
 *   FACTORS                    where a lane of so many can be a factor, multiply_add_lane(x, lane, y, sum),
 * and load_factors(from), load_few_factors(from, count), which read them: so A is read
 *
 *   LOAD_SEVERAL               where load_2(to, from, bytes) and load_3 read two or three vectors and return
 *                              `from` + bytes
 *
 * and gets the functions `multiply_runs` (a hone_runs_product), `multiply` (a hone_block_product) and, unless
 * WITHOUT_DOTS is defined, `multiply_few_rows` (a hone_dots). */
#include "kernels/unroll.h"

enum { MOST_ROWS = BLOCK_ROWS == 8 ? 16 : 12 };
#define INLINE static inline __attribute__((always_inline))

/* The largest blocks of one form: with few rows a block may be wider; with one vector or two it may be
 * higher. */
typedef struct limits {
    int64_t rows, vectors, few_rows, few_rows_vectors, rows_of_one_vector, rows_of_two;
} limits;
#define LIMITS_8x3 \
    { \
        8, 3, 4, 6, 16, 12 \
    }
#define LIMITS_7x3 \
    { \
        7, 3, 4, 4, 12, 9 \
    }
#define LIMITS_4x3 \
    { \
        4, BLOCK_VECTORS, 2, 6, 12, 6 \
    }

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
#ifdef FACTORS
enum { ROWS_OF_ADDRESS = 1 };
#else
enum { ROWS_OF_ADDRESS = 4 };
#endif
/* Compilers do not see that an address follows from another. */
#define OWN_ADDRESS(address) __asm__("" : "+r"(address))

#ifdef FACTORS
/* The vectors of a row, the last of which is a tail unless they are `whole`; where the next row is. */
INLINE const float *load_row(vector *to, int vectors, const float *from, int64_t stride, tail last,
                             bool whole)
{
#ifdef LOAD_SEVERAL
    if (whole && vectors == 2)
        return load_2(to, from, stride * (int64_t)sizeof *from);
    if (whole && vectors == 3)
        return load_3(to, from, stride * (int64_t)sizeof *from);
#endif
    UNROLL for (int j = 0; j < vectors; j++) to[j] =
        whole || j + 1 < vectors ? load(from + j * LANES) : load_tail(from + j * LANES, last);
    from += stride;
    OWN_ADDRESS(from);
    return from;
}

/* The factors of a column of A; where the next column is. */
INLINE const float *load_factors_of(vector *to, int rows, const float *from, int64_t stride)
{
#ifdef LOAD_SEVERAL
    if (rows == 2 * FACTORS)
        return load_2(to, from, stride * (int64_t)sizeof *from);
    if (rows == 3 * FACTORS)
        return load_3(to, from, stride * (int64_t)sizeof *from);
#endif
    UNROLL for (int i = 0; i < rows; i += FACTORS) to[i / FACTORS] =
        rows - i < FACTORS ? load_few_factors(from + i, rows - i) : load_factors(from + i);
    from += stride;
    OWN_ADDRESS(from);
    return from;
}

/* sum[i][j] += lane `lane` of left[i / each] * right[j], where row i has lane i % each of its vector, or,
 * with each = 1, `lane`. */
INLINE void add_lane(vector sum[][6], int rows, int vectors, const vector *left, int each, int lane,
                     const vector *right)
{
    UNROLL for (int i = 0; i < rows; i++)
    {
        UNROLL for (int j = 0; j < vectors; j++) sum[i][j] =
            multiply_add_lane(left[i / each], each == 1 ? lane : i % each, right[j], sum[i][j]);
    }
}

/* Rows of A contiguous: as many whole vectors of factors as there are in k. Returns how much of k they are.
 */
INLINE int64_t add_along(vector sum[][6], int rows, int vectors, const float **a, const float *b, int64_t ldb,
                         int64_t k, tail last, bool whole)
{
    int64_t p = 0;
    for (; p + FACTORS <= k; p += FACTORS) {
        vector left[MOST_ROWS];
        UNROLL for (int i = 0; i < rows; i++)
        {
            left[i] = load_factors(a[i]);
            a[i] += FACTORS;
        }
        UNROLL for (int lane = 0; lane < FACTORS; lane++)
        {
            vector right[6];
            b = load_row(right, vectors, b, ldb, last, whole);
            add_lane(sum, rows, vectors, left, 1, lane, right);
        }
    }
    return p;
}

/* Columns of A contiguous: all of k. */
INLINE int64_t add_across(vector sum[][6], int rows, int vectors, const float *a, int64_t a_inner,
                          const float *b, int64_t ldb, int64_t k, tail last, bool whole)
{
    for (int64_t p = 0; p < k; p++) {
        vector left[MOST_ROWS], right[6];
        a = load_factors_of(left, rows, a, a_inner);
        b = load_row(right, vectors, b, ldb, last, whole);
        add_lane(sum, rows, vectors, left, FACTORS, 0, right);
    }
    return k;
}
#endif

/* C[rows, vectors * LANES] (+)= A[rows, k] B[k, vectors * LANES] over all runs, all sums in registers.
 * `rows`, `vectors` and how many rows of A share an address, `shared`, are constants where this is inlined;
 * so is one of the strides of A. */
INLINE void block(const block_args *args, int rows, int vectors, int64_t a_row, int64_t a_inner, int shared,
                  bool whole)
{
    vector sum[MOST_ROWS][6];
    const hone_runs *runs = args->runs;
    int64_t k = runs->length, ldb = args->ldb;
    tail last = whole ? tail_of(LANES) : args->last;
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
        int64_t p = 0;
#ifdef FACTORS
        p = shared == MOST_ROWS ? add_across(sum, rows, vectors, a[0], a_inner, b, ldb, k, last, whole)
                                : add_along(sum, rows, vectors, a, b, ldb, k, last, whole);
        b += p * ldb;
#endif
        for (; p < k; p++) {
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

INLINE void block_of_tail(const block_args *args, int rows, int vectors, int64_t a_row, int64_t a_inner,
                          int shared)
{
#ifdef TAILS_BRANCH
    if (args->last == LANES) {
        block(args, rows, vectors, a_row, a_inner, shared, true);
        return;
    }
#endif
    block(args, rows, vectors, a_row, a_inner, shared, false);
}

typedef void block_function(const block_args *args);

/* clang-format off */
/* Both forms of a block: rows of A contiguous, columns of A contiguous. */
#define ALONG(rows, vectors) \
    static void along_##rows##x##vectors(const block_args *args) { \
        block_of_tail(args, rows, vectors, args->a_row, 1, ROWS_OF_ADDRESS); }
#define ACROSS(rows, vectors) \
    static void across_##rows##x##vectors(const block_args *args) { \
        block_of_tail(args, rows, vectors, 1, args->a_inner, MOST_ROWS); }
#define UP_TO_2(block, rows) block(rows, 1) block(rows, 2)
#define UP_TO_3(block, rows) UP_TO_2(block, rows) block(rows, 3)
#define UP_TO_4(block, rows) UP_TO_3(block, rows) block(rows, 4)
#define UP_TO_6(block, rows) UP_TO_4(block, rows) block(rows, 5) block(rows, 6)
#define NAMES_2(form, rows) form##rows##x1, form##rows##x2
#define NAMES_3(form, rows) NAMES_2(form, rows), form##rows##x3
#define NAMES_4(form, rows) NAMES_3(form, rows), form##rows##x4
#define NAMES_6(form, rows) NAMES_4(form, rows), form##rows##x5, form##rows##x6

#define BLOCKS_8x3(block) \
    UP_TO_6(block, 1) UP_TO_6(block, 2) UP_TO_6(block, 3) UP_TO_6(block, 4) \
    UP_TO_3(block, 5) UP_TO_3(block, 6) UP_TO_3(block, 7) UP_TO_3(block, 8) \
    UP_TO_2(block, 9) UP_TO_2(block, 10) UP_TO_2(block, 11) UP_TO_2(block, 12) \
    block(13, 1) block(14, 1) block(15, 1) block(16, 1)
#define NAMES_8x3(form) \
    {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_6(form, 3)}, {NAMES_6(form, 4)}, {NAMES_3(form, 5)}, \
        {NAMES_3(form, 6)}, {NAMES_3(form, 7)}, {NAMES_3(form, 8)}, {NAMES_2(form, 9)}, {NAMES_2(form, 10)}, \
        {NAMES_2(form, 11)}, {NAMES_2(form, 12)}, {form##13x1}, {form##14x1}, {form##15x1}, {form##16x1}
#define BLOCKS_7x3(block) \
    UP_TO_4(block, 1) UP_TO_4(block, 2) UP_TO_4(block, 3) UP_TO_4(block, 4) \
    UP_TO_3(block, 5) UP_TO_3(block, 6) UP_TO_3(block, 7) UP_TO_2(block, 8) UP_TO_2(block, 9) \
    block(10, 1) block(11, 1) block(12, 1)
#define NAMES_7x3(form) \
    {NAMES_4(form, 1)}, {NAMES_4(form, 2)}, {NAMES_4(form, 3)}, {NAMES_4(form, 4)}, {NAMES_3(form, 5)}, {NAMES_3(form, 6)}, \
        {NAMES_3(form, 7)}, {NAMES_2(form, 8)}, {NAMES_2(form, 9)}, {form##10x1}, {form##11x1}, {form##12x1}
#define BLOCKS_4x3(block) \
    UP_TO_6(block, 1) UP_TO_6(block, 2) UP_TO_3(block, 3) UP_TO_3(block, 4) UP_TO_2(block, 5) UP_TO_2(block, 6) \
    block(7, 1) block(8, 1) block(9, 1) block(10, 1) block(11, 1) block(12, 1)
#define NAMES_4x3(form) \
    {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_3(form, 3)}, {NAMES_3(form, 4)}, {NAMES_2(form, 5)}, \
        {NAMES_2(form, 6)}, {form##7x1}, {form##8x1}, {form##9x1}, {form##10x1}, {form##11x1}, {form##12x1}
/* clang-format on */

#if BLOCK_ROWS == 8 && defined(FACTORS) /* rows of A are in registers too */
BLOCKS_7x3(ALONG) BLOCKS_8x3(ACROSS) static block_function *const blocks[2][MOST_ROWS][6] = {
    {NAMES_7x3(along_)}, {NAMES_8x3(across_)}};
#define LARGEST(across) ((across) ? (limits)LIMITS_8x3 : (limits)LIMITS_7x3)
#elif BLOCK_ROWS == 8
BLOCKS_8x3(ALONG) BLOCKS_8x3(ACROSS) static block_function *const blocks[2][MOST_ROWS][6] = {
    {NAMES_8x3(along_)}, {NAMES_8x3(across_)}};
#define LARGEST(across) ((limits)LIMITS_8x3)
#else
BLOCKS_4x3(ALONG) BLOCKS_4x3(ACROSS) static block_function *const blocks[2][MOST_ROWS][6] = {
    {NAMES_4x3(along_)}, {NAMES_4x3(across_)}};
#define LARGEST(across) ((limits)LIMITS_4x3)
#endif

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

INLINE int64_t highest(const limits *most, int64_t vectors)
{
    return vectors == 1 ? most->rows_of_one_vector : vectors == 2 ? most->rows_of_two : most->rows;
}

/* Columns of blocks one after the other, so that their part of B stays in the cache; but with A's columns
 * contiguous C is usually long and k short: then rows of blocks, so that C is written in its order. */
static void multiply_runs(int64_t m, int64_t n, const hone_runs *runs, int64_t a_row, int64_t a_inner,
                          int64_t ldb, float *c, int64_t ldc, bool add)
{
    const block_args args = {
        .runs = runs, .a_row = a_row, .a_inner = a_inner, .ldb = ldb, .ldc = ldc, .c = c, .add = add};
    const int64_t vectors = (n + LANES - 1) / LANES;
    const bool rows_first = a_inner != 1;
    const limits most = LARGEST(rows_first);
    const cut across = cut_evenly(vectors, m <= most.few_rows ? most.few_rows_vectors : most.vectors);
    const int64_t widest = BLOCK_ROWS == 8 ? vectors : across.each + (across.more > 0);
    const cut down = cut_evenly(m, highest(&most, widest));
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
