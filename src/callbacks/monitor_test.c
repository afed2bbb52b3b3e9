/* What callbacks that watch a number share: direction, improvement, missing numbers, memory. */
#include "testing/check_callback.h"

#include <math.h>
#include <string.h>

TEST(a_named_mode_wins_over_the_metrics_direction)
{
    static const struct {
        const char *name, *mode;
        int direction;
    } cases[] = {{"val_loss", "auto", -1}, {"accuracy", "auto", 1}, {"loss", "max", 1},
                 {"accuracy", "min", -1},  {"purity", "max", 1},    {"purity", "min", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pretended_training training;
        hone_monitor monitor = {0};
        pretend_begin(&training, 0.1, 1);
        assert_int_equal(
            hone_internal_monitor_resolve(&monitor, &training.trainer, cases[i].name, cases[i].mode),
            HONE_OK);
        assert_int_equal(monitor.direction, cases[i].direction);
        pretend_end(&training);
    }
}

TEST(an_unknown_direction_asks_for_a_mode)
{
    pretended_training training;
    hone_monitor monitor = {0};
    pretend_begin(&training, 0.1, 1);
    assert_int_equal(hone_internal_monitor_resolve(&monitor, &training.trainer, "purity", "auto"),
                     HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "mode=\"max\""));
    pretend_end(&training);
}

TEST(improves_by_more_than_min_delta_whatever_its_sign)
{
    const hone_monitor less = {.direction = -1}, more = {.direction = 1};
    for (int sign = -1; sign <= 1; sign += 2) {
        assert_true(hone_internal_monitor_improves(&less, 0.5, 1, 0.25 * sign));
        assert_false(hone_internal_monitor_improves(&less, 0.75, 1, 0.25 * sign));
        assert_true(hone_internal_monitor_improves(&more, 1.5, 1, 0.25 * sign));
        assert_false(hone_internal_monitor_improves(&more, 1.25, 1, 0.25 * sign));
    }
    assert_false(hone_internal_monitor_improves(&less, 1, 1, 0));
    assert_false(hone_internal_monitor_improves(&more, 1, 1, 0));
}

TEST(a_nan_never_improves_and_anything_improves_on_it)
{
    const hone_monitor less = {.direction = -1};
    assert_false(hone_internal_monitor_improves(&less, (double)NAN, (double)NAN, 0));
    assert_false(hone_internal_monitor_improves(&less, (double)NAN, 1, 0));
    assert_true(hone_internal_monitor_improves(&less, 1e300, (double)NAN, 0));
}

TEST(a_missing_number_is_told_once_with_those_there_are)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_early_stopping(.monitor = "val_los"));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        pretend_epoch(&training, list, epoch, "loss", 1);
    assert_string_equal(
        pretend_text(&training.printed),
        "early_stopping: there is no metric \"val_los\" to monitor; available metrics: loss.\n");
    assert_false(training.trainer.stopped);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(a_metric_with_several_values_cannot_be_monitored)
{
    static const double values[] = {0.25, 0.5};
    pretended_training training;
    hone_monitor monitor = {0};
    hone_logs logs = {0};
    double value;
    bool found;
    pretend_begin(&training, 0.1, 1);
    assert_int_equal(hone_logs_set_all(&logs, "f1_score", values, 2), HONE_OK);
    assert_int_equal(hone_internal_monitor_get(&monitor, &training.trainer, "early_stopping", "f1_score",
                                               &logs, &value, &found),
                     HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "it has 2 values"));
    pretend_end(&training);
}

TEST(memory_comes_back_and_wrong_memory_does_not)
{
    hone_monitor monitor = {.direction = 1, .best = 0.25}, read = {0};
    hone_logs numbers = {0};
    assert_int_equal(hone_internal_monitor_save(&monitor, &numbers), HONE_OK);
    assert_int_equal(hone_internal_monitor_restore(&read, &numbers), HONE_OK);
    assert_true(read.direction == 1 && read.best == 0.25);
    assert_int_equal(hone_logs_set(&numbers, "direction", 2), HONE_OK);
    assert_int_equal(hone_internal_monitor_restore(&read, &numbers), HONE_ERROR_FORMAT);
}

TEST(a_whole_number_of_a_checkpoint_is_checked)
{
    int64_t integer = 0;
    hone_logs numbers = {0};
    assert_int_equal(hone_logs_set(&numbers, "wait", -3), HONE_OK);
    assert_int_equal(hone_internal_callback_integer(&numbers, "wait", &integer), HONE_OK);
    assert_int_equal(integer, -3);
    static const double wrong[] = {0.5, NAN, INFINITY, 1e16};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(hone_logs_set(&numbers, "wait", wrong[i]), HONE_OK);
        assert_int_equal(hone_internal_callback_integer(&numbers, "wait", &integer), HONE_ERROR_FORMAT);
    }
    assert_int_equal(hone_internal_callback_integer(&numbers, "cooldown", &integer), HONE_ERROR_FORMAT);
    assert_int_equal(integer, -3);
}
