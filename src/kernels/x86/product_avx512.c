/* The innermost matrix products in AVX-512. */
#include "base/cpu.h"
#include "kernels/x86/x86.h"
#include "kernels/x86/lanes_avx512.h"
#include "kernels/x86/transpose_avx512.h"

#define broadcast(from) _mm512_set1_ps(*(from))
#define multiply_add(x, y, sum) _mm512_fmadd_ps(x, y, sum)
#define sum_of(x) _mm512_reduce_add_ps(x)
#include "kernels/product_block.h"

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

hone_product_parts hone_internal_product_avx512 = {
    .product = multiply, .runs = multiply_runs, .dots = multiply_few_rows, .transpose = transpose};
#define parts hone_internal_product_avx512
#include "kernels/product_kernels.h"

void hone_internal_product_overlay_avx512(hone_kernels *table)
{
    if (hone_internal_cpu()->avx512_bfloat16)
        hone_internal_product_avx512.bfloat16 = &hone_internal_bfloat16_avx512;
    overlay_products(table);
}
