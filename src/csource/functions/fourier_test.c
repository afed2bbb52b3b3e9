/* The C function of Fourier transforms. */
#include "csource/functions/fourier.c"
#include "testing/check_c_function.h"

#include <math.h>

enum { MOST = 128 };

static const struct {
    const char *name;
    int32_t rows, n;
} lengths[] = {
    {"one place", 2, 1},      {"two", 3, 2},         {"a power of two", 2, 32},        {"a prime", 2, 13},
    {"mixed factors", 2, 60}, {"an odd one", 1, 45}, {"the square of a prime", 1, 49},
};

TEST_EACH(is_the_kernel, lengths)
{
    static const double turn = 6.28318530717958647692;
    float x[2][MOST], y[2][MOST], other[MOST], powers[2 * MOST], room[4 * MOST];
    const int32_t n = row->n, count = row->rows * n;
    c_function_fill(x[0], count, -1, 1);
    c_function_fill(x[1], count, -2, 1);
    for (int32_t k = 0; k < n; k++) {
        powers[2 * k] = (float)cos(turn * k / n);
        powers[2 * k + 1] = (float)-sin(turn * k / n);
    }
    for (int back = 0; back < 2; back++) {
        hone_kernel_args args = {.data = {NULL, other, x[0], x[1]}, .size = {n}, .scalar = {back}};
        op_fourier(y[0], y[1], x[0], x[1], powers, room, row->rows, n, (float)back);
        check_c_function(HONE_KERNEL_fourier, &args, row->rows, y[0], count);
        check_c_numbers(row->name, y[1], other, count);
    }
}
