/* Batch normalisation in AVX-512 where channels are next to each other (inner = 1): vectors of channels,
 * rows after rows. Sums are in float over GROUP rows, of differences from the first row or the mean so that
 * a large mean costs no digits, and in double over the groups: every channel is a lane of its own, so its
 * bits depend on nothing else. */
#include "kernels/unroll.h"
#include "kernels/x86/x86.h"
#include <immintrin.h>

enum { LANES = 16, VECTORS = 4, GROUP = 32 };

#define EACH_VECTOR UNROLL for (int j = 0; j < VECTORS; j++)

/* Up to VECTORS vectors of channels: `lanes` of each are channels of the range. */
typedef struct channel_block {
    int64_t first, rows, channels;
    __mmask16 lanes[VECTORS];
} channel_block;

/* Sixteen sums in double. */
typedef struct sums {
    __m512d low, high;
} sums;

static hone_kernel *other_shapes, *other_shapes_gradient; /* what was in the table */

static inline channel_block block_at(const hone_kernel_args *args, int64_t first, int64_t end)
{
    channel_block block = {.first = first, .rows = args->size[0], .channels = args->size[1]};
    EACH_VECTOR
    {
        int64_t left = end - first - j * LANES;
        block.lanes[j] = (__mmask16)(left >= LANES ? 0xffff : left > 0 ? (1 << left) - 1 : 0);
    }
    return block;
}

static inline __m512 load(const channel_block *block, int j, const float *from)
{
    return _mm512_maskz_loadu_ps(block->lanes[j], from + block->first + j * LANES);
}

static inline void store(const channel_block *block, int j, float *to, __m512 x)
{
    if (to != NULL)
        _mm512_mask_storeu_ps(to + block->first + j * LANES, block->lanes[j], x);
}

static inline __m512 load_or(const channel_block *block, int j, const float *from, float otherwise)
{
    return from != NULL ? load(block, j, from) : _mm512_set1_ps(otherwise);
}

static inline __m512d low_half(__m512 x)
{
    return _mm512_cvtps_pd(_mm512_castps512_ps256(x));
}

static inline __m512d high_half(__m512 x)
{
    return _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
}

static inline __m512 to_float(sums x)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x.low)), _mm512_cvtpd_ps(x.high), 1);
}

static inline void add(sums *to, __m512 x)
{
    to->low = _mm512_add_pd(to->low, low_half(x));
    to->high = _mm512_add_pd(to->high, high_half(x));
}

/* base + x * factor */
static inline sums along(__m512 base, sums x, double factor)
{
    const __m512d by = _mm512_set1_pd(factor);
    return (sums){_mm512_fmadd_pd(x.low, by, low_half(base)), _mm512_fmadd_pd(x.high, by, high_half(base))};
}

/* mean = x[0] + sum of (x - x[0]) / rows */
static inline void find_means(const channel_block *block, const float *x, sums mean[VECTORS])
{
    __m512 start[VECTORS];
    sums sum[VECTORS] = {0};
    EACH_VECTOR start[j] = load(block, j, x);
    for (int64_t row = 0; row < block->rows;) {
        int64_t group_end = row + GROUP < block->rows ? row + GROUP : block->rows;
        __m512 part[VECTORS];
        EACH_VECTOR part[j] = _mm512_setzero_ps();
        for (; row < group_end; row++)
            EACH_VECTOR part[j] =
                _mm512_add_ps(part[j], _mm512_sub_ps(load(block, j, x + row * block->channels), start[j]));
        EACH_VECTOR add(&sum[j], part[j]);
    }
    EACH_VECTOR mean[j] = along(start[j], sum[j], 1 / (double)block->rows);
}

/* The variance is the mean of (x - m)^2 less (mean - m)^2, m being the mean as a float. */
static inline void find_variances(const channel_block *block, const float *x, const sums mean[VECTORS],
                                  sums variance[VECTORS])
{
    __m512 centre[VECTORS];
    EACH_VECTOR centre[j] = to_float(mean[j]);
    EACH_VECTOR variance[j] = (sums){_mm512_setzero_pd(), _mm512_setzero_pd()};
    for (int64_t row = 0; row < block->rows;) {
        int64_t group_end = row + GROUP < block->rows ? row + GROUP : block->rows;
        __m512 part[VECTORS];
        EACH_VECTOR part[j] = _mm512_setzero_ps();
        for (; row < group_end; row++)
            EACH_VECTOR
            {
                __m512 centred = _mm512_sub_ps(load(block, j, x + row * block->channels), centre[j]);
                part[j] = _mm512_fmadd_ps(centred, centred, part[j]);
            }
        EACH_VECTOR add(&variance[j], part[j]);
    }
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
    const float *x = args->data[3];
    float *y = args->data[0];
    sums mean[VECTORS], variance[VECTORS];
    __m512 centre[VECTORS], scale[VECTORS], offset[VECTORS];
    find_means(block, x, mean);
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

/* sum = sum of dy, product = sum of dy (x - mean) */
static inline void find_slopes(const hone_kernel_args *args, const channel_block *block,
                               const __m512 mean[VECTORS], sums sum[VECTORS], sums product[VECTORS])
{
    const float *x = args->data[3], *dy = args->data[4];
    EACH_VECTOR sum[j] = product[j] = (sums){_mm512_setzero_pd(), _mm512_setzero_pd()};
    for (int64_t row = 0; row < block->rows;) {
        int64_t group_end = row + GROUP < block->rows ? row + GROUP : block->rows;
        __m512 part[VECTORS], part_product[VECTORS];
        EACH_VECTOR part[j] = part_product[j] = _mm512_setzero_ps();
        for (; row < group_end; row++)
            EACH_VECTOR
            {
                __m512 upstream = load(block, j, dy + row * block->channels);
                __m512 centred = _mm512_sub_ps(load(block, j, x + row * block->channels), mean[j]);
                part[j] = _mm512_add_ps(part[j], upstream);
                part_product[j] = _mm512_fmadd_ps(upstream, centred, part_product[j]);
            }
        EACH_VECTOR add(&sum[j], part[j]);
        EACH_VECTOR add(&product[j], part_product[j]);
    }
}

/* dx = gamma inverse (dy - sum / rows - (x - mean) inverse^2 product / rows) */
static void find_gradient(const hone_kernel_args *args, const channel_block *block)
{
    const float *x = args->data[3], *dy = args->data[4];
    float *dx = args->data[0];
    const __m512 rows = _mm512_set1_ps((float)block->rows);
    __m512 mean[VECTORS], scale[VECTORS], mean_slope[VECTORS], tilt[VECTORS];
    sums sum[VECTORS], product[VECTORS];
    EACH_VECTOR mean[j] = load(block, j, args->data[5]);
    find_slopes(args, block, mean, sum, product);
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
        const channel_block block = block_at(args, channel, end);
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
        const channel_block block = block_at(args, channel, end);
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
