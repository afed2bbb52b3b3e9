/* The steps of Adam and Nadam in AVX-512. Their root and quotient are made from the processor's estimates by
 * one step of Newton each, right to about two units in the last place and several times faster than the exact
 * ones. A tail is a masked vector that does the same operations, so that the bits of an element do not depend
 * on where a range begins.
 */
#include "kernels/x86/x86.h"
#include <float.h>
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, AT_ONCE = 4, MOST_NUMBERS = 6 };

/* The numbers of the step, as optimizer.def names them, in all lanes. */
typedef struct numbers {
    __m512 c[MOST_NUMBERS];
} numbers;

/* One vector of weights, their gradient, and both slots. */
typedef struct elements {
    __m512 w, g, s0, s1;
} elements;

typedef void vector_step(elements *x, const numbers *n);

/* a / (sqrt(v) + epsilon). With r an estimate of 1 / sqrt(v), refined to r (3 - v r^2) / 2, the root is v r;
 * with y one of 1 / d, refined to y (2 - d y), the quotient is a y. A v of 0 counts as the smallest number
 * for the estimate, a v that has overflowed as a large one, so that the quotient comes near 0, as it should.
 * Not a number stays so. */
INLINE __m512 quotient(__m512 a, __m512 v, __m512 epsilon)
{
    __m512 bounded = _mm512_max_ps(_mm512_set1_ps(FLT_MIN), _mm512_min_ps(_mm512_set1_ps(1e30f), v));
    __m512 r = _mm512_rsqrt14_ps(bounded), half = _mm512_mul_ps(_mm512_set1_ps(0.5f), bounded);
    r = _mm512_mul_ps(r, _mm512_fnmadd_ps(_mm512_mul_ps(half, r), r, _mm512_set1_ps(1.5f)));
    __m512 d = _mm512_fmadd_ps(_mm512_min_ps(_mm512_set1_ps(1e30f), v), r, epsilon);
    __m512 y = _mm512_rcp14_ps(d);
    return _mm512_mul_ps(a, _mm512_mul_ps(y, _mm512_fnmadd_ps(d, y, _mm512_set1_ps(2))));
}

/* s0 += c1 (g - s0), s1 += c2 (g g - s1), w -= c0 s0 / (sqrt(s1) + c3) */
INLINE void adam(elements *x, const numbers *n)
{
    x->s0 = _mm512_fmadd_ps(n->c[1], _mm512_sub_ps(x->g, x->s0), x->s0);
    x->s1 = _mm512_fmadd_ps(n->c[2], _mm512_fmsub_ps(x->g, x->g, x->s1), x->s1);
    x->w = _mm512_fnmadd_ps(n->c[0], quotient(x->s0, x->s1, n->c[3]), x->w);
}

/* s0 += c2 (g - s0), s1 += c3 (g g - s1), w -= (c0 s0 + c1 g) / (sqrt(c4 s1) + c5) */
INLINE void nadam(elements *x, const numbers *n)
{
    x->s0 = _mm512_fmadd_ps(n->c[2], _mm512_sub_ps(x->g, x->s0), x->s0);
    x->s1 = _mm512_fmadd_ps(n->c[3], _mm512_fmsub_ps(x->g, x->g, x->s1), x->s1);
    __m512 step = _mm512_fmadd_ps(n->c[0], x->s0, _mm512_mul_ps(n->c[1], x->g));
    x->w = _mm512_sub_ps(x->w, quotient(step, _mm512_mul_ps(n->c[4], x->s1), n->c[5]));
}

INLINE void step_tail(const hone_kernel_args *args, int64_t i, __mmask16 lanes, vector_step *step,
                      const numbers *n)
{
    float *w = args->data[0], *s0 = args->data[2], *s1 = args->data[3];
    const float *g = args->data[1];
    elements x = {_mm512_maskz_loadu_ps(lanes, w + i), _mm512_maskz_loadu_ps(lanes, g + i),
                  _mm512_maskz_loadu_ps(lanes, s0 + i), _mm512_maskz_loadu_ps(lanes, s1 + i)};
    step(&x, n);
    _mm512_mask_storeu_ps(w + i, lanes, x.w);
    _mm512_mask_storeu_ps(s0 + i, lanes, x.s0);
    _mm512_mask_storeu_ps(s1 + i, lanes, x.s1);
}

INLINE void run(const hone_kernel_args *args, int64_t begin, int64_t end, int count, vector_step *step)
{
    float *w = args->data[0], *s0 = args->data[2], *s1 = args->data[3];
    const float *g = args->data[1];
    numbers n;
    int64_t i = begin;
    for (int k = 0; k < count; k++)
        n.c[k] = _mm512_set1_ps((float)args->step[k]);
    for (; i + LANES * AT_ONCE <= end; i += LANES * AT_ONCE) {
        elements x[AT_ONCE];
        for (int j = 0; j < AT_ONCE; j++)
            x[j] = (elements){_mm512_loadu_ps(w + i + LANES * j), _mm512_loadu_ps(g + i + LANES * j),
                              _mm512_loadu_ps(s0 + i + LANES * j), _mm512_loadu_ps(s1 + i + LANES * j)};
        for (int j = 0; j < AT_ONCE; j++)
            step(&x[j], &n);
        for (int j = 0; j < AT_ONCE; j++) {
            _mm512_storeu_ps(w + i + LANES * j, x[j].w);
            _mm512_storeu_ps(s0 + i + LANES * j, x[j].s0);
            _mm512_storeu_ps(s1 + i + LANES * j, x[j].s1);
        }
    }
    for (; i + LANES <= end; i += LANES)
        step_tail(args, i, 0xffff, step, &n);
    if (i < end)
        step_tail(args, i, (__mmask16)((1U << (end - i)) - 1), step, &n);
}

static void step_adam(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    (void)scratch;
    run(args, begin, end, 4, adam);
}

static void step_nadam(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    (void)scratch;
    run(args, begin, end, 6, nadam);
}

void hone_internal_optimizer_overlay_avx512(hone_kernels *table)
{
    table->kernel[HONE_KERNEL_step_adam] = step_adam;
    table->kernel[HONE_KERNEL_step_nadam] = step_nadam;
}
