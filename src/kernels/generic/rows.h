/* Exponentials and the largest number of a row of floats, in pieces of LANES elements; the last piece is
 * padded, so that short rows are vector code. */
#ifndef HONE_KERNELS_GENERIC_ROWS_H
#define HONE_KERNELS_GENERIC_ROWS_H

#include "kernels/generic/loops.h"

/* One piece: y = e^(x - maximum). */
static inline void exp_piece(float *y, const float *x, float maximum)
{
    INDEPENDENT for (int64_t lane = 0; lane < LANES; lane++) y[lane] = exp_float(x[lane] - maximum);
}

static inline void exp_row(float *y, const float *x, float maximum, int64_t count)
{
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
        exp_piece(y + i, x + i, maximum);
    if (i == count)
        return;
    float padded[LANES] = {0};
    memcpy(padded, x + i, (size_t)(count - i) * sizeof(float));
    exp_piece(padded, padded, maximum);
    memcpy(y + i, padded, (size_t)(count - i) * sizeof(float));
}

static inline float maximum_of(const float *x, int64_t count)
{
    float largest[LANES];
    int64_t i = 0;
    for (int64_t lane = 0; lane < LANES; lane++)
        largest[lane] = -HUGE_VALF;
    for (; i + LANES <= count; i += LANES)
        for (int64_t lane = 0; lane < LANES; lane++)
            largest[lane] = x[i + lane] > largest[lane] ? x[i + lane] : largest[lane];
    for (int64_t lane = 0; lane < count - i; lane++)
        largest[lane] = x[i + lane] > largest[lane] ? x[i + lane] : largest[lane];
    for (int64_t width = LANES / 2; width > 0; width /= 2)
        for (int64_t lane = 0; lane < width; lane++)
            largest[lane] = largest[lane + width] > largest[lane] ? largest[lane + width] : largest[lane];
    return largest[0];
}

#endif
