/* The innermost products of pairs of bfloat16 in NEON: a word is two numbers; x y + sum multiplies both and
 * adds them. */
#include "kernels/arm/arm.h"
#include "kernels/arm/lanes_neon.h"
#include "kernels/arm/pairs_neon.h"

#define multiply_add(x, y, sum) vbfdotq_f32(sum, vreinterpretq_bf16_f32(x), vreinterpretq_bf16_f32(y))
/* `lane` is a constant once the loops around are written out. */
static inline __attribute__((always_inline)) vector multiply_add_lane(vector x, int lane, vector y,
                                                                      vector sum)
{
    bfloat16x8_t left = vreinterpretq_bf16_f32(x), right = vreinterpretq_bf16_f32(y);
    switch (lane) {
    case 0: return vbfdotq_laneq_f32(sum, right, left, 0);
    case 1: return vbfdotq_laneq_f32(sum, right, left, 1);
    case 2: return vbfdotq_laneq_f32(sum, right, left, 2);
    default: return vbfdotq_laneq_f32(sum, right, left, 3);
    }
}
#define WITHOUT_DOTS
#include "kernels/product_block.h"

const hone_bfloat16_parts hone_internal_bfloat16_neon = {
    .product = multiply, .along = along, .across = across};
