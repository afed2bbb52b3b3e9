/* The history of a fit. */
#include "train/history.h"
#include "base/error.h"
#include "base/memory.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static void add(hone_history *history, int64_t epoch, double loss, double val_loss)
{
    hone_logs logs = {0};
    hone_logs_set(&logs, "loss", loss);
    if (!isnan(val_loss))
        hone_logs_set(&logs, "val_loss", val_loss);
    assert_int_equal(hone_internal_history_add(history, epoch, &logs, 0.5, 0.1), HONE_OK);
}

TEST(has_a_row_for_each_epoch)
{
    hone_history *history = hone_internal_history_create();
    add(history, 3, 0.75, 0.5);
    add(history, 4, 0.25, 0.625);
    assert_int_equal(hone_history_epoch_count(history), 2);
    assert_int_equal(hone_history_epoch(history, 1), 4);
    assert_true(hone_history_value(history, "loss", 0) == 0.75);
    assert_true(hone_history_last(history, "val_loss") == 0.625);
    assert_true(hone_history_seconds(history, 1) == 0.5 && hone_history_learning_rate(history, 0) == 0.1);
    hone_internal_history_free(history);
}

TEST(names_are_sorted_whatever_their_order)
{
    hone_history *history = hone_internal_history_create();
    const char *loss = hone_internal_history_name(history, "loss");
    hone_internal_history_name(history, "accuracy");
    hone_internal_history_name(history, "auc");
    assert_ptr_equal(hone_internal_history_name(history, "loss"), loss);
    assert_int_equal(hone_history_metric_count(history), 3);
    assert_string_equal(hone_history_name(history, 0), "accuracy");
    assert_string_equal(hone_history_name(history, 1), "auc");
    assert_ptr_equal(hone_history_name(history, 2), loss);
    hone_internal_history_free(history);
}

TEST(what_is_not_there_is_nan_or_none)
{
    hone_history *history = hone_internal_history_create();
    add(history, 0, 1, HONE_NONE);
    add(history, 1, 2, 3); /* val_loss comes later than the first row */
    assert_true(isnan(hone_history_value(history, "val_loss", 0)));
    assert_true(isnan(hone_history_value(history, "loss", 2)));
    assert_true(isnan(hone_history_value(history, "loss", -1)));
    assert_true(isnan(hone_history_value(history, "mae", 0)));
    assert_int_equal(hone_history_epoch(history, 2), -1);
    assert_null(hone_history_name(history, 2));
    assert_null(hone_history_name(history, -1));
    hone_internal_history_free(history);
}

TEST(no_history_is_an_empty_one)
{
    assert_int_equal(hone_history_epoch_count(NULL), 0);
    assert_int_equal(hone_history_metric_count(NULL), 0);
    assert_int_equal(hone_history_best_epoch(NULL), -1);
    assert_null(hone_history_stopped_by(NULL));
    assert_null(hone_history_name(NULL, 0));
    assert_true(isnan(hone_history_last(NULL, "loss")));
    hone_internal_history_free(NULL);
}

TEST(the_best_epoch_has_the_lowest_val_loss)
{
    hone_history *history = hone_internal_history_create();
    assert_int_equal(hone_history_best_epoch(history), -1);
    add(history, 5, 1, HONE_NONE);
    add(history, 6, 0.5, HONE_NONE);
    assert_int_equal(hone_history_best_epoch(history), 6); /* of loss, without val_loss */
    add(history, 7, 0.75, 0.25);
    add(history, 8, 0.25, 0.5);
    add(history, 9, 0.125, 0.25); /* as good, but later */
    add(history, 10, 0.125, HONE_NONE);
    assert_int_equal(hone_history_best_epoch(history), 7);
    history->best_epoch = 3; /* as a callback says */
    assert_int_equal(hone_history_best_epoch(history), 3);
    hone_internal_history_free(history);
}

TEST(a_nan_is_never_the_best_epoch)
{
    hone_history *history = hone_internal_history_create();
    hone_logs logs = {0};
    hone_logs_set(&logs, "loss", (double)NAN);
    assert_int_equal(hone_internal_history_add(history, 0, &logs, 0, 0), HONE_OK);
    assert_int_equal(hone_history_best_epoch(history), -1);
    add(history, 1, 7, HONE_NONE);
    assert_int_equal(hone_history_best_epoch(history), 1);
    hone_internal_history_free(history);
}

TEST(lists_are_copied_and_shown_by_their_mean)
{
    double list[] = {1, 2, 6}, values[3];
    hone_history *history = hone_internal_history_create();
    hone_logs logs = {0};
    hone_logs_set_all(&logs, "f1", list, 3);
    hone_logs_set(&logs, "loss", 0.5);
    assert_int_equal(hone_internal_history_add(history, 0, &logs, 0, 0), HONE_OK);
    list[2] = 9;
    assert_int_equal(hone_history_values(history, "f1", 0, values, 3), 3);
    assert_true(values[0] == 1 && values[2] == 6);
    assert_true(isnan(hone_history_value(history, "f1", 0)));
    assert_true(hone_internal_history_one_value(history, "f1", 0) == 3);
    assert_true(hone_internal_history_one_value(history, "loss", 0) == 0.5);
    assert_int_equal(hone_history_values(history, "loss", 0, values, 3), 1);
    assert_int_equal(hone_history_values(history, "mae", 0, values, 3), 0);
    hone_internal_history_free(history);
}

TEST(survives_failing_allocations)
{
    static const double list[] = {1, 2};
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 200; n++) {
        hone_logs logs = {0};
        hone_logs_set(&logs, "loss", 1);
        hone_logs_set_all(&logs, "f1", list, 2);
        hone_internal_fail_allocations_after(n);
        hone_history *history = hone_internal_history_create();
        status = history == NULL ? HONE_ERROR_MEMORY : hone_internal_history_add(history, 0, &logs, 0, 0);
        hone_internal_fail_allocations_after(-1);
        if (status < 0 && history != NULL)
            assert_int_equal(hone_history_epoch_count(history), 0);
        hone_internal_history_free(history);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
