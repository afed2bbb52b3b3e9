/* Whole trainings beside real Keras: tests/golden/trainings. The same model, weights and data; the losses of
 * single batches, the history of fit, the weights afterwards, predictions and evaluation must agree. */
#include "keras/keras.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a file says: arrays as float32. */
enum { MOST_VALUES = 16 };

typedef struct training {
    hone_config *file;
    const char *title;
    hone_array *inputs[HONE_MAX_ENDS], *targets[HONE_MAX_ENDS], *weight;
    int input_count, target_count;
    int64_t batch_size, epochs;
    bool steps_restart; /* a short batch ends a pass over the samples */
    double tolerance;
} training;

static hone_array *array_of(const hone_config *tensor)
{
    golden_tensor values = golden_read(tensor);
    hone_array *array = hone_array_create(HONE_FLOAT32, values.shape.rank, values.shape.size);
    assert_non_null(array);
    for (int64_t i = 0; i < values.count; i++)
        ((float *)array->data)[i] = (float)values.values[i];
    golden_tensor_free(&values);
    return array;
}

static int read_arrays(const hone_config *list, hone_array **arrays)
{
    for (size_t i = 0; i < hone_internal_config_count(list); i++)
        arrays[i] = array_of(hone_internal_config_at(list, i));
    return (int)hone_internal_config_count(list);
}

static training open_training(const char *family, const char *name)
{
    training test = {.file = golden_open(family, name), .title = name, .epochs = 1, .batch_size = 32};
    if (golden_get(test.file, "inputs") == NULL)
        return test;
    test.input_count = read_arrays(golden_get(test.file, "inputs"), test.inputs);
    if (golden_get(test.file, "targets") != NULL)
        test.target_count = read_arrays(golden_get(test.file, "targets"), test.targets);
    const hone_config *weights = golden_get(test.file, "sample_weight");
    if (hone_internal_config_is(weights, HONE_CONFIG_LIST) && hone_internal_config_count(weights) == 1)
        test.weight = array_of(hone_internal_config_at(weights, 0));
    if (golden_get(test.file, "batch_size") != NULL)
        test.batch_size = hone_internal_config_as_integer(golden_get(test.file, "batch_size"));
    if (golden_get(test.file, "epochs") != NULL)
        test.epochs = hone_internal_config_as_integer(golden_get(test.file, "epochs"));
    test.tolerance = golden_tolerance(test.file);
    return test;
}

static void close_training(training *test)
{
    for (int i = 0; i < test->input_count; i++)
        hone_array_free(test->inputs[i]);
    for (int i = 0; i < test->target_count; i++)
        hone_array_free(test->targets[i]);
    hone_array_free(test->weight);
    hone_internal_config_free(test->file);
}

static hone_model *make_model(const training *test)
{
    const hone_config *config = golden_get(test->file, "config");
    hone_model *model = hone_internal_model_from_config(config, NULL);
    if (model == NULL)
        fail_msg("%s: %s", test->title, hone_error_message());
    if (hone_internal_model_compile_config(model, golden_get(config, "compile_config"), NULL) < 0)
        fail_msg("%s: %s", test->title, hone_error_message());
    const hone_config *weights = golden_get(test->file, "weights");
    assert_int_equal(hone_internal_config_count(weights), hone_model_weight_count(model));
    for (size_t i = 0; i < hone_internal_config_count(weights); i++) {
        golden_tensor values = golden_read(hone_internal_config_at(weights, i));
        hone_variable *variable = hone_model_weight(model, (int)i);
        assert_int_equal(values.count, hone_internal_variable_count(variable));
        for (int64_t j = 0; j < values.count; j++)
            hone_variable_data(variable)[j] = (float)values.values[j];
        golden_tensor_free(&values);
    }
    return model;
}

static hone_dataset *make_data(const training *test)
{
    hone_dataset_from_arrays_args args = {.base = {sizeof args, NULL}, .scale = 1};
    for (int i = 0; i < test->input_count; i++)
        args.x[i] = *test->inputs[i];
    for (int i = 0; i < test->target_count; i++)
        args.y[i] = *test->targets[i];
    if (test->weight != NULL)
        args.sample_weight = *test->weight;
    hone_dataset *data = hone_dataset_from_arrays_with(&args);
    if (data == NULL)
        fail_msg("%s: %s", test->title, hone_error_message());
    return data;
}

static void check_near(const training *test, const char *what, double expected, double received, double scale)
{
    if (!(fabs(expected - received) <= test->tolerance * fmax(fabs(scale), 1e-2)))
        fail_msg("%s: %s is %.9g, Keras has %.9g", test->title, what, received, expected);
}

static void check_weights(const training *test, const hone_model *model)
{
    const hone_config *weights = golden_get(test->file, "weights_after");
    for (size_t i = 0; i < hone_internal_config_count(weights); i++) {
        golden_tensor expected = golden_read(hone_internal_config_at(weights, i)),
                      received = golden_filled(expected.shape, 0);
        for (int64_t j = 0; j < expected.count; j++)
            received.values[j] = (double)hone_variable_data(hone_model_weight(model, (int)i))[j];
        golden_check(test->title, hone_variable_path(hone_model_weight(model, (int)i)), &expected, &received,
                     test->tolerance);
        golden_tensor_free(&expected);
        golden_tensor_free(&received);
    }
}

/* A number, or a list of a metric with several values. */
static void check_values(const training *test, const char *name, const hone_config *expected,
                         const double *values, int count)
{
    bool list = hone_internal_config_is(expected, HONE_CONFIG_LIST);
    if (count != (list ? (int)hone_internal_config_count(expected) : 1))
        fail_msg("%s: %s has %d values", test->title, name, count);
    for (int i = 0; i < count; i++) {
        double value = list ? hone_internal_config_as_number(hone_internal_config_at(expected, (size_t)i))
                            : hone_internal_config_as_number(expected);
        check_near(test, name, value, values[i], value);
    }
}

static void check_history(const training *test, const hone_history *history)
{
    const hone_config *expected = golden_get(test->file, "history");
    for (size_t i = 0; i < hone_internal_config_count(expected); i++)
        for (size_t epoch = 0; epoch < hone_internal_config_count(hone_internal_config_at(expected, i));
             epoch++) {
            double values[MOST_VALUES];
            int count = hone_history_values(history, hone_internal_config_key(expected, i), (int64_t)epoch,
                                            values, MOST_VALUES);
            check_values(test, hone_internal_config_key(expected, i),
                         hone_internal_config_at(hone_internal_config_at(expected, i), epoch), values, count);
        }
}

static void check_evaluation(const training *test, hone_model *model, hone_dataset *data)
{
    const hone_config *expected = golden_get(test->file, "evaluation");
    hone_logs logs;
    if (hone_evaluate(model, data, &logs, .batch_size = test->batch_size) < 0)
        fail_msg("%s: %s", test->title, hone_error_message());
    for (size_t i = 0; i < hone_internal_config_count(expected); i++) {
        double values[MOST_VALUES];
        int count = hone_logs_get_all(&logs, hone_internal_config_key(expected, i), values, MOST_VALUES);
        check_values(test, hone_internal_config_key(expected, i), hone_internal_config_at(expected, i),
                     values, count);
    }
}

static void check_predictions(const training *test, hone_model *model, hone_dataset *data)
{
    const hone_config *list = golden_get(test->file, "predictions");
    hone_array *outputs[HONE_MAX_ENDS];
    if (hone_predict(model, data, outputs, .batch_size = test->batch_size) < 0)
        fail_msg("%s: %s", test->title, hone_error_message());
    for (int i = 0; i < hone_model_output_count(model); i++) {
        golden_tensor expected = golden_read(hone_internal_config_is(list, HONE_CONFIG_LIST)
                                                 ? hone_internal_config_at(list, (size_t)i)
                                                 : list),
                      received = golden_filled(expected.shape, 0);
        assert_int_equal(expected.count, hone_array_count(outputs[i]));
        for (int64_t j = 0; j < expected.count; j++)
            received.values[j] = hone_array_number(outputs[i], j);
        golden_check(test->title, "prediction", &expected, &received, test->tolerance);
        golden_tensor_free(&expected);
        golden_tensor_free(&received);
        hone_array_free(outputs[i]);
    }
}

static void fill_class_weight(const training *test, double *weights)
{
    const hone_config *map = golden_get(test->file, "class_weight");
    if (map == NULL)
        return;
    for (int i = 0; i < HONE_MAX_NUMBERS; i++)
        weights[i] = HONE_NONE;
    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        int class_id = atoi(hone_internal_config_key(map, i));
        for (int j = 0; j <= class_id; j++)
            if (isnan(weights[j]))
                weights[j] = 1;
        weights[class_id] = hone_internal_config_as_number(hone_internal_config_at(map, i));
    }
}

static void check_fit(const char *name)
{
    training test = open_training("trainings", name);
    hone_model *model = make_model(&test);
    hone_dataset *data = make_data(&test);
    hone_fit_args args = {.base = {sizeof args, NULL}, HONE_FIT_FIELDS(HONE_FIELD_DEFAULT, )};
    args.epochs = test.epochs;
    args.batch_size = test.batch_size;
    args.shuffle = false;
    fill_class_weight(&test, args.class_weight);
    const hone_history *history = hone_fit_with(model, data, &args);
    if (history == NULL)
        fail_msg("%s: %s", name, hone_error_message());
    check_history(&test, history);
    check_weights(&test, model);
    check_predictions(&test, model, data);
    check_evaluation(&test, model, data);
    hone_model_free(model);
    hone_dataset_free(data);
    close_training(&test);
}

static hone_array rows_of(const hone_array *array, int64_t begin, int64_t end)
{
    hone_array rows = *array;
    int64_t width = hone_array_count(array) / array->shape[0];
    rows.shape[0] = end - begin;
    rows.data = (float *)array->data + begin * width;
    return rows;
}

/* Steps of the golden file one batch at a time, going round through the samples. */
static void check_steps(const training *test, hone_model *model)
{
    const hone_config *losses = golden_get(test->file, "losses");
    int64_t samples = test->inputs[0]->shape[0], begin = 0;
    for (size_t step = 0; step < hone_internal_config_count(losses); step++) {
        int64_t end = begin + test->batch_size < samples ? begin + test->batch_size : samples;
        hone_batch batch = {0};
        hone_logs logs;
        double loss;
        for (int i = 0; i < test->input_count; i++)
            batch.x[i] = rows_of(test->inputs[i], begin, end);
        for (int i = 0; i < test->target_count; i++)
            batch.y[i] = rows_of(test->targets[i], begin, end);
        if (test->weight != NULL)
            batch.sample_weight = rows_of(test->weight, begin, end);
        if (hone_train_on_batch(model, &batch, &logs) < 0)
            fail_msg("%s: %s", test->title, hone_error_message());
        hone_logs_get(&logs, "loss", &loss);
        check_near(test, "the loss of a batch",
                   hone_internal_config_as_number(hone_internal_config_at(losses, step)), loss,
                   hone_internal_config_as_number(hone_internal_config_at(losses, step)));
        begin = (begin + test->batch_size) % samples;
        if (end == samples && test->steps_restart)
            begin = 0;
    }
}

static void check_batches(const char *name)
{
    training test = open_training("trainings", name);
    test.steps_restart = true;
    if (golden_get(test.file, "class_weight") == NULL && golden_get(test.file, "losses") != NULL) {
        hone_model *model = make_model(&test);
        check_steps(&test, model);
        hone_model_free(model);
    }
    close_training(&test);
}

/* A .keras file that Keras made: predictions, evaluation, further training; and again after Hone saved and
 * loaded it. */
static void check_file(const char *name)
{
    training test = open_training("files", name);
    char path[256], copy[256];
    snprintf(path, sizeof path, "tests/golden/files/%s.keras", name);
    snprintf(copy, sizeof copy, "%s/hone_files_test_%ld_%s.keras",
             getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp", (long)getpid(), name);
    for (int round = 0; round < 2 && test.input_count > 0; round++) {
        hone_model *model = hone_load(round == 0 ? path : copy);
        if (model == NULL)
            fail_msg("%s: %s", name, hone_error_message());
        hone_dataset *data = make_data(&test);
        check_predictions(&test, model, data);
        if (golden_get(test.file, "evaluation") != NULL)
            check_evaluation(&test, model, data);
        if (round == 0 && hone_save(model, copy) < 0)
            fail_msg("%s: %s", name, hone_error_message());
        if (golden_get(test.file, "losses") != NULL) {
            check_steps(&test, model);
            check_weights(&test, model);
        }
        hone_dataset_free(data);
        hone_model_free(model);
    }
    remove(copy);
    close_training(&test);
}

/* The first 100 losses on real images, from the same weights. */
TEST(the_first_100_losses_are_those_of_keras)
{
#ifdef HONE_CORE_ONLY
    skip(); /* no model files there */
#endif
    training test = open_training("files", "chapter_100_steps");
    const hone_config *losses = golden_get(test.file, "losses");
    hone_dataset *images = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    hone_model *model = hone_load("tests/golden/files/chapter_100_steps.keras");
    if (images == NULL || model == NULL)
        fail_msg("%s", hone_error_message());
    hone_array *x = hone_array_convert(hone_dataset_input(images, 0), HONE_FLOAT32);
    int64_t batch_size = test.batch_size, pixels = 28 * 28;
    for (int64_t i = 0; i < 3200 * pixels; i++)
        ((float *)x->data)[i] *= 1.0f / 255;
    for (size_t step = 0; step < hone_internal_config_count(losses); step++) {
        hone_batch batch = {0};
        hone_logs logs;
        double loss;
        batch.x[0] = hone_array_view((float *)x->data + (int64_t)step * batch_size * pixels, HONE_FLOAT32, 3,
                                     (int64_t[]){batch_size, 28, 28});
        const uint8_t *labels = hone_dataset_target(images, 0)->data;
        batch.y[0] = hone_array_view(labels + (int64_t)step * batch_size, HONE_UINT8, 1, &batch_size);
        if (hone_train_on_batch(model, &batch, &logs) < 0)
            fail_msg("%s", hone_error_message());
        hone_logs_get(&logs, "loss", &loss);
        if (fabs(loss - hone_internal_config_as_number(hone_internal_config_at(losses, step))) > 1e-4)
            fail_msg("loss %zu is %.7f, Keras has %.7f", step, loss,
                     hone_internal_config_as_number(hone_internal_config_at(losses, step)));
    }
    hone_array_free(x);
    hone_model_free(model);
    hone_dataset_free(images);
    close_training(&test);
}

static void unbuilt_file(void)
{
    assert_null(hone_load("tests/golden/files/unbuilt.keras"));
    assert_non_null(strstr(hone_error_message(), "shape of its input"));
}

static bool supported(const char *name)
{
    const char *only = getenv("HONE_TRAINING");
    return (only == NULL || strcmp(only, name) == 0) &&
           strcmp(name, "two_outputs_sample_weight") != 0; /* weights for each output: below */
}

TEST(fits_are_those_of_keras)
{
    char **names = golden_list("trainings");
    for (char **name = names; *name != NULL; name++)
        if (supported(*name))
            check_fit(*name);
    golden_list_free(names);
}

TEST(batches_are_those_of_keras)
{
    char **names = golden_list("trainings");
    for (char **name = names; *name != NULL; name++)
        if (supported(*name))
            check_batches(*name);
    golden_list_free(names);
}

TEST(saved_trainings_go_on)
{
#ifdef HONE_CORE_ONLY
    skip(); /* no model files there */
#endif
    char **names = golden_list("files");
    const char *only = getenv("HONE_TRAINING");
    for (char **name = names; *name != NULL; name++) {
        if (only != NULL && strcmp(only, *name) != 0)
            continue;
        if (strcmp(*name, "unbuilt") == 0)
            unbuilt_file();
        else
            check_file(*name);
    }
    golden_list_free(names);
}
