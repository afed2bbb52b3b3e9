/* Elementary functions of floats without branches, so that loops around them become vector code: a few
 * units in the last place off, the same bits in the body of a loop and in its tail. */
#ifndef HONE_KERNELS_GENERIC_MATH_H
#define HONE_KERNELS_GENERIC_MATH_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "floats must be computed as floats (on a 32-bit x86: -msse2 -mfpmath=sse)"
#endif

/* a * b + c, fused where the processor has that: never left to the compiler's choice. */
#if defined(__FMA__) || defined(HONE_FUSED)
#define MULTIPLY_ADD(a, b, c) __builtin_fmaf(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

#define LOG2_E 1.44269504f
#define LN2_HIGH 0.693359375f /* few bits: n * LN2_HIGH is exact */
#define LN2_LOW (-2.12194440e-4f)
#define ROUNDER 12582912.0f /* 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits */

static inline int32_t bits_of_float(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of_bits(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* condition ? a : b. On Arm compilers spell a comparison that is false for NaN out in seven instructions
 * where it chooses between numbers, in one where it makes a mask. */
#ifdef __aarch64__
#define CHOOSE(condition, a, b) \
    float_of_bits(bits_of_float(b) ^ ((bits_of_float(a) ^ bits_of_float(b)) & ((condition) ? -1 : 0)))
#else
#define CHOOSE(condition, a, b) ((condition) ? (a) : (b))
#endif

/* The larger or smaller of x and a limit that is a number; NaN stays. */
static inline float at_least(float x, float limit)
{
    return CHOOSE(x < limit, limit, x);
}

static inline float at_most(float x, float limit)
{
    return CHOOSE(x > limit, limit, x);
}

/* 2^n for -126 <= n <= 127 */
static inline float power_of_two(int32_t n)
{
    return float_of_bits((int32_t)((uint32_t)(n + 127) << 23));
}

/* e^r - 1 for |r| <= ln 2 / 2: Taylor's series to r^7 */
static inline float expm1_near_zero(float r)
{
    float p = 1.0f / 5040;
    p = MULTIPLY_ADD(p, r, 1.0f / 720);
    p = MULTIPLY_ADD(p, r, 1.0f / 120);
    p = MULTIPLY_ADD(p, r, 1.0f / 24);
    p = MULTIPLY_ADD(p, r, 1.0f / 6);
    p = MULTIPLY_ADD(p, r, 0.5f);
    return MULTIPLY_ADD(p, r * r, r);
}

/* x = n ln 2 + r with |r| <= ln 2 / 2; *n is a power of two to scale by. NaN gives r = NaN. */
static inline float reduce_exponent(float x, int32_t *n)
{
    const float shifted = MULTIPLY_ADD(x, LOG2_E, ROUNDER), rounded = shifted - ROUNDER;
    const uint32_t difference = (uint32_t)bits_of_float(shifted) - (uint32_t)bits_of_float(ROUNDER);
    *n = (int32_t)difference;
    return MULTIPLY_ADD(rounded, -LN2_LOW, MULTIPLY_ADD(rounded, -LN2_HIGH, x));
}

/* The scale is applied in two halves so that results below the normal range and up to the largest come out
 * right. */
static inline float exp_float(float x)
{
    int32_t n;
    x = at_most(at_least(x, -104.0f), 89.0f);
    const float r = reduce_exponent(x, &n);
    const int32_t half = n >> 1;
    return (1 + expm1_near_zero(r)) * power_of_two(half) *
           power_of_two((int32_t)((uint32_t)n - (uint32_t)half));
}

/* The same where results are at most 2^127; 0 where they are below the normal range: there n is -127, and 2^n
 * counts as 0. */
static inline float exp_float_below(float x)
{
    int32_t n;
    x = at_least(x, -88.03f);
    const float r = reduce_exponent(x, &n);
    return (1 + expm1_near_zero(r)) * power_of_two(n);
}

/* With s = 2^(n-1): e^x - 1 = 2 (s (e^r - 1) + (s - 1/2)), which keeps its digits near 0. */
static inline float expm1_float(float x)
{
    int32_t n;
    x = at_most(at_least(x, -80.0f), 89.0f);
    const float r = reduce_exponent(x, &n);
    const float s = power_of_two((int32_t)((uint32_t)n - 1));
    return 2 * MULTIPLY_ADD(s, expm1_near_zero(r), s - 0.5f);
}

/* log(m) for sqrt(1/2) <= m < sqrt(2), with t = m - 1: t - t^2 / 2 + t^3 P(t) (P: S. Moshier, Cephes,
 * logf) */
static inline float log_near_one(float t)
{
    const float square = t * t;
    float p = 7.0376836292e-2f;
    p = MULTIPLY_ADD(p, t, -1.1514610310e-1f);
    p = MULTIPLY_ADD(p, t, 1.1676998740e-1f);
    p = MULTIPLY_ADD(p, t, -1.2420140846e-1f);
    p = MULTIPLY_ADD(p, t, 1.4249322787e-1f);
    p = MULTIPLY_ADD(p, t, -1.6668057665e-1f);
    p = MULTIPLY_ADD(p, t, 2.0000714765e-1f);
    p = MULTIPLY_ADD(p, t, -2.4999993993e-1f);
    p = MULTIPLY_ADD(p, t, 3.3333331174e-1f);
    return p * t * square;
}

/* log(x) for x in the normal range */
static inline float log_normal(float x, float exponent_offset)
{
    /* Subtracting the bits of sqrt(1/2) leaves the exponent of m in the upper bits. */
    const int32_t shifted = (int32_t)((uint32_t)bits_of_float(x) - 0x3f3504f3u);
    const float m = float_of_bits((int32_t)(((uint32_t)shifted & 0x7fffffu) + 0x3f3504f3u));
    const float e = (float)(shifted >> 23) + exponent_offset, t = m - 1;
    const float low = MULTIPLY_ADD(-0.5f * t, t, MULTIPLY_ADD(e, LN2_LOW, log_near_one(t)));
    return MULTIPLY_ADD(e, LN2_HIGH, t + low);
}

static inline float log_float(float x)
{
    const bool small = x < 1.17549435e-38f; /* below the normal range: times 2^23 */
    const float result = log_normal(CHOOSE(small, x * 8388608.0f, x), CHOOSE(small, -23.0f, 0.0f));
    const float special = CHOOSE(x == 0, -HUGE_VALF, CHOOSE(x < 0, NAN, x)); /* x itself: infinity and NaN */
    return CHOOSE(x > 0, CHOOSE(x < HUGE_VALF, result, special), special);
}

/* log(1 + x) for 0 <= x <= 1: what 1 + x loses in rounding is put back, and NaN too. */
static inline float log1p_float(float x)
{
    const float u = 1 + x;
    return log_normal(u, 0) + (x - (u - 1)) / u;
}

static inline float tanh_float(float x)
{
    const float magnitude = __builtin_fabsf(x), limited = at_most(magnitude, 10.0f);
    const float e = expm1_float(2 * limited);
    return __builtin_copysignf(e / (e + 2), x);
}

static inline float sigmoid_float(float x)
{
    const float e = exp_float(-__builtin_fabsf(x));
    return CHOOSE(x >= 0, 1.0f, e) / (1 + e);
}

static inline float softplus_float(float x)
{
    return at_least(x, 0) + log1p_float(exp_float(-__builtin_fabsf(x)));
}

/* x P(x^2) / Q(x^2) (coefficients as in Eigen and XLA) up to where erf is 1 to a float */
static inline float erf_float(float x)
{
    const float magnitude = __builtin_fabsf(x), square = x * x;
    float p = -2.72614225801306e-10f;
    p = MULTIPLY_ADD(p, square, 2.77068142495902e-08f);
    p = MULTIPLY_ADD(p, square, -2.10102402082508e-06f);
    p = MULTIPLY_ADD(p, square, -5.69250639462346e-05f);
    p = MULTIPLY_ADD(p, square, -7.34990630326855e-04f);
    p = MULTIPLY_ADD(p, square, -2.95459980854025e-03f);
    p = MULTIPLY_ADD(p, square, -1.60960333262415e-02f);
    float q = -1.45660718464996e-05f;
    q = MULTIPLY_ADD(q, square, -2.13374055278905e-04f);
    q = MULTIPLY_ADD(q, square, -1.68282697438203e-03f);
    q = MULTIPLY_ADD(q, square, -7.37332916720468e-03f);
    q = MULTIPLY_ADD(q, square, -1.42647390514189e-02f);
    return CHOOSE(magnitude > 3.9f, __builtin_copysignf(1.0f, x), x * p / q);
}

#endif
