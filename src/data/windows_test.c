/* Windows of a series: which rows, beside keras.utils.timeseries_dataset_from_array, parts that share no row,
 * and what is refused. */
#include "data/windows.h"
#include "base/memory.h"
#include "testing/message.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <hone/pipeline.h>
#include <string.h>

enum { ROWS = 40, COLUMNS = 2, MOST = 64 };

/* x[r] = (r, 1000 + r), y[r] = 100 + r, weight[r] = r + 1. */
static hone_dataset *series(int64_t rows, bool targets)
{
    static float x[ROWS][COLUMNS], y[ROWS], weight[ROWS];
    for (int r = 0; r < ROWS; r++) {
        x[r][0] = (float)r;
        x[r][1] = (float)(1000 + r);
        y[r] = (float)(100 + r);
        weight[r] = (float)(r + 1);
    }
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){rows, COLUMNS}),
                     outputs = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){rows}),
                     weights = hone_array_view(weight, HONE_FLOAT32, 1, (int64_t[]){rows});
    return targets ? hone_dataset_from_arrays(.x = {inputs}, .y = {outputs}, .sample_weight = weights)
                   : hone_dataset_from_arrays(.x = {inputs});
}

/* What Keras makes of data = arange(rows): windows, and of targets = data[skip:], where skip is the row of
 * the first target. */
static const struct {
    const char *name;
    int64_t rows, window, stride, rate, horizon, start, end, count, last, target;
} cases[] = {
    {"next row", 10, 3, 1, 1, 1, 0, HONE_NONE_INTEGER, 7, 6, 9},
    {"two ahead", 10, 3, 1, 1, 2, 0, HONE_NONE_INTEGER, 6, 5, 9},
    {"the last row itself", 10, 3, 1, 1, 0, 0, HONE_NONE_INTEGER, 8, 7, 9},
    {"the first row itself", 10, 3, 1, 1, -2, 0, HONE_NONE_INTEGER, 8, 7, 7},
    {"strides", 20, 4, 3, 1, 1, 0, HONE_NONE_INTEGER, 6, 15, 19},
    {"every second row", 20, 4, 3, 2, 3, 0, HONE_NONE_INTEGER, 4, 9, 18},
    {"a part", 40, 5, 2, 1, 1, 7, 30, 9, 23, 28},
    {"windows apart", 40, 4, 10, 1, 1, 0, HONE_NONE_INTEGER, 4, 30, 34},
};

TEST_EACH(rows_of_windows, cases)
{
    hone_dataset *made = hone_dataset_windows(
        series(row->rows, true), .window = row->window, .stride = row->stride, .sampling_rate = row->rate,
        .horizon = row->horizon, .start_index = row->start, .end_index = row->end);
    const hone_batch *batch;
    int64_t seen = 0;
    assert_non_null(made);
    assert_int_equal(hone_dataset_count(made), row->count);
    assert_int_equal(hone_dataset_input(made, 0)->shape[1], row->window);
    assert_int_equal(hone_dataset_target(made, 0)->rank, 1);
    hone_iterator *batches = hone_dataset_iterate(made, 3, 0, 0);
    while (hone_iterator_next(batches, &batch) == 1)
        for (int64_t i = 0; i < batch->x[0].shape[0]; i++, seen++) {
            const int64_t first = row->start + seen * row->stride,
                          target = first + (row->window - 1) * row->rate + row->horizon;
            const float *x = (const float *)batch->x[0].data + i * row->window * COLUMNS;
            for (int64_t j = 0; j < row->window; j++) {
                assert_true(x[j * COLUMNS] == (float)(first + j * row->rate));
                assert_true(x[j * COLUMNS + 1] == (float)(1000 + first + j * row->rate));
            }
            assert_true(((const float *)batch->y[0].data)[i] == (float)(100 + target));
            assert_true(((const float *)batch->sample_weight.data)[i] == (float)(target + 1));
            if (seen + 1 == row->count) {
                assert_int_equal(first, row->last);
                assert_int_equal(target, row->target);
            }
        }
    assert_int_equal(seen, row->count);
    hone_iterator_free(batches);
    hone_dataset_free(made);
}

TEST(targets_of_several_rows)
{
    hone_dataset *made =
        hone_dataset_windows(series(12, true), .window = 3, .target_length = 3, .horizon = -1);
    const hone_array *y = hone_dataset_target(made, 0);
    const hone_batch *batch;
    assert_int_equal(y->rank, 2);
    assert_int_equal(y->shape[1], 3);
    assert_int_equal(hone_dataset_count(made), 9);
    hone_iterator *batches = hone_dataset_iterate(made, 16, 0, 0);
    assert_int_equal(hone_iterator_next(batches, &batch), 1);
    for (int j = 0; j < 3; j++) /* the next value after each step */
        assert_true(((const float *)batch->y[0].data)[8 * 3 + j] == (float)(100 + 9 + j));
    hone_iterator_free(batches);
    hone_dataset_free(made);
}

TEST(forecasts_begin_behind_the_last_row)
{
    hone_dataset *made = hone_dataset_windows(series(12, true), .window = 4, .forecast = true);
    assert_int_equal(hone_dataset_count(made), 9);
    assert_int_equal(hone_dataset_target_count(made), 0);
    hone_dataset *bare = hone_dataset_windows(series(12, false), .window = 4);
    assert_int_equal(hone_dataset_count(bare), 9);
    hone_dataset_free(bare);
    hone_dataset_free(made);
}

/* The rows that a part reads. */
static void rows_of(hone_dataset *part, int64_t window, bool seen[ROWS])
{
    const hone_batch *batch;
    hone_iterator *batches = hone_dataset_iterate(part, MOST, 0, 0);
    memset(seen, 0, ROWS * sizeof *seen);
    while (hone_iterator_next(batches, &batch) == 1)
        for (int64_t i = 0; i < batch->x[0].shape[0]; i++) {
            for (int64_t j = 0; j < window; j++)
                seen[(int)((const float *)batch->x[0].data)[(i * window + j) * COLUMNS]] = true;
            seen[(int)((const float *)batch->y[0].data)[i] - 100] = true;
        }
    hone_iterator_free(batches);
}

static const struct {
    const char *name;
    int64_t folds, fold, stride;
} partings[] = {{"the last share", 0, 0, 1},
                {"strides", 0, 0, 2},
                {"a fold in the middle", 3, 1, 1},
                {"the first fold", 3, 0, 1}};

TEST_EACH(parts_share_no_row, partings)
{
    hone_dataset *all = hone_dataset_windows(series(ROWS, true), .window = 5, .stride = row->stride),
                 *parts[2];
    bool seen[2][ROWS];
    hone_status status = row->folds == 0 ? hone_dataset_hold_out(all, parts, .share = 0.25, .shuffle = false)
                                         : hone_dataset_hold_out(all, parts, .folds = row->folds,
                                                                 .fold = row->fold, .shuffle = false);
    assert_int_equal(status, HONE_OK);
    rows_of(parts[0], 5, seen[0]);
    rows_of(parts[1], 5, seen[1]);
    for (int i = 0; i < ROWS; i++)
        assert_false(seen[0][i] && seen[1][i]);
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

TEST(a_split_leaves_out_what_reaches_over)
{
    hone_dataset *parts[2];
    hone_dataset *all = hone_dataset_windows(series(ROWS, true), .window = 5); /* 35 windows of 6 rows */
    assert_int_equal(hone_internal_dataset_overlap(all), 5);
    assert_int_equal(hone_dataset_split(all, 0.2, parts), HONE_OK);
    assert_int_equal(hone_dataset_count(parts[0]), 23);
    assert_int_equal(hone_dataset_count(parts[1]), 7);
    hone_dataset *rows = hone_internal_dataset_window_rows(parts[0]);
    assert_int_equal(hone_dataset_count(rows), 27);
    hone_dataset_free(rows);
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

TEST(random_windows_are_held_out_where_they_share_no_rows)
{
    hone_dataset *parts[2];
    assert_int_equal(
        hone_dataset_hold_out(hone_dataset_windows(series(ROWS, true), .window = 5), parts, .share = 0.2),
        HONE_ERROR_ARGUMENT);
    assert_message_has("windows of a series share rows with their neighbours");
    assert_int_equal(hone_dataset_hold_out(hone_dataset_windows(series(ROWS, true), .window = 5, .stride = 6),
                                           parts, .share = 0.4),
                     HONE_OK);
    assert_int_equal(hone_dataset_count(parts[0]) + hone_dataset_count(parts[1]), 6);
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

static const struct {
    const char *name;
    hone_dataset_windows_args args;
    const char *says;
} wrong[] = {
    {"too long", {.window = 41, .end_index = HONE_NONE_INTEGER}, "a window takes 41 rows, but there are 40"},
    {"too far",
     {.window = 40, .end_index = HONE_NONE_INTEGER},
     "forecast=true makes windows without targets"},
    {"no window", {.window = 0, .end_index = HONE_NONE_INTEGER}, "window must be"},
    {"start",
     {.window = 2, .start_index = 40, .end_index = HONE_NONE_INTEGER},
     "start_index 40 is behind the"},
    {"end", {.window = 2, .start_index = 3, .end_index = 3}, "end_index 3 must be above start_index 3"},
    {"end behind", {.window = 2, .end_index = 41}, "at most the number of rows, 40"},
    {"horizon", {.window = 3, .horizon = -3, .end_index = HONE_NONE_INTEGER}, "horizon must be from -2"},
};

TEST_EACH(refuses, wrong)
{
    const hone_dataset_windows_args *args = &row->args;
    const int64_t horizon = args->horizon == 0 ? 1 : args->horizon;
    const bool far = strcmp(row->name, "too far") == 0;
    assert_null(hone_dataset_windows(series(ROWS, far), .window = args->window, .horizon = horizon,
                                     .start_index = args->start_index, .end_index = args->end_index));
    assert_message_has(row->says);
}

/* One component out of what is made batch by batch: all rows, some, and those in another order. */
TEST(gathers_inputs_and_targets_alone)
{
    enum { WINDOW = 3, COUNT = ROWS - WINDOW };
    float x[COUNT][WINDOW][COLUMNS], y[COUNT];
    const int64_t rows[] = {30, 2};
    hone_dataset *data = hone_dataset_windows(series(ROWS, true), .window = WINDOW);
    assert_int_equal(hone_dataset_count(data), COUNT);
    assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 0, COUNT, x[0][0]),
                     HONE_OK);
    assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, 0, COUNT, y),
                     HONE_OK);
    for (int i = 0; i < COUNT; i++)
        assert_true(x[i][2][0] == (float)(i + 2) && y[i] == (float)(100 + i + WINDOW));
    assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, 5, 1, y), HONE_OK);
    assert_true(y[0] == 108);
    assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, rows, 0, 2, x[0][0]),
                     HONE_OK);
    assert_true(x[0][0][0] == 30 && x[1][0][0] == 2 && x[1][2][1] == 1004);
    hone_dataset_free(data);
}

TEST(survives_failing_allocations)
{
    const int64_t before = hone_internal_blocks_in_use();
    int64_t allowed = 0;
    for (bool done = false; !done && allowed < 200; allowed++) {
        hone_dataset *parts[2] = {NULL, NULL};
        float numbers[ROWS * 5 * COLUMNS];
        hone_internal_fail_allocations_after(allowed);
        hone_dataset *all = hone_dataset_windows(series(ROWS, true), .window = 5);
        hone_status status = all == NULL ? HONE_ERROR_MEMORY
                                         : hone_dataset_hold_out(all, parts, .share = 0.2, .shuffle = false);
        if (status == HONE_OK)
            status = hone_internal_dataset_numbers(parts[0], HONE_COMPONENT_INPUT, 0, numbers);
        hone_internal_fail_allocations_after(-1);
        done = status == HONE_OK;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(parts[0]);
        hone_dataset_free(parts[1]);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 10, 199);
}
