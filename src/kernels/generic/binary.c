/* binary.def over floats. */
#include "kernels/walk.h"
#include "kernels/generic/loops.h"

/* Runs of the last axis; a step is 1 (consecutive), 0 (repeated) or anything. */
#define BINARY_RUN(expression, step_a, step_b) \
    INDEPENDENT for (int64_t j = 0; j < run; j++) \
    { \
        const float x = first[j * (step_a)], y = second[j * (step_b)]; \
        result[j] = (float)(expression); \
    }

#define HONE_BINARY(name, expression) \
    static void run_##name(float *result, const float *first, const float *second, int64_t run, \
                           int64_t step_a, int64_t step_b) \
    { \
        if (step_a == 1 && step_b == 1) { \
            BINARY_RUN(expression, 1, 1) \
        } else if (step_a == 1 && step_b == 0) { \
            BINARY_RUN(expression, 1, 0) \
        } else if (step_a == 0 && step_b == 1) { \
            BINARY_RUN(expression, 0, 1) \
        } else { \
            BINARY_RUN(expression, step_a, step_b) \
        } \
    } \
    static void plain_##name(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch) \
    { \
        (void)scratch; \
        binary_loop(args, begin, end, run_##name); \
    }

typedef void binary_run(float *result, const float *first, const float *second, int64_t run, int64_t step_a,
                        int64_t step_b);

static void binary_loop(const hone_kernel_args *args, int64_t begin, int64_t end, binary_run *do_run)
{
    const hone_strides *strides = args->family;
    float *result = args->data[0];
    const float *first = args->data[1], *second = args->data[2];
    if (strides == NULL) {
        do_run(result + begin, first + begin, second + begin, end - begin, 1, 1);
        return;
    }
    hone_walk walk = hone_walk_start(strides, begin);
    const int64_t step_a = walk.last < 0 ? 0 : strides->a[walk.last];
    const int64_t step_b = walk.last < 0 ? 0 : strides->b[walk.last];
    for (int64_t i = begin, run; i < end; i += run, hone_walk_advance(&walk, run)) {
        run = hone_walk_run(&walk, end - i);
        do_run(result + i, first + walk.a, second + walk.b, run, step_a, step_b);
    }
}

#include "kernels/binary.def"

OVERLAY(binary)
{
#define HONE_BINARY(name, ...) table->kernel[HONE_KERNEL_##name] = plain_##name;
#include "kernels/binary.def"
}
