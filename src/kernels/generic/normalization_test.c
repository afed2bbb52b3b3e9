/* Normalizations of every table against the reference. */
#include "testing/kernel_trials.h"

/* `optional`: with gamma, beta, moving statistics, and derivatives of gamma and beta. */
static void check_batch_normalization(const int64_t shape[3], bool optional)
{
    const int64_t channels = shape[1], count = shape[0] * channels * shape[2];
    trial t = shaped_trial(HONE_KERNEL_batch_normalization, shape, channels);
    t.args.scalar[0] = 1e-3;
    t.args.scalar[1] = 0.99;
    t.tolerance = 2e-5; /* the mean is 10 deviations from 0 */
    for (int i = 0; i < 8; i++) {
        const int64_t size = i == 0 || i == 3 ? count : channels;
        if (i < 4 || optional)
            set_operand(&t, i, new_values(size, 2, 3), size);
    }
    check_trial(&t);
    t.kernel = HONE_KERNEL_batch_normalization_gradient;
    memset(t.operand, 0, sizeof t.operand);
    for (int i = 0; i < 8; i++) {
        const int64_t size = i == 0 || i == 3 || i == 4 ? count : channels;
        const bool given = i != 1 && i != 2 && i != 7;
        if (given || optional)
            set_operand(&t, i, new_values(size, 0.5, 2), size);
    }
    check_trial(&t);
    t.shares = 4;
    check_trial(&t);
}

static void check_normalize_by_statistics(const int64_t shape[3], bool optional)
{
    const int64_t channels = shape[1], count = shape[0] * channels * shape[2];
    trial t = shaped_trial(HONE_KERNEL_normalize_by_statistics, shape, shape[0] * channels);
    t.args.scalar[0] = 1e-3;
    for (int i = 0; i < 6; i++) {
        const int64_t size = i < 2 ? count : channels;
        if (i < 4 || optional)
            set_operand(&t, i, new_values(size, 0.5, 2), size);
    }
    check_trial(&t);
}

TEST(batch_normalization_agrees)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        if (shapes[shape][0] == 0 || shapes[shape][2] == 0)
            continue;
        for (int optional = 0; optional < 2; optional++) {
            check_batch_normalization(shapes[shape], optional);
            check_normalize_by_statistics(shapes[shape], optional);
        }
    }
    hone_internal_arena_free(&arena);
}

static void check_row_normalization(int64_t rows, int64_t width, double uncentred)
{
    trial t = new_trial(HONE_KERNEL_row_normalization, rows);
    t.args.size[0] = rows, t.args.size[1] = width;
    t.args.scalar[0] = 1e-3, t.args.scalar[1] = uncentred;
    set_operand(&t, 0, new_values(rows * width, 0, 1), rows * width);
    set_operand(&t, 1, new_values(rows, 0, 1), rows);
    set_operand(&t, 2, new_values(rows, 0, 1), rows);
    set_operand(&t, 3, new_values(rows * width, -1, 2), rows * width);
    t.tolerance = 1e-5;
    check_trial(&t);
    t.kernel = HONE_KERNEL_row_normalization_gradient;
    set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
    set_operand(&t, 2, new_values(rows * width, -1, 1), rows * width);
    set_operand(&t, 3, new_values(rows, 0.5, 2), rows);
    check_trial(&t);
}

TEST(row_normalization_agrees)
{
    for (int length = 1; length < LENGTHS; length++) {
        check_row_normalization(5, lengths[length], 0);
        check_row_normalization(lengths[length], 9, 1);
    }
    hone_internal_arena_free(&arena);
}
