/* Biases, rounding, choosing. */
#include <stdint.h>

/* y[r, j] = x[r, j] + bias[j] */
static void op_bias_add(float *y, const float *x, const float *bias, int32_t count, int32_t n)
{
    int32_t i, j = 0;
    for (i = 0; i < count; i++) {
        y[i] = x[i] + bias[j];
        j = j + 1 < n ? j + 1 : 0;
    }
}

/* To the nearest number of 8 bits, half to even; NAN stays. */
static void op_round_bfloat16(float *y, const float *x, int32_t count)
{
    int32_t i;
    for (i = 0; i < count; i++) {
        union {
            float number;
            uint32_t bits;
        } u;
        u.number = x[i];
        if (x[i] == x[i])
            u.bits = (u.bits + 0x7fffU + (u.bits >> 16 & 1U)) & 0xffff0000U;
        y[i] = u.number;
    }
}

/* To the nearest number of 11 bits, half to even; below 2^-14 to a multiple of 2^-24; NAN stays. */
static void op_round_float16(float *y, const float *x, int32_t count)
{
    int32_t i;
    for (i = 0; i < count; i++) {
        const float magnitude = x[i] < 0 ? -x[i] : x[i];
        union {
            float number;
            uint32_t bits;
        } u;
        u.number = magnitude;
        if (magnitude < 6.103515625e-05f) {
            volatile float sum = magnitude + 0.75f;
            u.number = sum - 0.75f;
        } else if (magnitude == magnitude) {
            u.bits = (u.bits + 0xfffU + (u.bits >> 13 & 1U)) & 0xffffe000U;
            if (u.bits >= 0x47800000U)
                u.bits = 0x7f800000U;
        }
        y[i] = x[i] < 0 ? -u.number : u.number;
    }
}

static void op_select(float *result, const float *condition, const float *x, const float *y, int32_t count)
{
    int32_t i;
    for (i = 0; i < count; i++)
        result[i] = condition[i] != 0 ? x[i] : y[i];
}
