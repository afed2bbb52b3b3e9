/* Batch normalisation in parts, of every table against the reference: from one channel to more than a block
 * of them, and parts of which the last is shorter. */
#include "testing/kernel_trials.h"

static const struct {
    const char *name;
    int64_t rows, channels, height; /* of a part */
} cases[] = {
    {"one channel", 37, 1, 16},      {"narrow rows", 50, 3, 20}, {"as many as a register", 33, 16, 33},
    {"a few more", 40, 19, 8},       {"wide rows", 21, 130, 10}, {"several blocks", 9, 600, 4},
    {"a part of one row", 17, 5, 8}, {"one row", 1, 40, 1},
};

static int64_t parts_of(int64_t rows, int64_t height)
{
    return (rows + height - 1) / height;
}

TEST_EACH(parts_agree, cases)
{
    const int64_t count = row->rows * row->channels, parts = parts_of(row->rows, row->height),
                  sums = 2 * parts * row->channels;
    const float *x = new_values(count, 1, 3), *dy = new_values(count, -1, 1),
                *mean = new_values(row->channels, 1, 3);
    trial t = new_trial(HONE_KERNEL_batch_moments, parts);
    memcpy(t.args.size, (int64_t[]){row->rows, row->channels, row->height}, 3 * sizeof(int64_t));
    set_operand(&t, 0, new_values(sums, 0, 1), sums);
    set_operand(&t, 1, x, count);
    check_trial(&t);
    t.kernel = HONE_KERNEL_batch_slopes;
    set_operand(&t, 2, dy, count);
    set_operand(&t, 3, mean, row->channels);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}

/* With a beta and without, on memory of its own and on x. */
TEST_EACH(elements_agree, cases)
{
    const int64_t count = row->rows * row->channels;
    const float *numbers[7];
    for (int i = 0; i < 7; i++)
        numbers[i] = new_values(i < 3 ? count : row->channels, -1, 1);
    for (int way = 0; way < 4; way++) {
        trial t = new_trial(HONE_KERNEL_batch_apply, count);
        t.args.size[0] = row->channels;
        t.shares = way / 2;
        set_operand(&t, 0, numbers[0], count);
        set_operand(&t, 1, numbers[1], count);
        for (int i = 2; i < 4 + way % 2; i++)
            set_operand(&t, i, numbers[i + 1], row->channels);
        check_trial(&t);
    }
    trial t = new_trial(HONE_KERNEL_batch_gradient_apply, count);
    t.args.size[0] = row->channels;
    for (int i = 0; i < 7; i++)
        set_operand(&t, i, numbers[i], i < 3 ? count : row->channels);
    check_trial(&t);
    t.shares = 2;
    check_trial(&t);
    hone_internal_arena_free(&arena);
}
