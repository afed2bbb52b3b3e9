/* The reference kernels against known values, and their derivatives against differences, in double. */
#include "base/memory.h"
#include "kernels/movement.h"
#include "kernels/product.h"
#include "kernels/ref/tables.h"
#include "testing/test.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const hone_kernels *const table = &hone_internal_kernels_ref_double;

static void run(hone_kernel_index kernel, const hone_kernel_args *args, int64_t items)
{
    table->kernel[kernel](args, 0, items, NULL);
}

static void check_near(const char *what, double got, double expected, double tolerance)
{
    if (got == expected || (got != got && expected != expected))
        return;
    if (!(fabs(got - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s is %.12g, not %.12g", what, got, expected);
}

static void check_all(const char *what, const double *got, const double *expected, int64_t count)
{
    char place[100];
    for (int64_t i = 0; i < count; i++) {
        snprintf(place, sizeof place, "%s, element %d", what, (int)i);
        check_near(place, got[i], expected[i], 1e-9);
    }
}

#define CHECK_ALL(what, got, ...) \
    check_all(what, got, (const double[]){__VA_ARGS__}, \
              sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* ---- Element-wise ---- */

typedef enum { X, Y } needs;

typedef struct unary_case {
    const char *name;
    hone_kernel_index kernel;
    needs needs;
} unary_case;

static const unary_case unary_cases[] = {
#define HONE_UNARY(name, needs, ...) {#name, HONE_KERNEL_##name, needs},
#include "kernels/unary.def"
};
enum { UNARY_CASES = sizeof unary_cases / sizeof unary_cases[0] };

static double unary(hone_kernel_index kernel, double x, const double scalars[4])
{
    double y = 0;
    hone_kernel_args args = {.data = {&y, &x}};
    memcpy(args.scalar, scalars, 4 * sizeof(double));
    run(kernel, &args, 1);
    return y;
}

static double unary_slope(const unary_case *u, double x, const double scalars[4])
{
    double operand = u->needs == Y ? unary(u->kernel, x, scalars) : x, upstream = 1, slope = 0;
    hone_kernel_args args = {.data = {&slope, &operand, &upstream}};
    memcpy(args.scalar, scalars, 4 * sizeof(double));
    run(u->kernel + 1, &args, 1);
    return slope;
}

/* At points that are no kinks for these scalars: kinks lie at multiples of 1/4. */
TEST(derivatives_are_those_of_the_functions)
{
    static const double scalars[][4] = {
        {0.5, 1.5, 0.25, 0}, {0, HUGE_VAL, 0, 0}, {1, 4, -1, 0}, {-0.75, 3, 1, 0}};
    static const double points[] = {-11.3, -3.1, -2.9, -1.37, -0.9, -0.3, -0.01, 0.03,
                                    0.2,   0.6,  1.1,  1.9,   3.3,  5.7,  6.6,   12.1};
    const double h = 1e-5;
    for (int i = 0; i < UNARY_CASES; i++)
        for (size_t j = 0; j < sizeof points / sizeof points[0]; j++)
            for (size_t k = 0; k < sizeof scalars / sizeof scalars[0]; k++) {
                const unary_case *u = &unary_cases[i];
                const double x = points[j], above = unary(u->kernel, x + h, scalars[k]);
                const double below = unary(u->kernel, x - h, scalars[k]),
                             expected = (above - below) / (2 * h);
                if (!isfinite(expected) || (strcmp(u->name, "celu") == 0 && scalars[k][0] == 0))
                    continue;
                check_near(u->name, unary_slope(u, x, scalars[k]), expected, 2e-6);
            }
}

typedef struct value_case {
    const char *name;
    double x, a, b, c, value, slope;
} value_case;

/* Known values, and derivatives at kinks. */
static const value_case value_cases[] = {
    {"relu", 0, 0, HUGE_VAL, 0, 0, 0},
    {"relu", -2, 0.1, 6, 0, -0.2, 0.1},
    {"relu", 7, 0, 6, 0, 6, 0},
    {"relu", 0.5, 0.1, HUGE_VAL, 1, -0.05, 0.1},
    {"relu", 2, 0.1, HUGE_VAL, 1, 2, 1},
    {"relu", -0.5, 0, 6, -1, 0, 0},
    {"relu_plain", 0, 0, 0, 0, 0, 0},
    {"relu_plain", 3, 0, 0, 0, 3, 1},
    {"relu6", 6, 0, 0, 0, 6, 0},
    {"relu6", 0, 0, 0, 0, 0, 0},
    {"leaky_relu", 0, 0.2, 0, 0, 0, 0.2},
    {"elu", 0, 1.5, 0, 0, 0, 1.5},
    {"elu", -1, 1, 0, 0, -0.632120558828558, 0.367879441171442},
    {"selu", 0, 0, 0, 0, 0, 1.758099340847377},
    {"selu", 1, 0, 0, 0, 1.0507009873554805, 1.0507009873554805},
    {"celu", 0, 2, 0, 0, 0, 1},
    {"gelu", 1, 0, 0, 0, 0.841344746068543, 1.083315470587687},
    {"gelu_tanh", 1, 0, 0, 0, 0.841191990608277, 1.0829640838457826},
    {"silu", 1, 0, 0, 0, 0.731058578630005, 0.9276705118714869},
    {"mish", 0, 0, 0, 0, 0, 0.6},
    {"softplus", 0, 0, 0, 0, 0.693147180559945, 0.5},
    {"softplus", 800, 0, 0, 0, 800, 1},
    {"softplus", -800, 0, 0, 0, 0, 0},
    {"log_sigmoid", -800, 0, 0, 0, -800, 1},
    {"sigmoid", -800, 0, 0, 0, 0, 0},
    {"sigmoid", 0, 0, 0, 0, 0.5, 0.25},
    {"hard_sigmoid", 3, 0, 0, 0, 1, 0},
    {"hard_sigmoid", 1.5, 0, 0, 0, 0.75, 1.0 / 6},
    {"hard_silu", 3, 0, 0, 0, 3, 1},
    {"hard_silu", 1, 0, 0, 0, 2.0 / 3, 5.0 / 6},
    {"hard_tanh", 1, 0, 0, 0, 1, 0},
    {"soft_shrink", 0.5, 0.5, 0, 0, 0, 0},
    {"soft_shrink", -2, 0.5, 0, 0, -1.5, 1},
    {"hard_shrink", 0.5, 0.5, 0, 0, 0, 0},
    {"hard_shrink", 0.7, 0.5, 0, 0, 0.7, 1},
    {"squareplus", 0, 4, 0, 0, 1, 0.5},
    {"sparse_plus", 0.5, 0, 0, 0, 0.5625, 0.75},
    {"sparse_sigmoid", 0.5, 0, 0, 0, 0.75, 0.5},
    {"sparse_sigmoid", -1, 0, 0, 0, 0, 0},
    {"threshold", 1, 1, 7, 0, 7, 0},
    {"threshold", 2, 1, 7, 0, 2, 1},
    {"clip", 1, -1, 1, 0, 1, 1},
    {"clip", 1.5, -1, 1, 0, 1, 0},
    {"absolute", 0, 0, 0, 0, 0, 0},
    {"round", 2.5, 0, 0, 0, 2, 0},
    {"round", 3.5, 0, 0, 0, 4, 0},
    {"round", -0.6, 0, 0, 0, -1, 0},
    {"power_scalar", 0, 0, 0, 0, 1, 0},
    {"power_scalar", 3, 2, 0, 0, 9, 6},
    {"affine", 2, 3, 4, 0, 10, 3},
    {"log_clamped", 0.001, 0.01, 0, 0, -4.605170185988091, 0},
    {"equal_scalar", 2, 2, 0, 0, 1, 0},
    {"greater_scalar", 2, 2, 0, 0, 0, 0},
    {"is_nan", NAN, 0, 0, 0, 1, 0},
    {"clip", NAN, -1, 1, 0, NAN, 0},
    {"relu_plain", NAN, 0, 0, 0, NAN, 0},
    {"sign", -3, 0, 0, 0, -1, 0},
    {"erf", 1, 0, 0, 0, 0.842700792949715, 0.415107497420594},
};

static const unary_case *find_unary(const char *name)
{
    for (int i = 0; i < UNARY_CASES; i++)
        if (strcmp(unary_cases[i].name, name) == 0)
            return &unary_cases[i];
    fail_msg("no function %s", name);
    return NULL;
}

TEST(functions_have_known_values)
{
    for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++) {
        const value_case *v = &value_cases[i];
        const unary_case *u = find_unary(v->name);
        const double scalars[4] = {v->a, v->b, v->c, 0};
        check_near(v->name, unary(u->kernel, v->x, scalars), v->value, 1e-11);
        check_near(v->name, unary_slope(u, v->x, scalars), v->slope, 1e-11);
    }
}

TEST(binary_functions_treat_nan)
{
    const double x[] = {1, NAN, 2, 3}, y[] = {NAN, 1, 2, 0};
    double z[4];
    const hone_kernel_args args = {.data = {z, (void *)x, (void *)y}};
    run(HONE_KERNEL_maximum, &args, 4);
    CHECK_ALL("maximum", z, NAN, NAN, 2, 3);
    run(HONE_KERNEL_minimum, &args, 4);
    CHECK_ALL("minimum", z, NAN, NAN, 2, 0);
    run(HONE_KERNEL_divide_no_nan, &args, 4);
    CHECK_ALL("divide_no_nan", z, NAN, NAN, 1, 0);
    run(HONE_KERNEL_equal, &args, 4);
    CHECK_ALL("equal", z, 0, 0, 1, 0);
}

/* ---- Along an axis, and moving ---- */

static const double numbers[12] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8}; /* [2, 3, 2] */

TEST(reductions_have_known_values)
{
    double y[4];
    const hone_kernel_args args = {.data = {y, (void *)numbers}, .size = {2, 3, 2}};
    run(HONE_KERNEL_reduce_sum, &args, 4);
    CHECK_ALL("sum", y, 12, 11, 12, 17);
    run(HONE_KERNEL_reduce_mean, &args, 4);
    CHECK_ALL("mean", y, 4, 11.0 / 3, 4, 17.0 / 3);
    run(HONE_KERNEL_reduce_sum_squares, &args, 4);
    CHECK_ALL("sum_squares", y, 50, 83, 54, 109);
    run(HONE_KERNEL_reduce_product, &args, 4);
    CHECK_ALL("product", y, 60, 9, 50, 144);
    run(HONE_KERNEL_reduce_maximum, &args, 4);
    CHECK_ALL("maximum", y, 5, 9, 5, 8);
    run(HONE_KERNEL_reduce_minimum, &args, 4);
    CHECK_ALL("minimum", y, 3, 1, 2, 3);
    run(HONE_KERNEL_argmax, &args, 4);
    CHECK_ALL("argmax", y, 2, 2, 1, 2);
    run(HONE_KERNEL_argmin, &args, 4);
    CHECK_ALL("argmin", y, 0, 0, 0, 1);
}

TEST(searches_put_nan_first)
{
    const double x[] = {1, NAN, 5, NAN, 2, 2, 2, 2};
    double y[8];
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 4, 1}};
    run(HONE_KERNEL_argmax, &args, 2);
    CHECK_ALL("argmax", y, 1, 0);
    const hone_kernel_args sort = {.data = {y, (void *)x}, .size = {2, 4}};
    run(HONE_KERNEL_sort_descending, &sort, 2);
    CHECK_ALL("sort_descending", y, NAN, NAN, 5, 1, 2, 2, 2, 2);
}

TEST(cumulative_sums_run_both_ways)
{
    double y[12];
    hone_kernel_args args = {.data = {y, (void *)numbers}, .size = {2, 3, 2}};
    run(HONE_KERNEL_cumulative_sum, &args, 4);
    CHECK_ALL("cumulative_sum", y, 3, 1, 7, 2, 12, 11, 2, 6, 7, 9, 12, 17);
    args.scalar[0] = 1;
    run(HONE_KERNEL_cumulative_sum, &args, 4);
    CHECK_ALL("from the end", y, 12, 11, 9, 10, 5, 9, 12, 17, 10, 11, 5, 8);
}

TEST(transposes_flips_and_slices_are_strided_copies)
{
    double y[6];
    hone_kernel_args args = {.data = {y, (void *)numbers}};
    args.family = &(hone_strides){.rank = 2, .dims = {2, 3}, .a = {1, 2}};
    run(HONE_KERNEL_strided_copy, &args, 6);
    CHECK_ALL("transpose", y, 3, 4, 5, 1, 1, 9);
    args.family = &(hone_strides){.rank = 1, .dims = {4}, .a = {-1}, .offset = 3};
    run(HONE_KERNEL_strided_copy, &args, 4);
    CHECK_ALL("flip", y, 1, 4, 1, 3);
    args.family = &(hone_strides){.rank = 2, .dims = {2, 2}, .a = {6, 2}, .offset = 1};
    run(HONE_KERNEL_strided_copy, &args, 4);
    CHECK_ALL("slice", y, 1, 1, 6, 3);
}

TEST(pad_surrounds_and_cuts)
{
    double y[12];
    hone_kernel_args args = {.data = {y, (void *)numbers}, .scalar = {-1}};
    args.family = &(hone_strides){.rank = 2, .dims = {3, 4}, .b = {1, 2}, .a = {2, 2}};
    run(HONE_KERNEL_pad, &args, 12);
    CHECK_ALL("pad", y, -1, -1, -1, -1, -1, -1, 3, 1, -1, -1, 4, 1);
    args.family = &(hone_strides){.rank = 2, .dims = {1, 2}, .b = {-1, -1}, .a = {2, 2}};
    run(HONE_KERNEL_pad, &args, 2);
    CHECK_ALL("cut", y, 1, -1);
}

TEST(rows_are_gathered_and_scattered)
{
    const double ids[] = {2, 0, 2, -1, 3, NAN};
    double y[12], dtable[6];
    hone_kernel_args args = {.data = {y, (void *)numbers, (void *)ids}, .size = {6, 2, 3}};
    run(HONE_KERNEL_gather_rows, &args, 6);
    CHECK_ALL("gather", y, 5, 9, 3, 1, 5, 9, NAN, NAN, NAN, NAN, NAN, NAN);
    args.data[0] = dtable;
    run(HONE_KERNEL_scatter_add_rows, &args, 2);
    CHECK_ALL("scatter", dtable, 4, 1, 0, 0, 8, 10);
    const hone_kernel_args one_hot = {.data = {y, (void *)ids}, .size = {4, 3}};
    run(HONE_KERNEL_one_hot, &one_hot, 4);
    CHECK_ALL("one_hot", y, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0);
}

TEST(concatenation_puts_rows_side_by_side)
{
    double y[6];
    const hone_concatenation joined = {.count = 2, .rows = 2, .total = 3, .width = {1, 2}};
    const hone_kernel_args args = {.data = {y, (void *)numbers, (void *)(numbers + 6)}, .family = &joined};
    run(HONE_KERNEL_concatenate, &args, 2);
    CHECK_ALL("concatenate", y, 3, 2, 6, 1, 5, 3);
}

TEST(drawing_follows_the_stream)
{
    enum { COUNT = 20000 };
    const hone_random random = hone_internal_random(1, 2, 3);
    static double y[COUNT], mask[COUNT], x[COUNT];
    double sum = 0, kept = 0;
    for (int i = 0; i < COUNT; i++)
        x[i] = i;
    hone_kernel_args args = {.data = {y, mask, x}, .scalar = {0.25}, .random = &random};
    run(HONE_KERNEL_dropout, &args, COUNT);
    for (int i = 0; i < COUNT; i++) {
        const bool keep = hone_internal_random_word(&random, (uint64_t)i) >= 1u << 30;
        check_near("mask", mask[i], keep ? 1 / 0.75 : 0, 0);
        check_near("dropout", y[i], x[i] * mask[i], 1e-15);
        kept += keep;
    }
    assert_true(fabs(kept / COUNT - 0.75) < 0.02);
    args.scalar[0] = 1;
    run(HONE_KERNEL_dropout, &args, COUNT);
    for (int i = 0; i < COUNT; i++)
        check_near("dropped", y[i] + mask[i], 0, 0);
    args.scalar[0] = -1, args.scalar[1] = 3;
    run(HONE_KERNEL_random_uniform, &args, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_true(y[i] >= -1 && y[i] < 3);
        sum += y[i];
    }
    assert_true(fabs(sum / COUNT - 1) < 0.05);
}

/* ---- Products ---- */

static const hone_kernel_args doubling = {.scalar = {2, 1}};

/* Chain step: c = 2 c + 1, on the memory that the args point to. */
static void check_product(bool ta, bool tb, int64_t tile_m, int64_t tile_n)
{
    const double a[] = {1, 2, 3, 4, 5, 6}, a_transposed[] = {1, 4, 2, 5, 3, 6};
    const double b[] = {1, 0, 2, -1, 3, 1, 0, 2, 1, 1, 1, 1},
                 b_transposed[] = {1, 3, 1, 0, 1, 1, 2, 0, 1, -1, 2, 1};
    double c[16];
    hone_kernel_args chained = doubling;
    chained.data[0] = chained.data[1] = c;
    const hone_chain chain = {.count = 1,
                              .step = {{.run = table->kernel[HONE_KERNEL_affine], .args = &chained}}};
    hone_product product = hone_product_of(2, 4, 3, ta, tb);
    product.batch = 2, product.next_a = product.next_b = 0;
    product.tile_m = tile_m, product.tile_n = tile_n;
    const hone_kernel_args args = {
        .data = {c, (void *)(ta ? a_transposed : a), (void *)(tb ? b_transposed : b)},
        .family = &product,
        .chain = &chain,
    };
    run(HONE_KERNEL_matmul, &args, hone_product_tile_count(&product));
    CHECK_ALL("matmul", c, 21, 11, 11, 13, 51, 23, 29, 25, 21, 11, 11, 13, 51, 23, 29, 25);
}

TEST(products_honour_flags_and_tiles)
{
    for (int turned = 0; turned < 4; turned++)
        for (int64_t tile = 1; tile < 9; tile++)
            check_product(turned & 1, turned & 2, tile % 3 + 1, tile % 5 + 1);
}

TEST(batches_step_through_both_operands)
{
    const double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    double c[2];
    hone_product product = hone_product_of(1, 1, 2, false, false);
    product.batch = 2, product.tile_m = product.tile_n = 1;
    const hone_kernel_args args = {.data = {c, (void *)a, (void *)b}, .family = &product};
    run(HONE_KERNEL_matmul, &args, 2);
    CHECK_ALL("batch", c, 17, 53);
}

/* ---- Gradients of whole kernels ---- */

/* f = sum of weights * result; the derivative of f in operand x against central differences. `forward`
 * fills `result` from x. */
typedef void forward(const double *x, double *result, int64_t count);

static void check_gradient(const char *what, forward *compute, double *x, const double *gradient,
                           const double *weights, int64_t count, int64_t results)
{
    double above[64], below[64];
    const double h = 1e-5;
    for (int64_t i = 0; i < count; i++) {
        const double kept = x[i];
        double difference = 0;
        x[i] = kept + h;
        compute(x, above, count);
        x[i] = kept - h;
        compute(x, below, count);
        x[i] = kept;
        for (int64_t j = 0; j < results; j++)
            difference += weights[j] * (above[j] - below[j]) / (2 * h);
        check_near(what, gradient[i], difference, 1e-7);
    }
}

static void fill_wave(double *x, int64_t count, double phase)
{
    for (int64_t i = 0; i < count; i++)
        x[i] = 1.3 * sin(2.1 * (double)i + phase);
}

static void softmax_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 5, 3}};
    run(HONE_KERNEL_softmax, &args, 6);
}

static void log_softmax_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {y, (void *)x}, .size = {2, 5, 3}};
    run(HONE_KERNEL_log_softmax, &args, 6);
}

TEST(softmax_is_right)
{
    double x[30], y[30], dy[30], dx[30];
    fill_wave(x, 30, 0.3);
    fill_wave(dy, 30, 1.7);
    const hone_kernel_args args = {.data = {dx, y, dy}, .size = {2, 5, 3}};
    softmax_of(x, y, 30);
    check_near("sum", y[0] + y[3] + y[6] + y[9] + y[12], 1, 1e-12);
    run(HONE_KERNEL_softmax_gradient, &args, 6);
    check_gradient("softmax", softmax_of, x, dx, dy, 30, 30);
    log_softmax_of(x, y, 30);
    run(HONE_KERNEL_log_softmax_gradient, &args, 6);
    check_gradient("log_softmax", log_softmax_of, x, dx, dy, 30, 30);
    double z[2] = {1000, 1000 - log(3)};
    const hone_kernel_args large = {.data = {z, z}, .size = {1, 2, 1}};
    run(HONE_KERNEL_softmax, &large, 1);
    CHECK_ALL("large", z, 0.75, 0.25);
}

static double means[4], inverses[4], moving[2][4];
static const double gamma_values[4] = {0.5, 1.5, -1, 2}, beta_values[4] = {0, 1, 2, 3};

/* [3, 4, 2] */
static void batch_normalization_of(const double *x, double *y, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {
        .data = {y, means, inverses, (void *)x, (void *)gamma_values, (void *)beta_values, moving[0],
                 moving[1]},
        .size = {3, 4, 2},
        .scalar = {1e-3, 0.9},
    };
    run(HONE_KERNEL_batch_normalization, &args, 4);
}

TEST(batch_normalization_is_right)
{
    double x[24], y[24], dy[24], dx[24], dgamma[4], dbeta[4], mean = 0, variance = 0;
    fill_wave(x, 24, 0.3);
    fill_wave(dy, 24, 1.7);
    moving[0][1] = 5, moving[1][1] = 7;
    batch_normalization_of(x, y, 24);
    for (int i = 0; i < 6; i++)
        mean += x[i / 2 * 8 + 2 + i % 2] / 6;
    for (int i = 0; i < 6; i++)
        variance += pow(x[i / 2 * 8 + 2 + i % 2] - mean, 2) / 6;
    check_near("mean", means[1], mean, 1e-12);
    check_near("inverse", inverses[1], 1 / sqrt(variance + 1e-3), 1e-12);
    check_near("moving mean", moving[0][1], 0.9 * 5 + 0.1 * mean, 1e-12);
    check_near("moving variance", moving[1][1], 0.9 * 7 + 0.1 * variance, 1e-12);
    check_near("y", y[11], (x[11] - mean) / sqrt(variance + 1e-3) * 1.5 + 1, 1e-12);
    const hone_kernel_args args = {
        .data = {dx, dgamma, dbeta, x, dy, means, inverses, (void *)gamma_values},
        .size = {3, 4, 2},
    };
    run(HONE_KERNEL_batch_normalization_gradient, &args, 4);
    check_gradient("batch_normalization", batch_normalization_of, x, dx, dy, 24, 24);
    double sum = 0, product = 0;
    for (int i = 0; i < 6; i++) {
        const int place = i / 2 * 8 + 2 + i % 2;
        sum += dy[place];
        product += dy[place] * (y[place] - 1) / 1.5;
    }
    check_near("dbeta", dbeta[1], sum, 1e-12);
    check_near("dgamma", dgamma[1], product, 1e-12);
}

TEST(batch_normalization_keeps_digits_far_from_zero)
{
    float x[4] = {10000, 10001, 10002, 10003}, y[4], mean, inverse;
    const hone_kernel_args args = {.data = {y, &mean, &inverse, x}, .size = {4, 1, 1}};
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        hone_internal_kernels_named(*name)->kernel[HONE_KERNEL_batch_normalization](&args, 0, 1, NULL);
        check_near("inverse", (double)inverse, 1 / sqrt(1.25), 1e-6);
        check_near("y", (double)y[3], 1.5 / sqrt(1.25), 1e-6);
    }
}

TEST(inference_normalizes_by_given_statistics)
{
    const double mean[] = {1, 2}, variance[] = {4, 9};
    double y[4];
    const hone_kernel_args args = {
        .data = {y, (void *)numbers, (void *)mean, (void *)variance, (void *)(gamma_values + 2),
                 (void *)(beta_values + 2)},
        .size = {2, 2, 1},
    };
    run(HONE_KERNEL_normalize_by_statistics, &args, 4);
    CHECK_ALL("normalize", y, 2 - 1.0, 3 - 2.0 / 3, 2 - 1.5, 3 - 2.0 / 3);
}

static double uncentred;

static void row_normalization_of(const double *x, double *y, int64_t count)
{
    (void)count;
    double mean[3], inverse[3];
    const hone_kernel_args args = {
        .data = {y, mean, inverse, (void *)x}, .size = {3, 5}, .scalar = {1e-3, uncentred}};
    run(HONE_KERNEL_row_normalization, &args, 3);
}

TEST(row_normalization_is_right)
{
    double x[15], y[15], dy[15], dx[15], mean[3], inverse[3];
    for (uncentred = 0; uncentred < 2; uncentred++) {
        fill_wave(x, 15, 0.3);
        fill_wave(dy, 15, 1.7);
        hone_kernel_args args = {.data = {y, mean, inverse, x}, .size = {3, 5}, .scalar = {1e-3, uncentred}};
        run(HONE_KERNEL_row_normalization, &args, 3);
        args = (hone_kernel_args){.data = {dx, y, dy, inverse}, .size = {3, 5}, .scalar = {0, uncentred}};
        run(HONE_KERNEL_row_normalization_gradient, &args, 3);
        check_gradient("row_normalization", row_normalization_of, x, dx, dy, 15, 15);
    }
}

/* ---- Losses and metrics ---- */

static const double class_ids[3] = {1, 0, 2};

static void crossentropy_of(const double *p, double *loss, int64_t count)
{
    (void)count;
    const hone_kernel_args args = {.data = {loss, (void *)p, (void *)class_ids}, .size = {3, 3}};
    run(HONE_KERNEL_sparse_crossentropy, &args, 3);
}

TEST(sparse_crossentropy_is_right)
{
    double p[9] = {0.2, 0.5, 0.3, 2, 1, 1, 0.1, 0.8, 0.4}, loss[3], dp[9];
    const double upstream[3] = {1, 2, 3};
    const hone_kernel_args args = {.data = {dp, p, (void *)class_ids, (void *)upstream}, .size = {3, 3}};
    crossentropy_of(p, loss, 9);
    CHECK_ALL("loss", loss, -log(0.5), -log(0.5), -log(0.4 / 1.3));
    run(HONE_KERNEL_sparse_crossentropy_gradient, &args, 3);
    check_gradient("sparse_crossentropy", crossentropy_of, p, dp, upstream, 9, 3);
    p[0] = p[2] = 0, p[3] = 0;
    crossentropy_of(p, loss, 9);
    CHECK_ALL("clipped loss", loss, -log(1 - 1e-7), -log(1e-7), -log(0.4 / 1.3));
    run(HONE_KERNEL_sparse_crossentropy_gradient, &args, 3);
    CHECK_ALL("clipped derivative", dp, 0, 0, 0, 0, 0, 0);
}

TEST(softmax_crossentropy_gradients_are_right)
{
    const double p[6] = {0.2, 0.5, 0.3, 0.1, 0.1, 0.8}, ids[2] = {1, 7}, upstream[2] = {2, 0};
    const double targets[6] = {0.5, 0.5, 1, 0, 0, 0}, ones[2] = {1, 1};
    double dz[6];
    hone_kernel_args args = {.data = {dz, (void *)p, (void *)ids, (void *)upstream}, .size = {2, 3}};
    run(HONE_KERNEL_sparse_softmax_crossentropy_gradient, &args, 2);
    CHECK_ALL("sparse", dz, 0.4, -1, 0.6, 0, 0, 0);
    args.data[2] = (void *)targets, args.data[3] = (void *)ones;
    run(HONE_KERNEL_softmax_crossentropy_gradient, &args, 2);
    CHECK_ALL("rows", dz, -0.1, 0.5, -0.4, 0, 0, 0);
}

TEST(metrics_have_known_values)
{
    const double v[] = {1, NAN, 3}, w[] = {2, 0, 1}, thresholds[] = {0.4, 0.6};
    double mean[2] = {10, 1};
    const hone_kernel_args accumulate = {.data = {mean, (void *)v, (void *)w}, .size = {3}, .scalar = {1}};
    run(HONE_KERNEL_accumulate_mean, &accumulate, 1);
    CHECK_ALL("mean", mean, 15, 4);
    const double truths[] = {1, 1, 0, 0}, predictions[] = {0.9, 0.5, 0.6, 0.1};
    double counts[8] = {0};
    const hone_kernel_args confusion = {
        .data = {counts, (void *)truths, (void *)predictions}, .size = {4, 1, 2, 1}, .family = thresholds};
    run(HONE_KERNEL_accumulate_confusion, &confusion, 1);
    CHECK_ALL("TP, FP, TN, FN", counts, 2, 1, 1, 0, 1, 2, 0, 1);
    const double true_ids[] = {0, 1, 1, 5}, predicted_ids[] = {0, 1, 0, 0};
    double classes[4] = {0};
    const hone_kernel_args square = {.data = {classes, (void *)true_ids, (void *)predicted_ids},
                                     .size = {4, 2}};
    run(HONE_KERNEL_accumulate_classes, &square, 1);
    CHECK_ALL("classes", classes, 1, 0, 1, 1);
}

/* ---- Optimizer steps, from w = 1, g = 0.5 ---- */

typedef struct step_case {
    const char *name;
    hone_kernel_index kernel;
    double c[6], slots[3], w, after[3];
} step_case;

static const step_case step_cases[] = {
    {"sgd", HONE_KERNEL_step_sgd, {0.1}, {0}, 0.95, {0}},
    {"sgd_momentum", HONE_KERNEL_step_sgd_momentum, {0.1, 0.9}, {0.2}, 1.13, {0.13}},
    {"sgd_nesterov", HONE_KERNEL_step_sgd_nesterov, {0.1, 0.9}, {0.2}, 1.067, {0.13}},
    {"adam", HONE_KERNEL_step_adam, {0.1, 0.1, 0.01, 0.5}, {0, 0.09}, 0.99377067295, {0.05, 0.0916}},
    {"adam_amsgrad",
     HONE_KERNEL_step_adam_amsgrad,
     {0.1, 0.1, 0.01, 0.5},
     {0, 0.09, 0.25},
     0.995,
     {0.05, 0.0916, 0.25}},
    {"adamax", HONE_KERNEL_step_adamax, {0.1, 0.1, 0.9, 0.5}, {0, 2}, 0.99782608695652, {0.05, 1.8}},
    {"nadam",
     HONE_KERNEL_step_nadam,
     {0.1, 0.2, 0.1, 0.01, 4, 0.5},
     {0, 0.09},
     0.90500401210,
     {0.05, 0.0916}},
    {"rmsprop", HONE_KERNEL_step_rmsprop, {0.1, 0.1, 0.01}, {0.25}, 0.90194193243, {0.25}},
    {"rmsprop_momentum",
     HONE_KERNEL_step_rmsprop_momentum,
     {0.1, 0.1, 0.01, 0.5},
     {0.25, 1},
     0.40194193243,
     {0.25, 0.59805806757}},
    {"rmsprop_centered",
     HONE_KERNEL_step_rmsprop_centered,
     {0.1, 0.1, 0.01},
     {0.25, 0},
     0.90146707218,
     {0.25, 0.05}},
    {"rmsprop_centered_momentum",
     HONE_KERNEL_step_rmsprop_centered_momentum,
     {0.1, 0.1, 0.01, 0.5},
     {0.25, 1, 0},
     0.40146707218,
     {0.25, 0.59853292782, 0.05}},
    {"adagrad", HONE_KERNEL_step_adagrad, {0.1, 0.01}, {0.1}, 0.91666666667, {0.35}},
    {"lion", HONE_KERNEL_step_lion, {0.1, 0.1, 0.01}, {-0.2}, 1.1, {-0.193}},
    {"weight_decay", HONE_KERNEL_step_weight_decay, {0.1}, {0}, 0.9, {0}},
    {"ema", HONE_KERNEL_step_ema, {0.75}, {3}, 1, {2.5}},
    {"accumulate", HONE_KERNEL_step_accumulate, {0}, {3}, 1, {3.5}},
};

TEST(optimizer_steps_have_known_values)
{
    for (size_t i = 0; i < sizeof step_cases / sizeof step_cases[0]; i++) {
        const step_case *s = &step_cases[i];
        double w = 1, g = 0.5, slots[3];
        memcpy(slots, s->slots, sizeof slots);
        const hone_kernel_args args = {.data = {&w, &g, &slots[0], &slots[1], &slots[2]}, .step = s->c};
        run(s->kernel, &args, 1);
        check_near(s->name, w, s->w, 1e-7);
        for (int slot = 0; slot < 3; slot++)
            check_near(s->name, slots[slot], s->after[slot], 1e-7);
    }
}

/* As keras-semantics section 7 writes them: p = -0.5, l1 = 0.01, l2 = 0.02, beta = 0.3, shrinkage 0.04,
 * rate 0.1. */
TEST(ftrl_and_adadelta_follow_their_formulas)
{
    double w = 1, g = 0.5, n = 0.1, z = 0.2;
    const double l2 = 0.02 + 0.3 / (2 * 0.1), after = n + g * g;
    const double linear = z + g + 2 * 0.04 * w - (sqrt(after) - sqrt(n)) / 0.1 * w;
    const double clipped = linear > 0.01 ? 0.01 : linear < -0.01 ? -0.01 : linear;
    const double weight = (clipped - linear) / (sqrt(after) / 0.1 + 2 * l2);
    const double c[] = {0.1, 0.5, 0.01, 2 * 0.02 + 0.3 / 0.1, 2 * 0.04};
    const hone_kernel_args ftrl = {.data = {&w, &g, &n, &z}, .step = c};
    run(HONE_KERNEL_step_ftrl, &ftrl, 1);
    CHECK_ALL("ftrl", ((double[]){w, n, z}), weight, after, linear);
    double a = 0.3, d = 0.2, v = 1;
    const double rates[] = {0.1, 0.05, 1e-7};
    const hone_kernel_args adadelta = {.data = {&v, &g, &a, &d}, .step = rates};
    run(HONE_KERNEL_step_adadelta, &adadelta, 1);
    const double sum = 0.95 * 0.3 + 0.05 * 0.25, delta = -sqrt(0.2 + 1e-7) / sqrt(sum + 1e-7) * 0.5;
    CHECK_ALL("adadelta", ((double[]){v, a, d}), 1 + 0.1 * delta, sum, 0.95 * 0.2 + 0.05 * delta * delta);
}
