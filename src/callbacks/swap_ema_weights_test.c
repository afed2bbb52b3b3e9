/* swap_ema_weights. */
#include "testing/check_callback.h"

#include <string.h>

enum {
    SEES_TESTS = SEES(TRAIN_BEGIN) | SEES(EPOCH_BEGIN) | SEES(EPOCH_END) | SEES(TEST_BEGIN) | SEES(TEST_END)
};

TEST(keeps_what_callbacks_promise)
{
    check_callback(
        &(callback_example){.text = "swap_ema_weights", .sees = SEES_TESTS, .does = SWAPS_WEIGHTS});
    check_callback(&(callback_example){
        .text = "swap_ema_weights(swap_on_epoch=true)", .sees = SEES_TESTS, .does = SWAPS_WEIGHTS});
}

TEST(averages_are_in_during_tests_alone)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_swap_ema_weights());
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    assert_int_equal(training.swaps, 2); /* there and back: an optimizer without averages is refused here */
    pretend_event(&training, list, HONE_EVENT_TEST_BEGIN, 0, NULL);
    assert_int_equal(training.swaps, 3);
    pretend_event(&training, list, HONE_EVENT_TEST_END, 0, &(hone_logs){0});
    assert_int_equal(training.swaps, 4);
    pretend_epoch(&training, list, 0, "loss", 1);
    assert_int_equal(training.swaps, 4);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(averages_stay_in_from_an_epochs_end_to_the_next_when_asked_to)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_swap_ema_weights(.swap_on_epoch = true));
    pretend_epoch(&training, list, 0, "loss", 1);
    assert_int_equal(training.swaps, 1);
    pretend_epoch(&training, list, 1, "loss", 1);
    assert_int_equal(training.swaps, 3);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(an_optimizer_without_averages_fails_before_the_training)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    training.failing = "swap_averages";
    hone_callback_list *list = pretend_list(hone_swap_ema_weights());
    assert_true(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL) < 0);
    hone_callback_list_free(list);
    pretend_end(&training);
}
