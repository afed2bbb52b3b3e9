/* The C functions of dense steps. */
#include "csource/functions/dense.c"
#include "kernels/product.h"
#include "testing/check_c_function.h"

static const struct {
    const char *name;
    int32_t rows, k, n;
} shapes[] = {
    {"a row", 1, 8, 3},          {"rows", 3, 7, 5},  {"a sum of one", 2, 1, 4},
    {"a sum of three", 2, 3, 2}, {"long", 2, 61, 2},
};

TEST_EACH(a_dense_step_is_a_product_and_a_bias, shapes)
{
    float x[256], w[256], bias[8], y[64];
    hone_product product = hone_product_of(row->rows, row->n, row->k, false, true);
    const hone_kernel_args args = {.data = {NULL, x, w}, .family = &product};
    c_function_fill(x, row->rows * row->k, -2, 2);
    c_function_fill(w, row->n * row->k, -2, 2);
    c_function_fill(bias, row->n, -2, 2);
    op_dense(y, x, w, NULL, row->rows, row->k, row->n);
    check_c_function(HONE_KERNEL_matmul, &args, 0, y, row->rows * row->n);
    op_dense(y, x, w, bias, row->rows, row->k, row->n);
    for (int i = 0; i < row->rows * row->n; i++)
        y[i] -= bias[i % row->n];
    check_c_function(HONE_KERNEL_matmul, &args, 0, y, row->rows * row->n);
}

TEST_EACH(bytes_are_weights_by_their_scales, shapes)
{
    int8_t bytes[256];
    float x[256], w[256], scale[8], bias[8], y[64], expected[64];
    c_function_fill(x, row->rows * row->k, -2, 2);
    c_function_fill_bytes(bytes, row->n * row->k);
    c_function_fill(scale, row->n, 0.001, 0.02);
    c_function_fill(bias, row->n, -2, 2);
    for (int i = 0; i < row->n * row->k; i++)
        w[i] = (float)bytes[i] * scale[i / row->k];
    op_dense(expected, x, w, bias, row->rows, row->k, row->n);
    op_dense_int8(y, x, bytes, scale, bias, row->rows, row->k, row->n);
    check_c_numbers(row->name, y, expected, row->rows * row->n);
}
