/* Numbers of two bytes: IEEE half precision (sign, 5 bits of exponent with bias 15, 10 of mantissa) and
 * bfloat16 (the upper half of a float32, 8 bits of exponent with bias 127, 7 of mantissa). To two bytes they
 * round to nearest, ties to even. */
#ifndef HONE_BASE_HALF_H
#define HONE_BASE_HALF_H

#include <stdint.h>
#include <string.h>

/* The bits of the float32 with the same value. */
static inline uint32_t hone_internal_half_to_bits(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16, exponent = half >> 10 & 0x1fu, mantissa = half & 0x3ffu;
    if (exponent == 0x1f)
        return sign | 0x7f800000u | mantissa << 13;
    if (exponent > 0)
        return sign | (exponent + 112) << 23 | mantissa << 13;
    if (mantissa == 0)
        return sign;
    exponent = 113; /* below the least normal number: shift up to it */
    while (!(mantissa & 0x400u)) {
        mantissa <<= 1;
        exponent--;
    }
    return sign | exponent << 23 | (mantissa & 0x3ffu) << 13;
}

static inline float hone_internal_half_to_float(uint16_t half)
{
    uint32_t bits = hone_internal_half_to_bits(half);
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline float hone_internal_bfloat_to_float(uint16_t bfloat)
{
    uint32_t bits = (uint32_t)bfloat << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* `bits` without its last `count` bits, rounded by them. */
static inline uint32_t hone_internal_round_bits(uint32_t bits, unsigned count)
{
    uint32_t kept = bits >> count, rest = bits & ((1u << count) - 1), middle = 1u << (count - 1);
    return kept + (rest > middle || (rest == middle && (kept & 1u)));
}

static inline uint16_t hone_internal_float_to_half(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) /* not a number */
        return (uint16_t)(sign | 0x7e00u);
    if (magnitude >= 0x477ff000u) /* rounds beyond 65504 */
        return (uint16_t)(sign | 0x7c00u);
    if (magnitude >= 0x38800000u) /* normal: the bias falls from 127 to 15 */
        return (uint16_t)(sign | hone_internal_round_bits(magnitude - (112u << 23), 13));
    unsigned shift = 126 - (magnitude >> 23); /* below: 2^-24 is one unit */
    if (shift > 24)
        return (uint16_t)sign;
    return (uint16_t)(sign | hone_internal_round_bits((magnitude & 0x7fffffu) | 0x800000u, shift));
}

/* The nearest float16, half to even, as a float: without branches, for loops. Beyond 65504 it is infinity;
 * below 2^-14 a multiple of 2^-24, to which adding 0.75 rounds. */
static inline float hone_internal_round_float16(float x)
{
    uint32_t bits, sign;
    memcpy(&bits, &x, sizeof bits);
    sign = bits & 0x80000000u;
    bits &= 0x7fffffffu;
    uint32_t rounded = (bits + 0xfff + (bits >> 13 & 1)) & 0xffffe000u;
    rounded = rounded >= 0x47800000u ? 0x7f800000u : rounded;
    float magnitude, small;
    memcpy(&magnitude, &bits, sizeof magnitude);
    small = (magnitude + 0.75f) - 0.75f;
    memcpy(&magnitude, &rounded, sizeof magnitude);
    magnitude = bits < 0x38800000u ? small : magnitude;
    memcpy(&rounded, &magnitude, sizeof rounded);
    rounded = (bits > 0x7f800000u ? bits : rounded) | sign;
    memcpy(&magnitude, &rounded, sizeof magnitude);
    return magnitude;
}

static inline uint16_t hone_internal_float_to_bfloat(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return (uint16_t)(bits >> 16 | 0x40u);
    return (uint16_t)hone_internal_round_bits(bits, 16);
}

#endif
