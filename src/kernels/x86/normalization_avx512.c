/* Batch normalisation in AVX-512 where channels are next to each other (inner = 1). */
#include "kernels/x86/channels_avx512.h"

static hone_kernel *other_shapes, *other_shapes_gradient; /* what was in the table */

/* The variance is the mean of (x - m)^2 less (mean - m)^2, m being the mean as a float. */
static inline void find_variances(const channel_block *block, const float *x, const sums mean[VECTORS],
                                  sums variance[VECTORS])
{
    const int vectors = VECTORS;
    __m512 centre[VECTORS];
    EACH_VECTOR centre[j] = to_float(mean[j]);
    find_squares(block, vectors, x, centre, variance);
    EACH_VECTOR
    {
        const __m512d rows = _mm512_set1_pd(1 / (double)block->rows), zero = _mm512_setzero_pd();
        __m512d low = _mm512_sub_pd(mean[j].low, low_half(centre[j]));
        __m512d high = _mm512_sub_pd(mean[j].high, high_half(centre[j]));
        low = _mm512_fnmadd_pd(low, low, _mm512_mul_pd(variance[j].low, rows));
        high = _mm512_fnmadd_pd(high, high, _mm512_mul_pd(variance[j].high, rows));
        variance[j] = (sums){_mm512_max_pd(zero, low), _mm512_max_pd(zero, high)};
    }
}

/* moving = momentum * moving + (1 - momentum) * statistic */
static inline void move(const channel_block *block, int j, float *moving, double momentum, __m512 statistic)
{
    if (moving == NULL)
        return;
    __m512 kept = _mm512_mul_ps(_mm512_set1_ps((float)momentum), load(block, j, moving));
    store(block, j, moving, _mm512_fmadd_ps(_mm512_set1_ps((float)(1 - momentum)), statistic, kept));
}

static void normalize(const hone_kernel_args *args, const channel_block *block)
{
    const int vectors = VECTORS;
    const float *x = args->data[3];
    float *y = args->data[0];
    sums mean[VECTORS], variance[VECTORS];
    __m512 centre[VECTORS], scale[VECTORS], offset[VECTORS];
    find_means(block, vectors, x, mean);
    find_variances(block, x, mean, variance);
    EACH_VECTOR
    {
        __m512 spread = to_float(variance[j]);
        __m512 deviation = _mm512_sqrt_ps(_mm512_add_ps(spread, _mm512_set1_ps((float)args->scalar[0])));
        __m512 inverse = _mm512_div_ps(_mm512_set1_ps(1), deviation);
        centre[j] = to_float(mean[j]);
        scale[j] = _mm512_mul_ps(inverse, load_or(block, j, args->data[4], 1));
        offset[j] = load_or(block, j, args->data[5], 0);
        store(block, j, args->data[1], centre[j]);
        store(block, j, args->data[2], inverse);
        move(block, j, args->data[6], args->scalar[1], centre[j]);
        move(block, j, args->data[7], args->scalar[1], spread);
    }
    for (int64_t row = 0; row < block->rows; row++, x += block->channels, y += block->channels)
        EACH_VECTOR
        {
            __m512 centred = _mm512_sub_ps(load(block, j, x), centre[j]);
            store(block, j, y, _mm512_fmadd_ps(centred, scale[j], offset[j]));
        }
}

/* dx = gamma inverse (dy - sum / rows - (x - mean) inverse^2 product / rows) */
static void find_gradient(const hone_kernel_args *args, const channel_block *block)
{
    const int vectors = VECTORS;
    const float *x = args->data[3], *dy = args->data[4];
    float *dx = args->data[0];
    const __m512 rows = _mm512_set1_ps((float)block->rows);
    __m512 mean[VECTORS], scale[VECTORS], mean_slope[VECTORS], tilt[VECTORS];
    sums sum[VECTORS], product[VECTORS];
    EACH_VECTOR mean[j] = load(block, j, args->data[5]);
    find_slopes(block, vectors, x, dy, mean, sum, product);
    EACH_VECTOR
    {
        __m512 inverse = load(block, j, args->data[6]), total = to_float(sum[j]);
        __m512 of_gamma = _mm512_mul_ps(to_float(product[j]), inverse);
        scale[j] = _mm512_mul_ps(inverse, load_or(block, j, args->data[7], 1));
        mean_slope[j] = _mm512_div_ps(total, rows);
        tilt[j] = _mm512_div_ps(_mm512_mul_ps(of_gamma, inverse), rows);
        store(block, j, args->data[1], of_gamma);
        store(block, j, args->data[2], total);
    }
    for (int64_t row = 0; row < block->rows; row++) {
        const int64_t at = row * block->channels;
        EACH_VECTOR
        {
            __m512 centred = _mm512_sub_ps(load(block, j, x + at), mean[j]);
            __m512 slope = _mm512_sub_ps(load(block, j, dy + at), mean_slope[j]);
            store(block, j, dx + at, _mm512_mul_ps(scale[j], _mm512_fnmadd_ps(centred, tilt[j], slope)));
        }
    }
}

static void batch_normalization(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    if (args->size[2] != 1 || args->size[0] < 1) {
        other_shapes(args, begin, end, scratch);
        return;
    }
    for (int64_t channel = begin; channel < end; channel += LANES * VECTORS) {
        const channel_block block = block_at(args->size[0], args->size[1], channel, end);
        normalize(args, &block);
    }
}

static void batch_normalization_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                         void *scratch)
{
    if (args->size[2] != 1 || args->size[0] < 1) {
        other_shapes_gradient(args, begin, end, scratch);
        return;
    }
    for (int64_t channel = begin; channel < end; channel += LANES * VECTORS) {
        const channel_block block = block_at(args->size[0], args->size[1], channel, end);
        find_gradient(args, &block);
    }
}

void hone_internal_normalization_overlay_avx512(hone_kernels *table)
{
    other_shapes = table->kernel[HONE_KERNEL_batch_normalization];
    other_shapes_gradient = table->kernel[HONE_KERNEL_batch_normalization_gradient];
    table->kernel[HONE_KERNEL_batch_normalization] = batch_normalization;
    table->kernel[HONE_KERNEL_batch_normalization_gradient] = batch_normalization_gradient;
}
