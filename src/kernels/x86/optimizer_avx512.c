/* The step of Adam in AVX-512. Its quotient is made from the estimate of a reciprocal by one step of
 * Newton, right to about one unit in the last place and faster than a division. A tail is a masked vector
 * that does the same operations, so that the bits of an element do not depend on where a range begins. */
#include "kernels/x86/x86.h"
#include <immintrin.h>

/* m / (sqrt(v) + epsilon): the exact root beside an estimated reciprocal y of d, refined to y (2 - d y), as
 * the two use different parts of the processor. A v that has overflowed gives a quotient near 0, as it
 * should. */
static inline __m512 adam_quotient(__m512 m, __m512 v, __m512 epsilon)
{
    __m512 d = _mm512_min_ps(_mm512_set1_ps(1e30f), _mm512_add_ps(_mm512_sqrt_ps(v), epsilon));
    __m512 y = _mm512_rcp14_ps(d);
    return _mm512_mul_ps(m, _mm512_mul_ps(y, _mm512_fnmadd_ps(d, y, _mm512_set1_ps(2))));
}

typedef struct adam_numbers {
    __m512 rate, one_less_beta_1, one_less_beta_2, epsilon;
} adam_numbers;

/* m += (1 - beta_1) (g - m), v += (1 - beta_2) (g g - v), w -= rate m / (sqrt(v) + epsilon) */
static inline void adam(__m512 *w, __m512 g, __m512 *m, __m512 *v, const adam_numbers *numbers)
{
    *m = _mm512_fmadd_ps(numbers->one_less_beta_1, _mm512_sub_ps(g, *m), *m);
    *v = _mm512_fmadd_ps(numbers->one_less_beta_2, _mm512_fmsub_ps(g, g, *v), *v);
    *w = _mm512_fnmadd_ps(numbers->rate, adam_quotient(*m, *v, numbers->epsilon), *w);
}

static void adam_tail(float *w, const float *g, float *m, float *v, const adam_numbers *numbers,
                      __mmask16 lanes)
{
    __m512 weight = _mm512_maskz_loadu_ps(lanes, w), first = _mm512_maskz_loadu_ps(lanes, m);
    __m512 second = _mm512_maskz_loadu_ps(lanes, v);
    adam(&weight, _mm512_maskz_loadu_ps(lanes, g), &first, &second, numbers);
    _mm512_mask_storeu_ps(w, lanes, weight);
    _mm512_mask_storeu_ps(m, lanes, first);
    _mm512_mask_storeu_ps(v, lanes, second);
}

static void step_adam(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *w = args->data[0], *m = args->data[2], *v = args->data[3];
    const float *g = args->data[1];
    const double *c = args->step;
    const adam_numbers numbers = {_mm512_set1_ps((float)c[0]), _mm512_set1_ps((float)c[1]),
                                  _mm512_set1_ps((float)c[2]), _mm512_set1_ps((float)c[3])};
    (void)scratch;
    int64_t i = begin;
    for (; i + 64 <= end; i += 64) {
        __m512 weight[4], first[4], second[4], gradient[4];
        for (int j = 0; j < 4; j++) {
            gradient[j] = _mm512_loadu_ps(g + i + 16 * j), weight[j] = _mm512_loadu_ps(w + i + 16 * j);
            first[j] = _mm512_loadu_ps(m + i + 16 * j), second[j] = _mm512_loadu_ps(v + i + 16 * j);
        }
        for (int j = 0; j < 4; j++)
            adam(&weight[j], gradient[j], &first[j], &second[j], &numbers);
        for (int j = 0; j < 4; j++) {
            _mm512_storeu_ps(w + i + 16 * j, weight[j]);
            _mm512_storeu_ps(m + i + 16 * j, first[j]);
            _mm512_storeu_ps(v + i + 16 * j, second[j]);
        }
    }
    for (; i + 16 <= end; i += 16)
        adam_tail(w + i, g + i, m + i, v + i, &numbers, 0xffff);
    if (i < end)
        adam_tail(w + i, g + i, m + i, v + i, &numbers, (__mmask16)((1U << (end - i)) - 1));
}

void hone_internal_optimizer_overlay_avx512(hone_kernels *table)
{
    table->kernel[HONE_KERNEL_step_adam] = step_adam;
}
