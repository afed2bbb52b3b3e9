/* Biases, choosing and rounding, of every table, against the reference. */
#include "testing/kernel_trials.h"

TEST(bias_add_agrees)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t n = lengths[length], count = 7 * n;
        trial t = new_trial(HONE_KERNEL_bias_add, count);
        t.args.size[0] = n;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(count, -1, 1), count);
        set_operand(&t, 2, new_values(n, -1, 1), n);
        check_trial(&t);
        t.shares = 1;
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(fill_and_select_agree)
{
    for (int length = 0; length < LENGTHS; length++) {
        const int64_t count = lengths[length];
        trial t = new_trial(HONE_KERNEL_fill, count);
        t.args.scalar[0] = 2.5;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_round_bfloat16;
        set_operand(&t, 1, new_values(count, -1, 1), count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_select;
        set_operand(&t, 1, new_ids(count, 2), count);
        set_operand(&t, 2, new_values(count, -1, 1), count);
        set_operand(&t, 3, new_values(count, -1, 1), count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}
