/* reduce_lr_on_plateau. */
#include "testing/check_callback.h"
#include "testing/golden.h"

#include <string.h>

TEST(keeps_what_callbacks_promise)
{
    check_callback(&(callback_example){.text = "reduce_lr_on_plateau(patience=1, factor=0.5, cooldown=1)",
                                       .sees = SEES(TRAIN_BEGIN) | SEES(EPOCH_END),
                                       .does = SETS_RATE | ADDS_TO_LOGS});
    check_callback(&(callback_example){.text = "reduce_lr_on_plateau(patience=2, min_lr=0.4, verbose=1)",
                                       .sees = SEES(TRAIN_BEGIN) | SEES(EPOCH_END),
                                       .does = SETS_RATE | ADDS_TO_LOGS | PRINTS});
}

static void check_during(const char *title, const hone_config *expected, pretended_training *training,
                         int64_t epoch)
{
    golden_callback_check_rate(title,
                               hone_internal_config_as_number(hone_internal_config_at(
                                   golden_get(expected, "learning_rates"), (size_t)epoch)),
                               training->rate);
}

static void check_end(const char *title, const hone_config *expected, pretended_training *training,
                      int64_t epochs)
{
    (void)epochs;
    golden_callback_check_rate(
        title, hone_internal_config_as_number(golden_get(expected, "learning_rate_after")), training->rate);
}

TEST(lowers_the_rate_when_keras_does)
{
    check_callback_golden(
        &(golden_callback){.name = "reduce_lr_on_plateau", .during = check_during, .end = check_end});
}

TEST(says_the_new_rate_with_all_its_digits)
{
    static const double values[] = {0.7889, 0.6, 0.65};
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list =
        pretend_list(hone_reduce_lr_on_plateau(.monitor = "loss", .patience = 1, .factor = 0.5, .verbose = 1,
                                               .min_delta = 0.2));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        pretend_epoch(&training, list, epoch, "loss", values[epoch]);
    assert_string_equal(pretend_text(&training.printed),
                        "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.05.\n"
                        "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.02500000037252903.\n");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(refuses_a_rate_that_a_schedule_gives)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    training.trainer.scheduled = true;
    hone_callback_list *list = pretend_list(hone_reduce_lr_on_plateau());
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_STATE);
    assert_non_null(strstr(hone_error_message(), "schedule"));
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(refuses_a_factor_that_does_not_lower)
{
    check_callback_refused("reduce_lr_on_plateau(factor=1)", "factor");
    check_callback_refused("reduce_lr_on_plateau(patience=-1)", "patience");
}
