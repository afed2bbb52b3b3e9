/* Batch normalisation in parts of its rows: BLOCK channels side by side, or rows after rows. */
#include "kernels/generic/channels.h"

enum { PERIOD = 256 }; /* narrow rows are computed this many elements at a time */

static int64_t rows_of_part(const hone_kernel_args *args, int64_t part)
{
    return smaller_of(args->size[2], args->size[0] - part * args->size[2]);
}

static void part_moments(const float *x, int64_t rows, int64_t channels, int64_t width, float *moments)
{
    double mean[BLOCK] = {0}, squares[BLOCK];
    add_up(x, rows, channels, width, mean);
    for (int64_t i = 0; i < width; i++)
        mean[i] = (double)(moments[i] = (float)(mean[i] / (double)rows));
    find_squares(x, rows, channels, width, mean, squares);
    for (int64_t i = 0; i < width; i++)
        moments[channels + i] = (float)squares[i];
}

static void parts_batch_moments(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[1];
    (void)scratch;
    for (int64_t part = begin; part < end; part++) {
        const float *x = (const float *)args->data[1] + part * args->size[2] * channels;
        float *moments = (float *)args->data[0] + 2 * part * channels;
        for (int64_t first = 0; first < channels; first += BLOCK)
            part_moments(x + first, rows_of_part(args, part), channels, smaller_of(BLOCK, channels - first),
                         moments + first);
    }
}

static void part_slopes(const float *x, const float *dy, const float *means, int64_t rows, int64_t channels,
                        int64_t width, float *slopes)
{
    double sum[BLOCK] = {0}, product[BLOCK] = {0};
    add_up_slopes(x, dy, means, rows, channels, width, sum, product);
    for (int64_t i = 0; i < width; i++) {
        slopes[i] = (float)sum[i];
        slopes[channels + i] = (float)product[i];
    }
}

static void parts_batch_slopes(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[1];
    const float *means = args->data[3];
    (void)scratch;
    for (int64_t part = begin; part < end; part++) {
        const int64_t start = part * args->size[2] * channels;
        const float *x = (const float *)args->data[1] + start, *dy = (const float *)args->data[2] + start;
        float *slopes = (float *)args->data[0] + 2 * part * channels;
        for (int64_t first = 0; first < channels; first += BLOCK)
            part_slopes(x + first, dy + first, means + first, rows_of_part(args, part), channels,
                        smaller_of(BLOCK, channels - first), slopes + first);
    }
}

/* ---- element by element: numbers [C] of each channel, those of narrow rows repeated to a longer one ---- */

/* Elements of a row of `channels`, or of as many such rows as fit into PERIOD. */
static int64_t period_of(int64_t channels)
{
    return channels < PERIOD ? PERIOD / channels * channels : channels;
}

static const float *repeated(const float *numbers, int64_t channels, float *room)
{
    if (channels >= PERIOD)
        return numbers;
    const int64_t period = period_of(channels);
    if (numbers == NULL)
        memset(room, 0, (size_t)period * sizeof *room);
    for (int64_t at = 0; numbers != NULL && at < period; at += channels)
        memcpy(room + at, numbers, (size_t)channels * sizeof *room);
    return room;
}

static void rows_batch_apply(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[0], period = period_of(channels);
    float room[3][PERIOD];
    const float *means = repeated(args->data[2], channels, room[0]);
    const float *scales = repeated(args->data[3], channels, room[1]);
    const float *betas = repeated(args->data[4], channels, room[2]);
    (void)scratch;
    for (int64_t i = begin, column = begin % period, run; i < end; i += run, column = 0) {
        run = smaller_of(period - column, end - i);
        const float *x = (const float *)args->data[1] + i;
        const float *mean = means + column, *scale = scales + column;
        float *y = (float *)args->data[0] + i;
        if (betas == NULL)
            INDEPENDENT for (int64_t j = 0; j < run; j++) y[j] = (x[j] - mean[j]) * scale[j];
        else
            INDEPENDENT for (int64_t j = 0; j < run; j++) y[j] =
                MULTIPLY_ADD(x[j] - mean[j], scale[j], betas[column + j]);
    }
}

static void rows_batch_gradient_apply(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t channels = args->size[0], period = period_of(channels);
    float room[4][PERIOD];
    const float *means = repeated(args->data[3], channels, room[0]);
    const float *scales = repeated(args->data[4], channels, room[1]);
    const float *tilts = repeated(args->data[5], channels, room[2]);
    const float *constants = repeated(args->data[6], channels, room[3]);
    (void)scratch;
    for (int64_t i = begin, column = begin % period, run; i < end; i += run, column = 0) {
        run = smaller_of(period - column, end - i);
        const float *x = (const float *)args->data[1] + i, *dy = (const float *)args->data[2] + i;
        const float *mean = means + column, *scale = scales + column, *tilt = tilts + column,
                    *constant = constants + column;
        float *dx = (float *)args->data[0] + i;
        INDEPENDENT for (int64_t j = 0; j < run; j++)
        {
            const float rest = MULTIPLY_ADD(tilt[j], x[j] - mean[j], constant[j]);
            dx[j] = MULTIPLY_ADD(scale[j], dy[j], rest);
        }
    }
}

OVERLAY(moments)
{
    table->kernel[HONE_KERNEL_batch_moments] = parts_batch_moments;
    table->kernel[HONE_KERNEL_batch_slopes] = parts_batch_slopes;
    table->kernel[HONE_KERNEL_batch_apply] = rows_batch_apply;
    table->kernel[HONE_KERNEL_batch_gradient_apply] = rows_batch_gradient_apply;
}
