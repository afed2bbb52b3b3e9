/* bfloat16: the upper half of a float, 8 digits of significance in binary. */
#ifndef HONE_BASE_BFLOAT16_H
#define HONE_BASE_BFLOAT16_H

#include <stdint.h>
#include <string.h>

/* The nearest bfloat16, half to even, as a float; infinities and NaN stay. */
static inline float hone_internal_round_bfloat16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    rounded = x != x ? bits : rounded;
    float result;
    memcpy(&result, &rounded, sizeof result);
    return result;
}

#endif
