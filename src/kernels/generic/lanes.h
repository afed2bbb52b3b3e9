/* Sums of consecutive floats in double: element j goes to lane j % LANES, the lanes are added at the end. */
#ifndef HONE_KERNELS_GENERIC_LANES_H
#define HONE_KERNELS_GENERIC_LANES_H

#include <stdint.h>
#include <string.h>

/* BLOCK: how many lines side by side have their accumulators at hand. */
enum { LANES = 16, HALF_LANES = LANES / 2, BLOCK = 64 };

typedef double lanes __attribute__((vector_size(HALF_LANES * 8)));
typedef float half_floats __attribute__((vector_size(HALF_LANES * 4), aligned(4), may_alias));

/* HALF_LANES floats from anywhere, as doubles. A macro: vectors wider than the processor's cannot be
 * passed. */
#define load_lanes(from) __builtin_convertvector(*(const half_floats *)(from), lanes)

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

/* Defines a function that sums `term` over the elements of one or two rows. */
#define LANE_SUM(name, vector_term, term) \
    static inline double name(const float *x, const float *y, double mean, int64_t count) \
    { \
        lanes sums[2] = {{0}, {0}}; \
        double flat[LANES], rest[LANES]; \
        int64_t i = 0; \
        (void)y, (void)mean; \
        for (; i + LANES <= count; i += LANES) { \
            for (int64_t half = 0; half < 2; half++) { \
                const int64_t at = i + half * HALF_LANES; \
                sums[half] += vector_term; \
            } \
        } \
        memcpy(flat, sums, sizeof flat); \
        for (int64_t at = i; at < count; at++) \
            rest[at - i] = term; \
        return add_lanes(flat, rest, count - i); \
    }
LANE_SUM(sum_of, load_lanes(x + at), (double)x[at])
LANE_SUM(sum_of_squares, load_lanes(x + at) * load_lanes(x + at), (double)x[at] * (double)x[at])
LANE_SUM(sum_of_products, load_lanes(x + at) * load_lanes(y + at), (double)x[at] * (double)y[at])
LANE_SUM(sum_of_centred_squares, (load_lanes(x + at) - mean) * (load_lanes(x + at) - mean),
         ((double)x[at] - mean) * ((double)x[at] - mean))
LANE_SUM(sum_of_centred_products, (load_lanes(x + at) - mean) * load_lanes(y + at),
         ((double)x[at] - mean) * (double)y[at])


#endif
