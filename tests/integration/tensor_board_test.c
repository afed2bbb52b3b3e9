/* tensor_board in real trainings: which logs there are, that a watched training keeps its bits, failures.
 * (What is in the logs is read by TensorBoard itself in tests/interop.) */
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>

enum { SAMPLES = 24, FEATURES = 4, CLASSES = 3, BATCH = 5 };

static float samples[SAMPLES][FEATURES];
static int32_t labels[SAMPLES];

static int begin(void **state)
{
    uint32_t random = 1;
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i % CLASSES;
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)(testing_random(&random) % 1000) / 500 - 1;
    }
    return testing_folder_make(state);
}

static hone_model *make_model(void)
{
    hone_model *inner =
        hone_sequential(hone_input(6), hone_dense(5, .activation = "relu"), hone_batch_normalization());
    hone_model *model =
        hone_sequential(hone_input(FEATURES), hone_dense(6, .activation = "tanh"), hone_dropout(0.3),
                        hone_model_as_layer(inner), hone_dense(CLASSES, .activation = "softmax"));
    if (model != NULL &&
        hone_compile(model, .optimizer = hone_adam(.clipnorm = 1), .loss = "sparse_categorical_crossentropy",
                     .metrics = {"accuracy"}) < 0) {
        hone_model_free(model);
        return NULL;
    }
    return model;
}

static const hone_history *train(hone_model *model, hone_callback *callback, int64_t epochs)
{
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                       (int64_t[]){SAMPLES, FEATURES})},
                                 .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
    const hone_history *history = hone_fit(model, data, .epochs = epochs, .batch_size = BATCH,
                                           .validation_split = 0.25, .callbacks = hone_callbacks(callback));
    hone_dataset_free(data);
    return history;
}

static hone_callback *watching(const char *folder)
{
    return hone_tensor_board(folder, .histogram_freq = 1, .write_images = true, .write_grads = true,
                             .write_steps_per_second = true, .update_freq = "2");
}

AROUND_ALL(begin, testing_folder_remove);

TEST(a_watched_training_keeps_its_bits)
{
    hone_model *models[2];
    for (int i = 0; i < 2; i++) {
        models[i] = make_model();
        hone_callback *callback = i == 0 ? hone_terminate_on_nan() : watching(testing_path("logs"));
        if (train(models[i], callback, 3) == NULL)
            fail_msg("%s", hone_error_message());
    }
    for (int i = 0; i < hone_model_weight_count(models[0]); i++) {
        hone_variable *a = hone_model_weight(models[0], i), *b = hone_model_weight(models[1], i);
        hone_shape shape = hone_variable_shape(a);
        size_t count = 1;
        for (int axis = 0; axis < shape.rank; axis++)
            count *= (size_t)shape.size[axis];
        assert_memory_equal(hone_variable_data(a), hone_variable_data(b), count * sizeof(float));
    }
    hone_model_free(models[0]);
    hone_model_free(models[1]);
    assert_int_equal(testing_entries(testing_path("logs")), 3); /* train, validation, the session's file */
    assert_int_equal(testing_entries(testing_path("logs/train")), 1);
    assert_int_equal(testing_entries(testing_path("logs/validation")), 1);
}

/* What is left out is not written. */
TEST(what_is_left_out_is_not_written)
{
    char text[512];
    snprintf(text, sizeof text, "tensor_board(log_dir='%s', write_graph=false, write_hparams=false)",
             testing_path("parts"));
    hone_model *model = make_model();
    if (train(model, hone_callback_from_text(text), 1) == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(testing_entries(testing_path("parts")), 2); /* train, validation */
    hone_model_free(model);
}

TEST(refuses_wrong_options)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"tensor_board(update_freq=0)", "update_freq"},
                 {"tensor_board(update_freq=sometimes)", "update_freq"},
                 {"tensor_board(histogram_freq=-1)", "histogram_freq"},
                 {"tensor_board(embeddings_freq=1)", "embeddings"},
                 {"tensor_board(profile_batch=2)", "profiled"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(hone_callback_from_text(cases[i].text));
        if (strstr(hone_error_message(), cases[i].message) == NULL)
            fail_msg("%s: %s", cases[i].text, hone_error_message());
    }
    hone_model *model = make_model();
    const char *file = testing_file("file", "", 0);
    assert_null(train(model, hone_tensor_board(file), 1));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_set_threads(1);
    hone_model *model = make_model();
    assert_non_null(train(model, hone_terminate_on_nan(), 1));
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t allowed = 0; !done && allowed < 20000; allowed += allowed < 300 ? 1 : 61) {
        hone_internal_fail_allocations_after(allowed);
        done = train(model, watching(testing_path("failing")), 1) != NULL;
        hone_internal_fail_allocations_after(-1);
        testing_folder_empty(testing_path("failing"));
    }
    assert_true(done);
    hone_model_free(model);
    assert_true(hone_internal_blocks_in_use() <= blocks);
    hone_set_threads(0);
}
