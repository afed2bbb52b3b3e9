/* Arithmetic of sizes that kernels and their tiles share. */
#ifndef HONE_KERNELS_SIZES_H
#define HONE_KERNELS_SIZES_H

#include <stdint.h>

static inline int64_t hone_minimum(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t hone_maximum(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* a / b, rounded up; both positive. */
static inline int64_t hone_divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

#endif
