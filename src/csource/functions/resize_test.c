/* The C function of resizing. */
#include "csource/functions/resize.c"
#include "kernels/resize.h"
#include "testing/check_c_function.h"

TEST(resizing_is_the_kernel)
{
    enum { OUTER = 2, COLUMNS = 3, ROWS = 4, INNER = 2, WEIGHTS = 7 };
    static const int64_t start[] = {0, 1, 3, 6, WEIGHTS}, place[] = {0, 0, 1, 0, 1, 2, 2};
    static const double weight[] = {1, 0.75, 0.25, -0.25, 0.5, 0.75, 1};
    static const int32_t starts[] = {0, 1, 3, 6, WEIGHTS}, places[] = {0, 0, 1, 0, 1, 2, 2};
    static const float weights[] = {1, 0.75F, 0.25F, -0.25F, 0.5F, 0.75F, 1};
    const hone_resize resize = {ROWS, COLUMNS, INNER, start, place, weight};
    float x[OUTER * COLUMNS * INNER], y[OUTER * ROWS * INNER];
    const hone_kernel_args args = {.data = {NULL, x}, .family = &resize};
    c_function_fill(x, OUTER * COLUMNS * INNER, -2, 2);
    op_resize(y, x, starts, places, weights, ROWS, COLUMNS, INNER, OUTER * ROWS);
    check_c_function(HONE_KERNEL_resize, &args, OUTER * ROWS, y, OUTER * ROWS * INNER);
}
