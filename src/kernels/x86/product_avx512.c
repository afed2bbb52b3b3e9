/* The innermost matrix products in AVX-512. */
#include "base/cpu.h"
#include "kernels/x86/x86.h"
#include "kernels/x86/lanes_avx512.h"

#define broadcast(from) _mm512_set1_ps(*(from))
#define multiply_add(x, y, sum) _mm512_fmadd_ps(x, y, sum)
#define sum_of(x) _mm512_reduce_add_ps(x)
#include "kernels/product_block.h"

/* Transposes 16 x 16 numbers in registers: pairs, then fours, then the 128-bit quarters. */
static inline __attribute__((always_inline)) void transpose_in_registers(__m512 r[16])
{
    __m512 t[16];
    UNROLL for (int i = 0; i < 8; i++)
    {
        t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    UNROLL for (int i = 0; i < 4; i++)
    {
        r[4 * i] = _mm512_shuffle_ps(t[4 * i], t[4 * i + 2], 0x44);
        r[4 * i + 1] = _mm512_shuffle_ps(t[4 * i], t[4 * i + 2], 0xee);
        r[4 * i + 2] = _mm512_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0x44);
        r[4 * i + 3] = _mm512_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0xee);
    }
    UNROLL for (int i = 0; i < 4; i++)
    {
        t[i] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
    }
    UNROLL for (int i = 0; i < 4; i++)
    {
        r[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
        r[i + 4] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

static void transpose(int64_t rows, int64_t columns, const float *from, int64_t ld_from, float *to,
                      int64_t ld_to)
{
    for (int64_t i = 0; i < rows; i += LANES) {
        int64_t height = rows - i < LANES ? rows - i : LANES;
        tail rows_tail = tail_of(height);
        for (int64_t j = 0; j < columns; j += LANES) {
            int64_t width = columns - j < LANES ? columns - j : LANES;
            tail columns_tail = tail_of(width);
            __m512 r[16];
            UNROLL for (int q = 0; q < 16; q++) r[q] =
                q < height ? load_tail(from + (i + q) * ld_from + j, columns_tail) : zero();
            transpose_in_registers(r);
            UNROLL for (int q = 0; q < 16; q++) if (q < width)
                store_tail(to + (j + q) * ld_to + i, r[q], rows_tail);
        }
    }
}

static hone_product_parts parts = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose};
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_avx512(hone_kernels *table)
{
    if (hone_internal_cpu()->avx512_bfloat16)
        parts.bfloat16 = &hone_internal_bfloat16_avx512;
    overlay_products(table);
}
