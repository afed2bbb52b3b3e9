/* model_checkpoint. */
#include "testing/check_callback.h"
#include "testing/golden.h"

#include <string.h>

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){
        .text = "model_checkpoint(\"{epoch}.keras\")", .sees = SEES(EPOCH_END), .does = SAVES});
    check_callback(&(callback_example){.text = "model_checkpoint(\"{epoch}.keras\", save_best_only=true)",
                                       .sees = SEES(EPOCH_END),
                                       .does = SAVES | TELLS_BEST_EPOCH});
    check_callback(&(callback_example){
        .text =
            "model_checkpoint(\"{epoch}-{batch}.keras\", monitor=loss, save_best_only=true, save_freq=2, verbose=1)",
        .sees = SEES(EPOCH_END) | SEES(BATCH_END),
        .does = SAVES | TELLS_BEST_EPOCH | PRINTS});
}

static void check_saved(const char *title, const hone_config *expected, pretended_training *training,
                        int64_t epoch)
{
    const hone_config *files = hone_internal_config_at(golden_get(expected, "saved"), (size_t)epoch);
    hone_text wanted = {0};
    for (size_t i = 0; i < hone_internal_config_count(files); i++)
        hone_internal_text_format(&wanted, "%s\n", hone_internal_config_text_at(files, i));
    if (strcmp(pretend_text(&training->saved), pretend_text(&wanted)) != 0)
        fail_msg("%s: epoch %d saved %s, expected %s", title, (int)epoch, pretend_text(&training->saved),
                 pretend_text(&wanted));
    hone_internal_text_free(&wanted);
    hone_internal_text_free(&training->saved);
}

TEST(saves_when_and_where_keras_does)
{
    check_callback_golden(&(golden_callback){.name = "model_checkpoint", .after = check_saved});
}

/* With an integer save_freq and save_best_only Keras crashes in the first epoch. */
TEST(saves_the_best_of_batches)
{
    static const double losses[] = {1, 0.5, 0.75, 0.25};
    pretended_training training;
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list = pretend_list(hone_callback_from_text(
        "model_checkpoint(\"{batch}.keras\", monitor=loss, save_best_only=true, save_freq=1)"));
    for (int64_t batch = 0; batch < 4; batch++) {
        hone_logs logs = {.count = 1, .names = {"loss"}, .values = {losses[batch]}};
        pretend_event(&training, list, HONE_EVENT_BATCH_END, batch, &logs);
    }
    assert_string_equal(pretend_text(&training.saved), "1.keras\n2.keras\n4.keras\n");
    hone_callback_list_free(list);
    pretend_end(&training);
}

static void check_prints(hone_callback *callback, const char *expected)
{
    static const double values[] = {0.7889, 0.6, 0.65};
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(callback);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        pretend_epoch(&training, list, epoch, "loss", values[epoch]);
    assert_string_equal(pretend_text(&training.printed), expected);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(says_what_improved_and_what_was_saved)
{
    check_prints(hone_model_checkpoint("m.keras", .monitor = "loss", .save_best_only = true, .verbose = 1),
                 "Epoch 1: loss improved from None to 0.78890, saving model to m.keras\n"
                 "Epoch 1: finished saving model to m.keras\n"
                 "Epoch 2: loss improved from 0.78890 to 0.60000, saving model to m.keras\n"
                 "Epoch 2: finished saving model to m.keras\n"
                 "Epoch 3: loss did not improve from 0.60000\n");
    check_prints(hone_model_checkpoint("m.weights.h5", .save_weights_only = true, .verbose = 1),
                 "Epoch 1: saving model to m.weights.h5\n"
                 "Epoch 1: finished saving model to m.weights.h5\n"
                 "Epoch 2: saving model to m.weights.h5\n"
                 "Epoch 2: finished saving model to m.weights.h5\n"
                 "Epoch 3: saving model to m.weights.h5\n"
                 "Epoch 3: finished saving model to m.weights.h5\n");
}

TEST(an_unknown_name_in_the_path_fails_with_the_known_ones)
{
    pretended_training training;
    hone_logs logs = {.count = 1, .names = {"loss"}, .values = {1}};
    pretend_begin(&training, 0.1, 1);
    hone_callback_list *list = pretend_list(hone_model_checkpoint("{los:.2f}.keras"));
    assert_true(hone_internal_callbacks_run(list, HONE_EVENT_EPOCH_END, &training.trainer, 0, &logs) < 0);
    assert_non_null(strstr(hone_error_message(), "loss"));
    assert_string_equal(pretend_text(&training.saved), "");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(refuses_paths_and_frequencies_that_cannot_be)
{
    check_callback_refused("model_checkpoint", "filepath");
    check_callback_refused("model_checkpoint(\"m.h5\")", ".keras");
    check_callback_refused("model_checkpoint(\"m.keras\", save_weights_only=true)", ".weights.h5");
    check_callback_refused("model_checkpoint(\"m.keras\", save_freq=0)", "save_freq");
    check_callback_refused("model_checkpoint(\"m{epoch.keras\")", "braces");
}
