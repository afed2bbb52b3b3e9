/* The innermost matrix products in AVX2 and FMA. */
#include "kernels/x86/x86.h"

#include <immintrin.h>

enum { LANES = 8 };
#define BLOCK_ROWS 4
#define BLOCK_VECTORS 3
typedef __m256 vector;
typedef __m256i tail;
#define zero() _mm256_setzero_ps()
#define load(from) _mm256_loadu_ps(from)
#define load_tail(from, tail) _mm256_maskload_ps(from, tail)
#define store(to, x) _mm256_storeu_ps(to, x)
#define broadcast(from) _mm256_broadcast_ss(from)
#define multiply_add(x, y, sum) _mm256_fmadd_ps(x, y, sum)

static inline tail tail_of(int64_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* A masked store is slow on some processors: whole vectors avoid it. */
static inline __attribute__((always_inline)) void store_tail(float *to, vector x, tail lanes)
{
    if (_mm256_movemask_ps(_mm256_castsi256_ps(lanes)) == 0xff)
        store(to, x);
    else
        _mm256_maskstore_ps(to, lanes, x);
}
static inline float sum_of(vector x)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
}
#include "kernels/product_block.h"

/* to[j * ld_to + i] = from[i * ld_from + j] for 8 x 8 numbers: pairs, then fours, then the halves of
 * registers. */
static inline void transpose_block(const float *from, int64_t ld_from, float *to, int64_t ld_to)
{
    __m256 r[8], t[8];
    UNROLL for (int i = 0; i < 4; i++)
    { /* rows i and i + 4 side by side: what is left is the same in both halves */
        __m256 low = _mm256_castps128_ps256(_mm_loadu_ps(from + i * ld_from));
        __m256 high = _mm256_castps128_ps256(_mm_loadu_ps(from + i * ld_from + 4));
        r[i] = _mm256_insertf128_ps(low, _mm_loadu_ps(from + (i + 4) * ld_from), 1);
        r[i + 4] = _mm256_insertf128_ps(high, _mm_loadu_ps(from + (i + 4) * ld_from + 4), 1);
    }
    UNROLL for (int i = 0; i < 8; i += 4)
    {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
        t[i + 2] = _mm256_unpacklo_ps(r[i + 2], r[i + 3]);
        t[i + 3] = _mm256_unpackhi_ps(r[i + 2], r[i + 3]);
        _mm256_storeu_ps(to + i * ld_to, _mm256_shuffle_ps(t[i], t[i + 2], 0x44));
        _mm256_storeu_ps(to + (i + 1) * ld_to, _mm256_shuffle_ps(t[i], t[i + 2], 0xee));
        _mm256_storeu_ps(to + (i + 2) * ld_to, _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44));
        _mm256_storeu_ps(to + (i + 3) * ld_to, _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee));
    }
}

#define TRANSPOSE_SIDE 8
#include "kernels/product_transpose.h"

static const hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose_in_blocks};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_avx2(hone_kernels *table)
{
    overlay_products(table);
}
