/* The innermost matrix products in SVE, for vectors of 256 bits: at 128 bits NEON does the same. */
#include "base/cpu.h"
#include "kernels/arm/arm.h"
#include "kernels/arm/lanes_sve.h"
#include "kernels/arm/transpose_neon.h"

#define multiply_add(x, y, sum) svmla_f32_x(svptrue_b32(), sum, x, y)
#define multiply_add_lane(x, lane, y, sum) BY_LANE(svmla_lane_f32, lane, sum, y, x)
#define sum_of(x) svaddv_f32(svptrue_b32(), x)
#include "kernels/product_block.h"

static hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose_in_blocks};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_sve(hone_kernels *table)
{
    if (hone_internal_cpu()->sve_bfloat16)
        parts.bfloat16 = &hone_internal_bfloat16_sve;
    overlay_products(table);
}
