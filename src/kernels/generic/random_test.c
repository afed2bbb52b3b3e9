/* Draws of every table against the reference. */
#include "testing/kernel_trials.h"

TEST(drawing_agrees)
{
    static const hone_kernel_index kernels[] = {HONE_KERNEL_random_uniform, HONE_KERNEL_random_normal,
                                                HONE_KERNEL_random_keep, HONE_KERNEL_dropout};
    static const double rates[] = {0, 0.25, 0.5, 0.9, 1};
    const hone_random random = {.key = {12345, 678910}, .step = (uint64_t)7 << 32 | 99};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        for (int length = 0; length < LENGTHS; length++) {
            const int64_t count = lengths[length];
            trial t = new_trial(kernels[i], count);
            t.args.random = &random;
            t.args.scalar[0] = rates[length % 5], t.args.scalar[1] = 1.5;
            set_operand(&t, 0, new_values(count, -1, 1), count);
            if (kernels[i] == HONE_KERNEL_dropout) {
                set_operand(&t, 1, new_values(count, -1, 1), count);
                set_operand(&t, 2, new_values(count, -1, 1), count);
                t.shares = length % 2 ? 2 : 0;
            }
            check_trial(&t);
        }
    hone_internal_arena_free(&arena);
}
