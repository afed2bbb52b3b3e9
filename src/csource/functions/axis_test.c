/* The C functions along an axis. */
#include "csource/functions/axis.c"
#include "testing/check_c_function.h"

#include <math.h>

static const struct {
    const char *name;
    int32_t outer, axis, inner;
    bool equals, nan;
} shapes[] = {
    {"a row", 1, 9, 1, false, false},         {"rows", 4, 6, 1, false, false},
    {"before others", 2, 5, 3, false, false}, {"equal numbers", 2, 6, 2, true, false},
    {"with NaN", 2, 6, 2, false, true},       {"one number", 3, 1, 2, false, false},
};

static void fill(float *x, int32_t count, bool equals, bool nan)
{
    c_function_fill(x, count, -3, 3);
    for (int32_t i = 0; i < count; i++) {
        x[i] = equals ? rintf(x[i] / 2) : x[i];
        x[i] = nan && i % 7 == 4 ? NAN : x[i];
    }
}

TEST_EACH(is_the_kernel, shapes)
{
    float x[64], y[64];
    const int32_t count = row->outer * row->axis * row->inner, lines = row->outer * row->inner;
    hone_kernel_args args = {.data = {NULL, x}, .size = {row->outer, row->axis, row->inner}};
    fill(x, count, row->equals, row->nan);
    op_argmax(y, x, row->outer, row->axis, row->inner);
    check_c_function(HONE_KERNEL_argmax, &args, lines, y, lines);
    op_argmin(y, x, row->outer, row->axis, row->inner);
    check_c_function(HONE_KERNEL_argmin, &args, lines, y, lines);
    for (int from_end = 0; from_end < 2; from_end++) {
        args.scalar[0] = from_end;
        op_cumulative_sum(y, x, row->outer, row->axis, row->inner, (float)from_end);
        check_c_function(HONE_KERNEL_cumulative_sum, &args, lines, y, count);
    }
    args = (hone_kernel_args){.data = {NULL, x}, .size = {lines, row->axis}};
    op_sort_descending(y, x, lines, row->axis);
    check_c_function(HONE_KERNEL_sort_descending, &args, lines, y, count);
    for (int descending = 0; descending < 2; descending++) {
        args.scalar[0] = descending;
        op_sort_order(y, x, lines, row->axis, (float)descending);
        check_c_function(HONE_KERNEL_sort_order, &args, lines, y, count);
    }
}
