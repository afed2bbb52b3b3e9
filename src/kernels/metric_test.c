/* Sums of metrics of every table against the reference. */
#include "testing/kernel_trials.h"

static void set_state(trial *t, int64_t count)
{
    double *values = hone_internal_arena_allocate(&arena, (size_t)count * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < count; i++)
        values[i] = next_number();
    t->operand[0].values = values;
    t->operand[0].bytes = (size_t)count * sizeof *values;
    t->operand[0].wide = true;
}

static void check_metric(hone_kernel_index kernel, const int64_t sizes[4], int64_t states, int64_t values,
                         bool weights)
{
    static const double thresholds[] = {-1e-7, 0.25, 0.5, 0.75, 1 + 1e-7};
    trial t = new_trial(kernel, 1);
    const bool two = kernel == HONE_KERNEL_accumulate_confusion || kernel == HONE_KERNEL_accumulate_classes;
    memcpy(t.args.size, sizes, 4 * sizeof(int64_t));
    t.args.family = thresholds;
    t.args.scalar[0] = 1;
    t.whole = true;
    set_state(&t, states);
    set_operand(&t, 1, two ? new_ids(values, 4) : new_values(values, -1, 1), values);
    if (two)
        set_operand(&t, 2,
                    kernel == HONE_KERNEL_accumulate_classes ? new_ids(values, 4) : new_values(values, 0, 1),
                    values);
    if (weights)
        set_operand(&t, two ? 3 : 2, new_ids(sizes[0], 3), sizes[0]);
    check_trial(&t);
}

TEST(metrics_agree)
{
    for (int i = 0; i < 2 * LENGTHS; i++) {
        const int64_t rows = lengths[i / 2];
        const bool weights = i % 2;
        check_metric(HONE_KERNEL_accumulate_mean, (int64_t[4]){rows}, 2, rows, weights);
        check_metric(HONE_KERNEL_accumulate_columns, (int64_t[4]){rows, 5}, 5, rows * 5, weights);
        check_metric(HONE_KERNEL_accumulate_confusion, (int64_t[4]){rows, 3, 5, 1}, 20, rows * 3, weights);
        check_metric(HONE_KERNEL_accumulate_confusion, (int64_t[4]){rows, 3, 5, 3}, 60, rows * 3, weights);
        check_metric(HONE_KERNEL_accumulate_classes, (int64_t[4]){rows, 3}, 9, rows, weights);
    }
    hone_internal_arena_free(&arena);
}
