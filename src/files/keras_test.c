/* Keras's files: what of a model and of its training they keep. */
#include "files/files.h"
#include "formats/formats.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 8 };
static const float x[SAMPLES][2] = {{1, 0}, {0, 1}, {2, 1}, {-1, 3}, {1, 1}, {0, 2}, {3, 0}, {1, 2}};
static const float y[SAMPLES] = {1, 0, 1, 0, 1, 0, 1, 0};

/* Compiled with `optimizer`, which is taken over, and trained for four steps. */
static hone_model *trained(hone_optimizer *optimizer)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1, .name = "d"));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
    if (hone_compile(model, .optimizer = optimizer, .loss = "mse") < 0)
        fail_msg("%s", hone_error_message());
    const hone_history *history = hone_fit(model, data, .batch_size = 4, .epochs = 2, .verbose = 0);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    return model;
}

static void note(void *context, const char *text, size_t length)
{
    snprintf(context, 400, "%.*s", (int)length, text);
}

static hone_model *load(const char *path, char *said)
{
    hone_error_clear();
    return hone_load(path, .output = note, .output_context = said);
}

static void assert_same_slots(const hone_model *one, const hone_model *other)
{
    const hone_optimizer *a = one->compiled.optimizer, *b = other->compiled.optimizer;
    assert_int_equal(hone_internal_optimizer_slot_count(a), hone_internal_optimizer_slot_count(b));
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(a); i++) {
        const hone_variable *slot = hone_internal_optimizer_slot_at(a, i);
        if (!hone_internal_optimizer_slot_is_integer(a, i))
            assert_memory_equal(hone_internal_variable_data(slot),
                                hone_internal_variable_data(hone_internal_optimizer_slot_at(b, i)),
                                (size_t)hone_internal_variable_count(slot) * sizeof(float));
    }
}

/* The state of an optimizer for a release of Keras: the order of its slots changed with 3.10. */
static const struct {
    const char *name, *optimizer, *version;
} optimizers[] = {
    {"a plain one", "sgd(0.1)", NULL},
    {"slots", "adam(0.01)", NULL},
    {"a product of its own", "nadam(0.01)", NULL},
    {"a product of its own in the old order", "nadam(0.01)", "3.9"},
    {"averages in the old order", "sgd(0.1, momentum=0.5, use_ema=true, gradient_accumulation_steps=2)",
     "3.9"},
    {"averages", "sgd(0.1, momentum=0.5, use_ema=true, gradient_accumulation_steps=2)", NULL},
    {"a schedule in place of a rate", "sgd(exponential_decay(0.1, 10, 0.5))", NULL},
};

TEST_EACH(a_training_goes_on, optimizers)
{
    char said[400] = "";
    hone_model *model = trained(hone_optimizer_from_text(row->optimizer));
    if (hone_save(model, testing_path("m.keras"), .keras_version = row->version) < 0)
        fail_msg("%s", hone_error_message());
    hone_model *again = load(testing_path("m.keras"), said);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(said, "");
    assert_int_equal(again->compiled.optimizer->iterations, model->compiled.optimizer->iterations);
    assert_int_equal(again->forward_passes, model->compiled.optimizer->iterations);
    assert_true((float)again->compiled.optimizer->learning_rate ==
                (float)model->compiled.optimizer->learning_rate);
    assert_same_slots(model, again);
    hone_model_free(again);
    hone_model_free(model);
}

/* Into a model that is compiled already, as checkpoints are read. */
TEST(a_state_goes_into_a_compiled_model)
{
    hone_model *model = trained(hone_optimizer_from_text("adam(0.01)")),
               *other = trained(hone_optimizer_from_text("adam(0.5)"));
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    assert_int_equal(hone_internal_model_load_training(other, testing_path("m.keras")), HONE_OK);
    assert_same_slots(model, other);
    assert_true((float)other->compiled.optimizer->learning_rate == 0.01f);
    hone_model_free(other);
    hone_model_free(model);
}

/* Another optimizer's variables: the weights are there, the training starts again. */
TEST(a_state_of_another_optimizer_is_left_with_a_warning)
{
    char said[400] = "";
    hone_config *config = NULL;
    hone_weights_file *weights = NULL;
    hone_model *model = trained(hone_optimizer_from_text("adam(0.01)")),
               *plain = trained(hone_optimizer_from_text("sgd(0.25)"));
    assert_int_equal(hone_save(model, testing_path("adam.keras")), HONE_OK);
    assert_int_equal(hone_save(plain, testing_path("sgd.weights.h5")), HONE_OK);
    assert_int_equal(hone_internal_keras_read(testing_path("adam.keras"), &config, &weights), HONE_OK);
    hone_internal_weights_close(weights);
    hone_store *store = hone_internal_store_create();
    static const int32_t iteration = 3;
    static const float numbers[3] = {5, 6, 7}, rate = 0.25f;
    const hone_array kernel = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){2, 1}),
                     bias = hone_array_view(numbers + 2, HONE_FLOAT32, 1, (int64_t[]){1}),
                     steps = hone_array_view(&iteration, HONE_INT32, 0, NULL),
                     speed = hone_array_view(&rate, HONE_FLOAT32, 0, NULL);
    assert_int_equal(hone_internal_store_add_group(store, "layers/dense/vars", "d"), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "layers/dense/vars", &kernel, false), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "layers/dense/vars", &bias, false), HONE_OK);
    assert_int_equal(hone_internal_store_add_group(store, "optimizer/vars", "adam"), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "optimizer/vars", &steps, false), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "optimizer/vars", &speed, false), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "optimizer/vars", &kernel, false), HONE_OK);
    assert_int_equal(hone_internal_keras_write(testing_path("mixed.keras"), config, store, 310, NULL, 0),
                     HONE_OK);
    hone_model *mixed = load(testing_path("mixed.keras"), said);
    if (mixed == NULL)
        fail_msg("%s", hone_error_message());
    assert_non_null(
        strstr(said, "the optimizer adam has 6 variables, but the file has 3; it starts with a fresh state"));
    assert_true(hone_internal_variable_data(hone_model_weight(mixed, 1))[0] == 7);
    assert_int_equal(mixed->compiled.optimizer->iterations, 0);
    hone_internal_store_free(store);
    hone_internal_config_free(config);
    hone_model_free(mixed);
    hone_model_free(plain);
    hone_model_free(model);
}

TEST(a_model_that_is_not_compiled_comes_back_so)
{
    char said[400] = "";
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = load(testing_path("m.keras"), said);
    assert_non_null(again);
    assert_false(again->compiled.ready);
    hone_model_free(again);
    hone_model_free(model);
}

TEST(a_model_without_the_shape_of_its_input_has_no_weights)
{
    char said[400] = "";
    assert_null(load("tests/golden/files/unbuilt.keras", said));
    assert_message_has("unbuilt.keras: the model was saved before it knew the shape of its input");
}

/* How the data of training were read lies beside Keras's own members. */
TEST(how_data_were_read_is_kept)
{
    static const char text[] = "{\"hone_data\": {\"format\": \"npy\", \"scale\": 0.5}}";
    char said[400] = "";
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    assert_int_equal(hone_internal_model_take_schema(model, config), HONE_OK);
    hone_internal_config_free(config);
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = load(testing_path("m.keras"), said);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(hone_internal_config_equal(model->schema, again->schema));
    hone_model_free(again);
    hone_model_free(model);
}

/* Weights alone, in one file or several, by their places or by the names of layers. */
static const struct {
    const char *name, *file;
    bool by_name;
} weight_files[] = {
    {"one file", "w.weights.h5", false},        {"one file by names", "w.weights.h5", true},
    {"several files", "w.weights.json", false}, {"several files by names", "w.weights.json", true},
    {"an archive by names", "w.keras", true},
};

TEST_EACH(weights_are_read_from, weight_files)
{
    hone_model *model =
                   hone_sequential(hone_input(2), hone_dense(1, .name = "a"), hone_dense(1, .name = "b")),
               *turned =
                   hone_sequential(hone_input(2), hone_dense(1, .name = "c"), hone_dense(1, .name = "b"));
    for (int i = 0; i < 4; i++) {
        hone_internal_variable_data(hone_model_weight(model, i))[0] = (float)i;
        hone_internal_variable_data(hone_model_weight(turned, i))[0] = -1;
    }
    assert_int_equal(hone_save(model, testing_path(row->file), .shard_bytes = 8), HONE_OK);
    if (hone_load_weights(turned, testing_path(row->file), .by_name = row->by_name) < 0)
        fail_msg("%s", hone_error_message());
    assert_true(hone_internal_variable_data(hone_model_weight(turned, 0))[0] == (row->by_name ? -1 : 0));
    assert_true(hone_internal_variable_data(hone_model_weight(turned, 2))[0] == 2);
    hone_model_free(turned);
    hone_model_free(model);
}
