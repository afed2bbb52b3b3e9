/* What the expressions of kernels/unary.def call, in float: fn_NAME for NAME of kernels/ref/formulas.h. */
#include <math.h>

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
