/* The numbers of steps over bytes. A number is (byte - zero) scale, by the range that was measured. Weights
 * have a scale for each output: with x = (X - zx) sx, w = W sw and y = (Y - zy) sy,
 *
 *     Y = zy + (sum over i of X W + bias / (sx sw) - zx sum over i of W) (sx sw / sy)
 *
 * with the sum and the bias as int32 and the last factor as multiplier / 2^shift. */
#include "csource/int8.h"

#include <math.h>

void hone_internal_c_set_multiplier(double factor, int32_t *pair)
{
    int exponent;
    const double part = frexp(factor, &exponent); /* in [0.5, 1) */
    int64_t multiplier = (int64_t)llround(ldexp(part, 31));
    int shift = 31 - exponent;
    for (; multiplier > INT32_MAX || shift > 62; shift--)
        multiplier /= 2;
    for (; shift < 2; shift++) /* a factor above 2^30 is not met: every number is at an end of its range */
        multiplier = INT32_MAX;
    pair[0] = (int32_t)multiplier;
    pair[1] = shift;
}

int8_t hone_internal_c_byte(double number)
{
    return (int8_t)fmax(-128, fmin(127, number));
}

void hone_internal_c_set_scale(const hone_c_range *range, double *scale, int32_t *zero)
{
    const double width = (double)range->high - (double)range->low;
    *scale = width > 0 && isfinite(width) ? width / 255 : 1;
    *zero = hone_internal_c_byte(rint(-128 - (double)range->low / *scale));
}

void hone_internal_c_quantize_row(const float *w, int64_t k, double bias, double sx, int32_t zx, double sy,
                                  int8_t *bytes, int32_t *sum, int32_t *multiplier)
{
    float largest = 0;
    int64_t all = 0;
    for (int64_t i = 0; i < k; i++)
        largest = fmaxf(largest, fabsf(w[i]));
    double sw = fmax((double)largest / 127, fabs(bias) / (sx * (1 << 29))); /* that bias / (sx sw) fits */
    if (!(sw > 0))
        sw = 1;
    for (int64_t i = 0; i < k; i++) {
        bytes[i] = (int8_t)rint((double)w[i] / sw);
        all += bytes[i];
    }
    *sum = (int32_t)(llround(bias / (sx * sw)) - zx * all);
    hone_internal_c_set_multiplier(sx * sw / sy, multiplier);
}
