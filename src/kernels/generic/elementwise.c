/* Rounding and biases. */
#include "base/bfloat16.h"
#include "base/half.h"
#include "kernels/generic/loops.h"

#define ROUNDING(type) \
    static void all_round_##type(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch) \
    { \
        float *result = args->data[0]; \
        const float *operand = args->data[1]; \
        (void)scratch; \
        INDEPENDENT for (int64_t i = begin; i < end; i++) result[i] = \
            hone_internal_round_##type(operand[i]); \
    }
ROUNDING(bfloat16)
ROUNDING(float16)

static void rows_bias_add(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t n = args->size[0];
    float *result = args->data[0];
    const float *operand = args->data[1], *bias = args->data[2];
    (void)scratch;
    for (int64_t i = begin, column = begin % n, run; i < end; i += run, column = 0) {
        run = smaller_of(n - column, end - i);
        const float *x = operand + i, *offsets = bias + column;
        float *y = result + i;
        INDEPENDENT for (int64_t j = 0; j < run; j++) y[j] = x[j] + offsets[j];
    }
}

OVERLAY(elementwise)
{
    table->kernel[HONE_KERNEL_round_bfloat16] = all_round_bfloat16;
    table->kernel[HONE_KERNEL_round_float16] = all_round_float16;
    table->kernel[HONE_KERNEL_bias_add] = rows_bias_add;
}
