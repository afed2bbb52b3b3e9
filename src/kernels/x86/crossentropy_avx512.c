/* Cross-entropy of at most 16 classes with class ids, and its derivative together with softmax, in AVX-512.
 */
#include "kernels/x86/classes_avx512.h"
#include <math.h>

static hone_kernel *crossentropy_below, *gradient_below; /* what this overlays */

/* The index that a class id means; -1 when it is out of range or NaN. */
static int64_t index_of(float id, int64_t classes)
{
    return id >= 0 && id < (float)classes ? (int64_t)id : -1;
}

static void sparse_crossentropy(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t classes = args->size[1];
    const float *p = args->data[1], *targets = args->data[2];
    float *loss = args->data[0];
    if (classes > LANES || classes < 1) {
        crossentropy_below(args, begin, end, scratch);
        return;
    }
    const __mmask16 mask = mask_of(classes);
    for (int64_t row = begin; row < end; row++) {
        int64_t id = index_of(targets[row], classes);
        double sum = sum_of_lanes(_mm512_maskz_loadu_ps(mask, p + row * classes));
        double q = id < 0 ? (double)NAN : (double)p[row * classes + id] / sum;
        loss[row] = (float)-log(q < 1e-7 ? 1e-7 : q > 1 - 1e-7 ? 1 - 1e-7 : q);
    }
}

/* dz = (p - onehot) up: a product of two floats rounds the same in float and in double. */
static void sparse_softmax_crossentropy_gradient(const hone_kernel_args *args, int64_t begin, int64_t end,
                                                 void *scratch)
{
    const int64_t classes = args->size[1];
    const float *p = args->data[1], *targets = args->data[2], *upstream = args->data[3];
    float *dz = args->data[0];
    if (classes > LANES || classes < 1) {
        gradient_below(args, begin, end, scratch);
        return;
    }
    const __mmask16 mask = mask_of(classes);
    for (int64_t row = begin; row < end; row++) {
        int64_t id = index_of(targets[row], classes);
        float up = upstream[row] != 0 && id < 0 ? NAN : upstream[row];
        double at_id = id < 0 ? 0 : ((double)p[row * classes + id] - 1) * (double)up;
        __m512 probabilities = _mm512_maskz_loadu_ps(mask, p + row * classes);
        _mm512_mask_storeu_ps(dz + row * classes, mask, _mm512_mul_ps(probabilities, _mm512_set1_ps(up)));
        if (id >= 0)
            dz[row * classes + id] = (float)at_id;
    }
}

void hone_internal_crossentropy_overlay_avx512(hone_kernels *table)
{
    crossentropy_below = table->kernel[HONE_KERNEL_sparse_crossentropy];
    gradient_below = table->kernel[HONE_KERNEL_sparse_softmax_crossentropy_gradient];
    table->kernel[HONE_KERNEL_sparse_crossentropy] = sparse_crossentropy;
    table->kernel[HONE_KERNEL_sparse_softmax_crossentropy_gradient] = sparse_softmax_crossentropy_gradient;
}
