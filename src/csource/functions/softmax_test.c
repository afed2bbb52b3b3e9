/* The C functions of softmax. */
#include "csource/functions/softmax.c"
#include "testing/check_c_function.h"

static const struct {
    const char *name;
    int32_t outer, axis, inner;
    double low, high;
} shapes[] = {
    {"a row", 1, 5, 1, -2, 2},
    {"rows", 3, 7, 1, -2, 2},
    {"an axis before others", 2, 4, 3, -2, 2},
    {"one number", 2, 1, 1, -2, 2},
    {"large numbers", 2, 6, 1, 800, 900},
    {"small numbers", 2, 6, 1, -900, -800},
};

TEST_EACH(is_the_kernel, shapes)
{
    float x[64], y[64];
    const int32_t count = row->outer * row->axis * row->inner;
    const hone_kernel_args args = {.data = {NULL, x}, .size = {row->outer, row->axis, row->inner}};
    c_function_fill(x, count, row->low, row->high);
    op_softmax(y, x, row->outer, row->axis, row->inner);
    check_c_function(HONE_KERNEL_softmax, &args, row->outer * row->inner, y, count);
    op_log_softmax(y, x, row->outer, row->axis, row->inner);
    check_c_function(HONE_KERNEL_log_softmax, &args, row->outer * row->inner, y, count);
}
