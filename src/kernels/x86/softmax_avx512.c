/* Softmax of rows of at most 16 classes in AVX-512. */
#include "kernels/generic/math.h"
#include "kernels/x86/classes_avx512.h"

enum { ROWS = 16 };

static hone_kernel *below; /* what this overlays */

/* y = e^(x - max x) / sum, for at most ROWS rows: the differences of all, then their exponentials, then the
 * sums. */
static void softmax_rows(float *y, const float *x, int64_t rows, int64_t classes)
{
    const __mmask16 mask = mask_of(classes);
    _Alignas(64) float terms[ROWS * LANES];
    for (int64_t row = 0; row < rows; row++) {
        __m512 z = _mm512_maskz_loadu_ps(mask, x + row * classes);
        __m512 maximum = _mm512_set1_ps(_mm512_mask_reduce_max_ps(mask, z));
        _mm512_store_ps(terms + row * LANES, _mm512_sub_ps(z, maximum));
    }
    for (int64_t i = 0; i < rows * LANES; i++)
        terms[i] = exp_float(terms[i]);
    for (int64_t row = 0; row < rows; row++) {
        __m512 term = _mm512_maskz_loadu_ps(mask, terms + row * LANES);
        __m512 scale = _mm512_set1_ps((float)(1 / sum_of_lanes(term)));
        _mm512_mask_storeu_ps(y + row * classes, mask, _mm512_mul_ps(term, scale));
    }
}

static void softmax(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t classes = args->size[1];
    if (!is_short(args)) {
        below(args, begin, end, scratch);
        return;
    }
    for (int64_t row = begin; row < end; row += ROWS)
        softmax_rows((float *)args->data[0] + row * classes, (const float *)args->data[1] + row * classes,
                     end - row < ROWS ? end - row : ROWS, classes);
}

void hone_internal_softmax_overlay_avx512(hone_kernels *table)
{
    below = table->kernel[HONE_KERNEL_softmax];
    table->kernel[HONE_KERNEL_softmax] = softmax;
}
