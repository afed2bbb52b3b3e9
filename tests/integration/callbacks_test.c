/* Callbacks in real trainings of a small model. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "callbacks/weights_copy.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 24, FEATURES = 4, CLASSES = 3, BATCH = 6 };

static float samples[SAMPLES][FEATURES];
static int32_t labels[SAMPLES];
static char folder[64];

static hone_dataset *data_set(void)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
}

static hone_model *make_model(const char *optimizer)
{
    hone_model *model = hone_sequential(hone_input(FEATURES), hone_dense(6, .activation = "tanh"),
                                        hone_dropout(0.3), hone_dense(CLASSES, .activation = "softmax"));
    assert_non_null(model);
    if (hone_compile(model, .optimizer = hone_optimizer_from_text(optimizer),
                     .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

/* Takes the callbacks over. */
static const hone_history *train(hone_model *model, int64_t epochs, double split,
                                 hone_callback_list *callbacks)
{
    hone_dataset *data = data_set();
    if (callbacks == NULL)
        fail_msg("%s", hone_error_message());
    const hone_history *history = hone_fit(model, data, .epochs = epochs, .batch_size = BATCH,
                                           .validation_split = split, .callbacks = callbacks);
    hone_dataset_free(data);
    return history;
}

static char *in_folder(const char *name)
{
    return hone_internal_format("%s/%s", folder, name);
}

static void drop(char *path)
{
    assert_int_equal(unlink(path), 0);
    hone_internal_free(path);
}

/* ---- the order of events ---- */

static hone_text told;

static hone_status tell_train_begin(void *context, hone_trainer *trainer)
{
    (void)trainer;
    hone_internal_text_format(&told, "%s begins;", (const char *)context);
    return HONE_OK;
}
static hone_status tell_train_end(void *context, hone_trainer *trainer, hone_logs *logs)
{
    (void)context, (void)trainer;
    hone_internal_text_format(&told, " end with %d numbers", logs->count);
    return HONE_OK;
}
static hone_status tell_epoch_begin(void *context, hone_trainer *trainer, int64_t epoch)
{
    (void)context;
    hone_internal_text_format(&told, " epoch %d/%d:", (int)epoch, (int)hone_trainer_epoch_count(trainer));
    return HONE_OK;
}
static hone_status tell_epoch_end(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)context, (void)trainer;
    hone_internal_text_format(&told, " %d ends", (int)epoch);
    for (int i = 0; i < logs->count; i++)
        hone_internal_text_format(&told, " %s", logs->names[i]);
    hone_internal_text_append(&told, ";");
    return hone_logs_set(logs, "mine", (double)epoch * 10);
}
static hone_status tell_batch_begin(void *context, hone_trainer *trainer, int64_t batch)
{
    (void)context, (void)trainer;
    hone_internal_text_format(&told, " (%d", (int)batch);
    return HONE_OK;
}
static hone_status tell_batch_end(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    double loss;
    (void)context;
    assert_true(hone_logs_get(logs, "loss", &loss) && isfinite(loss));
    hone_internal_text_format(&told, " %d after %d of %d)", (int)batch, (int)hone_trainer_iteration(trainer),
                              (int)hone_trainer_step_count(trainer));
    return HONE_OK;
}

TEST(events_come_in_the_order_of_keras)
{
    hone_model *model = make_model("adam");
    const hone_history *history = train(
        model, 2, 0.5,
        hone_callbacks(
            hone_lambda_callback(.context = "it", .on_train_begin = tell_train_begin,
                                 .on_train_end = tell_train_end, .on_epoch_begin = tell_epoch_begin,
                                 .on_epoch_end = tell_epoch_end, .on_train_batch_begin = tell_batch_begin,
                                 .on_train_batch_end = tell_batch_end)));
    assert_non_null(history);
    assert_string_equal(
        told.data,
        "it begins; epoch 0/2: (0 0 after 1 of 2) (1 1 after 2 of 2)"
        " 0 ends accuracy loss val_accuracy val_loss;"
        " epoch 1/2: (0 0 after 3 of 2) (1 1 after 4 of 2) 1 ends accuracy loss val_accuracy val_loss;"
        " end with 5 numbers");
    assert_true(hone_history_value(history, "mine", 1) == 10); /* what a callback adds is in the history */
    hone_internal_text_free(&told);
    hone_model_free(model);
}

/* ---- stopping and failing ---- */

static hone_status stop_in_second(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)logs;
    if (hone_trainer_epoch(trainer) == 1 && batch == 1)
        hone_trainer_stop(trainer, "enough");
    return HONE_OK;
}

/* The epoch ends after the present batch, as an epoch. */
TEST(a_callback_stops_after_the_batch)
{
    hone_model *model = make_model("adam");
    const hone_history *history =
        train(model, 5, 0.25, hone_callbacks(hone_lambda_callback(.on_train_batch_end = stop_in_second)));
    assert_int_equal(hone_history_epoch_count(history), 2);
    assert_string_equal(hone_history_stopped_by(history), "enough");
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 3 + 2);
    assert_true(isfinite(hone_history_value(history, "val_loss", 1)));
    hone_model_free(model);
}

static hone_status fail_now(void *context, hone_trainer *trainer, int64_t epoch)
{
    (void)context, (void)trainer;
    return epoch == 1 ? hone_fail(HONE_ERROR_CALLBACK, "it is raining") : HONE_OK;
}

TEST(a_failing_callback_fails_the_fit)
{
    hone_model *model = make_model("adam");
    assert_null(train(model, 5, 0, hone_callbacks(hone_lambda_callback(.on_epoch_begin = fail_now))));
    assert_int_equal(hone_error_status(), HONE_ERROR_CALLBACK);
    assert_non_null(strstr(hone_error_message(), "it is raining"));
    assert_int_equal(hone_history_epoch_count(hone_model_history(model)), 1);
    hone_model_free(model);
}

TEST(a_nan_ends_the_training)
{
    hone_model *model = make_model("sgd(0.1)");
    float kept = samples[3][1];
    samples[3][1] = NAN;
    const hone_history *history = train(model, 5, 0, hone_callbacks(hone_terminate_on_nan()));
    assert_int_equal(hone_history_epoch_count(history), 1);
    assert_string_equal(hone_history_stopped_by(history), "terminate_on_nan");
    hone_model_free(model);
    model = make_model("sgd(0.1)");
    assert_null(train(model, 5, 0, hone_callbacks(hone_terminate_on_nan(.raise_error = true))));
    assert_int_equal(hone_error_status(), HONE_ERROR_NUMERIC);
    samples[3][1] = kept;
    hone_model_free(model);
}

/* ---- weights ---- */

static hone_weights_copy *kept_weights[8];
static hone_status keep_weights(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)context, (void)logs;
    kept_weights[epoch] = hone_trainer_copy_weights(trainer, NULL);
    return HONE_OK;
}
static hone_status compare_weights(void *context, hone_trainer *trainer, hone_logs *logs)
{
    (void)logs;
    hone_weights_copy *now = hone_trainer_copy_weights(trainer, NULL);
    assert_memory_equal(now->data, kept_weights[*(const int *)context]->data, now->floats * sizeof(float));
    hone_weights_copy_free(now);
    return HONE_OK;
}

/* The loss of training with a falling accuracy of validation: the weights of the best epoch come back, also
 * without an early end. */
TEST(the_best_weights_come_back)
{
    static const int best = 0;
    hone_model *model = make_model("sgd(5)"); /* jumps about */
    const hone_history *history =
        train(model, 4, 0.25,
              hone_callbacks(hone_lambda_callback(.on_epoch_end = keep_weights),
                             hone_early_stopping(.monitor = "val_loss", .patience = 9, .min_delta = 1000,
                                                 .restore_best_weights = true),
                             hone_lambda_callback(.context = (void *)(uintptr_t)&best,
                                                  .on_train_end = compare_weights)));
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_history_epoch_count(history), 4);
    assert_int_equal(hone_history_best_epoch(history), 0);
    for (int i = 0; i < 4; i++)
        hone_weights_copy_free(kept_weights[i]);
    hone_model_free(model);
}

#ifndef HONE_CORE_ONLY /* model files */
TEST(saved_models_are_those_of_their_epoch)
{
#ifdef HONE_CORE_ONLY
    skip(); /* no model files there */
#endif
    char *pattern = in_folder("a/b/m-{epoch:02d}.keras"), *weights = in_folder("{epoch}.weights.h5");
    hone_model *model = make_model("adam");
    if (train(model, 2, 0,
              hone_callbacks(hone_model_checkpoint(pattern),
                             hone_model_checkpoint(weights, .save_weights_only = true))) == NULL)
        fail_msg("%s", hone_error_message());
    char *last = in_folder("a/b/m-02.keras"), *first = in_folder("a/b/m-01.keras"),
         *h5 = in_folder("2.weights.h5"), *h5_first = in_folder("1.weights.h5");
    hone_model *loaded = hone_load(last), *other = make_model("adam");
    if (loaded == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_load_weights(other, h5), HONE_OK);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        size_t bytes = (size_t)hone_internal_variable_count(hone_model_weight(model, i)) * sizeof(float);
        assert_memory_equal(hone_internal_variable_data(hone_model_weight(model, i)),
                            hone_internal_variable_data(hone_model_weight(loaded, i)), bytes);
        assert_memory_equal(hone_internal_variable_data(hone_model_weight(model, i)),
                            hone_internal_variable_data(hone_model_weight(other, i)), bytes);
    }
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(loaded)),
                     hone_optimizer_iterations(hone_model_optimizer(model)));
    hone_model_free(loaded);
    hone_model_free(other);
    hone_model_free(model);
    drop(first), drop(last), drop(h5), drop(h5_first);
    char *inner = in_folder("a/b"), *outer = in_folder("a");
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(rmdir(outer), 0);
    hone_internal_free(inner), hone_internal_free(outer), hone_internal_free(pattern),
        hone_internal_free(weights);
}

#endif

TEST(an_unknown_name_in_a_path_is_an_error)
{
    hone_model *model = make_model("adam");
    assert_null(train(model, 2, 0, hone_callbacks(hone_model_checkpoint("{val_acc:.2f}.keras"))));
    assert_non_null(strstr(hone_error_message(), "available metrics: epoch, accuracy, loss"));
    hone_model_free(model);
}

/* ---- rates and averages ---- */

TEST(rates_are_those_of_the_schedule)
{
    hone_model *model = make_model("sgd(0.5)");
    const hone_history *history =
        train(model, 4, 0.25,
              hone_callbacks(hone_learning_rate_scheduler(.schedule = hone_exponential_decay(0.5, 1, 0.5))));
    for (int64_t epoch = 0; epoch < 4; epoch++)
        assert_true(hone_history_value(history, "learning_rate", epoch) == ldexp(0.5, -(int)epoch));
    history =
        train(model, 4, 0.25,
              hone_callbacks(hone_reduce_lr_on_plateau(.patience = 1, .factor = 0.5, .min_delta = 1000)));
    assert_true(hone_history_value(history, "learning_rate", 0) == 0.0625);
    assert_true(hone_history_value(history, "learning_rate", 3) == 0.0625 / 4);
    hone_model_free(model);
    model = make_model("sgd(exponential_decay(0.1, 10, 0.5))");
    assert_null(train(model, 4, 0, hone_callbacks(hone_reduce_lr_on_plateau())));
    assert_int_equal(hone_error_status(), HONE_ERROR_STATE);
    hone_model_free(model);
}

/* Validation sees the averages: its loss is that of a model into which they were put. */
TEST(averages_are_validated)
{
    hone_model *model = make_model("sgd(0.5, use_ema=true, ema_momentum=0.9)");
    const hone_history *history =
        train(model, 3, 0.25, hone_callbacks(hone_swap_ema_weights(.swap_on_epoch = true)));
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset *data = data_set(), *held = hone_dataset_slice(data, -6, HONE_NONE_INTEGER);
    hone_logs logs;
    double loss;
    assert_int_equal(hone_evaluate(model, held, &logs, .batch_size = BATCH),
                     HONE_OK); /* the fit ends with the averages as weights */
    hone_logs_get(&logs, "loss", &loss);
    assert_true(loss == hone_history_last(history, "val_loss"));
    hone_dataset_free(held);
    hone_dataset_free(data);
    hone_model_free(model);
    model = make_model("sgd");
    assert_null(train(model, 1, 0.25, hone_callbacks(hone_swap_ema_weights())));
    assert_non_null(strstr(hone_error_message(), "use_ema"));
    hone_model_free(model);
}

/* ---- files of the run ---- */

TEST(a_csv_file_has_each_epoch)
{
    char *path = in_folder("h.csv"), expected[1024];
    hone_model *model = make_model("adam");
    hone_dataset *data = data_set();
    const hone_history *history =
        hone_fit(model, data, .epochs = 2, .batch_size = BATCH, .validation_split = 0.25,
                 .validation_freq = 2, .callbacks = hone_callbacks(hone_csv_logger(path)));
    hone_dataset_free(data);
    char numbers[6][32];
    static const char *const names[] = {"accuracy", "loss"};
    for (int i = 0; i < 4; i++)
        hone_internal_number_to_text(hone_history_value(history, names[i % 2], i / 2), numbers[i],
                                     sizeof numbers[i]);
    hone_internal_number_to_text(hone_history_value(history, "val_accuracy", 1), numbers[4],
                                 sizeof numbers[4]);
    hone_internal_number_to_text(hone_history_value(history, "val_loss", 1), numbers[5], sizeof numbers[5]);
    snprintf(expected, sizeof expected,
             "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,%s,%s,NA,NA\r\n1,%s,%s,%s,%s\r\n", numbers[0],
             numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    void *text;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &text, &bytes), HONE_OK);
    assert_string_equal(text, expected);
    hone_internal_free(text);
    hone_model_free(model);
    drop(path);
}

#ifndef HONE_CORE_ONLY
static hone_model *stopped;
static hone_status stop_model(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)context, (void)batch, (void)logs;
    if (stopped != NULL && hone_trainer_iteration(trainer) == 5)
        hone_model_stop(stopped);
    return HONE_OK;
}

static hone_callback_list *backup(const char *path)
{
    return hone_callbacks(hone_lambda_callback(.on_train_batch_end = stop_model),
                          hone_backup_and_restore(path, .save_freq = "2"));
}

/* Stopped in the midst, then once more with the same call: as if it had never stopped; the folder goes when
 * it is done. */
TEST(an_interrupted_training_goes_on)
{
#ifdef HONE_CORE_ONLY
    skip(); /* no model files there */
#endif
    char *path = in_folder("backup");
    hone_model *expected = make_model("adam"), *model = make_model("adam");
    stopped = NULL;
    assert_non_null(train(expected, 3, 0.25, backup(path)));
    assert_int_not_equal(access(path, F_OK), 0);
    stopped = model;
    const hone_history *history = train(model, 3, 0.25, backup(path));
    assert_string_equal(hone_history_stopped_by(history), "interrupt");
    assert_int_equal(access(path, F_OK), 0);
    hone_model_free(model);
    stopped = NULL;
    model = make_model("adam");
    if (train(model, 3, 0.25, backup(path)) == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < hone_model_weight_count(model); i++)
        assert_memory_equal(hone_internal_variable_data(hone_model_weight(model, i)),
                            hone_internal_variable_data(hone_model_weight(expected, i)),
                            (size_t)hone_internal_variable_count(hone_model_weight(model, i)) *
                                sizeof(float));
    assert_int_not_equal(access(path, F_OK), 0);
    hone_model_free(model);
    hone_model_free(expected);
    hone_internal_free(path);
}

/* A checkpoint that is kept tells the same call, once more, that nothing is left to do. */
TEST(a_kept_checkpoint_goes_on)
{
    char *path = in_folder("kept"), *file = in_folder("kept/latest.keras");
    hone_model *models[2];
    for (int run = 0; run < 2; run++) {
        models[run] = make_model("adam");
        const hone_history *history = train(
            models[run], 2, 0.25, hone_callbacks(hone_backup_and_restore(path, .delete_checkpoint = false)));
        if (history == NULL)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_history_epoch_count(history), 2);
        assert_int_equal(access(file, F_OK), 0);
    }
    for (int i = 0; i < hone_model_weight_count(models[0]); i++)
        assert_memory_equal(hone_internal_variable_data(hone_model_weight(models[0], i)),
                            hone_internal_variable_data(hone_model_weight(models[1], i)),
                            (size_t)hone_internal_variable_count(hone_model_weight(models[0], i)) *
                                sizeof(float));
    for (int run = 0; run < 2; run++)
        hone_model_free(models[run]);
    drop(file);
    assert_int_equal(rmdir(path), 0);
    hone_internal_free(path);
}

#endif

static int begin(void **state)
{
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i * 5 % CLASSES;
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)(cos(i * 2.3 + j) + (j == labels[i]));
    }
    strcpy(folder, "/tmp/hone_callbacks_XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    return rmdir(folder);
}

AROUND_ALL(begin, end);
