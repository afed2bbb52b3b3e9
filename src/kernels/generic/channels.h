/* Sums over rows of up to BLOCK channels side by side, each in double, row after row. */
#ifndef HONE_KERNELS_GENERIC_CHANNELS_H
#define HONE_KERNELS_GENERIC_CHANNELS_H

#include "kernels/generic/loops.h"

/* sum[i] += x */
static inline void add_up(const float *x, int64_t rows, int64_t channels, int64_t width, double *sum)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < width; i++)
            sum[i] += (double)x[row * channels + i];
}

/* squares[i] += (x - mean[i])^2 */
static inline void add_up_squares(const float *x, int64_t rows, int64_t channels, int64_t width,
                                  const double *mean, double *squares)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < width; i++) {
            const double centred = (double)x[row * channels + i] - mean[i];
            squares[i] += centred * centred;
        }
}

/* sum[i] += dy, product[i] += dy (x - mean[i]) */
static inline void add_up_slopes(const float *x, const float *dy, const float *mean, int64_t rows,
                                 int64_t channels, int64_t width, double *sum, double *product)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < width; i++) {
            const double upstream = (double)dy[row * channels + i];
            sum[i] += upstream;
            product[i] += upstream * ((double)x[row * channels + i] - (double)mean[i]);
        }
}

#endif
