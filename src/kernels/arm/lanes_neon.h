/* What kernels/product_block.h asks of an instruction set, but the arithmetic: vectors of 4 floats. */
#ifndef HONE_KERNELS_LANES_NEON_H
#define HONE_KERNELS_LANES_NEON_H

#include <stdint.h>
#include <arm_neon.h>

enum { LANES = 4 };
#define BLOCK_ROWS 8
#define BLOCK_VECTORS 3
#define TAILS_BRANCH
#define FACTORS 4
#define vector float32x4_t
#define tail int64_t
#define tail_of(count) (count)
#define zero() vdupq_n_f32(0)
#define load(from) vld1q_f32(from)
#define load_factors(from) load(from)
#define load_few_factors(from, count) load_tail(from, count)
#define store(to, x) vst1q_f32(to, x)
#define broadcast(from) vld1q_dup_f32(from)

#if defined(__GNUC__) && !defined(__clang__) /* whose lists of registers are written in another way */
#define LOAD_SEVERAL
/* One instruction reads the vectors and moves the address, which compilers do not combine. */
static inline __attribute__((always_inline)) const float *load_2(vector *to, const float *from, int64_t bytes)
{
    float32x4x2_t two;
    __asm__("ld1 {%S0.4s - %T0.4s}, [%1], %2" : "=w"(two), "+r"(from) : "r"(bytes) : "memory");
    to[0] = two.val[0];
    to[1] = two.val[1];
    return from;
}

static inline __attribute__((always_inline)) const float *load_3(vector *to, const float *from, int64_t bytes)
{
    float32x4x3_t three;
    __asm__("ld1 {%S0.4s - %U0.4s}, [%1], %2" : "=w"(three), "+r"(from) : "r"(bytes) : "memory");
    to[0] = three.val[0];
    to[1] = three.val[1];
    to[2] = three.val[2];
    return from;
}
#endif

static inline __attribute__((always_inline)) vector load_tail(const float *from, tail lanes)
{
    if (lanes == LANES)
        return load(from);
    if (lanes == 1)
        return vsetq_lane_f32(from[0], zero(), 0);
    float32x4_t pair = vcombine_f32(vld1_f32(from), vdup_n_f32(0));
    return lanes == 2 ? pair : vld1q_lane_f32(from + 2, pair, 2);
}

static inline __attribute__((always_inline)) void store_tail(float *to, vector x, tail lanes)
{
    if (lanes == LANES) {
        store(to, x);
        return;
    }
    if (lanes > 1)
        vst1_f32(to, vget_low_f32(x));
    if (lanes == 1)
        vst1q_lane_f32(to, x, 0);
    if (lanes == 3)
        vst1q_lane_f32(to + 2, x, 2);
}

#endif
