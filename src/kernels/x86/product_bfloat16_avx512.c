/* The innermost products of pairs of bfloat16 in AVX-512: a word is two numbers; x y + sum multiplies both
 * and adds them. */
#include "kernels/x86/x86.h"
#include "kernels/x86/lanes_avx512.h"

#define broadcast(from) _mm512_castsi512_ps(_mm512_set1_epi32(*(const int32_t *)(const void *)(from)))
#define multiply_add(x, y, sum) \
    _mm512_dpbf16_ps(sum, (__m512bh)_mm512_castps_si512(x), (__m512bh)_mm512_castps_si512(y))
#define WITHOUT_DOTS
#include "kernels/product_block.h"

/* Words of numbers that follow each other: 2 i and 2 i + 1; a lonely last one is beside 0. */
static void along(int64_t count, const float *from, float *to)
{
    for (int64_t i = 0; i < count; i += 2 * LANES) {
        int64_t left = count - i;
        tail first = tail_of(left < LANES ? left : LANES), second = tail_of(left < LANES       ? 0
                                                                            : left < 2 * LANES ? left - LANES
                                                                                               : LANES);
        __m512bh words = _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(second, from + i + LANES),
                                             _mm512_maskz_loadu_ps(first, from + i));
        int64_t wanted = (left + 1) / 2;
        _mm512_mask_storeu_epi32(to + i / 2, tail_of(wanted < LANES ? wanted : LANES), (__m512i)words);
    }
}

/* Words of what stands below each other in two rows; NULL: a row of 0. */
static void across(int64_t count, const float *upper, const float *lower, float *to)
{
    for (int64_t i = 0; i < count; i += LANES) {
        tail lanes = tail_of(count - i < LANES ? count - i : LANES);
        __m512 below = lower == NULL ? zero() : _mm512_maskz_loadu_ps(lanes, lower + i);
        __m256i first = (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, upper + i)),
                second = (__m256i)_mm512_cvtneps_pbh(below);
        __m512i words = _mm512_or_si512(_mm512_cvtepu16_epi32(first),
                                        _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
        _mm512_mask_storeu_epi32(to + i, lanes, words);
    }
}

const hone_bfloat16_parts hone_internal_bfloat16_avx512 = {
    .product = multiply, .along = along, .across = across};
