/* Functions of one operand in the reference: known values, and derivatives against differences. */
#include "testing/ref_kernels.h"

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
    {"erfinv", 0.842700792949715, 0, 0, 0, 1, 2.4090145473493605},
    {"erfinv", 0, 0, 0, 0, 0, 0.886226925452758},
    {"bessel_i0", 1, 0, 0, 0, 1.266065877752008, 0.565159103992485},
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
