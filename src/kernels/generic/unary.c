/* unary.def over floats. */
#include "kernels/generic/loops.h"

/* (1 + erf(x / sqrt 2)) / 2 */
static inline float normal_float(float x)
{
    return 0.5f + 0.5f * erf_float(x * (float)ONE_OVER_SQRT_2);
}

/* gelu_tanh(x) = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3); this is 2 u. */
static inline float gelu_argument(float x)
{
    return (float)(2 * SQRT_2_OVER_PI) * x * MULTIPLY_ADD((float)GELU_CUBIC * x, x, 1.0f);
}

static inline float gelu_slope_float(float x)
{
    const float s = sigmoid_float(gelu_argument(x));
    const float slope = (float)(2 * SQRT_2_OVER_PI) * MULTIPLY_ADD((float)(3 * GELU_CUBIC) * x, x, 1.0f);
    return s + x * s * (1 - s) * slope;
}

static inline float silu_slope_float(float x)
{
    const float s = sigmoid_float(x);
    return s * (1 + x * (1 - s));
}

/* As in ref/formulas.h; beyond 20 the quotient is 1. */
static inline float tanh_of_softplus_float(float x)
{
    const float e = exp_float(x > 20 ? 20 : x), product = e * (e + 2);
    return product / (product + 2);
}

static inline float mish_slope_float(float x)
{
    const float t = tanh_of_softplus_float(x);
    return t + x * (1 - t * t) * sigmoid_float(x);
}

#define UNARY_LOOPS(prefix, number, name, forward, derivative) \
    static void prefix##_##name(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch) \
    { \
        const number a = (number)args->scalar[0], b = (number)args->scalar[1]; \
        const number c = (number)args->scalar[2], d = (number)args->scalar[3]; \
        float *result = args->data[0]; \
        const float *operand = args->data[1]; \
        (void)a, (void)b, (void)c, (void)d, (void)scratch; \
        INDEPENDENT for (int64_t i = begin; i < end; i++) \
        { \
            const float x = operand[i]; \
            result[i] = (float)(forward); \
        } \
    } \
    static void prefix##_##name##_gradient(const hone_kernel_args *args, int64_t begin, int64_t end, \
                                           void *scratch) \
    { \
        const number a = (number)args->scalar[0], b = (number)args->scalar[1]; \
        const number c = (number)args->scalar[2], d = (number)args->scalar[3]; \
        float *result = args->data[0]; \
        const float *operand = args->data[1], *upstream = args->data[2]; \
        (void)a, (void)b, (void)c, (void)d, (void)scratch; \
        INDEPENDENT for (int64_t i = begin; i < end; i++) \
        { \
            const float x = operand[i], y = x; \
            (void)x, (void)y; \
            result[i] = upstream[i] * (float)(derivative); \
        } \
    }

/* The formulas of unary.def as they are; what they call works in double. */
#define HONE_UNARY(name, needs, forward, derivative) UNARY_LOOPS(plain, double, name, forward, derivative)
#include "kernels/unary.def"

#define HONE_UNARY_FLOAT(name, forward, derivative) UNARY_LOOPS(float, float, name, forward, derivative)
#include "kernels/generic/unary_float.def"

OVERLAY(unary)
{
#define HONE_UNARY(name, ...) \
    table->kernel[HONE_KERNEL_##name] = plain_##name; \
    table->kernel[HONE_KERNEL_##name##_gradient] = plain_##name##_gradient;
#include "kernels/unary.def"
#define HONE_UNARY_FLOAT(name, ...) \
    table->kernel[HONE_KERNEL_##name] = float_##name; \
    table->kernel[HONE_KERNEL_##name##_gradient] = float_##name##_gradient;
#include "kernels/generic/unary_float.def"
}
