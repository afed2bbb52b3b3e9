/* Images seen through a projective map or a field of places, told to its kernels. */
#ifndef HONE_KERNELS_TRANSFORM_H
#define HONE_KERNELS_TRANSFORM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum hone_fill_mode {
    HONE_FILL_CONSTANT, /* scalar[0] */
    HONE_FILL_NEAREST,  /* a a | a b c | c c */
    HONE_FILL_REFLECT,  /* b a | a b c | c b */
    HONE_FILL_WRAP,     /* b c | a b c | a b */
    HONE_FILL_MIRROR,   /* c b | a b c | b a */
    HONE_FILL_MODES
} hone_fill_mode;

/* y [batch, output height, output width, channels] of x [batch, height, width, channels]. Sample n has the
 * matrix m = [a0 a1 a2 b0 b1 b2 c0 c1] of row n, or of row 0 when there is one for all: y at (u, v) is x at
 * ((a0 u + a1 v + a2) / d, (b0 u + b1 v + b2) / d), d = c0 u + c1 v + 1; u, v count columns and rows. With a
 * field of places [batch, output height, output width, 2] in place of matrices, y at (u, v) is x at the
 * (column, row) that stands there. */
typedef struct hone_transform {
    int64_t height, width, channels, output_height, output_width;
    bool one_matrix, bilinear; /* else the nearest pixel, half away from zero */
    bool field;
    hone_fill_mode fill;
} hone_transform;

/* The index below n that stands for i, or -1: outside. */
static inline int64_t hone_transform_index(hone_fill_mode fill, int64_t i, int64_t n)
{
    if (i >= 0 && i < n)
        return i;
    if (fill == HONE_FILL_CONSTANT)
        return -1;
    if (fill == HONE_FILL_NEAREST)
        return i < 0 ? 0 : n - 1;
    if (fill == HONE_FILL_MIRROR && n == 1)
        return 0;
    const int64_t period = fill == HONE_FILL_REFLECT  ? 2 * n
                           : fill == HONE_FILL_MIRROR ? 2 * n - 2
                                                      : n,
                  inside = (i % period + period) % period;
    return inside < n ? inside : fill == HONE_FILL_REFLECT ? period - 1 - inside : period - inside;
}

/* The pixels that one pixel of y is made of: at most four, with their weights; -1 stands for the fill value.
 */
typedef struct hone_transform_taps {
    int count;
    int64_t pixel[4];
    double weight[4];
} hone_transform_taps;

static inline void hone_transform_see(const hone_transform *t, hone_transform_taps *taps, int64_t row,
                                      int64_t column, double weight)
{
    const int64_t y = hone_transform_index(t->fill, row, t->height),
                  x = hone_transform_index(t->fill, column, t->width);
    taps->pixel[taps->count] = y < 0 || x < 0 ? -1 : y * t->width + x;
    taps->weight[taps->count++] = weight;
}

/* Places farther away than this, and places that are not numbers, count as outside. */
#define HONE_TRANSFORM_FAR 1e15

/* Where y at (u, v) comes from by a matrix. */
typedef struct hone_transform_place {
    double x, y;
} hone_transform_place;

static inline hone_transform_place hone_transform_through(const double m[8], int64_t u, int64_t v)
{
    const double column = (double)u, row = (double)v, d = m[6] * column + m[7] * row + 1;
    return (hone_transform_place){(m[0] * column + m[1] * row + m[2]) / d,
                                  (m[3] * column + m[4] * row + m[5]) / d};
}

static inline hone_transform_taps hone_transform_look(const hone_transform *t, double x, double y)
{
    hone_transform_taps taps = {.count = 0};
    if (!(fabs(x) < HONE_TRANSFORM_FAR && fabs(y) < HONE_TRANSFORM_FAR))
        return (hone_transform_taps){1, {-1}, {1}};
    if (!t->bilinear) {
        hone_transform_see(t, &taps, (int64_t)round(y), (int64_t)round(x), 1);
        return taps;
    }
    const double left = floor(x), top = floor(y), right = x - left, below = y - top;
    for (int corner = 0; corner < 4; corner++)
        hone_transform_see(t, &taps, (int64_t)top + corner / 2, (int64_t)left + corner % 2,
                           (corner / 2 == 1 ? below : 1 - below) * (corner % 2 == 1 ? right : 1 - right));
    return taps;
}

#endif
