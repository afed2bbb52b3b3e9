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
#include "kernels/matmul_block.h"
#include "kernels/matmul_transpose.h"

static void matmul(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    static const hone_matmul_parts parts = {
        .product = multiply, .dots = multiply_few_rows, .transpose = transpose};
    hone_internal_matmul_run(&parts, args, begin, end, scratch);
}

void hone_internal_matmul_overlay_avx2(hone_kernels *table)
{
    table->kernel[HONE_KERNEL_matmul] = matmul;
    table->matmul_tiles = hone_internal_matmul_tiles;
}
