/* Formulas in double that the expressions of unary.def and optimizer.def use. */
#ifndef HONE_KERNELS_REF_FORMULAS_H
#define HONE_KERNELS_REF_FORMULAS_H

#include <math.h>

#define TWO_OVER_SQRT_PI 1.1283791670955125739
#define ONE_OVER_SQRT_2 0.70710678118654752440
#define ONE_OVER_SQRT_2_PI 0.39894228040143267794
#define SQRT_2_OVER_PI 0.79788456080286535588
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_SCALE 1.0507009873554804934193349852946
#define GELU_CUBIC 0.044715

static inline double sign_of(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}

/* 1 / (1 + e^-x), without overflow and without cancellation for x far below 0. */
static inline double sigmoid_of(double x)
{
    const double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
static inline double softplus_of(double x)
{
    return (x < 0 ? 0 : x) + log1p(exp(-fabs(x)));
}

/* With e = e^x: tanh(log(1 + e)) = ((1 + e)^2 - 1) / ((1 + e)^2 + 1) = e (e + 2) / (e (e + 2) + 2). */
static inline double tanh_of_softplus(double x)
{
    if (x > 20)
        return 1;
    const double e = exp(x);
    return e * (e + 2) / (e * (e + 2) + 2);
}

static inline double mish_slope(double x)
{
    const double t = tanh_of_softplus(x);
    return t + x * (1 - t * t) * sigmoid_of(x);
}

/* For x > threshold min(x, max_value), at least 0 when there is a max_value; else slope (x - threshold). */
static inline double relu_of(double x, double slope, double max_value, double threshold)
{
    if (x <= threshold)
        return slope * (x - threshold);
    if (max_value < HUGE_VAL && x < 0)
        return 0;
    return x > max_value ? max_value : x;
}

static inline double relu_slope(double x, double slope, double max_value, double threshold)
{
    if (x <= threshold)
        return slope;
    if (max_value < HUGE_VAL && x < 0)
        return 0;
    return x < max_value;
}

/* (1 + erf(x / sqrt 2)) / 2, and its derivative */
static inline double normal_distribution(double x)
{
    return 0.5 * erfc(-x * ONE_OVER_SQRT_2);
}

static inline double normal_density(double x)
{
    return ONE_OVER_SQRT_2_PI * exp(-0.5 * x * x);
}

/* 1 + tanh(u) = 2 sigmoid(2 u), which keeps its digits for u far below 0. */
static inline double gelu_tanh_of(double x)
{
    return x * sigmoid_of(2 * SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x));
}

static inline double gelu_tanh_slope(double x)
{
    const double u = SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x);
    const double slope_of_u = SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x);
    const double s = sigmoid_of(2 * u);
    return s + 2 * x * s * sigmoid_of(-2 * u) * slope_of_u;
}

static inline double hard_sigmoid_of(double x)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5;
}

#endif
