/* A matrix turned in squares of 4 x 4 numbers. */
#ifndef HONE_KERNELS_TRANSPOSE_NEON_H
#define HONE_KERNELS_TRANSPOSE_NEON_H

#include "kernels/unroll.h"

#include <arm_neon.h>
#include <stdint.h>

/* to[j * ld_to + i] = from[i * ld_from + j] for 4 x 4 numbers: pairs, then halves. */
static inline void transpose_block(const float *from, int64_t ld_from, float *to, int64_t ld_to)
{
    float32x4x2_t upper = vtrnq_f32(vld1q_f32(from), vld1q_f32(from + ld_from)),
                  lower = vtrnq_f32(vld1q_f32(from + 2 * ld_from), vld1q_f32(from + 3 * ld_from));
    UNROLL for (int i = 0; i < 2; i++)
    {
        float64x2_t above = vreinterpretq_f64_f32(upper.val[i]), below = vreinterpretq_f64_f32(lower.val[i]);
        vst1q_f32(to + i * ld_to, vreinterpretq_f32_f64(vzip1q_f64(above, below)));
        vst1q_f32(to + (i + 2) * ld_to, vreinterpretq_f32_f64(vzip2q_f64(above, below)));
    }
}

#define TRANSPOSE_SIDE 4
#include "kernels/product_transpose.h"

#endif
