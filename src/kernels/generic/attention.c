/* Attention in float: the loops of the reference with functions of lanes of its own, which run on whichever
 * products the table has. */
#include "kernels/generic/loops.h"
#include "kernels/generic/rows.h"

typedef float real;
#define WIDE float

/* ---- one query: numbers of one lane follow each other ---- */

static float exponentials_of_one(float *x, int64_t count, float factor, float greatest)
{
    double sum = 0;
    INDEPENDENT
    for (int64_t i = 0; i < count; i++)
        x[i] = exp_float_below(MULTIPLY_ADD(x[i], factor, -greatest));
    sum = sum_of(x, NULL, 0, count);
    return (float)sum;
}

/* ---- LANES queries side by side ---- */

enum { AT_ONCE = 4, SUMMED = 64 }; /* keys; sums are floats for SUMMED keys at a time */

static void greatest_piece(const float *x, int64_t keys, int64_t lanes, float *greatest)
{
    float most[AT_ONCE][LANES];
    int64_t key = 0;
    for (int64_t i = 0; i < AT_ONCE; i++)
        for (int64_t lane = 0; lane < LANES; lane++)
            most[i][lane] = -HUGE_VALF;
    for (; key + AT_ONCE <= keys; key += AT_ONCE, x += AT_ONCE * lanes)
        for (int64_t i = 0; i < AT_ONCE; i++)
            for (int64_t lane = 0; lane < LANES; lane++)
                most[i][lane] = x[i * lanes + lane] > most[i][lane] ? x[i * lanes + lane] : most[i][lane];
    for (; key < keys; key++, x += lanes)
        for (int64_t lane = 0; lane < LANES; lane++)
            most[0][lane] = x[lane] > most[0][lane] ? x[lane] : most[0][lane];
    for (int64_t i = 1; i < AT_ONCE; i++)
        for (int64_t lane = 0; lane < LANES; lane++)
            most[0][lane] = most[i][lane] > most[0][lane] ? most[i][lane] : most[0][lane];
    memcpy(greatest, most[0], sizeof most[0]);
}

static void exponentials_piece(float *x, int64_t keys, int64_t lanes, float factor, const float *greatest,
                               float *to)
{
    double total[LANES] = {0};
    float least[LANES];
    for (int64_t lane = 0; lane < LANES; lane++)
        least[lane] = -greatest[lane];
    for (int64_t begin = 0; begin < keys; begin += SUMMED) {
        float sums[LANES] = {0};
        const int64_t end = smaller_of(begin + SUMMED, keys);
        for (int64_t key = begin; key < end; key++) {
            float *row = x + key * lanes;
            INDEPENDENT
            for (int64_t lane = 0; lane < LANES; lane++) {
                row[lane] = exp_float_below(MULTIPLY_ADD(row[lane], factor, least[lane]));
                sums[lane] += row[lane];
            }
        }
        for (int64_t lane = 0; lane < LANES; lane++)
            total[lane] += (double)sums[lane];
    }
    for (int64_t lane = 0; lane < LANES; lane++)
        to[lane] = (float)total[lane];
}

static void slopes_piece(float *x, float *slopes, int64_t keys, int64_t lanes, float factor,
                         const float *logarithms, const float *products, float scale)
{
    float less[LANES], mean[LANES];
    for (int64_t lane = 0; lane < LANES; lane++) {
        less[lane] = -logarithms[lane];
        mean[lane] = products[lane];
    }
    for (int64_t key = 0; key < keys; key++) {
        float *p = x + key * lanes, *slope = slopes + key * lanes;
        INDEPENDENT
        for (int64_t lane = 0; lane < LANES; lane++) {
            p[lane] = exp_float_below(MULTIPLY_ADD(p[lane], factor, less[lane]));
            slope[lane] = scale * p[lane] * (slope[lane] - mean[lane]);
        }
    }
}

/* ---- what the kernels take ---- */

static void attention_greatest(const float *x, int64_t keys, int64_t lanes, float *greatest)
{
    if (lanes == 1)
        *greatest = maximum_of(x, keys);
    for (int64_t lane = 0; lane + LANES <= lanes; lane += LANES)
        greatest_piece(x + lane, keys, lanes, greatest + lane);
}

static void attention_exponentials(float *x, int64_t keys, int64_t lanes, float factor, const float *greatest,
                                   float *sums)
{
    if (lanes == 1)
        *sums = exponentials_of_one(x, keys, factor, *greatest);
    for (int64_t lane = 0; lane + LANES <= lanes; lane += LANES)
        exponentials_piece(x + lane, keys, lanes, factor, greatest + lane, sums + lane);
}

static void attention_slopes(float *x, float *slopes, int64_t keys, int64_t lanes, float factor,
                             const float *logarithms, const float *products, float scale)
{
    if (lanes == 1) {
        exponentials_of_one(x, keys, factor, *logarithms);
        INDEPENDENT
        for (int64_t i = 0; i < keys; i++)
            slopes[i] = scale * x[i] * (slopes[i] - *products);
    }
    for (int64_t lane = 0; lane + LANES <= lanes; lane += LANES)
        slopes_piece(x + lane, slopes + lane, keys, lanes, factor, logarithms + lane, products + lane, scale);
}

static inline float attention_logarithm(float x)
{
    return log_float(x);
}

static float attention_dot(const float *x, const float *y, int64_t count)
{
    return (float)sum_of_products(x, y, 0, count);
}

#include "kernels/ref/attention.inc"

OVERLAY(attention)
{
    table->kernel[HONE_KERNEL_attention] = kernel_attention;
    table->kernel[HONE_KERNEL_attention_kept] = kernel_attention_kept;
    table->kernel[HONE_KERNEL_attention_gradient] = kernel_attention_gradient;
}
