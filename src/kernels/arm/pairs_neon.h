/* Words of two bfloat16 from floats, rounded to the nearest, in NEON with BF16. */
#ifndef HONE_KERNELS_PAIRS_NEON_H
#define HONE_KERNELS_PAIRS_NEON_H

#include "base/bfloat16.h"

#include <arm_neon.h>

/* The word of two floats. */
static inline float word_of(float first, float second)
{
    uint32_t low, high;
    float word;
    first = hone_internal_round_bfloat16(first);
    second = hone_internal_round_bfloat16(second);
    memcpy(&low, &first, sizeof low);
    memcpy(&high, &second, sizeof high);
    low = low >> 16 | (high & 0xffff0000);
    memcpy(&word, &low, sizeof word);
    return word;
}

/* Words of numbers that follow each other: 2 i and 2 i + 1; a lonely last one is beside 0. */
static void along(int64_t count, const float *from, float *to)
{
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
        bfloat16x8_t words =
            vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(vld1q_f32(from + i)), vld1q_f32(from + i + 4));
        vst1q_f32(to + i / 2, vreinterpretq_f32_bf16(words));
    }
    for (; i < count; i += 2)
        to[i / 2] = word_of(from[i], i + 1 < count ? from[i + 1] : 0);
}

/* Words of what stands below each other in two rows; NULL: a row of 0. */
static void across(int64_t count, const float *upper, const float *lower, float *to)
{
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        float32x4_t below = lower == NULL ? vdupq_n_f32(0) : vld1q_f32(lower + i);
        bfloat16x8_t both = vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(vld1q_f32(upper + i)), below);
        uint16x8_t halves = vreinterpretq_u16_bf16(both); /* 4 of the upper row, 4 of the lower */
        vst1q_f32(to + i, vreinterpretq_f32_u16(vzip1q_u16(halves, vextq_u16(halves, halves, 4))));
    }
    for (; i < count; i++)
        to[i] = word_of(upper[i], lower == NULL ? 0 : lower[i]);
}

#endif
