/* The data of a recipe: read as those of the training were, with what is said of them. */
#include "data/dataset.h"
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>
#include <stdio.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 6 };

static void note(void *context, const char *text, size_t length)
{
    snprintf(context, 400, "%.*s", (int)length, text);
}

/* `rest` stands in the section `data`; %s in it are x.npy,y.npy. */
static hone_recipe *recipe_of(const char *rest)
{
    static const float x[SAMPLES * 2] = {10, 20, 30}, y[SAMPLES] = {1}, weights[SAMPLES] = {0.5f, 2};
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2}),
                     targets = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES}),
                     weighed = hone_array_view(weights, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    char text[2600], data[1200], both[600];
    assert_int_equal(hone_array_save(&inputs, testing_path("x.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&targets, testing_path("y.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&weighed, testing_path("w.npy")), HONE_OK);
    snprintf(both, sizeof both, "%.64s/x.npy,%.64s/y.npy", testing_folder, testing_folder);
    snprintf(data, sizeof data, rest, both, both);
    snprintf(text, sizeof text, "model: [{input: 2}, {dense: 1}]\ncompile: {loss: mse}\ndata: {%s}\n", data);
    return parse_recipe(text);
}

static float first_of(const hone_dataset *data, int kind)
{
    float numbers[2];
    assert_int_equal(hone_internal_dataset_gather(data, kind, 0, NULL, 0, 1, numbers), HONE_OK);
    return numbers[0];
}

TEST(what_is_said_of_the_data_is_done)
{
    hone_recipe *recipe = recipe_of("train: \"%s\", scale: 1/10");
    hone_dataset *data = hone_recipe_train_data(recipe, NULL, NULL);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(data), SAMPLES);
    assert_true(first_of(data, HONE_COMPONENT_INPUT) == 1);
    hone_dataset_free(data);
    hone_recipe_free(recipe);
}

TEST(test_data_are_read_with_their_weights)
{
    char rest[300];
    snprintf(rest, sizeof rest, "train: \"%%s\", test: \"%%s\", test_sample_weight: %.64s/w.npy",
             testing_folder);
    hone_recipe *recipe = recipe_of(rest);
    hone_dataset *data = hone_recipe_test_data(recipe, NULL);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(first_of(data, HONE_COMPONENT_WEIGHT) == 0.5f);
    hone_dataset_free(data);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *rest, *words;
    bool test;
} missing[] = {
    {"no training data", "scale: 2",
     "test.yaml: there are no data to train on; give --data, or data: {train: ...}", false},
    {"no test data", "train: \"%s\"", "test.yaml: there are no test data: data: {test: ...} is missing",
     true},
    {"a file that is not there", "train: none.npy", "none.npy", false},
    {"weights that are not there", "train: \"%s\", sample_weight: none.npy", "none.npy", false},
};

TEST_EACH(missing_data_are_told, missing)
{
    hone_recipe *recipe = recipe_of(row->rest);
    hone_error_clear();
    assert_null(row->test ? hone_recipe_test_data(recipe, NULL) : hone_recipe_train_data(recipe, NULL, NULL));
    assert_message_has(row->words);
    hone_recipe_free(recipe);
}

/* Another scale than that of the training is used, with a warning; none: that of the training. */
static const struct {
    const char *name, *scale, *kept;
    float first;
    bool warned;
} scales[] = {
    {"the same", ", scale: 0.5", "0.5", 5, false},
    {"another", ", scale: 0.1", "0.5", 1, true},
    {"none", "", "0.5", 5, false},
    {"none, and none before", "", NULL, 10, false},
};

TEST_EACH(a_scale_is_compared_with_that_of_the_training, scales)
{
    char said[400] = "", rest[100];
    snprintf(rest, sizeof rest, "train: \"%%s\"%s", row->scale);
    hone_recipe *recipe = recipe_of(rest);
    hone_model *model = hone_recipe_model(recipe);
    assert_int_equal(row->kept == NULL ? HONE_OK : hone_model_set_data(model, "scale", row->kept), HONE_OK);
    hone_recipe_set_output(recipe, note, said);
    hone_dataset *data = hone_recipe_train_data(recipe, model, NULL);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(first_of(data, HONE_COMPONENT_INPUT) == row->first);
    assert_int_equal(strstr(said, "but those of the training were multiplied by 0.5") != NULL, row->warned);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_recipe_free(recipe);
}
