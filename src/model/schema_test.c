/* What a model keeps of the data that it was trained on: names of classes, scale, preprocessing. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(a_fit_teaches_the_names_of_classes)
{
    static const char csv[] = "a,b,kind\n1,2,cat\n3,4,dog\n5,6,cat\n";
    char source[300];
    snprintf(source, sizeof source, "%s#target=kind", testing_file("a.csv", csv, strlen(csv)));
    hone_dataset *data = hone_dataset_load(source, NULL, 1);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *model = hone_sequential(hone_input(2), hone_dense(2));
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy(from_logits=true)"),
                     HONE_OK);
    assert_int_equal(hone_model_class_count(model, 0), 0);
    assert_null(hone_model_class_name(model, 0, 0));
    if (hone_fit(model, data) == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_class_count(model, 0), 2);
    assert_string_equal(hone_model_class_name(model, 0, 1), "dog");
    assert_null(hone_model_class_name(model, 0, 2));
    assert_null(hone_model_class_name(model, 0, -1));
    assert_int_equal(hone_model_class_count(NULL, 0), 0);
    hone_model_free(model);
    hone_dataset_free(data);
    unlink(testing_path("a.csv"));
}

/* ---- scale and preprocessing ---- */

static hone_dataset *bytes_of(double scale)
{
    static const uint8_t x[8] = {255, 0, 51, 102, 204, 153, 0, 255};
    static const float y[4] = {0, 1, 0, 1};
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_UINT8, 2, (int64_t[]){4, 2})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){4})},
                                    .scale = scale);
}

static hone_model *trained(hone_dataset *data)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse", .optimizer = hone_sgd()), HONE_OK);
    if (hone_fit(model, data) == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    return model;
}

static void assert_data(const hone_model *model, const char *key, const char *expected)
{
    char *text = hone_model_data(model, key);
    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    hone_free(text);
}

/* The sum of the first sample of x.npy, as the model's data are read. */
static double first_of(const hone_model *model, double scale)
{
    static const float x[4] = {10, 20, 30, 40};
    const hone_array array = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){2, 2});
    assert_int_equal(hone_array_save(&array, testing_path("x.npy")), HONE_OK);
    hone_dataset *data = hone_dataset_load_for(model, testing_path("x.npy"), NULL, scale);
    hone_iterator *batches = hone_dataset_iterate(data, 2, 0, 0);
    const hone_batch *batch;
    assert_int_equal(hone_iterator_next(batches, &batch), 1);
    const float *numbers = batch->x[0].data;
    const double sum = (double)numbers[0] + (double)numbers[1];
    hone_iterator_free(batches);
    hone_dataset_free(data);
    unlink(testing_path("x.npy"));
    return sum;
}

TEST(the_scale_of_training_is_kept_in_the_file)
{
    hone_dataset *all = bytes_of(0.25);
    hone_model *model = trained(hone_dataset_slice(all, 0, 3));
    hone_dataset_free(all);
    assert_data(model, "scale", "0.25");
    assert_data(model, "format", "\"arrays\"");
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_OK);
    hone_model *again = hone_load(testing_path("m.keras"));
    assert_data(again, NULL, "{\"format\": \"arrays\", \"scale\": 0.25}");
    assert_float_equal(first_of(again, 0), 7.5, 0);
    assert_float_equal(first_of(again, 2), 60, 0);
    hone_model_free(again);
    hone_model_free(model);
    unlink(testing_path("m.keras"));
}

TEST(further_data_are_scaled_like_the_first)
{
    hone_dataset *first = bytes_of(0.5);
    const uint8_t x[2] = {4, 8};
    const hone_array array = hone_array_view(x, HONE_UINT8, 2, (int64_t[]){1, 2});
    assert_int_equal(hone_array_save(&array, testing_path("x.npy")), HONE_OK);
    hone_dataset *data = hone_dataset_load_like(first, testing_path("x.npy"), NULL, 0);
    hone_model *model = trained(first);
    hone_array *outputs[2] = {NULL};
    hone_dataset *same = hone_dataset_load_for(model, testing_path("x.npy"), NULL, 0);
    assert_int_equal(hone_predict(model, data, &outputs[0]), HONE_OK);
    assert_int_equal(hone_predict(model, same, &outputs[1]), HONE_OK);
    assert_memory_equal(outputs[0]->data, outputs[1]->data, sizeof(float));
    hone_array_free(outputs[0]);
    hone_array_free(outputs[1]);
    hone_dataset_free(same);
    hone_dataset_free(data);
    hone_model_free(model);
    unlink(testing_path("x.npy"));
}

TEST(the_preprocessing_of_images_is_kept)
{
    static const uint8_t x[12] = {255};
    static const float y[1] = {1};
    hone_dataset *data = hone_dataset_preprocess(
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_UINT8, 4, (int64_t[]){1, 2, 2, 3})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){1})}),
        "tf");
    hone_model *model = hone_sequential(hone_input(2, 2, 3), hone_flatten(), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_non_null(hone_fit(model, data));
    assert_data(model, "preprocess", "\"tf\"");
    char *text = hone_model_data_text(model);
    assert_string_equal(text, "format: arrays\nscale: 1.0\npreprocess: tf\n");
    hone_free(text);
    hone_dataset_free(data);
    hone_model_free(model);
}

static const struct {
    const char *name, *key, *value, *says;
} wrong_facts[] = {
    {"no such fact", "scales", "2", "did you mean \"scale\""},
    {"a scale of 0", "scale", "0", "scale must be a number other than 0"},
    {"a threshold above 1", "threshold", "1.5", "threshold must be a number other than 0 and at most 1"},
    {"a way that is none", "preprocess", "tensorflow", "preprocess must be caffe, tf or torch"},
    {"classes that are numbers", "classes", "[1, 2]", "categories must be strings"},
};

TEST_EACH(refuses_facts, wrong_facts)
{
    hone_model *model = trained(bytes_of(0.5));
    assert_true(hone_model_set_data(model, row->key, row->value) < 0);
    assert_message_has(row->says);
    assert_data(model, NULL, "{\"format\": \"arrays\", \"scale\": 0.5}");
    hone_model_free(model);
}

TEST(facts_can_be_set_and_removed)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    assert_data(model, NULL, NULL);
    assert_float_equal(hone_model_threshold(model), 0.5, 0);
    assert_int_equal(hone_model_set_data(model, "scale", "1/4"), HONE_OK);
    assert_int_equal(hone_model_set_data(model, "threshold", "0.3"), HONE_OK);
    assert_int_equal(hone_model_set_data(model, "classes", "[ok, fraud]"), HONE_OK);
    assert_float_equal(first_of(model, 0), 7.5, 0);
    assert_float_equal(hone_model_threshold(model), 0.3, 0);
    assert_string_equal(hone_model_class_name(model, 0, 1), "fraud");
    assert_int_equal(hone_model_set_data(model, "classes", NULL), HONE_OK);
    assert_int_equal(hone_model_class_count(model, 0), 0);
    hone_model_free(model);
}
