/* Numbers moved about. Strided copies and pads are loops in place, without a function. */
#include <stdint.h>

/* rows of `width` numbers, `next` apart in y */
static void op_copy_rows(float *y, int32_t next, const float *x, int32_t width, int32_t rows)
{
    int32_t r, i;
    for (r = 0; r < rows; r++, y += next)
        for (i = 0; i < width; i++)
            y[i] = *x++;
}

static void op_fill(float *y, int32_t count, float number)
{
    int32_t i;
    for (i = 0; i < count; i++)
        y[i] = number;
}
