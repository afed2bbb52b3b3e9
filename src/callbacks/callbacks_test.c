/* Callbacks over made-up trainings: the decisions of real Keras (tests/golden/callbacks), messages,
 * settings, what is refused, and memory in checkpoints. */
#include "fields/fields.h"
#include "base/file.h"
#include "base/memory.h"
#include "callbacks/callback.h"
#include "callbacks/weights_copy.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a training that only pretends: its one weight is the number of the epoch ---- */

typedef struct pretended {
    hone_trainer trainer;
    double rate;
    float weight;
    hone_text saved, printed; /* paths, a line each */
    int swaps;
} pretended;

static double get_rate(void *context)
{
    return ((pretended *)context)->rate;
}
static hone_status set_rate(void *context, double rate)
{
    ((pretended *)context)->rate = (double)(float)rate;
    return HONE_OK;
}
static int direction(void *context, const char *name)
{
    (void)context;
    if (strncmp(name, "val_", 4) == 0)
        name += 4;
    return strcmp(name, "loss") == 0 ? -1 : strcmp(name, "accuracy") == 0 ? 1 : 0;
}
static hone_status save(void *context, const char *path, bool weights_only)
{
    (void)weights_only;
    hone_internal_text_format(&((pretended *)context)->saved, "%s\n", path);
    return HONE_OK;
}
static hone_weights_copy *copy(void *context, hone_weights_copy *into)
{
    if (into == NULL)
        into = hone_internal_weights_copy_create(1);
    if (into != NULL)
        into->data[0] = ((pretended *)context)->weight;
    return into;
}
static hone_status put_back(void *context, const hone_weights_copy *kept)
{
    ((pretended *)context)->weight = kept->data[0];
    return HONE_OK;
}
static hone_status swap(void *context)
{
    ((pretended *)context)->swaps++;
    return HONE_OK;
}
static void print(void *context, const char *text)
{
    hone_internal_text_append(&((pretended *)context)->printed, text);
}

static void begin_training(pretended *training, double rate, int64_t epochs)
{
    *training = (pretended){.rate = rate};
    training->trainer = (hone_trainer){.context = training,
                                       .epochs = epochs,
                                       .steps = 1,
                                       .best_epoch = -1,
                                       .learning_rate = get_rate,
                                       .set_learning_rate = set_rate,
                                       .direction = direction,
                                       .save = save,
                                       .copy_weights = copy,
                                       .restore_weights = put_back,
                                       .swap_averages = swap,
                                       .print = print};
}

static void end_training(pretended *training)
{
    hone_internal_text_free(&training->saved);
    hone_internal_text_free(&training->printed);
}

static void run(hone_callback_list *list, pretended *training, hone_event event, int64_t number,
                hone_logs *logs)
{
    hone_status status = hone_internal_callbacks_run(list, event, &training->trainer, number, logs);
    if (status < 0)
        fail_msg("%s", hone_error_message());
}

static hone_callback_list *list_of(hone_callback *callback)
{
    if (callback == NULL)
        fail_msg("%s", hone_error_message());
    hone_callback_list *list = hone_callbacks(callback);
    assert_non_null(list);
    return list;
}

/* ---- golden files ---- */

static hone_callback *from_arguments(const char *name, const hone_config *arguments, const char *extra_key,
                                     const char *extra)
{
    const hone_type *type = hone_internal_type_find("callback", name);
    hone_config *map = arguments == NULL ? hone_internal_config_map() : hone_internal_config_copy(arguments);
    if (extra_key != NULL)
        assert_int_equal(hone_internal_config_set(map, extra_key, hone_internal_config_text(extra)), HONE_OK);
    void *args = hone_internal_fields_from_config(type, map, NULL);
    if (args == NULL)
        fail_msg("%s: %s", name, hone_error_message());
    hone_callback *callback = hone_callback_create((const hone_callback_type *)type, args);
    hone_internal_fields_free(type, args);
    hone_internal_config_free(map);
    return callback;
}

static double number_of(const hone_config *config)
{
    if (config == NULL || config->kind == HONE_CONFIG_NULL)
        return NAN;
    if (config->kind == HONE_CONFIG_TEXT)
        return strcmp(config->text, "inf") == 0 ? INFINITY : NAN;
    return config->number;
}

static hone_logs logs_of(const hone_config *map)
{
    hone_logs logs = {0};
    for (size_t i = 0; i < map->count; i++)
        assert_int_equal(hone_logs_set(&logs, map->keys[i], number_of(map->items[i])), HONE_OK);
    return logs;
}

/* What happened in an epoch, to be compared. */
typedef void epoch_check(const char *title, const hone_config *expected, pretended *training, int64_t epoch);

static void check_rate(const char *title, double expected, double received)
{
    if (!(fabs(expected - received) <= 1e-6 * expected))
        fail_msg("%s: rate %.9g, expected %.9g", title, received, expected);
}

static void check_rates(const char *title, const hone_config *expected, pretended *training, int64_t epoch)
{
    check_rate(title, golden_get(expected, "learning_rates")->items[epoch]->number, training->rate);
}

static void check_saved(const char *title, const hone_config *expected, pretended *training, int64_t epoch)
{
    const hone_config *files = golden_get(expected, "saved")->items[epoch];
    hone_text wanted = {0};
    for (size_t i = 0; i < files->count; i++)
        hone_internal_text_format(&wanted, "%s\n", files->items[i]->text);
    const char *given = training->saved.data != NULL ? training->saved.data : "",
               *text = wanted.data != NULL ? wanted.data : "";
    if (strcmp(given, text) != 0)
        fail_msg("%s: epoch %d saved %s, expected %s", title, (int)epoch, given, text);
    hone_internal_text_free(&wanted);
    hone_internal_text_free(&training->saved);
}

static int64_t pretend(hone_callback_list *list, pretended *training, const hone_config *example,
                       const char *title, epoch_check *during, epoch_check *after)
{
    const hone_config *logs = golden_get(example, "logs"), *expected = golden_get(example, "expected");
    const hone_config *steps = golden_get(example, "steps_per_epoch");
    int64_t epoch = 0, count = (int64_t)logs->count;
    run(list, training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (; epoch < count && !training->trainer.stopped; epoch++) {
        hone_logs now = logs_of(logs->items[epoch]);
        training->trainer.epoch = epoch;
        run(list, training, HONE_EVENT_EPOCH_BEGIN, epoch, NULL);
        if (during != NULL)
            during(title, expected, training, epoch);
        for (int64_t batch = 0; steps != NULL && batch < steps->integer; batch++)
            run(list, training, HONE_EVENT_BATCH_END, batch, &now);
        training->weight = (float)epoch;
        run(list, training, HONE_EVENT_EPOCH_END, epoch, &now);
        if (after != NULL)
            after(title, expected, training, epoch);
    }
    run(list, training, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    return epoch;
}

static bool named(const hone_config *example, const char *name)
{
    return strcmp(hone_internal_config_get_text(example, "case"), name) == 0;
}

static void test_early_stopping(void **state)
{
    (void)state;
    hone_config *file = golden_open("callbacks", "early_stopping");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i], *expected = golden_get(example, "expected");
        const char *title = golden_title(file, example);
        if (named(example, "NaN in the first epoch"))
            continue; /* Keras takes the NaN for the best; see below */
        pretended training;
        begin_training(&training, 0.1, 10);
        hone_callback_list *list =
            list_of(from_arguments("early_stopping", golden_get(example, "arguments"), NULL, NULL));
        int64_t epochs = pretend(list, &training, example, title, NULL, NULL);
        const hone_config *stopped = golden_get(expected, "stopped_epoch");
        if (epochs != golden_get(expected, "epochs_run")->integer)
            fail_msg("%s: %d epochs", title, (int)epochs);
        assert_int_equal(training.trainer.stopped, stopped != NULL && stopped->kind == HONE_CONFIG_INTEGER);
        int64_t restored = golden_get(expected, "restored_epoch")->integer;
        if ((int64_t)training.weight != restored)
            fail_msg("%s: weights of epoch %d, expected those of %d", title, (int)training.weight,
                     (int)restored);
        hone_callback_list_free(list);
        end_training(&training);
    }
    hone_internal_config_free(file);
}

static void test_reduce_lr_on_plateau(void **state)
{
    (void)state;
    hone_config *file = golden_open("callbacks", "reduce_lr_on_plateau");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i];
        pretended training;
        begin_training(&training, number_of(golden_get(example, "learning_rate")), 10);
        hone_callback_list *list =
            list_of(from_arguments("reduce_lr_on_plateau", golden_get(example, "arguments"), NULL, NULL));
        pretend(list, &training, example, golden_title(file, example), check_rates, NULL);
        check_rate(golden_title(file, example),
                   golden_get(golden_get(example, "expected"), "learning_rate_after")->number, training.rate);
        hone_callback_list_free(list);
        end_training(&training);
    }
    hone_internal_config_free(file);
}

static void test_model_checkpoint(void **state)
{
    (void)state;
    hone_config *file = golden_open("callbacks", "model_checkpoint");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i];
        pretended training;
        begin_training(&training, 0.1, 10);
        hone_callback_list *list =
            list_of(from_arguments("model_checkpoint", golden_get(example, "arguments"), NULL, NULL));
        pretend(list, &training, example, golden_title(file, example), NULL, check_saved);
        hone_callback_list_free(list);
        end_training(&training);
    }
    hone_internal_config_free(file);
}

static char *temporary(void)
{
    char *path = hone_internal_copy_text("/tmp/hone_callbacks_XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    return path;
}

static void check_file(const char *title, const char *path, const char *expected)
{
    void *text;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &text, &bytes), HONE_OK);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: \"%s\", expected \"%s\"", title, (char *)text, expected);
    hone_internal_free(text);
}

static void test_csv_logger(void **state)
{
    (void)state;
    hone_config *file = golden_open("callbacks", "csv_logger");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i];
        char *path = temporary();
        pretended training;
        begin_training(&training, 0.1, 10);
        training.trainer.validates =
            true; /* Keras fills columns of validation always; so do we when there is any */
        hone_callback_list *list =
            list_of(from_arguments("csv_logger", golden_get(example, "arguments"), "filename", path));
        pretend(list, &training, example, golden_title(file, example), NULL, NULL);
        check_file(golden_title(file, example), path,
                   hone_internal_config_get_text(golden_get(example, "expected"), "text"));
        unlink(path);
        hone_internal_free(path);
        hone_callback_list_free(list);
        end_training(&training);
    }
    hone_internal_config_free(file);
}

static void test_terminate_on_nan(void **state)
{
    (void)state;
    hone_config *file = golden_open("callbacks", "terminate_on_nan");
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i], *losses = golden_get(example, "batch_losses");
        pretended training;
        size_t batches = 0;
        begin_training(&training, 0.1, 1);
        hone_callback_list *list = list_of(hone_terminate_on_nan());
        for (; batches < losses->count && !training.trainer.stopped; batches++) {
            hone_logs logs = {.count = 1, .names = {"loss"}, .values = {number_of(losses->items[batches])}};
            run(list, &training, HONE_EVENT_BATCH_END, (int64_t)batches, &logs);
        }
        assert_int_equal(batches, golden_get(golden_get(example, "expected"), "batches_run")->integer);
        if (training.trainer.stopped) {
            assert_string_equal(training.trainer.stop_reason, "terminate_on_nan");
            assert_non_null(strstr(training.printed.data, ": Invalid loss, terminating training\n"));
        }
        hone_callback_list_free(list);
        end_training(&training);
    }
    hone_internal_config_free(file);
}

/* ---- where we differ from Keras, messages ---- */

static void one_epoch(hone_callback_list *list, pretended *training, int64_t epoch, const char *name,
                      double value)
{
    hone_logs logs = {.count = 1, .names = {name}, .values = {value}};
    training->trainer.epoch = epoch;
    training->weight = (float)epoch;
    run(list, training, HONE_EVENT_EPOCH_BEGIN, epoch, NULL);
    run(list, training, HONE_EVENT_EPOCH_END, epoch, &logs);
}

/* A NaN is never the best, in the first epoch neither. */
static void test_nan_first(void **state)
{
    (void)state;
    pretended training;
    static const double values[] = {NAN, 0.9, 0.8, 0.7, 0.8};
    begin_training(&training, 0.1, 5);
    hone_callback_list *list = list_of(hone_early_stopping(.patience = 3, .restore_best_weights = true));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 5; epoch++)
        one_epoch(list, &training, epoch, "val_loss", values[epoch]);
    assert_false(training.trainer.stopped);
    run(list, &training, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    assert_true(training.weight == 3.0f);
    assert_int_equal(training.trainer.best_epoch, 3);
    hone_callback_list_free(list);
    end_training(&training);
}

static void test_messages(void **state)
{
    (void)state;
    pretended training;
    static const double values[] = {0.7889, 0.6, 0.65};
    begin_training(&training, 0.1, 3);
    hone_callback_list *list = hone_callbacks(
        hone_early_stopping(.monitor = "loss", .patience = 1, .restore_best_weights = true, .verbose = 1),
        hone_model_checkpoint("m.keras", .monitor = "loss", .save_best_only = true, .verbose = 1),
        hone_model_checkpoint("m.weights.h5", .save_weights_only = true, .verbose = 1),
        hone_reduce_lr_on_plateau(.monitor = "loss", .patience = 1, .factor = 0.5, .verbose = 1,
                                  .min_delta = 0.2),
        hone_terminate_on_nan());
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        one_epoch(list, &training, epoch, "loss", values[epoch]);
    run(list, &training, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    assert_string_equal(training.printed.data,
                        "Epoch 1: loss improved from None to 0.78890, saving model to m.keras\n"
                        "Epoch 1: finished saving model to m.keras\n"
                        "Epoch 1: saving model to m.weights.h5\n"
                        "Epoch 1: finished saving model to m.weights.h5\n"
                        "Epoch 2: loss improved from 0.78890 to 0.60000, saving model to m.keras\n"
                        "Epoch 2: finished saving model to m.keras\n"
                        "Epoch 2: saving model to m.weights.h5\n"
                        "Epoch 2: finished saving model to m.weights.h5\n"
                        "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.05.\n"
                        "Epoch 3: loss did not improve from 0.60000\n"
                        "Epoch 3: saving model to m.weights.h5\n"
                        "Epoch 3: finished saving model to m.weights.h5\n"
                        "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.02500000037252903.\n"
                        "Epoch 3: early stopping\n"
                        "Restoring model weights from the end of the best epoch: 2.\n");
    assert_string_equal(training.trainer.stop_reason, "early_stopping");
    hone_callback_list_free(list);
    end_training(&training);
}

/* Said once, and nothing is decided. */
static void test_missing_number(void **state)
{
    (void)state;
    pretended training;
    begin_training(&training, 0.1, 3);
    hone_callback_list *list = list_of(hone_early_stopping(.monitor = "val_los"));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (int64_t epoch = 0; epoch < 3; epoch++)
        one_epoch(list, &training, epoch, "loss", 1);
    assert_string_equal(training.printed.data,
                        "There is no number \"val_los\" to monitor; there are: loss.\n");
    assert_false(training.trainer.stopped);
    hone_callback_list_free(list);
    end_training(&training);
}

static void test_unknown_direction(void **state)
{
    (void)state;
    pretended training;
    hone_logs logs = {.count = 1, .names = {"purity"}, .values = {1}};
    begin_training(&training, 0.1, 3);
    hone_callback_list *list = list_of(hone_early_stopping(.monitor = "purity"));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_EPOCH_END, &training.trainer, 0, &logs),
                     HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "mode=\"max\""));
    hone_callback_list_free(list);
    end_training(&training);
}

/* With an integer save_freq and save_best_only Keras crashes in the first epoch. */
static void test_best_of_batches(void **state)
{
    (void)state;
    pretended training;
    static const double losses[] = {1, 0.5, 0.75, 0.25};
    begin_training(&training, 0.1, 1);
    hone_callback_list *list = list_of(hone_callback_from_text(
        "model_checkpoint(\"{batch}.keras\", monitor=loss, save_best_only=true, save_freq=1)"));
    for (int64_t batch = 0; batch < 4; batch++) {
        hone_logs logs = {.count = 1, .names = {"loss"}, .values = {losses[batch]}};
        run(list, &training, HONE_EVENT_BATCH_END, batch, &logs);
    }
    assert_string_equal(training.saved.data, "1.keras\n2.keras\n4.keras\n");
    hone_callback_list_free(list);
    end_training(&training);
}

static double halve(void *context, int64_t epoch, double rate)
{
    ++*(int *)context;
    return epoch == 0 ? rate : rate / 2;
}

static void test_scheduler(void **state)
{
    (void)state;
    int calls = 0;
    pretended training;
    begin_training(&training, 0.5, 4);
    hone_callback_list *list =
        hone_callbacks(hone_learning_rate_scheduler(.function = halve, .context = &calls));
    for (int64_t epoch = 0; epoch < 4; epoch++)
        one_epoch(list, &training, epoch, "loss", 1);
    assert_int_equal(calls, 4);
    assert_true(training.rate == 0.0625);
    hone_callback_list_free(list);
    list = list_of(
        hone_callback_from_text("learning_rate_scheduler(exponential_decay(0.5, 1, 0.5), verbose=1)"));
    for (int64_t epoch = 0; epoch < 3; epoch++)
        one_epoch(list, &training, epoch, "loss", 1);
    assert_true(training.rate == 0.125);
    assert_string_equal(training.printed.data,
                        "Epoch 1: LearningRateScheduler setting learning rate to 0.5.\n"
                        "Epoch 2: LearningRateScheduler setting learning rate to 0.25.\n"
                        "Epoch 3: LearningRateScheduler setting learning rate to 0.125.\n");
    training.trainer.scheduled = true;
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_STATE);
    hone_callback_list_free(list);
    end_training(&training);
}

static void test_swap(void **state)
{
    (void)state;
    pretended training;
    begin_training(&training, 0.1, 3);
    hone_callback_list *list = list_of(hone_swap_ema_weights());
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    assert_int_equal(training.swaps, 2);
    run(list, &training, HONE_EVENT_TEST_BEGIN, 0, NULL);
    assert_int_equal(training.swaps, 3);
    run(list, &training, HONE_EVENT_TEST_END, 0, &(hone_logs){0});
    one_epoch(list, &training, 0, "loss", 1);
    assert_int_equal(training.swaps, 4);
    hone_callback_list_free(list);
    list = list_of(hone_swap_ema_weights(.swap_on_epoch = true));
    one_epoch(list, &training, 0, "loss", 1);
    assert_int_equal(training.swaps, 5);
    one_epoch(list, &training, 1, "loss", 1);
    assert_int_equal(training.swaps, 7);
    hone_callback_list_free(list);
    end_training(&training);
}

/* ---- a CSV file ---- */

static void test_csv_choices(void **state)
{
    (void)state;
    pretended training;
    char *path = temporary();
    begin_training(&training, 0.1, 3);
    hone_callback_list *list = list_of(hone_csv_logger(path));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    one_epoch(list, &training, 0, "loss", 0.5);
    check_file("no validation, no columns of it", path, "epoch,loss\r\n0,0.5\r\n");
    hone_callback_list_free(list);
    list = list_of(hone_csv_logger(path, .append = true));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    one_epoch(list, &training, 1, "loss", 0.25);
    check_file("appended", path, "epoch,loss\r\n0,0.5\r\n1,0.25\r\n");
    hone_callback_list_free(list);
    unlink(path);
    hone_internal_free(path);
    end_training(&training);
    list = list_of(hone_csv_logger("/nowhere/at/all.csv"));
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_FILE);
    hone_callback_list_free(list);
}

/* Rows that a checkpoint does not know come again. */
static void test_csv_goes_on(void **state)
{
    (void)state;
    pretended training;
    hone_logs numbers = {0};
    char *path = temporary();
    begin_training(&training, 0.1, 3);
    hone_callback *first = hone_csv_logger(path);
    hone_callback_list *list = list_of(hone_callback_retain(first));
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    one_epoch(list, &training, 0, "loss", 0.5);
    assert_int_equal(first->type->save(first, &numbers), HONE_OK);
    one_epoch(list, &training, 1, "loss", 0.75);
    hone_callback_list_free(list);
    hone_callback *second = hone_csv_logger(path);
    list = list_of(second);
    run(list, &training, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    assert_int_equal(second->type->restore(second, &numbers), HONE_OK);
    one_epoch(list, &training, 1, "loss", 0.25);
    check_file("gone on", path, "epoch,loss\r\n0,0.5\r\n1,0.25\r\n");
    hone_callback_list_free(list);
    hone_callback_free(first);
    unlink(path);
    hone_internal_free(path);
    end_training(&training);
}

/* ---- creating ---- */

static void check_refused(hone_callback *callback, const char *word)
{
    assert_null(callback);
    if (strstr(hone_error_message(), word) == NULL)
        fail_msg("\"%s\" does not say %s", hone_error_message(), word);
}

static void test_refused(void **state)
{
    (void)state;
    check_refused(hone_callback_from_text("early_stoping"), "early_stopping");
    check_refused(hone_callback_from_text("early_stopping(patience=-1)"), "patience");
    check_refused(hone_callback_from_text("early_stopping(mode=up)"), "mode");
    check_refused(hone_callback_from_text("model_checkpoint"), "filepath");
    check_refused(hone_callback_from_text("model_checkpoint(\"m.h5\")"), ".keras");
    check_refused(hone_callback_from_text("model_checkpoint(\"m.keras\", save_weights_only=true)"),
                  ".weights.h5");
    check_refused(hone_callback_from_text("model_checkpoint(\"m.keras\", save_freq=0)"), "save_freq");
    check_refused(hone_callback_from_text("model_checkpoint(\"m{epoch.keras\")"), "braces");
    check_refused(hone_callback_from_text("reduce_lr_on_plateau(factor=1)"), "factor");
    check_refused(hone_callback_from_text("learning_rate_scheduler"), "schedule");
    check_refused(hone_callback_from_text("lambda_callback"), "function");
    check_refused(hone_callback_from_text("csv_logger(a.csv, separator=\",,\")"), "separator");
    check_refused(hone_callback_from_text("backup_and_restore(d, double_checkpoint=true)"),
                  "double_checkpoint");
    check_refused(hone_callback_from_text("none"), "callback");
    check_refused(hone_early_stopping(.patience = -1), "callbacks_test.c");
}

/* One failure in a list frees the others. */
static void test_failed_list(void **state)
{
    (void)state;
    int64_t blocks = hone_internal_blocks_in_use();
    assert_null(
        hone_callbacks(hone_early_stopping(), hone_callback_from_text("nothing"), hone_terminate_on_nan()));
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    hone_callback_list *list = hone_callback_list_create((hone_callback *const[]){hone_callbacks_end});
    assert_non_null(list);
    assert_false(hone_internal_callbacks_want(list, HONE_EVENT_BATCH_END));
    hone_callback_list_free(list);
}

static void test_wanted_batches(void **state)
{
    (void)state;
    hone_callback_list *list = hone_callbacks(hone_model_checkpoint("m.keras"), hone_early_stopping());
    assert_false(hone_internal_callbacks_want(list, HONE_EVENT_BATCH_END));
    hone_callback_list_free(list);
    list = hone_callbacks(hone_model_checkpoint("m.keras", .save_freq = "5"));
    assert_true(hone_internal_callbacks_want(list, HONE_EVENT_BATCH_END));
    hone_callback_list_free(list);
}

/* What is saved and put back into a fresh callback decides the same: after each epoch of a training. */
static void test_memory_in_checkpoints(void **state)
{
    (void)state;
    static const double values[] = {1, 0.8, 0.85, 0.81, 0.79, 0.9, 0.95, 0.96};
    enum { EPOCHS = sizeof values / sizeof *values };
    for (int64_t at = 0; at < EPOCHS; at++) {
        pretended one, two;
        hone_callback_list *lists[2];
        for (int i = 0; i < 2; i++)
            lists[i] = hone_callbacks(hone_early_stopping(.patience = 3),
                                      hone_reduce_lr_on_plateau(.patience = 1, .factor = 0.5, .cooldown = 1),
                                      hone_model_checkpoint("{epoch}.keras", .save_best_only = true));
        begin_training(&one, 0.5, EPOCHS);
        begin_training(&two, 0.5, EPOCHS);
        run(lists[0], &one, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
        for (int64_t epoch = 0; epoch <= at; epoch++)
            one_epoch(lists[0], &one, epoch, "val_loss", values[epoch]);
        run(lists[1], &two, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
        for (size_t i = 0; i < lists[0]->count; i++) {
            hone_logs numbers = {0};
            assert_int_equal(lists[0]->items[i]->type->save(lists[0]->items[i], &numbers), HONE_OK);
            assert_int_equal(lists[1]->items[i]->type->restore(lists[1]->items[i], &numbers), HONE_OK);
        }
        two.rate = one.rate;
        hone_internal_text_free(&one.saved);
        one.trainer.stopped = false;
        for (int64_t epoch = at + 1; epoch < EPOCHS; epoch++) {
            one_epoch(lists[0], &one, epoch, "val_loss", values[epoch]);
            one_epoch(lists[1], &two, epoch, "val_loss", values[epoch]);
            assert_int_equal(one.trainer.stopped, two.trainer.stopped);
            assert_true(one.rate == two.rate);
        }
        assert_string_equal(one.saved.data != NULL ? one.saved.data : "",
                            two.saved.data != NULL ? two.saved.data : "");
        for (int i = 0; i < 2; i++)
            hone_callback_list_free(lists[i]);
        end_training(&one);
        end_training(&two);
    }
}

/* Numbers of a file are not believed. */
static void test_wrong_memory(void **state)
{
    (void)state;
    hone_callback *callbacks[] = {hone_early_stopping(), hone_reduce_lr_on_plateau(),
                                  hone_model_checkpoint("m.keras"), hone_csv_logger("a.csv"),
                                  hone_swap_ema_weights()};
    for (size_t i = 0; i < sizeof callbacks / sizeof *callbacks; i++) {
        hone_logs good = {0};
        assert_int_equal(callbacks[i]->type->restore(callbacks[i], &good), HONE_ERROR_FORMAT);
        assert_int_equal(callbacks[i]->type->save(callbacks[i], &good), HONE_OK);
        for (int j = 0; j < good.count; j++) {
            hone_logs bad = good;
            bad.values[j] = strcmp(good.names[j], "best") == 0 ? good.values[j] : 0.5;
            if (strcmp(good.names[j], "best") != 0)
                assert_int_equal(callbacks[i]->type->restore(callbacks[i], &bad), HONE_ERROR_FORMAT);
        }
        hone_callback_free(callbacks[i]);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "early_stopping(patience=2, restore_best_weights=true)",
        "model_checkpoint(\"{epoch}.keras\", verbose=1)", "csv_logger(\"/dev/null\")",
        "learning_rate_scheduler(exponential_decay(0.1, 1, 0.5))", "reduce_lr_on_plateau"};
    int64_t blocks = hone_internal_blocks_in_use();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool done = false;
        for (int64_t count = 0; !done; count++) {
            hone_internal_fail_allocations_after(count);
            hone_callback *callback = hone_callback_from_text(texts[i]);
            done = callback != NULL;
            hone_internal_fail_allocations_after(-1);
            if (!done)
                assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            hone_callback_free(callback);
        }
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early_stopping),    cmocka_unit_test(test_reduce_lr_on_plateau),
        cmocka_unit_test(test_model_checkpoint),  cmocka_unit_test(test_csv_logger),
        cmocka_unit_test(test_terminate_on_nan),  cmocka_unit_test(test_nan_first),
        cmocka_unit_test(test_messages),          cmocka_unit_test(test_missing_number),
        cmocka_unit_test(test_unknown_direction), cmocka_unit_test(test_best_of_batches),
        cmocka_unit_test(test_scheduler),         cmocka_unit_test(test_swap),
        cmocka_unit_test(test_csv_choices),       cmocka_unit_test(test_csv_goes_on),
        cmocka_unit_test(test_refused),           cmocka_unit_test(test_failed_list),
        cmocka_unit_test(test_wanted_batches),    cmocka_unit_test(test_memory_in_checkpoints),
        cmocka_unit_test(test_wrong_memory),      cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
