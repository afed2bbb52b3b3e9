/* Formulas in double that the expressions of unary.def and optimizer.def use. */
#ifndef HONE_KERNELS_REF_FORMULAS_H
#define HONE_KERNELS_REF_FORMULAS_H

#include <math.h>
#include <stdint.h>

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

/* The whole number toward 0; 0 for what is not a number. */
static inline int64_t integer_of(double x)
{
    static const double most = 4611686018427387904.0; /* 2^62 */
    return x != x ? 0 : (int64_t)(x > most ? most : x < -most ? -most : x);
}

static inline double bits_and_of(double x, double y)
{
    return (double)(integer_of(x) & integer_of(y));
}

static inline double bits_or_of(double x, double y)
{
    return (double)(integer_of(x) | integer_of(y));
}

static inline double bits_xor_of(double x, double y)
{
    return (double)(integer_of(x) ^ integer_of(y));
}

/* x 2^y modulo 2^32, from -2^31. */
static inline double shifted_left(double x, double y)
{
    const int64_t by = integer_of(y);
    const uint32_t bits = by < 0 || by > 31 ? 0 : (uint32_t)integer_of(x) << by;
    return bits < 0x80000000u ? (double)bits : (double)bits - 4294967296.0;
}

/* Euclid's; that of 0 and 0 is 0. */
static inline double greatest_divisor_of(double x, double y)
{
    int64_t a = integer_of(fabs(x)), b = integer_of(fabs(y));
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return (double)a;
}

static inline double next_number_of(double x, double y)
{
    return (double)nextafterf((float)x, (float)y);
}

/* Giles's first approximation by w = -log(1 - x^2), then two steps of Newton's method on erf(y) = x; near 1
 * on erfc(y) = 1 - x. */
static inline double erfinv_of(double x)
{
    const double size = fabs(x), w = -log((1 - size) * (1 + size));
    if (!(size < 1))
        return size == 1 ? x * HUGE_VAL : NAN;
    double y = w < 5 ? ((0.246640727 * (w - 2.5) + 1.50140941) * size)
                     : ((1.00167406 * (sqrt(w) - 3) + 2.83297682) * size);
    for (int step = 0; step < 6; step++) {
        const double apart = size < 0.5 ? erf(y) - size : (1 - size) - erfc(y);
        const double move = apart / (TWO_OVER_SQRT_PI * exp(-y * y));
        y -= move / (1 + y * move);
    }
    return x < 0 ? -y : y;
}

/* I0(x) = sum (x^2 / 4)^k / (k!)^2, I1(x) = x / 2 sum (x^2 / 4)^k / (k! (k + 1)!); all terms are positive. */
static inline double bessel_i0_of(double x)
{
    double term = 1, sum = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return x != x ? x : sum;
}

static inline double bessel_i1_of(double x)
{
    double term = x / 2, sum = term;
    for (int k = 1; fabs(term) > fabs(sum) * 1e-17; k++) {
        term *= x * x / (4.0 * k * (k + 1));
        sum += term;
    }
    return sum;
}

#endif
