/* learning_rate_scheduler. */
#include "testing/check_callback.h"
#include <hone/schedules.h>

#include <math.h>
#include <string.h>

enum { SEES_EPOCHS = SEES(TRAIN_BEGIN) | SEES(EPOCH_BEGIN) | SEES(EPOCH_END) };

static double halve(void *context, int64_t epoch, double rate)
{
    if (context != NULL)
        ++*(int *)context;
    return epoch == 0 ? rate : rate / 2;
}

static hone_callback *halving(void)
{
    return hone_learning_rate_scheduler(.function = halve);
}

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){.text = "learning_rate_scheduler(exponential_decay(0.5, 1, 0.5))",
                                       .sees = SEES_EPOCHS,
                                       .does = SETS_RATE | ADDS_TO_LOGS});
    check_callback(
        &(callback_example){.make = halving, .sees = SEES_EPOCHS, .does = SETS_RATE | ADDS_TO_LOGS});
}

TEST(gives_a_function_the_present_rate_once_per_epoch)
{
    int calls = 0;
    pretended_training training;
    pretend_begin(&training, 0.5, 4);
    hone_callback_list *list =
        pretend_list(hone_learning_rate_scheduler(.function = halve, .context = &calls));
    for (int64_t epoch = 0; epoch < 4; epoch++)
        pretend_epoch(&training, list, epoch, "loss", 1);
    assert_int_equal(calls, 4);
    assert_true(training.rate == 0.0625);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(counts_a_schedule_in_epochs_and_says_the_rate)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 4);
    hone_callback_list *list = pretend_list(
        hone_callback_from_text("learning_rate_scheduler(exponential_decay(0.5, 1, 0.5), verbose=1)"));
    for (int64_t epoch = 0; epoch < 3; epoch++)
        pretend_epoch(&training, list, epoch, "loss", 1);
    assert_true(training.rate == 0.125);
    assert_string_equal(pretend_text(&training.printed),
                        "Epoch 1: LearningRateScheduler setting learning rate to 0.5.\n"
                        "Epoch 2: LearningRateScheduler setting learning rate to 0.25.\n"
                        "Epoch 3: LearningRateScheduler setting learning rate to 0.125.\n");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(the_rate_goes_into_the_logs)
{
    pretended_training training;
    double rate;
    hone_logs logs = {.count = 1, .names = {"loss"}, .values = {1}};
    pretend_begin(&training, 0.5, 1);
    hone_callback_list *list = pretend_list(halving());
    pretend_event(&training, list, HONE_EVENT_EPOCH_BEGIN, 1, NULL);
    pretend_event(&training, list, HONE_EVENT_EPOCH_END, 1, &logs);
    assert_true(hone_logs_get(&logs, "learning_rate", &rate) && rate == 0.25);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(refuses_a_rate_that_the_optimizer_schedules)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    training.trainer.scheduled = true;
    hone_callback_list *list = pretend_list(halving());
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_STATE);
    hone_callback_list_free(list);
    pretend_end(&training);
}

static double given_rate;

static double give(void *context, int64_t epoch, double rate)
{
    (void)context, (void)epoch, (void)rate;
    return given_rate;
}

TEST(refuses_a_rate_that_is_none)
{
    static const double rates[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        pretended_training training;
        pretend_begin(&training, 0.1, 3);
        given_rate = rates[i];
        hone_callback_list *list = pretend_list(hone_learning_rate_scheduler(.function = give));
        assert_int_equal(
            hone_internal_callbacks_run(list, HONE_EVENT_EPOCH_BEGIN, &training.trainer, 0, NULL),
            HONE_ERROR_CALLBACK);
        assert_non_null(strstr(hone_error_message(), "for epoch 1"));
        assert_true(training.rate == 0.1);
        hone_callback_list_free(list);
        pretend_end(&training);
    }
}

TEST(needs_either_a_schedule_or_a_function)
{
    check_callback_refused("learning_rate_scheduler", "schedule");
    hone_schedule *schedule = hone_exponential_decay(0.1, 1, 0.5);
    assert_null(hone_learning_rate_scheduler(.schedule = schedule, .function = halve));
    assert_non_null(strstr(hone_error_message(), "not both"));
}
