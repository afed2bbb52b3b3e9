/* Setting up a fit: the split, what is refused, and the history that stays. */
#include "testing/toy_training.h"

#include <math.h>

TEST(the_last_samples_are_held_out)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    const hone_history *history = hone_fit(model, data, .validation_split = 0.25);
    assert_float_equal(hone_history_value(history, "loss", 0), toy_loss(0, 6), 1e-4); /* floor(7.5) */
    assert_float_equal(hone_history_value(history, "val_loss", 0), toy_loss(7, 9), 1e-4);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(refuses_a_split_that_leaves_a_part_empty)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    assert_null(hone_fit(model, data, .validation_split = 0.95));
    assert_message_has("validation_split 0.95 of 10 samples leaves one part empty");
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(nothing_is_an_error_of_its_own)
{
    hone_dataset *data = toy_data();
    hone_error_clear();
    assert_null(hone_fit(NULL, data));
    assert_message_has("expected a model, received NULL");
    hone_dataset_free(data);
    hone_model *model = toy_model(0);
    hone_error_clear();
    assert_null(hone_fit(model, NULL));
    assert_message_has("expected a data set, received NULL");
    assert_null(hone_model_history(model));
    hone_model_free(model);
}

TEST(the_history_is_that_of_the_last_fit)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    assert_int_equal(hone_history_epoch_count(hone_fit(model, data, .epochs = 3)), 3);
    assert_int_equal(hone_history_epoch_count(hone_fit(model, data, .epochs = 1)), 1);
    assert_int_equal(hone_history_epoch_count(hone_model_history(model)), 1);
    assert_null(hone_history_stopped_by(hone_model_history(model)));
    hone_model_free(model);
    hone_dataset_free(data);
}

/* A cosine without a length, down to a tenth: its rate halfway through the steps of a fit and at their end.
 */
static void check_length(int64_t steps_per_epoch, int64_t steps)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    hone_schedule *schedule = hone_cosine_decay(0.01, .alpha = 0.1);
    assert_non_null(schedule);
    assert_int_equal(
        hone_compile(model, .loss = "mse",
                     .optimizer = hone_sgd(.learning_rate_schedule = hone_schedule_retain(schedule))),
        HONE_OK);
    assert_non_null(hone_fit(model, data, .epochs = 2, .batch_size = 4, .steps_per_epoch = steps_per_epoch));
    assert_true(fabs(hone_schedule_rate(schedule, steps / 2) - 0.01 * (0.1 + 0.9 / 2)) < 1e-12);
    assert_true(fabs(hone_schedule_rate(schedule, steps) - 0.001) < 1e-12);
    hone_schedule_free(schedule);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(a_schedule_without_a_length_ends_with_the_fit)
{
    check_length(HONE_NONE_INTEGER, 6); /* 10 samples in batches of 4 are 3 steps per epoch */
    check_length(2, 4);
    check_length(9, 6); /* more than there are */
}
