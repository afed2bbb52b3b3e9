/* The C functions of biases, rounding, choosing. */
#include "csource/functions/elementwise.c"
#include "testing/check_c_function.h"

#include <math.h>

TEST(a_bias_is_added_to_each_row)
{
    float x[21], bias[7], y[21];
    const hone_kernel_args args = {.data = {NULL, x, bias}, .size = {7}};
    c_function_fill(x, 21, -2, 2);
    c_function_fill(bias, 7, -2, 2);
    op_bias_add(y, x, bias, 21, 7);
    check_c_function(HONE_KERNEL_bias_add, &args, 21, y, 21);
}

TEST(rounds_to_bfloat16)
{
    float x[40], y[40];
    const float special[] = {1.00390625f, 1.01171875f, NAN, INFINITY, -INFINITY, 0, 3.4e38f, 1e-40f};
    const hone_kernel_args args = {.data = {NULL, x}};
    c_function_fill(x, 40, -5, 5);
    for (int i = 0; i < 8; i++)
        x[i] = special[i];
    op_round_bfloat16(y, x, 40);
    check_c_function(HONE_KERNEL_round_bfloat16, &args, 40, y, 40);
    assert_true(y[0] == 1 && y[1] == 1.015625f); /* half to even */
}

TEST(rounds_to_float16)
{
    float x[40], y[40];
    const float special[] = {1.00048828125f, 1.00146484375f, NAN, INFINITY, -INFINITY, 0, 65520, 3.1e-8f};
    const hone_kernel_args args = {.data = {NULL, x}};
    c_function_fill(x, 40, -5, 5);
    for (int i = 0; i < 8; i++)
        x[i] = special[i];
    op_round_float16(y, x, 40);
    check_c_function(HONE_KERNEL_round_float16, &args, 40, y, 40);
    assert_true(y[0] == 1 && y[1] == 1.001953125f); /* half to even */
}

TEST(chooses)
{
    float condition[12], x[12], y[12], result[12];
    const hone_kernel_args args = {.data = {NULL, condition, x, y}};
    c_function_fill(x, 12, -2, 2);
    c_function_fill(y, 12, -2, 2);
    for (int i = 0; i < 12; i++)
        condition[i] = i % 3 == 0 ? NAN : (float)(i % 2);
    op_select(result, condition, x, y, 12);
    check_c_function(HONE_KERNEL_select, &args, 12, result, 12);
}
