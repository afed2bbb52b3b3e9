/* early_stopping. */
#include "testing/check_callback.h"
#include "testing/golden.h"

#include <math.h>
#include <string.h>

enum { SEES_EPOCHS = SEES(TRAIN_BEGIN) | SEES(EPOCH_END) | SEES(TRAIN_END) };

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){
        .text = "early_stopping(patience=2)", .sees = SEES_EPOCHS, .does = STOPS | TELLS_BEST_EPOCH});
    check_callback(&(callback_example){.text = "early_stopping(patience=9, start_from_epoch=1)",
                                       .sees = SEES_EPOCHS,
                                       .does = TELLS_BEST_EPOCH});
    check_callback(
        &(callback_example){.text = "early_stopping(patience=3, restore_best_weights=true, verbose=1)",
                            .sees = SEES_EPOCHS,
                            .does = STOPS | TELLS_BEST_EPOCH | RESTORES_WEIGHTS | PRINTS});
}

static void check_end(const char *title, const hone_config *expected, pretended_training *training,
                      int64_t epochs)
{
    const hone_config *stopped = golden_get(expected, "stopped_epoch");
    if (epochs != hone_internal_config_as_integer(golden_get(expected, "epochs_run")))
        fail_msg("%s: %d epochs", title, (int)epochs);
    assert_int_equal(training->trainer.stopped, hone_internal_config_is(stopped, HONE_CONFIG_INTEGER));
    int64_t restored = hone_internal_config_as_integer(golden_get(expected, "restored_epoch"));
    if ((int64_t)training->weight != restored)
        fail_msg("%s: weights of epoch %d, expected those of %d", title, (int)training->weight,
                 (int)restored);
}

/* But where a NaN comes first, which Keras takes for the best. */
TEST(decides_as_keras_does)
{
    check_callback_golden(
        &(golden_callback){.name = "early_stopping", .skipped = "NaN in the first epoch", .end = check_end});
}

TEST(a_nan_is_never_the_best)
{
    static const double values[] = {NAN, 0.9, 0.8, 0.7, 0.8};
    pretended_training training;
    pretend_begin(&training, 0.1, 5);
    hone_callback_list *list = pretend_list(hone_early_stopping(.patience = 3, .restore_best_weights = true));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 5; epoch++)
        pretend_epoch(&training, list, epoch, "val_loss", values[epoch]);
    assert_false(training.trainer.stopped);
    pretend_event(&training, list, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    assert_true(training.weight == 3.0f);
    assert_int_equal(training.trainer.best_epoch, 3);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(says_why_it_stops_and_what_it_restores)
{
    static const double values[] = {0.7889, 0.6, 0.65};
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(
        hone_early_stopping(.monitor = "loss", .patience = 1, .restore_best_weights = true, .verbose = 1));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        pretend_epoch(&training, list, epoch, "loss", values[epoch]);
    pretend_event(&training, list, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    assert_string_equal(pretend_text(&training.printed),
                        "Epoch 3: early stopping\n"
                        "Restoring model weights from the end of the best epoch: 2.\n");
    assert_string_equal(training.trainer.stop_reason, "early_stopping");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(starts_afresh_with_each_training)
{
    pretended_training training;
    hone_callback_list *list = pretend_list(hone_early_stopping(.monitor = "loss", .patience = 1));
    for (int repeat = 0; repeat < 2; repeat++) {
        pretend_begin(&training, 0.1, 3);
        pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
        pretend_epoch(&training, list, 0, "loss", 1 + repeat); /* worse than the first training's */
        pretend_epoch(&training, list, 1, "loss", 0.5 + repeat);
        assert_false(training.trainer.stopped);
        pretend_epoch(&training, list, 2, "loss", 0.75 + repeat);
        assert_true(training.trainer.stopped);
        pretend_end(&training);
    }
    hone_callback_list_free(list);
}

TEST(refuses_wrong_settings_with_the_call_site)
{
    check_callback_refused("early_stopping(patience=-1)", "patience");
    check_callback_refused("early_stopping(mode=up)", "mode");
    assert_null(hone_early_stopping(.patience = -1));
    assert_non_null(strstr(hone_error_message(), "early_stopping_test.c"));
}
