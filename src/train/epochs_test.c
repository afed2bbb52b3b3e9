/* Epochs of a fit: which samples they see, when they validate, how they end. */
#include "testing/toy_training.h"

#include <math.h>

TEST(an_epoch_of_some_steps_continues_in_the_data)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    const hone_history *history =
        hone_fit(model, data, .epochs = 3, .batch_size = 2, .steps_per_epoch = 3, .shuffle = false);
    assert_non_null(history);
    assert_float_equal(hone_history_value(history, "loss", 0), toy_loss(0, 5), 1e-4);
    assert_float_equal(hone_history_value(history, "loss", 1), toy_loss(6, 9), 1e-4); /* the data end */
    assert_float_equal(hone_history_value(history, "loss", 2), toy_loss(0, 5), 1e-4);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(only_every_second_epoch_validates)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    const hone_history *history =
        hone_fit(model, data, .epochs = 4, .validation_data = data, .validation_freq = 2,
                 .validation_batch_size = 5, .validation_steps = 1);
    assert_non_null(history);
    for (int64_t epoch = 0; epoch < 4; epoch++) {
        const double value = hone_history_value(history, "val_loss", epoch);
        if (epoch % 2 == 0)
            assert_true(isnan(value));
        else
            assert_float_equal(value, toy_loss(0, 4), 1e-4);
    }
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(numbers_of_epochs_begin_at_the_initial_one)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    const hone_history *history = hone_fit(model, data, .epochs = 5, .initial_epoch = 3);
    assert_int_equal(hone_history_epoch_count(history), 2);
    assert_int_equal(hone_history_epoch(history, 0), 3);
    hone_model_free(model);
    hone_dataset_free(data);
}

static hone_status stop_in_epoch_1(void *model, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)trainer, (void)logs;
    if (hone_optimizer_iterations(hone_model_optimizer(model)) == 5 + 2)
        hone_model_stop(model);
    return batch < 5 ? HONE_OK : HONE_ERROR_STATE;
}

TEST(an_interrupted_epoch_is_not_one)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    const hone_history *history =
        hone_fit(model, data, .epochs = 4, .batch_size = 2,
                 .callbacks = hone_callbacks(
                     hone_lambda_callback(.on_train_batch_end = stop_in_epoch_1, .context = model)));
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_history_epoch_count(history), 1);
    assert_string_equal(hone_history_stopped_by(history), "interrupt");
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 7);
    hone_model_free(model);
    hone_dataset_free(data);
}

static void keep(void *context, const char *text, size_t length)
{
    char *kept = context;
    const size_t used = strlen(kept);
    assert_true(used + length < 4096);
    memcpy(kept + used, text, length);
    kept[used + length] = '\0';
}

TEST(a_loss_that_is_no_number_is_told_once)
{
    static char said[4096];
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(1e30);
    assert_non_null(hone_fit(model, data, .epochs = 3, .batch_size = 5, .shuffle = false, .output = keep,
                             .output_context = said, .verbose = 2));
    const char *told = strstr(said, "of epoch 1; the data are finite");
    if (told == NULL)
        fail_msg("not in \"%s\"", said);
    assert_null(strstr(told + strlen("of epoch 1; the data"), "the data are finite"));
    hone_model_free(model);
    hone_dataset_free(data);
}

/* A fit on three rows, of which the second is padding alone, by the network behind an embedding. */
static const char *fit_padded(hone_layer *first, hone_layer *second)
{
    static char said[4096];
    const float ids[] = {1, 2, 0, 0, 2, 1}, targets[] = {1, 2, 3};
    hone_model *model =
        hone_sequential(hone_input(2), hone_embedding(3, 2, .mask_zero = true), first, second, hone_dense(1));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(), .loss = "mse"), HONE_OK);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view((void *)ids, HONE_FLOAT32, 2, (int64_t[]){3, 2})},
                                 .y = {hone_array_view((void *)targets, HONE_FLOAT32, 2, (int64_t[]){3, 1})});
    said[0] = '\0';
    assert_non_null(hone_fit(model, data, .epochs = 2, .batch_size = 2, .output = keep,
                             .output_context = said, .verbose = 2));
    hone_model_free(model);
    hone_dataset_free(data);
    return said;
}

/* The mean over no step is not a number. */
TEST(a_loss_that_padding_alone_spoils_is_told_with_the_row)
{
    const char *said = fit_padded(hone_global_average_pooling1d(), hone_dropout(0));
    if (strstr(said, "row 1 of x is padding alone, of which the mask of \"embedding\" leaves nothing") ==
        NULL)
        fail_msg("not in \"%s\"", said);
}

TEST(rows_of_padding_alone_are_counted_once)
{
    const char *
        wanted =
           "1 of 3 rows for the input \"input_layer\" is padding alone (the first is row 1): the layer \"embedding\" "
           "masks all of their steps",
       *said = fit_padded(hone_lstm(2), hone_dropout(0)), *told = strstr(said, wanted);
    if (told == NULL)
        fail_msg("not in \"%s\"", said);
    assert_null(strstr(told + strlen(wanted), "padding alone"));
}

TEST(a_mask_that_nothing_reads_is_not_told)
{
    assert_null(strstr(fit_padded(hone_flatten(), hone_dropout(0)), "padding alone"));
}

/* Steps of two numbers each. */
TEST(rows_that_masking_hides_are_told)
{
    static char said[4096];
    const float x[] = {-1, -1, -1, -1, 0, -1, -1, -1}, targets[] = {1, 2};
    hone_model *model =
        hone_sequential(hone_input(2, 2), hone_masking(.mask_value = -1), hone_gru(2), hone_dense(1));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(), .loss = "mse"), HONE_OK);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view((void *)x, HONE_FLOAT32, 3, (int64_t[]){2, 2, 2})},
                                 .y = {hone_array_view((void *)targets, HONE_FLOAT32, 2, (int64_t[]){2, 1})});
    said[0] = '\0';
    assert_non_null(hone_fit(model, data, .epochs = 1, .output = keep, .output_context = said, .verbose = 2));
    if (strstr(
            said,
            "1 of 2 rows for the input \"input_layer\" is padding alone (the first is row 0): the layer \"masking\"") ==
        NULL)
        fail_msg("not in \"%s\"", said);
    hone_model_free(model);
    hone_dataset_free(data);
}
