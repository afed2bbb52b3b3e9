/* Rows of at most 16 classes, each one vector of AVX-512: softmax, its cross-entropy with class ids, the
 * derivative of both together, and the most likely class. Longer rows are left to the table below. */
#include "kernels/generic/math.h"
#include "kernels/x86/x86.h"
#include <immintrin.h>
#include <math.h>

enum { LANES = 16, ROWS = 16 };

static hone_kernels below; /* what this overlays */

static bool is_short(const hone_kernel_args *args)
{
    return args->size[1] <= LANES && args->size[1] > 0 && args->size[2] == 1;
}

static __mmask16 mask_of(int64_t classes)
{
    return (__mmask16)((1U << classes) - 1);
}

static double sum_of_lanes(__m512 x)
{
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x)),
            high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
    return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}

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
        below.kernel[HONE_KERNEL_softmax](args, begin, end, scratch);
        return;
    }
    for (int64_t row = begin; row < end; row += ROWS)
        softmax_rows((float *)args->data[0] + row * classes, (const float *)args->data[1] + row * classes,
                     end - row < ROWS ? end - row : ROWS, classes);
}

/* The first of the largest; the first NaN if there is one. */
static void argmax(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const int64_t classes = args->size[1];
    float *result = args->data[0];
    if (!is_short(args)) {
        below.kernel[HONE_KERNEL_argmax](args, begin, end, scratch);
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
        below.kernel[HONE_KERNEL_sparse_crossentropy](args, begin, end, scratch);
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
        below.kernel[HONE_KERNEL_sparse_softmax_crossentropy_gradient](args, begin, end, scratch);
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

void hone_internal_classes_overlay_avx512(hone_kernels *table)
{
    below = *table;
    table->kernel[HONE_KERNEL_softmax] = softmax;
    table->kernel[HONE_KERNEL_argmax] = argmax;
    table->kernel[HONE_KERNEL_sparse_crossentropy] = sparse_crossentropy;
    table->kernel[HONE_KERNEL_sparse_softmax_crossentropy_gradient] = sparse_softmax_crossentropy_gradient;
}
