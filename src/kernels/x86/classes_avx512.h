/* Rows of at most 16 classes, each one vector of AVX-512. Longer rows are left to the table below. */
#ifndef HONE_KERNELS_CLASSES_AVX512_H
#define HONE_KERNELS_CLASSES_AVX512_H

#include "kernels/x86/x86.h"
#include <immintrin.h>

enum { LANES = 16 };

/* Of [outer, axis, inner]: rows of classes. */
static inline bool is_short(const hone_kernel_args *args)
{
    return args->size[1] <= LANES && args->size[1] > 0 && args->size[2] == 1;
}

static inline __mmask16 mask_of(int64_t classes)
{
    return (__mmask16)((1U << classes) - 1);
}

static inline double sum_of_lanes(__m512 x)
{
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x)),
            high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
    return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}

#endif
