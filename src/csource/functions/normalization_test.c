/* The C functions of normalisation. */
#include "csource/functions/normalization.c"
#include "testing/check_c_function.h"

TEST(each_row_by_itself)
{
    float x[4 * 9], y[4 * 9], mean[4], inverse[4];
    hone_kernel_args args = {.data = {NULL, mean, inverse, x}, .size = {4, 9}, .scalar = {1e-3}};
    c_function_fill(x, 36, -3, 8);
    for (int uncentred = 0; uncentred < 2; uncentred++) {
        args.scalar[1] = uncentred;
        op_row_normalization(y, x, 4, 9, 1e-3f, (float)uncentred);
        check_c_function(HONE_KERNEL_row_normalization, &args, 4, y, 36);
    }
}

/* The mean's last digits count. */
TEST(rows_far_from_zero)
{
    float x[2 * 50], y[2 * 50], mean[2], inverse[2];
    const hone_kernel_args args = {.data = {NULL, mean, inverse, x}, .size = {2, 50}, .scalar = {1e-3}};
    c_function_fill(x, 100, 9000, 9001);
    op_row_normalization(y, x, 2, 50, 1e-3f, 0);
    check_c_function(HONE_KERNEL_row_normalization, &args, 2, y, 100);
}

TEST(by_statistics_given)
{
    float x[2 * 3 * 4], mean[3], variance[3], gamma[3], beta[3], y[24];
    hone_kernel_args args = {
        .data = {NULL, x, mean, variance, gamma, beta}, .size = {2, 3, 4}, .scalar = {1e-3}};
    c_function_fill(x, 24, -3, 3);
    c_function_fill(mean, 3, -1, 1);
    c_function_fill(variance, 3, 0.1, 2);
    c_function_fill(gamma, 3, 0.5, 2);
    c_function_fill(beta, 3, -1, 1);
    op_normalize(y, x, mean, variance, gamma, beta, 2, 3, 4, 1e-3f);
    check_c_function(HONE_KERNEL_normalize_by_statistics, &args, 2 * 3, y, 24);
    args.data[4] = args.data[5] = NULL;
    op_normalize(y, x, mean, variance, NULL, NULL, 2, 3, 4, 1e-3f);
    check_c_function(HONE_KERNEL_normalize_by_statistics, &args, 2 * 3, y, 24);
}

TEST(a_factor_and_an_offset_for_each_channel)
{
    float x[24], factor[3], offset[3], y[24], expected[24];
    c_function_fill(x, 24, -3, 3);
    c_function_fill(factor, 3, 0.5, 2);
    c_function_fill(offset, 3, -1, 1);
    for (int i = 0; i < 24; i++)
        expected[i] = x[i] * factor[i / 4 % 3] + offset[i / 4 % 3];
    op_scale(y, x, factor, offset, 2, 3, 4);
    check_c_numbers("scale", y, expected, 24);
}
