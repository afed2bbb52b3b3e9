/* Sums over rows of up to BLOCK channels side by side, in vectors whose lanes are channels. They are in float
 * over GROUP rows, of differences from the first row or the mean so that a large mean costs no digits, and in
 * double over the groups. Each channel has the same operations wherever it stands. */
#ifndef HONE_KERNELS_GENERIC_CHANNELS_H
#define HONE_KERNELS_GENERIC_CHANNELS_H

#include "kernels/generic/loops.h"
#include "kernels/unroll.h"

enum { GROUP = 32, MOST_VECTORS = 4 };
#define INLINE static inline __attribute__((always_inline))
#define EACH_VECTOR UNROLL for (int j = 0; j < vectors; j++)

/* FLOATS channels, or `width` if that is less, beside zeros. */
INLINE floats load_channels(const float *from, int64_t width)
{
    if (width >= FLOATS)
        return *(const floats *)from;
    floats x = {0};
    for (int64_t lane = 0; lane < width; lane++)
        x[lane] = from[lane];
    return x;
}
#define LOAD(from) load_channels((from) + j * FLOATS, width - j * FLOATS)

INLINE void add_to_doubles(double *sum, const floats *part, int vectors, int64_t width)
{
    EACH_VECTOR
    {
        for (int64_t lane = 0; lane < FLOATS && j * FLOATS + lane < width; lane++)
            sum[j * FLOATS + lane] += (double)part[j][lane];
    }
}

/* Runs `statement` for a few channels at a time: `first`, `vectors` and `width`, constants unless it is the
 * last. */
#define FOR_CHANNELS(all, statement) \
    do { \
        int64_t first = 0; \
        for (; first + MOST_VECTORS * FLOATS <= (all); first += MOST_VECTORS * FLOATS) { \
            enum { vectors = MOST_VECTORS, width = MOST_VECTORS * FLOATS }; \
            statement; \
        } \
        for (; first + FLOATS <= (all); first += FLOATS) { \
            enum { vectors = 1, width = FLOATS }; \
            statement; \
        } \
        if (first < (all)) { \
            enum { vectors = 1 }; \
            const int64_t width = (all)-first; \
            statement; \
        } \
    } while (0)

INLINE void add_up_vectors(const float *x, int64_t rows, int64_t channels, int vectors, int64_t width,
                           double *sum)
{
    floats start[MOST_VECTORS], part[MOST_VECTORS];
    EACH_VECTOR start[j] = LOAD(x);
    for (int64_t row = 0; row < rows;) {
        const int64_t group_end = smaller_of(row + GROUP, rows);
        EACH_VECTOR part[j] = (floats){0};
        for (; row < group_end; row++)
            EACH_VECTOR part[j] += LOAD(x + row * channels) - start[j];
        add_to_doubles(sum, part, vectors, width);
    }
    for (int64_t i = 0; i < width; i++)
        sum[i] += (double)rows * (double)x[i];
}

/* sum[i] += x */
static inline void add_up(const float *x, int64_t rows, int64_t channels, int64_t all, double *sum)
{
    if (rows > 0)
        FOR_CHANNELS(all, add_up_vectors(x + first, rows, channels, vectors, width, sum + first));
}

INLINE void add_up_squares_vectors(const float *x, int64_t rows, int64_t channels, int vectors, int64_t width,
                                   const float *centres, double *squares)
{
    floats centre[MOST_VECTORS], part[MOST_VECTORS];
    EACH_VECTOR centre[j] = LOAD(centres);
    for (int64_t row = 0; row < rows;) {
        const int64_t group_end = smaller_of(row + GROUP, rows);
        EACH_VECTOR part[j] = (floats){0};
        for (; row < group_end; row++)
            EACH_VECTOR
            {
                const floats centred = LOAD(x + row * channels) - centre[j];
                part[j] += centred * centred;
            }
        add_to_doubles(squares, part, vectors, width);
    }
}

/* squares[i] = sum of (x - mean[i])^2: that of (x - c)^2 less rows (mean - c)^2, c being the mean as a float.
 */
static inline void find_squares(const float *x, int64_t rows, int64_t channels, int64_t all,
                                const double *mean, double *squares)
{
    float centre[BLOCK];
    for (int64_t i = 0; i < all; i++)
        centre[i] = (float)mean[i], squares[i] = 0;
    FOR_CHANNELS(all, add_up_squares_vectors(x + first, rows, channels, vectors, width, centre + first,
                                             squares + first));
    for (int64_t i = 0; i < all; i++) {
        const double away = mean[i] - (double)centre[i], rest = squares[i] - (double)rows * away * away;
        squares[i] = rest < 0 ? 0 : rest;
    }
}

INLINE void add_up_slopes_vectors(const float *x, const float *dy, const float *means, int64_t rows,
                                  int64_t channels, int vectors, int64_t width, double *sum, double *product)
{
    floats mean[MOST_VECTORS], part[MOST_VECTORS], part_product[MOST_VECTORS];
    EACH_VECTOR mean[j] = LOAD(means);
    for (int64_t row = 0; row < rows;) {
        const int64_t group_end = smaller_of(row + GROUP, rows);
        EACH_VECTOR part[j] = part_product[j] = (floats){0};
        for (; row < group_end; row++)
            EACH_VECTOR
            {
                const floats upstream = LOAD(dy + row * channels);
                part[j] += upstream;
                part_product[j] += upstream * (LOAD(x + row * channels) - mean[j]);
            }
        add_to_doubles(sum, part, vectors, width);
        add_to_doubles(product, part_product, vectors, width);
    }
}

/* sum[i] += dy, product[i] += dy (x - mean[i]) */
static inline void add_up_slopes(const float *x, const float *dy, const float *means, int64_t rows,
                                 int64_t channels, int64_t all, double *sum, double *product)
{
    FOR_CHANNELS(all, add_up_slopes_vectors(x + first, dy + first, means + first, rows, channels, vectors,
                                            width, sum + first, product + first));
}

#undef LOAD

#endif
