/* terminate_on_nan. */
#include "testing/check_callback.h"
#include "testing/golden.h"

#include <math.h>
#include <string.h>

TEST(keeps_what_callbacks_promise)
{
    check_callback(
        &(callback_example){.text = "terminate_on_nan", .sees = SEES(BATCH_END), .does = STOPS | PRINTS});
}

static void check_case(const hone_config *example)
{
    const hone_config *losses = golden_get(example, "batch_losses");
    pretended_training training;
    size_t batches = 0;
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list = pretend_list(hone_terminate_on_nan());
    for (; batches < hone_internal_config_count(losses) && !training.trainer.stopped; batches++) {
        hone_logs logs = {.count = 1,
                          .names = {"loss"},
                          .values = {golden_callback_number(hone_internal_config_at(losses, batches))}};
        pretend_event(&training, list, HONE_EVENT_BATCH_END, (int64_t)batches, &logs);
    }
    assert_int_equal(
        batches, hone_internal_config_as_integer(golden_get(golden_get(example, "expected"), "batches_run")));
    if (training.trainer.stopped) {
        assert_string_equal(training.trainer.stop_reason, "terminate_on_nan");
        assert_non_null(strstr(training.printed.data, ": Invalid loss, terminating training\n"));
    }
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(stops_at_the_batch_where_keras_does)
{
    hone_config *file = golden_open("callbacks", "terminate_on_nan");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++)
        check_case(hone_internal_config_at(cases, i));
    hone_internal_config_free(file);
}

static void check_raises(double loss, hone_status expected)
{
    pretended_training training;
    hone_logs logs = {.count = 1, .names = {"loss"}, .values = {loss}};
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list = pretend_list(hone_terminate_on_nan(.raise_error = true));
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_BATCH_END, &training.trainer, 2, &logs),
                     expected);
    assert_false(training.trainer.stopped);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(fails_the_fit_when_asked_to)
{
    check_raises(1, HONE_OK);
    check_raises((double)NAN, HONE_ERROR_NUMERIC);
    assert_non_null(strstr(hone_error_message(), "at batch 2 of epoch 1"));
    check_raises((double)INFINITY, HONE_ERROR_NUMERIC);
}
