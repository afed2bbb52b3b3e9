/* Images seen through a projective map: pixels whose four neighbours are inside are read where they are, to
 * the same bits. */
#include "kernels/generic/loops.h"
#include "kernels/transform.h"

/* The weights of (top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1). */
static void mix_inside(const float *at, int64_t line, int64_t channels, double right, double below, float *y)
{
    const double w0 = (1 - below) * (1 - right), w1 = (1 - below) * right, w2 = below * (1 - right),
                 w3 = below * right;
    for (int64_t c = 0; c < channels; c++)
        y[c] = (float)(0 + w0 * (double)at[c] + w1 * (double)at[channels + c] + w2 * (double)at[line + c] +
                       w3 * (double)at[line + channels + c]);
}

static void mix_anywhere(const hone_transform *t, const double m[8], int64_t u, int64_t v, const float *x,
                         double fill, float *y)
{
    const hone_transform_taps taps = hone_transform_look(t, m, u, v);
    for (int64_t c = 0; c < t->channels; c++) {
        double sum = 0;
        for (int i = 0; i < taps.count; i++)
            sum += taps.weight[i] * (taps.pixel[i] < 0 ? fill : (double)x[taps.pixel[i] * t->channels + c]);
        y[c] = (float)sum;
    }
}

static void transform_row(const hone_transform *t, const double m[8], int64_t v, const float *x, double fill,
                          float *y)
{
    const double row = (double)v, most_x = (double)(t->width - 1), most_y = (double)(t->height - 1);
    for (int64_t u = 0; u < t->output_width; u++, y += t->channels) {
        const double column = (double)u, d = m[6] * column + m[7] * row + 1,
                     at_x = (m[0] * column + m[1] * row + m[2]) / d,
                     at_y = (m[3] * column + m[4] * row + m[5]) / d;
        if (!t->bilinear || !(at_x >= 0 && at_x < most_x && at_y >= 0 && at_y < most_y)) {
            mix_anywhere(t, m, u, v, x, fill, y);
            continue;
        }
        const int64_t left = (int64_t)at_x, top = (int64_t)at_y; /* not below 0: the floor */
        mix_inside(x + (top * t->width + left) * t->channels, t->width * t->channels, t->channels,
                   at_x - (double)left, at_y - (double)top, y);
    }
}

static void rows_transform(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_transform *t = args->family;
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const int64_t sample = row / t->output_height;
        const float *matrix = (const float *)args->data[2] + (t->one_matrix ? 0 : sample) * 8;
        double m[8];
        for (int i = 0; i < 8; i++)
            m[i] = (double)matrix[i];
        transform_row(t, m, row % t->output_height,
                      (const float *)args->data[1] + sample * t->height * t->width * t->channels,
                      args->scalar[0], (float *)args->data[0] + row * t->output_width * t->channels);
    }
}

OVERLAY(transform)
{
    table->kernel[HONE_KERNEL_transform] = rows_transform;
}
