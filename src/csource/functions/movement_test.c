/* The C functions of movement. */
#include "csource/functions/movement.c"
#include "kernels/movement.h"
#include "testing/check_c_function.h"

TEST(rows_of_several_side_by_side)
{
    float a[4 * 2], b[4 * 3], y[4 * 5];
    const hone_concatenation joined = {.count = 2, .rows = 4, .total = 5, .width = {2, 3}};
    const hone_kernel_args args = {.data = {NULL, a, b}, .family = &joined};
    c_function_fill(a, 8, -2, 2);
    c_function_fill(b, 12, -2, 2);
    op_copy_rows(y, 5, a, 2, 4);
    op_copy_rows(y + 2, 5, b, 3, 4);
    check_c_function(HONE_KERNEL_concatenate, &args, 4, y, 20);
}

TEST(fills)
{
    float y[9];
    const hone_kernel_args args = {.scalar = {2.5}};
    op_fill(y, 9, 2.5f);
    check_c_function(HONE_KERNEL_fill, &args, 9, y, 9);
}
