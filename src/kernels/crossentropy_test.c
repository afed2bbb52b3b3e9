/* Crossentropies of every table against the reference. */
#include "testing/kernel_trials.h"

TEST(crossentropies_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t rows = 7, classes = lengths[length], count = rows * classes;
        trial t = new_trial(HONE_KERNEL_sparse_crossentropy, rows);
        t.args.size[0] = rows, t.args.size[1] = classes;
        float *ids = new_ids(rows, classes), *p = new_values(count, 0, 1);
        ids[3] = -1;
        p[0] = 0;
        set_operand(&t, 0, new_values(rows, 0, 1), rows);
        set_operand(&t, 1, p, count);
        set_operand(&t, 2, ids, rows);
        check_trial(&t);
        set_operand(&t, 0, new_values(count, 0, 1), count);
        set_operand(&t, 3, new_ids(rows, 3), rows);
        t.kernel = HONE_KERNEL_sparse_crossentropy_gradient;
        check_trial(&t);
        t.kernel = HONE_KERNEL_sparse_softmax_crossentropy_gradient;
        check_trial(&t);
        t.kernel = HONE_KERNEL_softmax_crossentropy_gradient;
        set_operand(&t, 2, new_values(count, 0, 1), count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}
