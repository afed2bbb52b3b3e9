/* Metrics with several values (one per class, one per threshold) wherever numbers of a training go: logs,
 * history, checkpoints, files; and what can only take one. */
#include "base/file.h"
#include "base/memory.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 20, FEATURES = 3, CLASSES = 3 };

static float samples[SAMPLES][FEATURES], rows[SAMPLES][CLASSES];

static hone_dataset *data_set(void)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(rows, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, CLASSES})});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(hone_input(FEATURES), hone_dense(CLASSES, .activation = "softmax"));
    assert_non_null(model);
    hone_model_set_seed(model, 5);
    if (hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.3), .loss = "categorical_crossentropy",
                     .metrics = {"f1_score", "precision(thresholds=[0.2, 0.6])", "accuracy"}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

static const hone_history *train(hone_model *model, int64_t epochs, const char *callback,
                                 const char *checkpoint)
{
    hone_dataset *data = data_set();
    hone_callback *given = callback == NULL ? NULL : hone_callback_from_text(callback);
    if (callback != NULL && given == NULL)
        fail_msg("%s", hone_error_message());
    hone_callback_list *list = given == NULL ? HONE_NO_CALLBACKS : hone_callbacks(given);
    const hone_history *history =
        hone_fit(model, data, .epochs = epochs, .batch_size = 4, .validation_split = 0.4, .callbacks = list,
                 .checkpoint = checkpoint, .resume = true);
    hone_dataset_free(data);
    return history;
}

/* The scores of the model as it is, on the samples from `begin` to `end`, by predicting and counting. */
static void count_scores(hone_model *model, int64_t begin, int64_t end, double scores[CLASSES])
{
    hone_dataset *all = data_set();
    hone_array *outputs[HONE_MAX_ENDS];
    assert_int_equal(hone_predict(model, all, outputs, .batch_size = 4), HONE_OK);
    hone_dataset_free(all);
    const float *p = outputs[0]->data;
    for (int c = 0; c < CLASSES; c++) {
        double hits = 0, predicted = 0, present = 0;
        for (int64_t i = begin; i < end; i++) {
            bool yes =
                p[i * CLASSES + c] >= fmaxf(p[i * CLASSES], fmaxf(p[i * CLASSES + 1], p[i * CLASSES + 2]));
            predicted += yes;
            present += (double)rows[i][c];
            hits += yes ? (double)rows[i][c] : 0;
        }
        scores[c] = predicted + present > 0 ? 2 * hits / (predicted + present) : 0;
    }
    hone_array_free(outputs[0]);
}

static void expect_scores(const char *where, const double *expected, const double *received, int count)
{
    if (count != CLASSES)
        fail_msg("%s: %d values", where, count);
    for (int i = 0; i < CLASSES; i++)
        if (fabs(expected[i] - received[i]) > 1e-5)
            fail_msg("%s: value %d is %g, not %g", where, i, received[i], expected[i]);
}

TEST(evaluating_gives_all_values)
{
    hone_model *model = make_model();
    hone_dataset *data = data_set();
    double expected[CLASSES], received[CLASSES], one;
    hone_logs logs;
    count_scores(model, 0, SAMPLES, expected);
    assert_int_equal(hone_evaluate(model, data, &logs, .batch_size = 4), HONE_OK);
    expect_scores("evaluate", expected, received, hone_logs_get_all(&logs, "f1_score", received, CLASSES));
    assert_int_equal(hone_logs_get_all(&logs, "f1_score", NULL, 0), CLASSES);
    assert_int_equal(hone_logs_get_all(&logs, "precision", received, 1),
                     2); /* no more than there is room for */
    assert_int_equal(hone_logs_get_all(&logs, "accuracy", received, 1), 1);
    assert_int_equal(hone_logs_get_all(&logs, "recall", received, 1), 0);
    assert_false(hone_logs_get(&logs, "f1_score", &one));
    assert_true(isnan(one));
    assert_true(hone_logs_get(&logs, "accuracy", &one) && one == received[0]);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Both the training's list and the validation's, which the same metric computed after it. */
static hone_status look(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)trainer, (void)epoch;
    double mine[CLASSES], training[CLASSES], validation[CLASSES];
    hone_model *model = context;
    count_scores(model, 12, SAMPLES, mine);
    expect_scores("val_f1_score", mine, validation,
                  hone_logs_get_all(logs, "val_f1_score", validation, CLASSES));
    assert_int_equal(hone_logs_get_all(logs, "f1_score", training, CLASSES), CLASSES);
    assert_true(memcmp(training, validation, sizeof training) != 0);
    return hone_logs_set_all(logs, "ours", (const double[]){1, 2}, 2) < 0 ? hone_error_status() : HONE_OK;
}

TEST(histories_have_all_values)
{
    hone_model *model = make_model();
    hone_dataset *data = data_set();
    double values[CLASSES], expected[CLASSES];
    const hone_history *history =
        hone_fit(model, data, .epochs = 3, .batch_size = 4, .validation_split = 0.4,
                 .callbacks = hone_callbacks(hone_lambda_callback(.on_epoch_end = look, .context = model)));
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    count_scores(model, 12, SAMPLES, expected);
    expect_scores("history", expected, values,
                  hone_history_values(history, "val_f1_score", 2, values, CLASSES));
    assert_true(isnan(hone_history_value(history, "val_f1_score", 2)));
    assert_int_equal(hone_history_values(history, "precision", 0, NULL, 0), 2);
    assert_int_equal(hone_history_values(history, "loss", 0, values, 1), 1);
    assert_true(values[0] == hone_history_value(history, "loss", 0));
    assert_int_equal(hone_history_values(history, "loss", 3, values, 1), 0);
    assert_int_equal(hone_history_values(history, "ours", 0, NULL, 0), 2);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* As in Keras: of one class a list of one, while one threshold in a list is a number. */
TEST(a_list_of_one_value_stays_a_list)
{
    hone_model *model = hone_sequential(hone_input(FEATURES), hone_dense(1, .activation = "sigmoid"));
    float one_row[SAMPLES];
    double value;
    for (int i = 0; i < SAMPLES; i++)
        one_row[i] = (float)(i % 2);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                       (int64_t[]){SAMPLES, FEATURES})},
                                 .y = {hone_array_view(one_row, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1})});
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy",
                                  .metrics = {"f1_score(threshold=0.5)", "r2_score(class_aggregation=none)",
                                              "precision(thresholds=[0.5])"}),
                     HONE_OK);
    const hone_history *history = hone_fit(model, data, .epochs = 1, .validation_split = 0.4);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    static const char *const lists[] = {"f1_score", "val_f1_score", "r2_score", "val_r2_score"};
    for (int i = 0; i < 4; i++) {
        assert_true(hone_history_is_list(history, lists[i], 0));
        assert_int_equal(hone_history_values(history, lists[i], 0, &value, 1), 1);
        assert_true(hone_history_value(history, lists[i], 0) == value);
    }
    assert_false(hone_history_is_list(history, "precision", 0));
    assert_false(hone_history_is_list(history, "loss", 0));
    assert_false(hone_history_is_list(history, "none", 0));
    hone_logs logs = {0};
    assert_int_equal(hone_evaluate(model, data, &logs), HONE_OK);
    for (int i = 0; i < hone_logs_count(&logs); i++) {
        hone_log log = hone_logs_at(&logs, i);
        assert_int_equal(log.count, 1);
        assert_int_equal(log.list, strcmp(log.name, "f1_score") == 0 || strcmp(log.name, "r2_score") == 0);
    }
    char *path = hone_internal_copy_text(testing_path("one.csv"));
    assert_int_equal(hone_history_save(history, path), HONE_OK);
    FILE *file = fopen(path, "r");
    char text[1000] = "";
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "\n0,\"\"\"[")); /* 0,"""[0.5]""": as CSVLogger writes arrays */
    hone_internal_free(path);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Lists of epochs before a checkpoint come back out of it. */
TEST(lists_come_back_from_a_checkpoint)
{
    hone_model *whole = make_model(), *first = make_model(), *second = make_model();
    double a[CLASSES], b[CLASSES];
    assert_non_null(train(whole, 4, NULL, NULL));
    assert_non_null(train(first, 2, NULL, testing_folder));
    if (train(second, 4, NULL, testing_folder) == NULL)
        fail_msg("%s", hone_error_message());
    for (int64_t row = 0; row < 4; row++) {
        assert_int_equal(hone_history_values(hone_model_history(whole), "val_f1_score", row, a, CLASSES),
                         CLASSES);
        assert_int_equal(hone_history_values(hone_model_history(second), "val_f1_score", row, b, CLASSES),
                         CLASSES);
        assert_memory_equal(a, b, sizeof a);
    }
    hone_model_free(whole);
    hone_model_free(first);
    hone_model_free(second);
}

static void expect_unfit(const char *callback, const char *words)
{
    hone_model *model = make_model();
    assert_null(train(model, 2, callback, NULL));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", callback, words, hone_error_message());
    hone_model_free(model);
}

TEST(a_list_cannot_be_monitored)
{
    char text[200];
    const char *words = "\"val_f1_score\" cannot be monitored: it has 3 values";
    expect_unfit("early_stopping(val_f1_score, mode=max)", words);
    expect_unfit("reduce_lr_on_plateau(val_f1_score, mode=max)", words);
    snprintf(text, sizeof text,
             "model_checkpoint(\"%s/m.keras\", val_f1_score, mode=max, save_best_only=true)", testing_folder);
    expect_unfit(text, words);
    snprintf(text, sizeof text, "model_checkpoint(\"%s/{f1_score:.2f}.keras\")", testing_folder);
    expect_unfit(text, "unknown metric \"f1_score\"");
}

/* As Keras's CSVLogger: the list as a text in quotes of its own. */
TEST(a_csv_file_has_the_list_in_quotes)
{
    char text[200], path[100];
    void *data;
    size_t bytes;
    double f1[CLASSES];
    snprintf(path, sizeof path, "%s/log.csv", testing_folder);
    snprintf(text, sizeof text, "csv_logger(\"%s\")", path);
    hone_model *model = make_model();
    const hone_history *history = train(model, 1, text, NULL);
    assert_non_null(history);
    assert_int_equal(hone_history_values(history, "f1_score", 0, f1, CLASSES), CLASSES);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &data, &bytes), HONE_OK);
    char *written = hone_internal_copy_text_n(data, bytes), *list = strstr(written, ",\"\"\"[");
    assert_non_null(list);
    list += strlen(",\"\"\"[");
    for (int i = 0; i < CLASSES; i++) {
        assert_true(strtod(list, &list) == f1[i]);
        const char *next = i < CLASSES - 1 ? ", " : "]\"\"\",";
        assert_memory_equal(list, next, strlen(next));
        list += strlen(next);
    }
    hone_internal_free(written);
    hone_internal_free(data);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < 20000; n = n < 40 ? n + 1 : n * 11 / 10) {
        hone_model *model = make_model();
        hone_dataset *data = data_set();
        hone_internal_fail_allocations_after(n);
        const hone_history *history =
            hone_fit(model, data, .epochs = 2, .batch_size = 4, .validation_split = 0.4);
        hone_internal_fail_allocations_after(-1);
        if (history == NULL)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(data);
        hone_model_free(model);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (history != NULL)
            return;
    }
    fail_msg("it always fails");
}

static int begin(void **state)
{
    for (int i = 0; i < SAMPLES; i++) {
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)sin(i * 2.3 + j * 1.9);
        rows[i][i * 7 % CLASSES] = 1;
    }
    return testing_folder_make(state);
}

AROUND_ALL(begin, testing_folder_remove);
