/* Template of the innermost matrix products. A file that includes this has defined, for its instruction set:
 *
 *   LANES                      floats in a vector
 *   BLOCK_ROWS, BLOCK_VECTORS  the block of C held in registers
 *   vector, tail               types: a vector, and what says how many of its lanes count
 *   tail_of(count), load(from), load_tail(from, tail), store(to, vector), store_tail(to, vector, tail),
 *   broadcast(from), multiply_add(x, y, sum), zero()
 *
 * and gets the function `multiply` (a hone_product). */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
#define INLINE static inline __attribute__((always_inline))

/* The operands of one block. */
typedef struct block_args {
    int64_t k, a_row, a_inner, ldb, ldc;
    const float *a, *b;
    float *c;
    tail last; /* lanes of the last vector that are in C */
    bool add;
} block_args;

/* C[rows, vectors * LANES] (+)= A[rows, k] B[k, vectors * LANES], all sums in registers. `rows` and
 * `vectors` are constants where this is inlined; so is one of the strides of A. */
INLINE void block(const block_args *args, int rows, int vectors, int64_t a_row, int64_t a_inner)
{
    vector sum[BLOCK_ROWS][6];
    const float *a = args->a, *b = args->b;
    int64_t k = args->k, ldb = args->ldb;
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
    for (int64_t p = 0; p < k; p++) {
        vector right[6];
        UNROLL for (int j = 0; j < vectors; j++) right[j] =
            j + 1 < vectors ? load(b + j * LANES) : load_tail(b + j * LANES, last);
        UNROLL for (int i = 0; i < rows; i++)
        {
            vector left = broadcast(a + i * a_row);
            UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = multiply_add(left, right[j], sum[i][j]);
        }
        a += a_inner;
        b += ldb;
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
    static void along_##rows##x##vectors(const block_args *args) { block(args, rows, vectors, args->a_row, 1); } \
    static void across_##rows##x##vectors(const block_args *args) { block(args, rows, vectors, 1, args->a_inner); }
#define BLOCKS_OF_ROWS_2(rows) BLOCK(rows, 1) BLOCK(rows, 2)
#define BLOCKS_OF_ROWS_3(rows) BLOCKS_OF_ROWS_2(rows) BLOCK(rows, 3)
#define BLOCKS_OF_ROWS_6(rows) BLOCKS_OF_ROWS_3(rows) BLOCK(rows, 4) BLOCK(rows, 5) BLOCK(rows, 6)
#define NAMES_2(form, rows) form##rows##x1, form##rows##x2
#define NAMES_3(form, rows) NAMES_2(form, rows), form##rows##x3
#define NAMES_6(form, rows) NAMES_3(form, rows), form##rows##x4, form##rows##x5, form##rows##x6

#if BLOCK_ROWS == 8 && BLOCK_VECTORS == 3
enum { FEW_ROWS = 4, FEW_ROWS_VECTORS = 6 }; /* with so few rows a block may be wider */
BLOCKS_OF_ROWS_6(1) BLOCKS_OF_ROWS_6(2) BLOCKS_OF_ROWS_6(3) BLOCKS_OF_ROWS_6(4)
BLOCKS_OF_ROWS_3(5) BLOCKS_OF_ROWS_3(6) BLOCKS_OF_ROWS_3(7) BLOCKS_OF_ROWS_3(8)
#define NAMES(form) \
    {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_6(form, 3)}, {NAMES_6(form, 4)}, {NAMES_3(form, 5)}, \
        {NAMES_3(form, 6)}, {NAMES_3(form, 7)}, {NAMES_3(form, 8)}
#else
enum { FEW_ROWS = 2, FEW_ROWS_VECTORS = 6 };
BLOCKS_OF_ROWS_6(1) BLOCKS_OF_ROWS_6(2) BLOCKS_OF_ROWS_3(3) BLOCKS_OF_ROWS_3(4)
#define NAMES(form) {NAMES_6(form, 1)}, {NAMES_6(form, 2)}, {NAMES_3(form, 3)}, {NAMES_3(form, 4)}
#endif
/* clang-format on */

static block_function *const blocks[2][BLOCK_ROWS][6] = {{NAMES(along_)}, {NAMES(across_)}};

/* The i-th of `parts` nearly equal parts of `count` begins here. */
INLINE int64_t part_begin(int64_t count, int64_t parts, int64_t i)
{
    return count / parts * i + (i < count % parts ? i : count % parts);
}

/* One row of blocks or one column of blocks after the other, as is better for the cache. */
static void multiply(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_inner,
                     const float *b, int64_t ldb, float *c, int64_t ldc, bool add)
{
    int64_t vectors = (n + LANES - 1) / LANES, widest = m <= FEW_ROWS ? FEW_ROWS_VECTORS : BLOCK_VECTORS;
    int64_t row_blocks = (m + BLOCK_ROWS - 1) / BLOCK_ROWS, column_blocks = (vectors + widest - 1) / widest;
    bool across = a_inner != 1;
    bool rows_first = across; /* C is long and k short: write C in its order */
    int64_t blocks_in_all = row_blocks * column_blocks;
    int64_t row_block = 0, column_block = 0;
    for (int64_t at = 0; at < blocks_in_all; at++) {
        int64_t row = part_begin(m, row_blocks, row_block),
                row_end = part_begin(m, row_blocks, row_block + 1);
        int64_t from = part_begin(vectors, column_blocks, column_block);
        int64_t to = part_begin(vectors, column_blocks, column_block + 1);
        int64_t columns = to * LANES < n ? to * LANES : n;
        block_args args = {.k = k,
                           .a_row = a_row,
                           .a_inner = a_inner,
                           .ldb = ldb,
                           .ldc = ldc,
                           .a = a + row * a_row,
                           .b = b + from * LANES,
                           .c = c + row * ldc + from * LANES,
                           .last = tail_of(columns - (to - 1) * LANES),
                           .add = add};
        blocks[across][row_end - row - 1][to - from - 1](&args);
        if (rows_first ? ++column_block == column_blocks : ++row_block == row_blocks) {
            if (rows_first)
                column_block = 0, row_block++;
            else
                row_block = 0, column_block++;
        }
    }
}
