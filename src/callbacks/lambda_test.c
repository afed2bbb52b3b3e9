/* lambda_callback. */
#include "testing/check_callback.h"

#include <stdio.h>
#include <string.h>

static char calls[400];   /* what was called, in order: "epoch 0, " */
static hone_status given; /* by each function */

static hone_status note(const char *what, int64_t number)
{
    size_t length = strlen(calls);
    snprintf(calls + length, sizeof calls - length, "%s %d, ", what, (int)number);
    return given < 0 ? hone_fail(given, "%s has failed", what) : HONE_OK;
}

static hone_status train_begin(void *context, hone_trainer *trainer)
{
    (void)trainer;
    return note("begin", *(int *)context);
}
static hone_status train_end(void *context, hone_trainer *trainer, hone_logs *logs)
{
    (void)trainer;
    return note("end", *(int *)context + logs->count);
}
static hone_status epoch_begin(void *context, hone_trainer *trainer, int64_t epoch)
{
    (void)context, (void)trainer;
    return note("epoch", epoch);
}
static hone_status epoch_end(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)context, (void)trainer, (void)logs;
    return note("epoch end", epoch);
}
static hone_status batch_begin(void *context, hone_trainer *trainer, int64_t batch)
{
    (void)context, (void)trainer;
    return note("batch", batch);
}
static hone_status batch_end(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)trainer, (void)logs;
    return note("batch end", batch);
}

static int seven = 7;

static hone_callback *make_all(void)
{
    calls[0] = '\0';
    given = HONE_OK;
    return hone_lambda_callback(.context = &seven, .on_train_begin = train_begin, .on_train_end = train_end,
                                .on_epoch_begin = epoch_begin, .on_epoch_end = epoch_end,
                                .on_train_batch_begin = batch_begin, .on_train_batch_end = batch_end);
}

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){.make = make_all,
                                       .sees = SEES(TRAIN_BEGIN) | SEES(TRAIN_END) | SEES(EPOCH_BEGIN) |
                                               SEES(EPOCH_END) | SEES(BATCH_BEGIN) | SEES(BATCH_END)});
}

static void run_all(hone_callback_list *list, pretended_training *training)
{
    hone_logs logs = {.count = 1, .names = {"loss"}, .values = {1}};
    pretend_event(training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    pretend_event(training, list, HONE_EVENT_EPOCH_BEGIN, 3, NULL);
    pretend_event(training, list, HONE_EVENT_BATCH_BEGIN, 5, NULL);
    pretend_event(training, list, HONE_EVENT_BATCH_END, 5, &logs);
    pretend_event(training, list, HONE_EVENT_EPOCH_END, 3, &logs);
    pretend_event(training, list, HONE_EVENT_TRAIN_END, 0, &logs);
}

TEST(calls_each_function_with_its_context_and_number)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(make_all());
    run_all(list, &training);
    assert_string_equal(calls, "begin 7, epoch 3, batch 5, batch end 5, epoch end 3, end 8, ");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(functions_left_out_are_not_called)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    calls[0] = '\0';
    given = HONE_OK;
    hone_callback_list *list = pretend_list(hone_lambda_callback(.on_epoch_end = epoch_end));
    run_all(list, &training);
    assert_string_equal(calls, "epoch end 3, ");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(a_failure_of_a_function_is_the_failure_of_the_event)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(make_all());
    given = HONE_ERROR_CALLBACK;
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_EPOCH_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_CALLBACK);
    assert_non_null(strstr(hone_error_message(), "epoch has failed"));
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(needs_a_function)
{
    check_callback_refused("lambda_callback", "function");
    assert_null(hone_lambda_callback(.context = NULL));
}
