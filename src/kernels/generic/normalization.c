/* Batch normalisation: with inner = 1 up to BLOCK channels side by side, else a channel at a time along its
 * lines. Then normalisation within rows. */
#include "kernels/generic/channels.h"

/* The statistics of one channel as the kernel leaves them, and the line y = (x - mean) * scale + offset. */
static void finish_channel(const hone_kernel_args *args, int64_t channel, double mean, double variance,
                           float *scale, float *offset)
{
    const float *gammas = args->data[4], *betas = args->data[5];
    float *means = args->data[1], *inverses = args->data[2], *moving_mean = args->data[6],
          *moving_variance = args->data[7];
    const double inverse = 1 / sqrt(variance + args->scalar[0]), momentum = args->scalar[1];
    means[channel] = (float)mean;
    inverses[channel] = (float)inverse;
    *scale = (float)(gammas != NULL ? (double)gammas[channel] * inverse : inverse);
    *offset = betas != NULL ? betas[channel] : 0;
    if (moving_mean != NULL)
        moving_mean[channel] = (float)(momentum * (double)moving_mean[channel] + (1 - momentum) * mean);
    if (moving_variance != NULL)
        moving_variance[channel] =
            (float)(momentum * (double)moving_variance[channel] + (1 - momentum) * variance);
}

static void normalize_block(const hone_kernel_args *args, int64_t first, int64_t width)
{
    const int64_t rows = args->size[0], channels = args->size[1];
    const float *x = (const float *)args->data[3] + first;
    float *y = (float *)args->data[0] + first, scale[BLOCK], offset[BLOCK];
    const float *means = (const float *)args->data[1] + first;
    double mean[BLOCK] = {0}, variance[BLOCK];
    add_up(x, rows, channels, width, mean);
    for (int64_t i = 0; i < width; i++)
        mean[i] /= (double)rows;
    find_squares(x, rows, channels, width, mean, variance);
    for (int64_t i = 0; i < width; i++)
        finish_channel(args, first + i, mean[i], variance[i] / (double)rows, &scale[i], &offset[i]);
    for (int64_t row = 0; row < rows; row++) {
        INDEPENDENT for (int64_t i = 0; i < width; i++) y[row * channels + i] =
            MULTIPLY_ADD(x[row * channels + i] - means[i], scale[i], offset[i]);
    }
}

static void normalize_channel(const hone_kernel_args *args, int64_t channel)
{
    const int64_t outer = args->size[0], channels = args->size[1], inner = args->size[2];
    const double count = (double)outer * (double)inner;
    const float *x = (const float *)args->data[3] + channel * inner;
    float *y = (float *)args->data[0] + channel * inner, scale, offset;
    double sum = 0, squares = 0;
    for (int64_t o = 0; o < outer; o++)
        sum += sum_of(x + o * channels * inner, NULL, 0, inner);
    for (int64_t o = 0; o < outer; o++)
        squares += sum_of_centred_squares(x + o * channels * inner, NULL, sum / count, inner);
    finish_channel(args, channel, sum / count, squares / count, &scale, &offset);
    const float mean = (float)(sum / count);
    for (int64_t o = 0; o < outer; o++) {
        const float *from = x + o * channels * inner;
        float *to = y + o * channels * inner;
        INDEPENDENT for (int64_t i = 0; i < inner; i++) to[i] = MULTIPLY_ADD(from[i] - mean, scale, offset);
    }
}

static void channels_batch_normalization(const hone_kernel_args *args, int64_t begin, int64_t end,
                                         void *scratch)
{
    (void)scratch;
    if (args->size[2] == 1)
        for (int64_t channel = begin; channel < end; channel += BLOCK)
            normalize_block(args, channel, smaller_of(BLOCK, end - channel));
    else
        for (int64_t channel = begin; channel < end; channel++)
            normalize_channel(args, channel);
}

/* What the derivative of one channel comes to: dx = scale (dy - mean_slope - (x - mean) tilt). Subtracted in
 * this order, one row alone has the derivative 0 to the last bit. */
typedef struct channel_slope {
    float scale, mean_slope, tilt;
} channel_slope;

/* From sum = sum of dy and product = sum of dy (x - mean), over `count` elements:
 * scale = gamma inverse, mean_slope = sum / count, tilt = inverse^2 product / count. */
static channel_slope finish_gradient(const hone_kernel_args *args, int64_t channel, double sum,
                                     double product, double count)
{
    const float *inverses = args->data[6], *gammas = args->data[7];
    float *dgamma = args->data[1], *dbeta = args->data[2];
    const float inverse = inverses[channel], total = (float)sum, of_gamma = (float)product * inverse;
    if (dgamma != NULL)
        dgamma[channel] = of_gamma;
    if (dbeta != NULL)
        dbeta[channel] = total;
    return (channel_slope){inverse * (gammas != NULL ? gammas[channel] : 1), total / (float)count,
                           of_gamma * inverse / (float)count};
}

static void gradient_block(const hone_kernel_args *args, int64_t first, int64_t width)
{
    const int64_t rows = args->size[0], channels = args->size[1];
    const float *x = (const float *)args->data[3] + first, *dy = (const float *)args->data[4] + first;
    const float *means = (const float *)args->data[5] + first;
    float *dx = (float *)args->data[0] + first, scale[BLOCK], mean_slope[BLOCK], tilt[BLOCK];
    double sum[BLOCK] = {0}, product[BLOCK] = {0};
    add_up_slopes(x, dy, means, rows, channels, width, sum, product);
    for (int64_t i = 0; i < width; i++) {
        const channel_slope slope = finish_gradient(args, first + i, sum[i], product[i], (double)rows);
        scale[i] = slope.scale, mean_slope[i] = slope.mean_slope, tilt[i] = slope.tilt;
    }
    for (int64_t row = 0; row < rows; row++) {
        INDEPENDENT for (int64_t i = 0; i < width; i++)
        {
            const float centred = x[row * channels + i] - means[i];
            const float rest = dy[row * channels + i] - mean_slope[i];
            dx[row * channels + i] = scale[i] * MULTIPLY_ADD(-centred, tilt[i], rest);
        }
    }
}

static void gradient_channel(const hone_kernel_args *args, int64_t channel)
{
    const int64_t outer = args->size[0], channels = args->size[1], inner = args->size[2];
    const float *x = (const float *)args->data[3] + channel * inner,
                *dy = (const float *)args->data[4] + channel * inner;
    const float mean = ((const float *)args->data[5])[channel];
    float *dx = (float *)args->data[0] + channel * inner;
    double sum = 0, product = 0;
    for (int64_t o = 0; o < outer; o++) {
        const int64_t line = o * channels * inner;
        sum += sum_of(dy + line, NULL, 0, inner);
        product += sum_of_centred_products(x + line, dy + line, (double)mean, inner);
    }
    const channel_slope slope = finish_gradient(args, channel, sum, product, (double)outer * (double)inner);
    for (int64_t o = 0; o < outer; o++) {
        const int64_t line = o * channels * inner;
        INDEPENDENT for (int64_t i = line; i < line + inner; i++)
        {
            const float rest = dy[i] - slope.mean_slope;
            dx[i] = slope.scale * MULTIPLY_ADD(mean - x[i], slope.tilt, rest);
        }
    }
}

static void channels_batch_normalization_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                                  void *scratch)
{
    (void)scratch;
    if (args->size[2] == 1)
        for (int64_t channel = begin; channel < end; channel += BLOCK)
            gradient_block(args, channel, smaller_of(BLOCK, end - channel));
    else
        for (int64_t channel = begin; channel < end; channel++)
            gradient_channel(args, channel);
}

/* Scale and offset of one channel from given statistics. */
static void channel_line(const hone_kernel_args *args, int64_t channel, float *scale, float *offset)
{
    const float *variances = args->data[3], *gammas = args->data[4], *betas = args->data[5];
    const double inverse = 1 / sqrt((double)variances[channel] + args->scalar[0]);
    *scale = (float)(gammas != NULL ? (double)gammas[channel] * inverse : inverse);
    *offset = betas != NULL ? betas[channel] : 0;
}

/* Channels first .. first+width-1 of the elements begin .. end-1 of rows of channels (inner = 1). */
static void apply_block(const hone_kernel_args *args, int64_t begin, int64_t end, int64_t first,
                        int64_t width)
{
    const int64_t channels = args->size[1];
    const float *x = args->data[1], *means = (const float *)args->data[2] + first;
    float *y = args->data[0], scale[BLOCK], offset[BLOCK];
    for (int64_t i = 0; i < width; i++)
        channel_line(args, first + i, &scale[i], &offset[i]);
    for (int64_t row = begin / channels; row * channels < end; row++) {
        const int64_t start = row * channels + first;
        const int64_t from = begin > start ? begin - start : 0, to = smaller_of(width, end - start);
        INDEPENDENT for (int64_t i = from; i < to; i++) y[start + i] =
            MULTIPLY_ADD(x[start + i] - means[i], scale[i], offset[i]);
    }
}

static void channels_normalize_by_statistics(const hone_kernel_args *args, int64_t begin, int64_t end,
                                             void *scratch)
{
    const int64_t channels = args->size[1], inner = args->size[2];
    const float *means = args->data[2];
    (void)scratch;
    for (int64_t first = 0; inner == 1 && first < channels; first += BLOCK)
        apply_block(args, begin, end, first, smaller_of(BLOCK, channels - first));
    for (int64_t line = begin; inner != 1 && line < end; line++) {
        const float *x = (const float *)args->data[1] + line * inner, mean = means[line % channels];
        float *y = (float *)args->data[0] + line * inner, scale, offset;
        channel_line(args, line % channels, &scale, &offset);
        INDEPENDENT for (int64_t i = 0; i < inner; i++) y[i] = MULTIPLY_ADD(x[i] - mean, scale, offset);
    }
}

/* ---- within rows ---- */

static void rows_row_normalization(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t width = args->size[1];
    const bool centred = args->scalar[1] == 0;
    float *means = args->data[1], *inverses = args->data[2];
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const float *x = (const float *)args->data[3] + row * width;
        float *y = (float *)args->data[0] + row * width;
        const double mean = centred ? sum_of(x, NULL, 0, width) / (double)width : 0;
        const double variance = sum_of_centred_squares(x, NULL, mean, width) / (double)width;
        const float offset = (float)mean, inverse = (float)(1 / sqrt(variance + args->scalar[0]));
        if (means != NULL)
            means[row] = offset;
        inverses[row] = inverse;
        INDEPENDENT for (int64_t i = 0; i < width; i++) y[i] = (x[i] - offset) * inverse;
    }
}

static void rows_row_normalization_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                            void *scratch)
{
    const int64_t width = args->size[1];
    const bool centred = args->scalar[1] == 0;
    const float *inverses = args->data[3];
    (void)scratch;
    for (int64_t row = begin; row < end; row++) {
        const float *y = (const float *)args->data[1] + row * width,
                    *dy = (const float *)args->data[2] + row * width;
        float *dx = (float *)args->data[0] + row * width;
        const float inverse = inverses[row],
                    mean = centred ? (float)(sum_of(dy, NULL, 0, width) / (double)width) : 0;
        const float product = (float)(sum_of_products(dy, y, 0, width) / (double)width);
        INDEPENDENT for (int64_t i = 0; i < width; i++) dx[i] = inverse * (dy[i] - mean - y[i] * product);
    }
}

OVERLAY(normalization)
{
    table->kernel[HONE_KERNEL_batch_normalization] = channels_batch_normalization;
    table->kernel[HONE_KERNEL_batch_normalization_gradient] = channels_batch_normalization_gradient;
    table->kernel[HONE_KERNEL_normalize_by_statistics] = channels_normalize_by_statistics;
    table->kernel[HONE_KERNEL_row_normalization] = rows_row_normalization;
    table->kernel[HONE_KERNEL_row_normalization_gradient] = rows_row_normalization_gradient;
}
