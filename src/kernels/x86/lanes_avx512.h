/* What kernels/product_block.h asks of an instruction set, but the arithmetic: vectors of 16 floats. */
#ifndef HONE_KERNELS_LANES_AVX512_H
#define HONE_KERNELS_LANES_AVX512_H

#include <immintrin.h>

enum { LANES = 16 };
#define BLOCK_ROWS 8
#define BLOCK_VECTORS 3
typedef __m512 vector;
typedef __mmask16 tail;
#define tail_of(count) ((tail)((1U << (count)) - 1))
#define zero() _mm512_setzero_ps()
#define load(from) _mm512_loadu_ps(from)
#define load_tail(from, tail) _mm512_maskz_loadu_ps(tail, from)
#define store(to, x) _mm512_storeu_ps(to, x)
#define store_tail(to, x, tail) _mm512_mask_storeu_ps(to, tail, x)

#endif
