/* Normalisation. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* each row less its mean (uncentred: 0), by its deviation; the mean is mean + rest, to all digits */
static void op_row_normalization(float *y, const float *x, int32_t rows, int32_t width, float epsilon,
                                 float uncentred)
{
    int32_t r, i;
    for (r = 0; r < rows; r++, x += width, y += width) {
        float mean = 0, rest = 0, squares = 0, inverse;
        if (uncentred < 1) {
            for (i = 0; i < width; i++)
                mean += x[i];
            mean /= (float)width;
            for (i = 0; i < width; i++)
                rest += x[i] - mean;
            rest /= (float)width;
        }
        for (i = 0; i < width; i++)
            squares += ((x[i] - mean) - rest) * ((x[i] - mean) - rest);
        inverse = 1 / sqrtf(squares / (float)width + epsilon);
        for (i = 0; i < width; i++)
            y[i] = ((x[i] - mean) - rest) * inverse;
    }
}

/* (x - mean) gamma / sqrt(variance + epsilon) + beta for each channel */
static void op_normalize(float *y, const float *x, const float *mean, const float *variance,
                         const float *gamma, const float *beta, int32_t outer, int32_t channels,
                         int32_t inner, float epsilon)
{
    int32_t o, c, i;
    for (o = 0; o < outer; o++)
        for (c = 0; c < channels; c++) {
            const float scale = (gamma != NULL ? gamma[c] : 1) / sqrtf(variance[c] + epsilon);
            for (i = 0; i < inner; i++)
                *y++ = (*x++ - mean[c]) * scale + (beta != NULL ? beta[c] : 0);
        }
}

/* y[o, c, i] = x[o, c, i] factor[c] + offset[c] */
static void op_scale(float *y, const float *x, const float *factor, const float *offset, int32_t outer,
                     int32_t channels, int32_t inner)
{
    int32_t o, c, i;
    for (o = 0; o < outer; o++)
        for (c = 0; c < channels; c++)
            for (i = 0; i < inner; i++)
                *y++ = *x++ * factor[c] + offset[c];
}
