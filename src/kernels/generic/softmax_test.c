/* Softmax and its gradients, of every table, against the reference. */
#include "testing/kernel_trials.h"

TEST(softmax_agrees)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        check_lines(HONE_KERNEL_softmax, shapes[shape], true, false);
        check_lines(HONE_KERNEL_softmax, shapes[shape], true, true);
        check_lines(HONE_KERNEL_log_softmax, shapes[shape], true, false);
        check_lines(HONE_KERNEL_log_softmax, shapes[shape], true, true);
        check_lines(HONE_KERNEL_cumulative_sum, shapes[shape], true, false);
    }
    hone_internal_arena_free(&arena);
}

TEST(softmax_gradients_agree)
{
    for (int shape = 0; shape < 2 * SHAPES; shape++) {
        const int64_t *sizes = shapes[shape / 2], count = sizes[0] * sizes[1] * sizes[2];
        trial t = shaped_trial(shape % 2 ? HONE_KERNEL_softmax_gradient : HONE_KERNEL_log_softmax_gradient,
                               sizes, sizes[0] * sizes[2]);
        set_operand(&t, 0, new_values(count, 0, 1), count);
        set_operand(&t, 1, shape % 2 ? new_values(count, 0, 1) : new_values(count, -5, 0), count);
        set_operand(&t, 2, new_values(count, -1, 1), count);
        check_trial(&t);
        t.shares = 2;
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}
