/* Images seen through a projective map or a field of places: pixels whose four neighbours are inside are read
 * where they are, to the same bits. */
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

static void mix_anywhere(const hone_transform *t, hone_transform_place at, const float *x, double fill,
                         float *y)
{
    const hone_transform_taps taps = hone_transform_look(t, at.x, at.y);
    for (int64_t c = 0; c < t->channels; c++) {
        double sum = 0;
        for (int i = 0; i < taps.count; i++)
            sum += taps.weight[i] * (taps.pixel[i] < 0 ? fill : (double)x[taps.pixel[i] * t->channels + c]);
        y[c] = (float)sum;
    }
}

static void mix_pixel(const hone_transform *t, hone_transform_place at, const float *x, double fill, float *y)
{
    const double most_x = (double)(t->width - 1), most_y = (double)(t->height - 1);
    if (!(at.x >= 0 && at.x < most_x && at.y >= 0 && at.y < most_y)) {
        mix_anywhere(t, at, x, fill, y);
        return;
    }
    const int64_t left = (int64_t)at.x, top = (int64_t)at.y; /* not below 0: the floor */
    const double right = at.x - (double)left, below = at.y - (double)top;
    if (t->bilinear) {
        mix_inside(x + (top * t->width + left) * t->channels, t->width * t->channels, t->channels, right,
                   below, y);
        return;
    }
    const float *nearest = x + ((top + (below >= 0.5)) * t->width + left + (right >= 0.5)) * t->channels;
    for (int64_t c = 0; c < t->channels; c++)
        y[c] = 0 + nearest[c]; /* as a sum that begins at 0: no -0 */
}

static void mapped_row(const hone_transform *t, const float *matrix, int64_t v, const float *x, double fill,
                       float *y)
{
    double m[8];
    for (int i = 0; i < 8; i++)
        m[i] = (double)matrix[i];
    if (m[6] != 0 || m[7] != 0) {
        for (int64_t u = 0; u < t->output_width; u++, y += t->channels)
            mix_pixel(t, hone_transform_through(m, u, v), x, fill, y);
        return;
    }
    for (int64_t u = 0; u < t->output_width; u++, y += t->channels) /* the same where the divisor is 1 */
        mix_pixel(t,
                  (hone_transform_place){m[0] * (double)u + m[1] * (double)v + m[2],
                                         m[3] * (double)u + m[4] * (double)v + m[5]},
                  x, fill, y);
}

static void placed_row(const hone_transform *t, const float *places, const float *x, double fill, float *y)
{
    for (int64_t u = 0; u < t->output_width; u++, y += t->channels)
        mix_pixel(t, (hone_transform_place){(double)places[2 * u], (double)places[2 * u + 1]}, x, fill, y);
}

static void rows_transform(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_transform *t = args->family;
    const float *maps = args->data[2];
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const int64_t sample = row / t->output_height;
        const float *x = (const float *)args->data[1] + sample * t->height * t->width * t->channels;
        float *y = (float *)args->data[0] + row * t->output_width * t->channels;
        if (t->field)
            placed_row(t, maps + row * t->output_width * 2, x, args->scalar[0], y);
        else
            mapped_row(t, maps + (t->one_matrix ? 0 : sample) * 8, row % t->output_height, x, args->scalar[0],
                       y);
    }
}

OVERLAY(transform)
{
    table->kernel[HONE_KERNEL_transform] = rows_transform;
}
