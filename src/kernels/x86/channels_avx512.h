/* Channels next to each other (inner = 1) in vectors, rows after rows, in AVX-512. Sums are in float over
 * GROUP rows, of differences from the first row or the mean so that a large mean costs no digits, and in
 * double over the groups: every channel is a lane of its own, so its bits depend on nothing else. */
#ifndef HONE_KERNELS_CHANNELS_AVX512_H
#define HONE_KERNELS_CHANNELS_AVX512_H

#include "kernels/unroll.h"
#include "kernels/x86/x86.h"
#include <immintrin.h>

enum { LANES = 16, VECTORS = 4, GROUP = 32 };

/* The functions take how many vectors a block has, a constant where they are inlined. */
#define INLINE static inline __attribute__((always_inline))
#define EACH_VECTOR UNROLL for (int j = 0; j < vectors; j++)

/* Up to VECTORS vectors of channels: `lanes` of each are channels of the range. */
typedef struct channel_block {
    int64_t first, rows, channels;
    __mmask16 lanes[VECTORS];
} channel_block;

/* Sixteen sums in double. */
typedef struct sums {
    __m512d low, high;
} sums;

/* Channels first .. end - 1 of `rows` rows of `channels`. */
INLINE channel_block block_at(int64_t rows, int64_t channels, int64_t first, int64_t end)
{
    const int vectors = VECTORS;
    channel_block block = {.first = first, .rows = rows, .channels = channels};
    EACH_VECTOR
    {
        int64_t left = end - first - j * LANES;
        block.lanes[j] = (__mmask16)(left >= LANES ? 0xffff : left > 0 ? (1 << left) - 1 : 0);
    }
    return block;
}

INLINE __m512 load(const channel_block *block, int j, const float *from)
{
    return _mm512_maskz_loadu_ps(block->lanes[j], from + block->first + j * LANES);
}

INLINE void store(const channel_block *block, int j, float *to, __m512 x)
{
    if (to != NULL)
        _mm512_mask_storeu_ps(to + block->first + j * LANES, block->lanes[j], x);
}

INLINE __m512 load_or(const channel_block *block, int j, const float *from, float otherwise)
{
    return from != NULL ? load(block, j, from) : _mm512_set1_ps(otherwise);
}

INLINE __m512d low_half(__m512 x)
{
    return _mm512_cvtps_pd(_mm512_castps512_ps256(x));
}

INLINE __m512d high_half(__m512 x)
{
    return _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
}

INLINE __m512 to_float(sums x)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(x.low)), _mm512_cvtpd_ps(x.high), 1);
}

INLINE void add(sums *to, __m512 x)
{
    to->low = _mm512_add_pd(to->low, low_half(x));
    to->high = _mm512_add_pd(to->high, high_half(x));
}

/* base + x * factor */
INLINE sums along(__m512 base, sums x, double factor)
{
    const __m512d by = _mm512_set1_pd(factor);
    return (sums){_mm512_fmadd_pd(x.low, by, low_half(base)), _mm512_fmadd_pd(x.high, by, high_half(base))};
}

/* mean = x[0] + sum of (x - x[0]) / rows */
INLINE void find_means(const channel_block *block, int vectors, const float *x, sums mean[VECTORS])
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

/* Sums of (x - centre)^2. */
INLINE void find_squares(const channel_block *block, int vectors, const float *x,
                         const __m512 centre[VECTORS], sums squares[VECTORS])
{
    EACH_VECTOR squares[j] = (sums){_mm512_setzero_pd(), _mm512_setzero_pd()};
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
        EACH_VECTOR add(&squares[j], part[j]);
    }
}

/* sum = sum of dy, product = sum of dy (x - mean) */
INLINE void find_slopes(const channel_block *block, int vectors, const float *x, const float *dy,
                        const __m512 mean[VECTORS], sums sum[VECTORS], sums product[VECTORS])
{
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

#endif
