/* Optimizer steps over floats. */
#include "kernels/generic/loops.h"

#define HONE_STEP_FLOAT(name, slots, numbers, ...) \
    static void step_##name(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch) \
    { \
        float c[numbers]; \
        float *weights = args->data[0]; \
        const float *gradient = \
            args->data[1] != NULL ? args->data[1] : weights; /* not used where NULL is allowed */ \
        float *slot0 = args->data[2], *slot1 = args->data[3], *slot2 = args->data[4]; \
        (void)slot0, (void)slot1, (void)slot2, (void)scratch; \
        for (int i = 0; i < numbers; i++) \
            c[i] = (float)args->step[i]; \
        INDEPENDENT for (int64_t i = begin; i < end; i++) \
        { \
            float w = weights[i], g = gradient[i]; \
            float s0 = slots > 0 ? slot0[i] : 0, s1 = slots > 1 ? slot1[i] : 0, \
                  s2 = slots > 2 ? slot2[i] : 0; \
            (void)g, (void)s0, (void)s1, (void)s2; \
            __VA_ARGS__ \
            weights[i] = w; \
            if (slots > 0) \
                slot0[i] = s0; \
            if (slots > 1) \
                slot1[i] = s1; \
            if (slots > 2) \
                slot2[i] = s2; \
        } \
    }
#include "kernels/generic/optimizer_float.def"

static void step_accumulate(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const float *gradient = args->data[1];
    float *sum = args->data[2];
    (void)scratch;
    INDEPENDENT for (int64_t i = begin; i < end; i++) sum[i] += gradient[i];
}

OVERLAY(optimizer)
{
#define HONE_STEP_FLOAT(name, ...) table->kernel[HONE_KERNEL_step_##name] = step_##name;
#include "kernels/generic/optimizer_float.def"
    table->kernel[HONE_KERNEL_step_accumulate] = step_accumulate;
}
