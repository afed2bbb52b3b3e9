/* The C functions that formulas of one operand call. */

#include "csource/functions/unary.c"
#include "testing/check_c_function.h"

static float relu(float x)
{
    return fn_relu_of(x, 0.25f, 3, 0.5f);
}

static float relu_unbounded(float x)
{
    return fn_relu_of(x, 0.25f, INFINITY, -1);
}

static float silu(float x)
{
    return x * fn_sigmoid_of(x);
}

static float mish(float x)
{
    return x * fn_tanh_of_softplus(x);
}

static float gelu(float x)
{
    return x * fn_normal_distribution(x);
}

static const struct {
    const char *name;
    float (*function)(float x);
    hone_kernel_index kernel;
    double scalar[4];
} functions[] = {
    {"sign", fn_sign_of, HONE_KERNEL_sign, {0}},
    {"sigmoid", fn_sigmoid_of, HONE_KERNEL_sigmoid, {0}},
    {"softplus", fn_softplus_of, HONE_KERNEL_softplus, {0}},
    {"relu", relu, HONE_KERNEL_relu, {0.25, 3, 0.5}},
    {"relu without a bound", relu_unbounded, HONE_KERNEL_relu, {0.25, HUGE_VAL, -1}},
    {"silu", silu, HONE_KERNEL_silu, {0}},
    {"mish", mish, HONE_KERNEL_mish, {0}},
    {"gelu", gelu, HONE_KERNEL_gelu, {0}},
    {"gelu by tanh", fn_gelu_tanh_of, HONE_KERNEL_gelu_tanh, {0}},
    {"inverse error function", fn_erfinv_of, HONE_KERNEL_erfinv, {0}},
    {"Bessel function", fn_bessel_i0_of, HONE_KERNEL_bessel_i0, {0}},
    {"hard sigmoid", fn_hard_sigmoid_of, HONE_KERNEL_hard_sigmoid, {0}},
};

TEST_EACH(is_the_kernel, functions)
{
    enum { COUNT = 400 };
    float x[COUNT], y[COUNT];
    hone_kernel_args args = {.data = {NULL, x}};
    const float special[] = {0, -0.0f, 0.5f, 3, -3, 20, 20.5f, 88, -88, 200, -200, NAN};
    c_function_fill(x, COUNT, -12, 12);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        x[i] = special[i];
    for (int i = 0; i < 4; i++)
        args.scalar[i] = row->scalar[i];
    for (int i = 0; i < COUNT; i++)
        y[i] = row->function(x[i]);
    check_c_function(row->kernel, &args, COUNT, y, COUNT);
}

static const struct {
    const char *name;
    float (*function)(float x, float y);
    hone_kernel_index kernel;
} of_two[] = {
    {"and", fn_bits_and_of, HONE_KERNEL_bits_and},
    {"or", fn_bits_or_of, HONE_KERNEL_bits_or},
    {"exclusive or", fn_bits_xor_of, HONE_KERNEL_bits_xor},
    {"shift", fn_shifted_left, HONE_KERNEL_shift_left},
    {"divisor", fn_greatest_divisor_of, HONE_KERNEL_greatest_divisor},
    {"next number", fn_next_number_of, HONE_KERNEL_next_number},
};

TEST_EACH(is_the_kernel_of_two, of_two)
{
    enum { COUNT = 200 };
    float x[COUNT], y[COUNT], z[COUNT];
    hone_kernel_args args = {.data = {NULL, x, y}};
    c_function_fill(x, COUNT, -900, 900);
    c_function_fill(y, COUNT, -40, 40);
    x[0] = NAN;
    y[1] = 0;
    x[1] = 0;
    for (int i = 0; i < COUNT; i++)
        z[i] = row->function(x[i], y[i]);
    check_c_function(row->kernel, &args, COUNT, z, COUNT);
}
