/* How the processor treats numbers too small for full precision (below 1.2e-38): as 0, in what is read and in
 * what is written, while a plan runs. Averages that decay towards 0, such as Adam's for a weight whose
 * gradient is 0, end there and would stay there; arithmetic with them is many times slower. XLA and
 * TensorFlow do the same. The mode belongs to a thread; the host's is put back. */
#ifndef HONE_BASE_FLOAT_MODE_H
#define HONE_BASE_FLOAT_MODE_H

#include <stdint.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

typedef uint64_t hone_float_mode;

static inline hone_float_mode hone_internal_float_mode_get(void)
{
    hone_float_mode mode = 0;
#if defined(__x86_64__)
    mode = _mm_getcsr();
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
#endif
    return mode;
}

static inline void hone_internal_float_mode_set(hone_float_mode mode)
{
#if defined(__x86_64__)
    _mm_setcsr((unsigned)mode);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
    (void)mode;
#endif
}

/* Sets the mode that plans run in, rounding to nearest too; returns the one before. */
static inline hone_float_mode hone_internal_float_mode_begin(void)
{
    hone_float_mode before = hone_internal_float_mode_get();
#if defined(__x86_64__)
    const hone_float_mode wanted =
        0x1f80 | 0x8000 | 0x40; /* exceptions masked, results flushed, operands too */
#elif defined(__aarch64__)
    const hone_float_mode wanted = (hone_float_mode)1 << 24; /* FZ */
#else
    const hone_float_mode wanted = 0;
#endif
    if (before != wanted)
        hone_internal_float_mode_set(wanted);
    return before;
}

#endif
