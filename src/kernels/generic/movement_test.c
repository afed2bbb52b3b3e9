/* Copies, padding, joining and rows by number, of every table, against the reference. */
#include "kernels/lookup.h"
#include "testing/kernel_trials.h"

TEST(copies_agree)
{
    static const hone_strides copies[] = {
        {.rank = 0, .offset = 3},
        {.rank = 1, .dims = {33}, .a = {-1}, .offset = 40},
        {.rank = 2, .dims = {17, 5}, .a = {1, 17}},
        {.rank = 3, .dims = {3, 4, 21}, .a = {100, 25, 1}, .offset = 2},
        {.rank = 3, .dims = {2, 3, 5}, .a = {0, 1, 0}},
    };
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        int64_t count = 1;
        for (int axis = 0; axis < copies[i].rank; axis++)
            count *= copies[i].dims[axis];
        trial t = new_trial(HONE_KERNEL_strided_copy, count);
        t.args.family = &copies[i];
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(400, -1, 1), 400);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(pads_agree)
{
    static const hone_strides pads[] = {
        {.rank = 0},
        {.rank = 1, .dims = {20}, .b = {3}, .a = {10}},
        {.rank = 2, .dims = {5, 9}, .b = {-1, 2}, .a = {4, 5}},
        {.rank = 3, .dims = {4, 6, 7}, .b = {1, 2, -2}, .a = {2, 3, 20}},
    };
    for (size_t i = 0; i < sizeof pads / sizeof pads[0]; i++) {
        int64_t count = 1;
        for (int axis = 0; axis < pads[i].rank; axis++)
            count *= pads[i].dims[axis];
        trial t = new_trial(HONE_KERNEL_pad, count);
        t.args.family = &pads[i];
        t.args.scalar[0] = 0.5;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(200, -1, 1), 200);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

/* Tiles of several rows, the last of them shorter. */
TEST(scattered_rows_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t width = lengths[length], rows = 50, count = 21;
        hone_scatter family = {.rows = rows, .width = width, .count = count};
        trial t = new_trial(HONE_KERNEL_scatter_add_rows, count);
        t.args.family = &family, t.tiled = sizeof family;
        float *ids = new_ids(rows, count);
        ids[1] = -1, ids[2] = (float)count, ids[3] = NAN, ids[4] = 20.5f;
        set_operand(&t, 0, new_values(count * width, -1, 1), count * width);
        set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 2, ids, rows);
        check_trial(&t);
    }
}

TEST(rows_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t width = lengths[length], rows = 6, count = 4;
        trial t = new_trial(HONE_KERNEL_gather_rows, rows);
        t.args.size[0] = rows, t.args.size[1] = width, t.args.size[2] = count;
        float *ids = new_ids(rows, count);
        ids[1] = -1, ids[2] = (float)count, ids[3] = NAN;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, new_values(count * width, -1, 1), count * width);
        set_operand(&t, 2, ids, rows);
        check_trial(&t);
        hone_scatter family = {.rows = rows, .width = width, .count = count};
        t.kernel = HONE_KERNEL_scatter_add_rows, t.args.family = &family, t.tiled = sizeof family;
        set_operand(&t, 0, new_values(count * width, -1, 1), count * width);
        set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
        check_trial(&t);
        t.args.family = NULL, t.tiled = 0;
        t.kernel = HONE_KERNEL_one_hot, t.items = rows;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, ids, rows);
        check_trial(&t);
        t.kernel = HONE_KERNEL_sort_descending;
        set_operand(&t, 1, new_mixture(rows * width, -2, 2, true), rows * width);
        check_trial(&t);
        t.shares = 1;
        check_trial(&t);
        t.shares = 0;
        for (int descending = 0; descending < 2; descending++) {
            t.kernel = HONE_KERNEL_sort_order, t.args.scalar[0] = descending;
            check_trial(&t);
        }
    }
    hone_internal_arena_free(&arena);
}

TEST(places_along_rows_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t width = lengths[length], rows = 5, count = 4;
        trial t = new_trial(HONE_KERNEL_gather_along, rows);
        t.args.size[0] = rows, t.args.size[1] = count, t.args.size[2] = width;
        float *ids = new_ids(rows * count, width);
        ids[1] = -1, ids[2] = (float)width, ids[3] = NAN;
        set_operand(&t, 0, new_values(rows * count, -1, 1), rows * count);
        set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 2, ids, rows * count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_scatter_add_along;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, new_values(rows * count, -1, 1), rows * count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(concatenations_agree)
{
    static const hone_concatenation joined = {.count = 4, .rows = 5, .total = 25, .width = {3, 17, 1, 4}};
    const int64_t rows = joined.rows;
    trial t = new_trial(HONE_KERNEL_concatenate, rows);
    t.args.family = &joined;
    set_operand(&t, 0, new_values(rows * joined.total, -1, 1), rows * joined.total);
    for (int i = 0; i < joined.count; i++)
        set_operand(&t, 1 + i, new_values(rows * joined.width[i], -1, 1), rows * joined.width[i]);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}
