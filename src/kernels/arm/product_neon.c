/* The innermost matrix products in NEON, which every 64-bit Arm processor has. */
#include "base/cpu.h"
#include "kernels/arm/arm.h"
#include "kernels/arm/lanes_neon.h"
#include "kernels/arm/transpose_neon.h"

#define multiply_add(x, y, sum) vfmaq_f32(sum, x, y)
#define multiply_add_lane(x, lane, y, sum) vfmaq_f32(sum, vdupq_n_f32((x)[lane]), y) /* one instruction */
#define sum_of(x) vaddvq_f32(x)
#include "kernels/product_block.h"

static hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose_in_blocks};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_neon(hone_kernels *table)
{
    if (hone_internal_cpu()->neon_bfloat16)
        parts.bfloat16 = &hone_internal_bfloat16_neon;
    overlay_products(table);
}
