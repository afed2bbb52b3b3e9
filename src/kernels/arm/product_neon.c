/* The innermost matrix products in NEON, which every 64-bit Arm processor has. */
#include "kernels/product_parts.h"
#include "kernels/overlays.h"
#include "kernels/unroll.h"

#include <arm_neon.h>

enum { LANES = 4 };
#define BLOCK_ROWS 8
#define BLOCK_VECTORS 3
#define TAILS_BRANCH
#define LANES_MULTIPLY
typedef float32x4_t vector;
typedef int64_t tail;
#define tail_of(count) (count)
#define zero() vdupq_n_f32(0)
#define load(from) vld1q_f32(from)
#define store(to, x) vst1q_f32(to, x)
#define broadcast(from) vld1q_dup_f32(from)
#define multiply_add(x, y, sum) vfmaq_f32(sum, x, y)
#define multiply_add_lane(x, lane, y, sum) vfmaq_f32(sum, vdupq_n_f32((x)[lane]), y) /* one instruction */
#define sum_of(x) vaddvq_f32(x)

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
#include "kernels/product_block.h"

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

static const hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose_in_blocks};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_neon(hone_kernels *table)
{
    overlay_products(table);
}
