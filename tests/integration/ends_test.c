/* A model with 200 inputs and 100 outputs: everything that a model with one of each does. */
#include "base/error.h"
#include "data/dataset.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { INPUTS = 200, OUTPUTS = 100, SAMPLES = 24, SIDE = 2, BATCH = 8 };

static float x_numbers[INPUTS][SAMPLES][SIDE], y_numbers[OUTPUTS][SAMPLES][1];
static hone_array x_arrays[INPUTS], y_arrays[OUTPUTS];
static char x_names[INPUTS][8], y_names[OUTPUTS][8];
static const char *x_list[INPUTS], *y_list[OUTPUTS];

static void make_numbers(void)
{
    uint32_t state = 1;
    for (int i = 0; i < INPUTS; i++) {
        for (int s = 0; s < SAMPLES; s++)
            for (int j = 0; j < SIDE; j++)
                x_numbers[i][s][j] = (float)(testing_random(&state) % 1000) / 1000.0f;
        x_arrays[i] = hone_array_view(x_numbers[i], HONE_FLOAT32, 2, (int64_t[]){SAMPLES, SIDE});
        snprintf(x_names[i], sizeof x_names[i], "in%d", i);
        x_list[i] = x_names[i];
    }
    for (int i = 0; i < OUTPUTS; i++) {
        for (int s = 0; s < SAMPLES; s++)
            y_numbers[i][s][0] = x_numbers[2 * i][s][0] - x_numbers[2 * i + 1][s][1];
        y_arrays[i] = hone_array_view(y_numbers[i], HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1});
        snprintf(y_names[i], sizeof y_names[i], "out%d", i);
        y_list[i] = y_names[i];
    }
}

/* out_i = dense(in_2i, in_2i+1) */
static hone_model *make_model(void)
{
    hone_tensor *inputs[INPUTS + 1], *outputs[OUTPUTS + 1];
    make_numbers();
    for (int i = 0; i < INPUTS; i++)
        inputs[i] = hone_input_tensor(SIDE, .name = x_names[i]);
    for (int i = 0; i < OUTPUTS; i++) {
        hone_tensor *both = hone_apply(hone_concatenate(), inputs[2 * i], inputs[2 * i + 1]);
        outputs[i] = hone_apply(hone_dense(1, .name = y_names[i]), both);
    }
    inputs[INPUTS] = outputs[OUTPUTS] = hone_tensors_end;
    hone_functional_args args = {
        .base = {sizeof args, NULL}, .input_list = inputs, .output_list = outputs, .name = "wide"};
    hone_model *model = hone_functional_with(&args);
    assert_non_null(model);
    hone_model_set_seed(model, 3);
    assert_int_equal(
        hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01), .loss = "mse", .metrics = {"mae"}),
        HONE_OK);
    return model;
}

static hone_dataset *of_arrays(void)
{
    return hone_dataset_from_arrays(.x_list = x_arrays, .x_count = INPUTS, .x_name_list = x_list,
                                    .y_list = y_arrays, .y_count = OUTPUTS, .y_name_list = y_list);
}

/* The losses of two epochs over the data, which are freed. */
static void train(hone_dataset *data, bool shuffle, double losses[2])
{
    hone_model *model = make_model();
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    const hone_history *history =
        hone_fit(model, data, .epochs = 2, .batch_size = BATCH, .shuffle = shuffle, .verbose = 0);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    for (int epoch = 0; epoch < 2; epoch++)
        losses[epoch] = hone_history_value(history, "loss", epoch);
    assert_true(losses[1] < losses[0]);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Trains on the data as on plain arrays, to the bit. */
static void assert_same_training(hone_dataset *data, bool shuffle)
{
    double expected[2], received[2];
    train(of_arrays(), shuffle, expected);
    train(data, shuffle, received);
    assert_memory_equal(received, expected, sizeof expected);
}

static void save_archive(const char *path)
{
    const char *names[INPUTS + OUTPUTS];
    const hone_array *arrays[INPUTS + OUTPUTS];
    for (int i = 0; i < INPUTS + OUTPUTS; i++) {
        names[i] = i < INPUTS ? x_names[i] : y_names[i - INPUTS];
        arrays[i] = i < INPUTS ? &x_arrays[i] : &y_arrays[i - INPUTS];
    }
    assert_int_equal(hone_arrays_save(path, names, arrays, INPUTS + OUTPUTS), HONE_OK);
}

TEST(trains_from_archives)
{
    const char *path = testing_path("all.npz");
    hone_model *model = make_model();
    save_archive(path);
    assert_same_training(hone_dataset_load_for(model, path, NULL, 1), true);
    hone_model_free(model);
}

TEST(trains_on_parts_of_archives)
{
    const hone_array *x[INPUTS], *y[OUTPUTS];
    make_numbers();
    for (int i = 0; i < INPUTS; i++)
        x[i] = &x_arrays[i];
    for (int i = 0; i < OUTPUTS; i++)
        y[i] = &y_arrays[i];
    assert_int_equal(hone_arrays_save(testing_path("x.npz"), x_list, x, INPUTS), HONE_OK);
    assert_int_equal(hone_arrays_save(testing_path("y.npz"), y_list, y, OUTPUTS), HONE_OK);
    char both[400];
    snprintf(both, sizeof both, "%s,", testing_path("x.npz"));
    strcat(both, testing_path("y.npz"));
    assert_same_training(hone_dataset_from_files(both, .memory_limit = 1000), true);
}

/* ---- pipelines ---- */

static hone_status double_and_halve(void *context, hone_sample *sample)
{
    (void)context;
    assert_int_equal(sample->inputs, INPUTS);
    assert_int_equal(sample->targets, OUTPUTS);
    for (int i = 0; i < sample->inputs; i++)
        for (int j = 0; j < SIDE; j++)
            ((float *)sample->x[i].data)[j] *= 2;
    for (int i = 0; i < sample->inputs; i++) {
        float kept[SIDE];
        memcpy(kept, sample->x[i].data, sizeof kept);
        float *made = hone_sample_reshape(sample, &sample->x[i], 1, (int64_t[]){SIDE});
        for (int j = 0; j < SIDE; j++)
            made[j] = kept[j] / 2;
    }
    return HONE_OK;
}

TEST(trains_through_maps_and_caches)
{
    make_numbers();
    hone_dataset *data = hone_dataset_map(of_arrays(), double_and_halve, NULL, NULL);
    data = hone_dataset_cache(hone_dataset_repeat(data, 1), NULL);
    assert_same_training(hone_dataset_prefetch(data, 2), true);
    data = hone_dataset_concatenate(hone_dataset_take(of_arrays(), 10), hone_dataset_skip(of_arrays(), 10));
    assert_same_training(data, true);
}

/* One array is cut into as many inputs and targets as the model has. */
static hone_status cut(void *context, hone_sample *sample)
{
    const float *whole = sample->x[0].data;
    if (context != NULL)
        HONE_TRY(hone_sample_room(sample, INPUTS, OUTPUTS));
    sample->inputs = INPUTS;
    sample->targets = OUTPUTS;
    for (int i = 0; i < INPUTS && context != NULL; i++)
        memcpy(hone_sample_reshape(sample, &sample->x[i], 1, (int64_t[]){SIDE}), whole + i * SIDE,
               sizeof(float) * SIDE);
    for (int i = 0; i < OUTPUTS && context != NULL; i++)
        *hone_sample_reshape(sample, &sample->y[i], 1, (int64_t[]){1}) =
            whole[2 * i * SIDE] - whole[(2 * i + 1) * SIDE + 1];
    return HONE_OK;
}

TEST(maps_make_more_inputs_than_there_were)
{
    static float whole[SAMPLES][INPUTS][SIDE];
    make_numbers();
    for (int s = 0; s < SAMPLES; s++)
        for (int i = 0; i < INPUTS; i++)
            memcpy(whole[s][i], x_numbers[i][s], sizeof whole[s][i]);
    hone_array array = hone_array_view(whole, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, INPUTS * SIDE});
    assert_same_training(hone_dataset_map(hone_dataset_from_arrays(.x = {array}), cut, whole, NULL), true);
    assert_null(hone_dataset_map(hone_dataset_from_arrays(.x = {array}), cut, NULL, NULL));
    assert_non_null(strstr(hone_error_message(), "there is room for"));
    assert_non_null(strstr(hone_error_message(), "hone_sample_room makes more"));
}

/* A batch whose arrays change with the next one, so that a flow must copy them. */
static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    static float x[INPUTS][BATCH][SIDE], y[OUTPUTS][BATCH][1];
    static hone_array xs[INPUTS], ys[OUTPUTS];
    (void)epoch;
    if (step * BATCH >= SAMPLES)
        return 0;
    for (int i = 0; i < INPUTS; i++) {
        memcpy(x[i], x_numbers[i][step * BATCH], sizeof x[i]);
        xs[i] = hone_array_view(x[i], HONE_FLOAT32, 2, (int64_t[]){BATCH, SIDE});
    }
    for (int i = 0; i < OUTPUTS; i++) {
        memcpy(y[i], y_numbers[i][step * BATCH], sizeof y[i]);
        ys[i] = hone_array_view(y[i], HONE_FLOAT32, 2, (int64_t[]){BATCH, 1});
    }
    batch->x_list = xs;
    batch->y_list = ys;
    batch->x_count = INPUTS;
    batch->y_count = context == NULL ? OUTPUTS : OUTPUTS - 1;
    return 1;
}

TEST(trains_on_streams)
{
    assert_same_training(hone_dataset_from_callback(next_batch, NULL, NULL), false);
    hone_dataset *ahead = hone_dataset_prefetch(hone_dataset_from_callback(next_batch, NULL, NULL), 2);
    assert_same_training(ahead, false);
    assert_same_training(hone_dataset_cache(hone_dataset_from_callback(next_batch, NULL, NULL), NULL), true);
    hone_model *model = make_model();
    hone_dataset *short_of_one = hone_dataset_from_callback(next_batch, &ahead, NULL);
    assert_null(hone_fit(model, short_of_one, .verbose = 0));
    assert_non_null(strstr(hone_error_message(), "the batch has no targets for the output \"out99\""));
    hone_dataset_free(short_of_one);
    hone_model_free(model);
}

TEST(batches_of_streams_have_lists_and_arrays)
{
    make_numbers();
    for (int depth = 0; depth < 3; depth++) {
        hone_dataset *data = hone_dataset_prefetch(hone_dataset_from_callback(next_batch, NULL, NULL), depth);
        hone_iterator *batches = hone_dataset_iterate(data, 0, 0, 0);
        const hone_batch *batch;
        for (int count = 0; hone_iterator_next(batches, &batch) == 1; count++) {
            assert_int_equal(batch->x_count, INPUTS);
            assert_int_equal(batch->y_count, OUTPUTS);
            for (int i = 0; i < HONE_MAX_COMPONENTS; i++) {
                assert_ptr_equal(batch->x[i].data, batch->x_list[i].data);
                assert_ptr_equal(batch->y[i].data, batch->y_list[i].data);
                assert_memory_equal(batch->x[i].data, x_numbers[i][count * BATCH],
                                    sizeof(float) * BATCH * SIDE);
            }
        }
        hone_iterator_free(batches);
        hone_dataset_free(data);
    }
}

TEST(trains_batch_by_batch)
{
    double expected[2], sum = 0;
    train(of_arrays(), false, expected);
    hone_model *model = make_model();
    hone_dataset *data = of_arrays();
    hone_iterator *batches = hone_dataset_iterate(data, BATCH, 0, 0);
    const hone_batch *batch;
    hone_logs logs = {0};
    for (int count = 0; hone_iterator_next(batches, &batch) == 1; count++) {
        assert_int_equal(batch->x_count, INPUTS);
        assert_ptr_equal(batch->x[0].data, batch->x_list[0].data);
        assert_int_equal(hone_train_on_batch(model, batch, &logs), HONE_OK);
        double loss;
        assert_true(hone_logs_get(&logs, "loss", &loss));
        sum += loss * BATCH;
        hone_logs_free(&logs);
    }
    assert_true(sum / SAMPLES - expected[0] < 1e-6 && expected[0] - sum / SAMPLES < 1e-6);
    hone_iterator_free(batches);
    hone_batch all = {.x_list = x_arrays, .x_count = INPUTS, .y_list = y_arrays, .y_count = OUTPUTS};
    hone_gradients *gradients = hone_gradients_compute(model, &all);
    hone_shape shape;
    assert_non_null(hone_gradients_input(gradients, INPUTS - 1, &shape));
    assert_int_equal(shape.size[1], SIDE);
    hone_gradients_free(gradients);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* ---- results ---- */

static void predict(hone_model *model, float predicted[OUTPUTS][SAMPLES])
{
    hone_array *outputs[OUTPUTS];
    hone_dataset *data = of_arrays();
    assert_int_equal(hone_predict(model, data, outputs, .batch_size = BATCH), HONE_OK);
    for (int i = 0; i < OUTPUTS; i++) {
        memcpy(predicted[i], outputs[i]->data, sizeof predicted[i]);
        hone_array_free(outputs[i]);
    }
    hone_dataset_free(data);
}

static void assert_same_model(hone_model *model, const char *path)
{
    static float expected[OUTPUTS][SAMPLES], received[OUTPUTS][SAMPLES];
    hone_model *loaded = hone_load(path);
    if (loaded == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_input_count(loaded), INPUTS);
    assert_int_equal(hone_model_output_count(loaded), OUTPUTS);
    predict(model, expected);
    predict(loaded, received);
    assert_memory_equal(received, expected, sizeof expected);
    hone_model_free(loaded);
}

TEST(gives_a_number_for_each_output)
{
    hone_model *model = make_model();
    hone_dataset *data = of_arrays();
    hone_logs logs = {0};
    double loss, value, sum = 0;
    const hone_history *history =
        hone_fit(model, data, .epochs = 2, .validation_data = data, .batch_size = BATCH, .verbose = 0);
    assert_int_equal(hone_history_metric_count(history), 2 * (1 + 2 * OUTPUTS));
    assert_int_equal(hone_evaluate(model, data, &logs, .batch_size = BATCH), HONE_OK);
    assert_int_equal(hone_logs_count(&logs), 1 + 2 * OUTPUTS);
    for (int i = 0; i < OUTPUTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "out%d_loss", i);
        assert_true(hone_logs_get(&logs, name, &value));
        sum += value;
        snprintf(name, sizeof name, "val_out%d_mae", i);
        assert_true(hone_history_last(history, name) > 0);
    }
    assert_true(hone_logs_get(&logs, "loss", &loss));
    assert_true(sum - loss < 1e-4 * loss && loss - sum < 1e-4 * loss);
    assert_true(hone_history_last(history, "val_loss") == loss);
    hone_logs_free(&logs);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(is_saved_loaded_and_reported)
{
    hone_model *model = make_model();
    hone_dataset *data = of_arrays();
    assert_non_null(hone_fit(model, data, .verbose = 0));
    if (hone_save(model, testing_path("wide.keras")) < 0 ||
        hone_export_onnx(model, testing_path("wide.onnx")) < 0)
        fail_msg("%s", hone_error_message());
    assert_same_model(model, testing_path("wide.keras"));
    assert_same_model(model, testing_path("wide.onnx"));
    char *text = hone_model_plan(model, BATCH, true);
    assert_non_null(text);
    hone_free(text);
    assert_int_equal(hone_report(testing_path("wide.html"), .model = model, .data = data), HONE_OK);
    assert_int_equal(hone_export_c(model, testing_path("wide.c"), NULL, .data = data), HONE_OK);
    struct stat status;
    assert_int_equal(stat(testing_path("wide.h"), &status), 0);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(goes_on_from_checkpoints)
{
    double expected[2];
    train(of_arrays(), true, expected);
    for (int64_t epochs = 1; epochs <= 2; epochs++) {
        hone_model *model = make_model();
        hone_dataset *data = of_arrays();
        const hone_history *history =
            hone_fit(model, data, .epochs = epochs, .batch_size = BATCH, .verbose = 0, .resume = true,
                     .checkpoint = testing_path("run"));
        if (history == NULL)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_history_epoch_count(history), epochs);
        assert_true(hone_history_last(history, "loss") == expected[epochs - 1]);
        hone_dataset_free(data);
        hone_model_free(model);
    }
}
