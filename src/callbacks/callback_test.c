/* Callbacks and lists of them: made, counted, run in order, refused. */
#include "base/memory.h"
#include "testing/check_callback.h"

#include <string.h>

TEST(refuses_what_is_no_callback)
{
    check_callback_refused("early_stoping", "early_stopping");
    check_callback_refused("none", "callback");
    assert_null(hone_callback_from_text(NULL));
}

TEST(one_failure_in_a_list_frees_the_others)
{
    int64_t blocks = hone_internal_blocks_in_use();
    assert_null(
        hone_callbacks(hone_early_stopping(), hone_callback_from_text("nothing"), hone_terminate_on_nan()));
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(an_empty_list_wants_nothing)
{
    hone_callback_list *list = hone_callbacks_with((hone_callback *const[]){hone_callbacks_end});
    assert_non_null(list);
    for (int event = HONE_EVENT_TRAIN_BEGIN; event <= HONE_EVENT_TEST_END; event++)
        assert_false(hone_internal_callbacks_want(list, (hone_event)event));
    hone_callback_list_free(list);
}

TEST(batches_are_wanted_when_one_of_the_list_does)
{
    hone_callback_list *list = hone_callbacks(hone_model_checkpoint("m.keras"), hone_early_stopping());
    assert_false(hone_internal_callbacks_want(list, HONE_EVENT_BATCH_END));
    hone_callback_list_free(list);
    list = hone_callbacks(hone_early_stopping(), hone_model_checkpoint("m.keras", .save_freq = "5"));
    assert_true(hone_internal_callbacks_want(list, HONE_EVENT_BATCH_END));
    hone_callback_list_free(list);
}

TEST(a_callback_outlives_its_list_when_it_is_retained)
{
    hone_callback *callback = hone_early_stopping(.patience = 5);
    hone_callback_list *list = hone_callbacks(hone_callback_retain(callback));
    hone_callback_list_free(list);
    assert_int_equal(((const hone_early_stopping_args *)hone_callback_args(callback))->patience, 5);
    hone_callback_free(callback);
    hone_callback_free(NULL);
    assert_null(hone_callback_retain(NULL));
}

static int calls[2];
static int order;

static hone_status note(void *context, hone_trainer *trainer, int64_t epoch)
{
    (void)trainer;
    *(int *)context = ++order;
    return epoch == 1 ? hone_fail(HONE_ERROR_CALLBACK, "no more") : HONE_OK;
}

TEST(callbacks_run_in_their_order_until_one_fails)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list =
        hone_callbacks(hone_lambda_callback(.on_epoch_begin = note, .context = &calls[0]),
                       hone_lambda_callback(.on_epoch_begin = note, .context = &calls[1]));
    pretend_event(&training, list, HONE_EVENT_EPOCH_BEGIN, 0, NULL);
    assert_true(calls[0] == 1 && calls[1] == 2);
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_EPOCH_BEGIN, &training.trainer, 1, NULL),
                     HONE_ERROR_CALLBACK);
    assert_non_null(strstr(hone_error_message(), "lambda_callback: no more"));
    assert_true(calls[0] == 3 && calls[1] == 2);
    hone_callback_list_free(list);
    pretend_end(&training);
}
