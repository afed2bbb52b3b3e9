/* Sums of consecutive floats in double: element j goes to lane j % LANES, the lanes are added at the end. */
#ifndef HONE_KERNELS_GENERIC_LANES_H
#define HONE_KERNELS_GENERIC_LANES_H

#include <stdint.h>
#include <string.h>

/* BLOCK: how many lines side by side have their accumulators at hand. */
enum { LANES = 16, BLOCK = 64 };

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
enum {
    DOUBLES = VECTOR_BYTES / 8,
    VECTORS = LANES / DOUBLES
}; /* doubles in a vector, vectors of all lanes */

/* FLOATS floats anywhere. */
typedef float floats __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
enum { FLOATS = VECTOR_BYTES / sizeof(float) };

typedef double doubles __attribute__((vector_size(VECTOR_BYTES)));
typedef float half_floats __attribute__((vector_size(VECTOR_BYTES / 2), aligned(4), may_alias));

/* DOUBLES floats from anywhere, as doubles. */
#define load_doubles(from) __builtin_convertvector(*(const half_floats *)(from), doubles)

/* Adds the lanes and, one to each, the rest of fewer than LANES terms; always in the same order. */
static inline double add_lanes(const double sums[LANES], const double *rest, int64_t count)
{
    double total[LANES];
    for (int64_t lane = 0; lane < LANES; lane++)
        total[lane] = lane < count ? sums[lane] + rest[lane] : sums[lane];
    for (int64_t width = LANES / 2; width > 0; width /= 2)
        for (int64_t lane = 0; lane < width; lane++)
            total[lane] += total[lane + width];
    return total[0];
}

/* Defines a function that sums `term` over the elements of one or two rows; short ones without lanes. */
#define LANE_SUM(name, vector_term, term) \
    static inline double name(const float *x, const float *y, double mean, int64_t count) \
    { \
        doubles sums[VECTORS] = {{0}}; \
        double flat[LANES], rest[LANES]; \
        int64_t i = 0; \
        (void)y, (void)mean; \
        if (count < LANES) { \
            double sum = 0; \
            for (int64_t at = 0; at < count; at++) \
                sum += term; \
            return sum; \
        } \
        for (; i + LANES <= count; i += LANES) { \
            for (int64_t vector = 0; vector < VECTORS; vector++) { \
                const int64_t at = i + vector * DOUBLES; \
                sums[vector] += vector_term; \
            } \
        } \
        memcpy(flat, sums, sizeof flat); \
        for (int64_t at = i; at < count; at++) \
            rest[at - i] = term; \
        return add_lanes(flat, rest, count - i); \
    }
LANE_SUM(sum_of, load_doubles(x + at), (double)x[at])
LANE_SUM(sum_of_squares, load_doubles(x + at) * load_doubles(x + at), (double)x[at] * (double)x[at])
LANE_SUM(sum_of_products, load_doubles(x + at) * load_doubles(y + at), (double)x[at] * (double)y[at])
LANE_SUM(sum_of_centred_squares, (load_doubles(x + at) - mean) * (load_doubles(x + at) - mean),
         ((double)x[at] - mean) * ((double)x[at] - mean))
LANE_SUM(sum_of_centred_products, (load_doubles(x + at) - mean) * load_doubles(y + at),
         ((double)x[at] - mean) * (double)y[at])

#endif
