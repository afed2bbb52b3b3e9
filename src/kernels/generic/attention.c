/* Attention in float: the loops of the reference with functions of rows of its own, which run on whichever
 * products the table has. */
#include "kernels/generic/loops.h"
#include "kernels/generic/rows.h"

typedef float real;
#define WIDE float

/* One piece: x = e^(x factor - greatest), added to `sums`. */
static inline void exponentials_piece(float *x, float factor, float greatest, float *sums)
{
    INDEPENDENT
    for (int64_t lane = 0; lane < LANES; lane++) {
        x[lane] = exp_float(MULTIPLY_ADD(x[lane], factor, -greatest));
        sums[lane] += x[lane];
    }
}

/* Sums of lanes are floats for this many numbers at a time. */
enum { SUMMED = 64 * LANES };

static float attention_exponentials(float *x, int64_t count, float factor, float greatest)
{
    double sum = 0;
    int64_t i = 0;
    while (i < count) {
        float sums[LANES] = {0};
        const int64_t end = smaller_of(i + SUMMED, count);
        for (; i + LANES <= end; i += LANES)
            exponentials_piece(x + i, factor, greatest, sums);
        if (i < end) {
            float padded[LANES] = {0}, rest[LANES] = {0};
            memcpy(padded, x + i, (size_t)(end - i) * sizeof(float));
            exponentials_piece(padded, factor, greatest, rest);
            memcpy(x + i, padded, (size_t)(end - i) * sizeof(float));
            for (int64_t lane = 0; lane < end - i; lane++)
                sums[lane] += rest[lane];
            i = end;
        }
        for (int64_t width = LANES / 2; width > 0; width /= 2)
            for (int64_t lane = 0; lane < width; lane++)
                sums[lane] += sums[lane + width];
        sum += (double)sums[0];
    }
    return (float)sum;
}

static float attention_greatest(const float *x, int64_t count)
{
    return maximum_of(x, count);
}

static float attention_dot(const float *x, const float *y, int64_t count)
{
    return (float)sum_of_products(x, y, 0, count);
}

#include "kernels/ref/attention.inc"

OVERLAY(attention)
{
    table->kernel[HONE_KERNEL_attention] = kernel_attention;
    table->kernel[HONE_KERNEL_attention_gradient] = kernel_attention_gradient;
}
