/* The products of every kernel table against sums in double: all flags, odd sizes, batches, leading
 * dimensions, chains; bits that do not depend on the order of tiles; nothing written outside C. */
#include "base/bfloat16.h"
#include "kernels/product.h"
#include "testing/test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, MOST_SCRATCH = 1 << 22 };
enum { TRANSPOSE_A = 1, TRANSPOSE_B = 2, BFLOAT16 = 4, ALL_FLAGS = 8 };
#define GUARD_VALUE 12345.0f

typedef struct product_case {
    int64_t m, n, k;
    int flags;            /* TRANSPOSE_A ... */
    int64_t batch, wider; /* wider: how much each leading dimension exceeds the least */
    bool one_b;           /* one B for the whole batch */
} product_case;

typedef struct operands {
    float *a, *b, *c, *scratch;
    int64_t size_a, size_b, size_c;
    hone_product product;
    hone_kernel_args args;
    int64_t tiles;
} operands;

static uint32_t noise_state = 1;

static float noise(void)
{
    noise_state = noise_state * 1664525U + 1013904223U;
    return (float)(noise_state >> 8) * (2.0f / 16777216.0f) - 1.0f;
}

static float *filled(int64_t count, float value, bool random)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 127) / 64 * 64);
    assert_non_null(block);
    for (int64_t i = 0; i < count; i++)
        block[i] = random ? noise() : value;
    return block;
}

static hone_product describe(const product_case *test)
{
    hone_product product =
        hone_product_of(test->m, test->n, test->k, test->flags & TRANSPOSE_A, test->flags & TRANSPOSE_B);
    product.lda += test->wider, product.ldb += test->wider, product.ldc += test->wider;
    product.next_a = (product.transpose_a ? test->k : test->m) * product.lda;
    product.next_b = (product.transpose_b ? test->n : test->k) * product.ldb;
    product.batch = test->batch;
    product.bfloat16 = test->flags & BFLOAT16;
    product.training = true;
    return product;
}

/* The caller sets args.family when the result has its place. */
static operands make(const hone_kernels *table, const product_case *test)
{
    operands made = {.product = describe(test)};
    hone_product *product = &made.product;
    hone_tiles tiles = table->tiling[HONE_KERNEL_matmul](product);
    assert_true(product->tile_m >= 1 && product->tile_n >= 1);
    assert_true(tiles.scratch <= MOST_SCRATCH * sizeof(float));
    assert_int_equal(tiles.count, hone_product_tile_count(product));
    made.tiles = tiles.count;
    made.size_a = test->batch * product->next_a;
    made.size_b = (test->one_b ? 1 : test->batch) * product->next_b;
    made.size_c = test->batch * test->m * product->ldc;
    if (test->one_b)
        product->next_b = 0;
    made.a = filled(made.size_a, 0, true);
    made.b = filled(made.size_b, 0, true);
    made.c = filled(made.size_c + 2 * GUARD, GUARD_VALUE, false);
    made.scratch = filled((int64_t)(tiles.scratch / sizeof(float)) + GUARD, GUARD_VALUE, false);
    made.args = (hone_kernel_args){.data = {made.c + GUARD, made.a, made.b}};
    return made;
}

static void discard(operands *made)
{
    free(made->a), free(made->b), free(made->c), free(made->scratch);
}

/* What each element of batch * m x n should be: its sum in double, and the sum of what is added without
 * signs. */
typedef struct expected {
    double *sums, *sizes;
} expected;

static double element(const operands *made, int64_t matrix, int64_t i, int64_t j, double *size)
{
    const hone_product *is = &made->product;
    const float *a = made->a + matrix * is->next_a, *b = made->b + matrix * is->next_b;
    double sum = 0;
    *size = 0;
    for (int64_t p = 0; p < is->k; p++) {
        double x = is->transpose_a ? a[p * is->lda + i] : a[i * is->lda + p];
        double y = is->transpose_b ? b[j * is->ldb + p] : b[p * is->ldb + j];
        if (is->bfloat16) {
            x = hone_internal_round_bfloat16((float)x);
            y = hone_internal_round_bfloat16((float)y);
        }
        sum += x * y;
        *size += fabs(x * y);
    }
    return sum;
}

static expected expect(const operands *made)
{
    const hone_product *is = &made->product;
    const int64_t rows = is->batch * is->m;
    expected all = {.sums = calloc((size_t)(rows * is->n), sizeof(double)),
                    .sizes = calloc((size_t)(rows * is->n), sizeof(double))};
    assert_true(all.sums != NULL && all.sizes != NULL);
    for (int64_t i = 0; i < rows * is->n; i++)
        all.sums[i] = element(made, i / is->n / is->m, i / is->n % is->m, i % is->n, &all.sizes[i]);
    return all;
}

static void check_numbers(const hone_kernels *table, const operands *made, const expected *all)
{
    const hone_product *is = &made->product;
    const float *c = made->c + GUARD;
    for (int64_t row = 0; row < is->batch * is->m; row++)
        for (int64_t j = 0; j < is->ldc; j++) {
            bool inside = j < is->n;
            double wanted = inside ? all->sums[row * is->n + j] : (double)GUARD_VALUE;
            double size = inside ? all->sizes[row * is->n + j] : 0;
            if (fabs(wanted - (double)c[row * is->ldc + j]) > 1e-6 * size + 1e-30)
                fail_msg("%s: %dx%dx%d turned %d %d, bfloat16 %d: element %d,%d is %g, not %g", table->name,
                         (int)is->m, (int)is->n, (int)is->k, is->transpose_a, is->transpose_b, is->bfloat16,
                         (int)row, (int)j, (double)c[row * is->ldc + j], wanted);
        }
    for (int64_t i = 0; i < GUARD; i++)
        assert_true(made->c[i] == GUARD_VALUE && c[made->size_c + i] == GUARD_VALUE);
    for (int64_t i = 0; i < made->size_c; i++)
        made->c[GUARD + i] = GUARD_VALUE;
}

static void run_tiles(const hone_kernels *table, const operands *made, int order)
{
    hone_kernel *matmul = table->kernel[HONE_KERNEL_matmul];
    if (order == 0)
        matmul(&made->args, 0, made->tiles, made->scratch);
    else
        for (int64_t i = 0; i < made->tiles; i++) {
            int64_t tile = order == 1 ? i : made->tiles - 1 - i;
            matmul(&made->args, tile, tile + 1, made->scratch);
        }
}

/* Every table gets the same operands, so the sums in double are computed for the first alone. */
static void check(const product_case *test)
{
    expected all = {NULL, NULL};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        noise_state = (uint32_t)(test->m * 31 + test->n * 17 + test->k);
        operands made = make(table, test);
        made.args.family = &made.product;
        if (all.sums == NULL)
            all = expect(&made);
        size_t bytes = (size_t)made.size_c * sizeof(float);
        float *first = filled(made.size_c, 0, false);
        run_tiles(table, &made, 0);
        memcpy(first, made.c + GUARD, bytes);
        check_numbers(table, &made, &all);
        for (int order = 1; order <= 2; order++) {
            run_tiles(table, &made, order);
            assert_memory_equal(first, made.c + GUARD, bytes);
        }
        free(first);
        discard(&made);
    }
    free(all.sums), free(all.sizes);
}

#ifdef __SANITIZE_ADDRESS__
enum { QUICK = 16 };
#else
enum { QUICK = 4 };
#endif

/* Each QUICK-th of them, all with HONE_TEST_FULL. */
TEST(all_small_sizes)
{
    const int every = getenv("HONE_TEST_FULL") != NULL ? 1 : QUICK;
    int number = 0;
    for (int64_t m = 1; m <= 40; m += m < 20 ? 1 : 5)
        for (int64_t n = 1; n <= 40; n += n < 6 ? 2 : 3)
            for (int64_t k = 1; k <= 40; k += k < 4 ? 1 : 9)
                for (int flags = number++ % every == 0 ? 0 : ALL_FLAGS; flags < ALL_FLAGS; flags++)
                    check(&(product_case){
                        .m = m, .n = n, .k = k, .flags = flags, .batch = 1, .wider = (m + n) % 3});
}

/* Of these each QUICK / 4-th; where a machine is emulated (scripts/ports.sh) each 13-th: no two of one size
 * in order. */
TEST(sizes_of_training)
{
    const size_t every = getenv("HONE_TEST_FULL") != NULL       ? 1
                         : getenv("HONE_TEST_EMULATED") != NULL ? 13
                                                                : QUICK / 4;
    static const int64_t sizes[][3] = {{32, 300, 784}, {784, 300, 32},  {32, 784, 300},  {1, 300, 784},
                                       {1, 784, 300},  {784, 300, 1},   {100, 300, 100}, {300, 100, 33},
                                       {7, 1000, 513}, {520, 300, 260}, {65, 49, 1030},  {3, 100, 300},
                                       {17, 10, 100},  {290, 260, 300}, {410, 400, 410}, {3, 3000, 20}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int flags = 0; flags < ALL_FLAGS; flags++)
            if ((i + (size_t)flags) % every == 0)
                check(&(product_case){.m = sizes[i][0],
                                      .n = sizes[i][1],
                                      .k = sizes[i][2],
                                      .flags = flags,
                                      .batch = 1,
                                      .wider = (int64_t)i % 2 * 3});
}

/* More of k than any kernel keeps of an operand. */
TEST(long_sums)
{
    check(&(product_case){.m = 130, .n = 128, .k = 2200, .batch = 1});
    check(&(product_case){.m = 130, .n = 128, .k = 2200, .flags = TRANSPOSE_A, .batch = 1});
    check(&(product_case){.m = 33, .n = 70, .k = 1500, .flags = TRANSPOSE_A, .batch = 1, .wider = 5});
    check(&(product_case){.m = 301, .n = 61, .k = 700, .flags = TRANSPOSE_A, .batch = 2, .wider = 1});
}

TEST(batches)
{
    for (int flags = 0; flags < ALL_FLAGS; flags++)
        for (int one_b = 0; one_b < 2; one_b++) {
            check(&(product_case){
                .m = 5, .n = 19, .k = 23, .flags = flags, .batch = 3, .wider = 2, .one_b = one_b});
            check(&(product_case){.m = 70, .n = 150, .k = 110, .flags = flags, .batch = 2, .one_b = one_b});
        }
}

TEST(nothing_to_add_gives_zeros)
{
    for (int flags = 0; flags < ALL_FLAGS; flags++)
        check(&(product_case){.m = 5, .n = 7, .k = 0, .flags = flags, .batch = 1, .wider = 1});
}

/* A product put into C and then added to it twice is three times itself. */
static void check_adding(const hone_kernels *table, const product_case *test)
{
    operands made = make(table, test);
    made.args.family = &made.product;
    float *once = filled(made.size_c, 0, false);
    run_tiles(table, &made, 0);
    memcpy(once, made.c + GUARD, (size_t)made.size_c * sizeof(float));
    made.product.add = true;
    run_tiles(table, &made, 0);
    run_tiles(table, &made, 1);
    for (int64_t i = 0; i < made.size_c; i++)
        if (i % made.product.ldc < test->n)
            assert_true(fabsf(made.c[GUARD + i] - 3 * once[i]) <= 1e-5f * (float)(test->k + 1));
        else
            assert_true(made.c[GUARD + i] == GUARD_VALUE);
    free(once);
    discard(&made);
}

TEST(adds_to_what_c_holds)
{
    static const product_case tests[] = {{.m = 33, .n = 19, .k = 7, .batch = 1, .wider = 3},
                                         {.m = 200, .n = 32, .k = 48, .batch = 1, .wider = 32},
                                         {.m = 70, .n = 150, .k = 300, .batch = 1},
                                         {.m = 77, .n = 100, .k = 600, .batch = 1},
                                         {.m = 410, .n = 400, .k = 410, .batch = 1},
                                         {.m = 5, .n = 7, .k = 0, .batch = 1}};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++)
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
            for (int flags = 0; flags < ALL_FLAGS; flags++) {
                product_case test = tests[i];
                test.flags = flags;
                if (flags & TRANSPOSE_B)
                    continue;
                check_adding(hone_internal_kernels_named(*name), &test);
            }
}

static void add_one(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *c = args->data[0];
    (void)scratch;
    for (int64_t i = begin; i < end; i++)
        c[i] += 1;
}

static void double_it(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *c = args->data[0];
    (void)scratch;
    for (int64_t i = begin; i < end; i++)
        c[i] *= 2;
}

/* 2 (C + 1) by a chain is what it is afterwards, to the bit: each element once, after its sum is complete. */
static void check_chain(const hone_kernels *table, const product_case *test)
{
    operands made = make(table, test);
    made.args.family = &made.product;
    float *plain = filled(made.size_c, 0, false);
    run_tiles(table, &made, 0);
    memcpy(plain, made.c + GUARD, (size_t)made.size_c * sizeof(float));
    hone_kernel_args step = {.data = {made.c + GUARD}};
    hone_chain chain = {.count = 2,
                        .step = {{.run = add_one, .args = &step}, {.run = double_it, .args = &step}}};
    made.args.chain = &chain;
    run_tiles(table, &made, 2);
    for (int64_t i = 0; i < made.size_c; i++)
        assert_true(made.c[GUARD + i] == (plain[i] + 1) * 2);
    free(plain);
    discard(&made);
}

TEST(chains_see_each_element_once)
{
    static const product_case tests[] = {
        {.m = 32, .n = 300, .k = 784, .batch = 1}, {.m = 784, .n = 300, .k = 32, .batch = 1},
        {.m = 33, .n = 150, .k = 300, .batch = 2}, {.m = 200, .n = 110, .k = 128, .batch = 1},
        {.m = 100, .n = 90, .k = 600, .batch = 1}, {.m = 9, .n = 5, .k = 7, .batch = 3}};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++)
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
            for (int flags = 0; flags < ALL_FLAGS; flags++) {
                product_case test = tests[i];
                test.flags = flags;
                check_chain(hone_internal_kernels_named(*name), &test);
            }
}
