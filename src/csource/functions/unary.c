/* What the expressions of kernels/unary.def call, in float: fn_NAME for NAME of kernels/ref/formulas.h. */
#include <math.h>
#include <stdint.h>

static float fn_sign_of(float x)
{
    return x > 0 ? 1.0f : x < 0 ? -1.0f : x;
}

/* 1 / (1 + e^-x) without overflow */
static float fn_sigmoid_of(float x)
{
    const float e = expf(-fabsf(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/* log(1 + e^x) */
static float fn_softplus_of(float x)
{
    return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x)));
}

/* tanh(log(1 + e)) with e = e^x */
static float fn_tanh_of_softplus(float x)
{
    float e;
    if (x > 20)
        return 1;
    e = expf(x);
    return e * (e + 2) / (e * (e + 2) + 2);
}

static float fn_relu_of(float x, float slope, float max_value, float threshold)
{
    if (x <= threshold)
        return slope * (x - threshold);
    if (max_value < INFINITY && x < 0)
        return 0;
    return x > max_value ? max_value : x;
}

static float fn_normal_distribution(float x)
{
    return 0.5f * erfcf(-x * 0.707106781f);
}

static float fn_gelu_tanh_of(float x)
{
    return x * fn_sigmoid_of(1.59576912f * (x + 0.044715f * x * x * x));
}

static float fn_hard_sigmoid_of(float x)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5f;
}

/* Giles's polynomials in w = -log(1 - x^2). */
static float fn_erfinv_of(float x)
{
    static const float near[] = {2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
                                 -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
                                 -0.00417768164f,  0.246640727f,    1.50140941f};
    static const float far[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f,
                                -0.00367342844f,  0.00573950773f,  -0.0076224613f,
                                0.00943887047f,   1.00167406f,     2.83297682f};
    const float w = -logf((1 - x) * (1 + x)), from = w < 5 ? w - 2.5f : sqrtf(w) - 3;
    float sum = w < 5 ? near[0] : far[0];
    int32_t i;
    if (fabsf(x) >= 1)
        return fabsf(x) > 1 ? NAN : x * INFINITY;
    for (i = 1; i < 9; i++)
        sum = (w < 5 ? near[i] : far[i]) + sum * from;
    return sum * x;
}

static float fn_bessel_i0_of(float x)
{
    float term = 1, sum = 1;
    int32_t k;
    for (k = 1; term > sum * 1e-8f; k++) {
        term *= x * x / (4.0f * (float)k * (float)k);
        sum += term;
    }
    return isnan(x) ? x : sum;
}

/* The whole number toward 0; 0 for what is not a number. */
static int64_t fn_integer_of(float x)
{
    return isnan(x) ? 0 : (int64_t)(x > 4e18f ? 4e18f : x < -4e18f ? -4e18f : x);
}

static float fn_bits_and_of(float x, float y)
{
    return (float)(fn_integer_of(x) & fn_integer_of(y));
}

static float fn_bits_or_of(float x, float y)
{
    return (float)(fn_integer_of(x) | fn_integer_of(y));
}

static float fn_bits_xor_of(float x, float y)
{
    return (float)(fn_integer_of(x) ^ fn_integer_of(y));
}

static float fn_shifted_left(float x, float y)
{
    const int64_t by = fn_integer_of(y);
    const uint32_t bits = by < 0 || by > 31 ? 0 : (uint32_t)fn_integer_of(x) << by;
    return bits < 0x80000000u ? (float)bits : -(float)(0xffffffffu - bits) - 1;
}

static float fn_greatest_divisor_of(float x, float y)
{
    int64_t a = fn_integer_of(fabsf(x)), b = fn_integer_of(fabsf(y));
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return (float)a;
}

static float fn_next_number_of(float x, float y)
{
    return nextafterf(x, y);
}
