/* Products on tiles of bfloat16: the plain definition against sums in double, the ends of the range, and,
 * where there is AMX, its tiles against the definition, to the bit. */
#include "kernels/product_split.h"

#include "base/cpu.h"
#include "kernels/panels.h"
#include "testing/test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNED_A = 1, TURNED_B = 2, ROUNDED = 4, FLAGS = 8 };

typedef struct product_case {
    int64_t m, n, k;
    int flags;
    bool panels;
} product_case;

static uint32_t noise_state = 1;

static float noise(void)
{
    noise_state = noise_state * 1664525U + 1013904223U;
    return (float)(noise_state >> 8) * (2.0f / 16777216.0f) - 1.0f;
}

static float *filled(int64_t count)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 127) / 64 * 64);
    assert_non_null(block);
    for (int64_t i = 0; i < count; i++)
        block[i] = noise();
    return block;
}

/* ---- two tables: the definition over plain products, and AMX ---- */

static const hone_kernels *below(void)
{
    return hone_internal_kernels_named("generic");
}

static void fused_chain(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_inner,
                        const float *b, int64_t ldb, float *c, int64_t ldc, bool add)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            float sum = add ? c[i * ldc + j] : 0;
            for (int64_t p = 0; p < k; p++)
                sum = fmaf(a[i * a_row + p * a_inner], b[p * ldb + j], sum);
            c[i * ldc + j] = sum;
        }
}

static void turn(int64_t rows, int64_t columns, const float *from, int64_t ld_from, float *to, int64_t ld_to)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

static const hone_product_parts plain_parts = {.product = fused_chain, .transpose = turn};

static hone_split_products definition(bool bfloat16)
{
    return (hone_split_products){.bfloat16 = bfloat16,
                                 .split = &hone_internal_split_ref,
                                 .parts = &plain_parts,
                                 .matmul = below()->kernel[HONE_KERNEL_matmul],
                                 .tiling = below()->tiling[HONE_KERNEL_matmul]};
}

static const hone_kernels *tiles_of_processor(void)
{
    return hone_internal_cpu()->amx_bfloat16 ? hone_internal_kernels_named("amx") : NULL;
}

/* ---- a product ---- */

typedef struct operands {
    hone_product product;
    float *a, *b;
} operands;

static operands make(const product_case *test)
{
    noise_state = (uint32_t)(test->m * 31 + test->n * 17 + test->k + test->flags);
    operands made = {
        .product = hone_product_of(test->m, test->n, test->k, test->flags & TURNED_A, test->flags & TURNED_B),
        .a = filled(test->m * test->k),
        .b = filled(test->k * test->n)};
    made.product.training = true;
    made.product.bfloat16 = test->flags & ROUNDED;
    return made;
}

static void discard(operands *made)
{
    free(made->a), free(made->b);
}

/* The product by a table (NULL: by the definition), tile by tile from the last one. */
static float *multiplied(const hone_kernels *table, const operands *made, bool panels)
{
    hone_product product = made->product;
    hone_split_products plain = definition(product.bfloat16);
    hone_tiles tiles = {0};
    float *b = filled(product.k * product.n);
    memcpy(b, made->b, (size_t)(product.k * product.n) * sizeof *b);
    for (int round = 0; round < 2; round++) {
        tiles = table != NULL ? table->tiling[HONE_KERNEL_matmul](&product)
                              : hone_internal_split_tiling(&plain, &product);
        product.layouts.panels = panels ? product.layouts.panels_possible & 1U << 2 : 0;
    }
    if (product.layouts.panels != 0)
        hone_internal_panels_pack(product.transpose_b ? product.n : product.k,
                                  product.transpose_b ? product.k : product.n, made->b, b);
    float *c = filled(product.m * product.n), *scratch = filled((int64_t)(tiles.scratch / sizeof(float)));
    hone_kernel_args args = {.data = {c, made->a, b}, .family = &product};
    for (int64_t i = tiles.count - 1; i >= 0; i--)
        if (table != NULL)
            table->kernel[HONE_KERNEL_matmul](&args, i, i + 1, scratch);
        else
            hone_internal_split_run(&plain, &args, i, i + 1, scratch);
    free(scratch), free(b);
    return c;
}

/* Of rounded operands, and of floats too where all are large. */
static const int64_t sizes[][3] = {{32, 48, 32},  {17, 32, 16},   {33, 49, 31},    {32, 300, 79},
                                   {79, 300, 32}, {100, 36, 161}, {128, 128, 128}, {131, 150, 160}};
/* The definition is slow, most of all where each access is checked. */
#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 3 };
#else
enum { EVERY = 1 };
#endif
enum { SIZES = sizeof sizes / sizeof *sizes, LARGE = 128 };

static double element(const operands *made, int64_t i, int64_t j, double *size)
{
    const hone_product *is = &made->product;
    double sum = 0;
    *size = 0;
    for (int64_t p = 0; p < is->k; p++) {
        double term = (double)made->a[is->transpose_a ? p * is->lda + i : i * is->lda + p] *
                      (double)made->b[is->transpose_b ? j * is->ldb + p : p * is->ldb + j];
        sum += term, *size += fabs(term);
    }
    return sum;
}

/* No worse than floats: 2^-23 of the sum without signs, and the rounding of the result. */
TEST(definition_is_as_good_as_floats)
{
    for (int i = EVERY - 1; i < SIZES; i += EVERY)
        for (int flags = 0; flags < ROUNDED; flags++) {
            product_case test = {sizes[i][0], sizes[i][1], sizes[i][2], flags, false};
            operands made = make(&test);
            float *c = multiplied(NULL, &made, i % 2);
            for (int64_t j = 0; j < test.m * test.n; j++) {
                double size, sum = element(&made, j / test.n, j % test.n, &size);
                assert_true(fabs((double)c[j] - sum) <= 0x1p-22 * size);
            }
            free(c);
            discard(&made);
        }
}

TEST(tiles_of_the_processor_are_the_definition)
{
    const hone_kernels *amx = tiles_of_processor();
    for (int i = EVERY - 1; amx != NULL && i < SIZES; i += EVERY)
        for (int flags = 0; flags < FLAGS; flags++) {
            product_case test = {sizes[i][0], sizes[i][1], sizes[i][2], flags, false};
            if (!(flags & ROUNDED) && (test.m < LARGE || test.n < LARGE || test.k < LARGE))
                continue; /* not on tiles */
            operands made = make(&test);
            float *expected = multiplied(NULL, &made, i % 2), *c = multiplied(amx, &made, i % 2);
            assert_memory_equal(expected, c, (size_t)(test.m * test.n) * sizeof *c);
            free(expected), free(c);
            discard(&made);
        }
}

/* ---- the ends of the range ---- */

static const float extremes[] = {INFINITY, -INFINITY, NAN,       3.4e38f, -3.4e38f, 1e30f,
                                 1e-38f,   -1.2e-38f, 0x1p-140f, 1e-45f,  -0.0f,    1.00390625f};

/* One extreme number in each operand: every element is what floats make it. */
static void check_extremes(const hone_kernels *table, float x, float y)
{
    operands made = make(&(product_case){130, 140, 128, 0, false});
    made.a[5 * 128 + 3] = x;
    made.b[3 * 140 + 7] = y;
    made.b[39 * 140 + 20] = y;
    float *c = multiplied(table, &made, false);
    for (int64_t i = 0; i < 40; i++)
        for (int64_t j = 0; j < 140; j++) {
            float got = c[i * 140 + j], wanted = 0;
            double size;
            fused_chain(1, 1, 128, made.a + i * 128, 128, 1, made.b + j, 140, &wanted, 1, false);
            element(&made, i, j, &size);
            bool same = isnan(wanted)   ? isnan(got)
                        : isinf(wanted) ? got == wanted
                                        : fabs((double)got - (double)wanted) <= 1e-6 * size + 1e-37;
            if (!same)
                fail_msg("%g and %g: element %d,%d is %g, not %g", (double)x, (double)y, (int)i, (int)j,
                         (double)got, (double)wanted);
        }
    free(c);
    discard(&made);
}

TEST(extreme_numbers_come_out_as_from_floats)
{
    const hone_kernels *amx = tiles_of_processor();
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
        for (size_t j = 0; j < sizeof extremes / sizeof *extremes; j++) {
            if (i == j && i % EVERY == 0)
                check_extremes(NULL, extremes[i], extremes[j]);
            if (amx != NULL)
                check_extremes(amx, extremes[i], extremes[j]);
        }
}

/* Tiny operands, all of them: the precision is that of floats, though a tile alone would lose their lower
 * parts. */
TEST(small_numbers_keep_their_precision)
{
    operands made = make(&(product_case){128, 130, 160, 0, false});
    for (int64_t i = 0; i < 128 * 160; i++)
        made.a[i] *= 0x1p-110f;
    float *c = multiplied(NULL, &made, false);
    for (int64_t j = 0; j < 128 * 130; j++) {
        double size, sum = element(&made, j / 130, j % 130, &size);
        assert_true(fabs((double)c[j] - sum) <= 0x1p-22 * size);
    }
    free(c);
    discard(&made);
}

/* ---- the state of threads and processes ---- */

#if defined(__x86_64__)
/* Bit 18 of what a thread has in use (XINUSE): tiles. */
static bool holds_tiles(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    (void)high;
    return low >> 18 & 1;
}

TEST(tiles_are_given_back)
{
    if (tiles_of_processor() == NULL)
        return;
    operands made = make(&(product_case){128, 128, 128, 0, false});
    free(multiplied(tiles_of_processor(), &made, false));
    assert_false(holds_tiles());
    discard(&made);
}
#endif

TEST(child_of_a_process_that_used_tiles)
{
    operands made = make(&(product_case){128, 130, 140, 0, false});
    float *c = multiplied(tiles_of_processor(), &made, false);
    pid_t child = fork();
    if (child == 0) {
        float *again = multiplied(tiles_of_processor(), &made, false);
        _exit(memcmp(again, c, 128 * 130 * sizeof *c) == 0 ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    free(c);
    discard(&made);
}
