/* Reductions of every table against the reference. */
#include "testing/kernel_trials.h"

TEST(reductions_agree)
{
    static const hone_kernel_index kernels[] = {
#define HONE_REDUCTION(name, ...) HONE_KERNEL_reduce_##name,
#include "kernels/reduction.def"
        HONE_KERNEL_argmax, HONE_KERNEL_argmin};
    static const int64_t empty_axis[3] = {3, 0, 2};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        for (int shape = 0; shape < SHAPES; shape++) {
            check_lines(kernels[i], shapes[shape], false, false);
            check_lines(kernels[i], shapes[shape], false, true);
        }
        check_lines(kernels[i], empty_axis, false, false);
        hone_internal_arena_free(&arena);
    }
}
