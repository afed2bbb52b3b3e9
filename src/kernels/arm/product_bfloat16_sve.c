/* The innermost products of pairs of bfloat16 in SVE, for vectors of 256 bits: a word is two numbers; x
 * y + sum multiplies both and adds them. */
#include "kernels/arm/arm.h"
#include "kernels/arm/lanes_sve.h"
#include "kernels/arm/pairs_neon.h"

#define PAIRS(x) svreinterpret_bf16_f32(x)
#define multiply_add(x, y, sum) svbfdot_f32(sum, PAIRS(x), PAIRS(y))
#define multiply_add_lane(x, lane, y, sum) BY_LANE(svbfdot_lane_f32, lane, sum, PAIRS(y), PAIRS(x))
#define WITHOUT_DOTS
#include "kernels/product_block.h"

const hone_bfloat16_parts hone_internal_bfloat16_sve = {
    .product = multiply, .along = along, .across = across};
