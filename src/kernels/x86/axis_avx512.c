/* The most likely of at most 16 classes in AVX-512. */
#include "kernels/x86/classes_avx512.h"

static hone_kernel *below; /* what this overlays */

/* The first of the largest; the first NaN if there is one. */
static void argmax(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t classes = args->size[1];
    float *result = args->data[0];
    if (!is_short(args)) {
        below(args, begin, end, scratch);
        return;
    }
    const __mmask16 mask = mask_of(classes);
    for (int64_t row = begin; row < end; row++) {
        __m512 x = _mm512_maskz_loadu_ps(mask, (const float *)args->data[1] + row * classes);
        __m512 maximum = _mm512_set1_ps(_mm512_mask_reduce_max_ps(mask, x));
        unsigned nan = _mm512_mask_cmp_ps_mask(mask, x, x, _CMP_UNORD_Q),
                 largest = _mm512_mask_cmp_ps_mask(mask, x, maximum, _CMP_EQ_OQ);
        result[row] = (float)__builtin_ctz(nan != 0 ? nan : largest);
    }
}

void hone_internal_axis_overlay_avx512(hone_kernels *table)
{
    below = table->kernel[HONE_KERNEL_argmax];
    table->kernel[HONE_KERNEL_argmax] = argmax;
}
