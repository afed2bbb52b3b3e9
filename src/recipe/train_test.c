/* Running a recipe: how many samples are held out, and what is missing. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>
#include <stdio.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 10 };

static const char *data(void)
{
    static char both[600];
    static const float x[SAMPLES][2] = {{1}}, y[SAMPLES] = {1};
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2}),
                     targets = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    snprintf(both, sizeof both, "%s,%s", testing_path("x.npy"), testing_path("y.npy"));
    assert_int_equal(hone_array_save(&inputs, testing_path("x.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&targets, testing_path("y.npy")), HONE_OK);
    return both;
}

static void clean(void)
{
    unlink(testing_path("x.npy"));
    unlink(testing_path("y.npy"));
}

static hone_recipe *recipe_with(const char *rest)
{
    char text[1024];
    snprintf(text, sizeof text,
             "model: [{input: 2}, {dense: 1}]\ncompile: {loss: mse}\ndata: {train: \"%s\"%s}\n", data(),
             rest);
    return parse_recipe(text);
}

static const struct {
    const char *name, *rest;
    int64_t train, validation;
} parts[] = {
    {"all", "", 10, 0},
    {"the last 3", ", validation: last 3", 7, 3},
    {"a share as Keras counts it", ", validation: 0.25", 7, 3}, /* floor(7.5) */
    {"random samples", ", validation: random 4", 6, 4},
    {"a random share", ", validation: random 0.2", 8, 2},
    {"a map", ", validation: {share: 0.3, seed: 1}", 7, 3},
    {"a fold", ", validation: {folds: 3, fold: 1, shuffle: false}", 7, 3},
};

TEST_EACH(holds_out, parts)
{
    hone_recipe *recipe = recipe_with(row->rest);
    hone_dataset *validation, *train = hone_recipe_train_data(recipe, NULL, &validation);
    if (train == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(train), row->train);
    assert_int_equal(validation == NULL ? 0 : hone_dataset_count(validation), row->validation);
    hone_dataset_free(train);
    hone_dataset_free(validation);
    hone_recipe_free(recipe);
    clean();
}

TEST(refuses_parts_that_are_empty)
{
    hone_dataset *validation;
    hone_recipe *recipe = recipe_with(", validation: last 10");
    assert_null(hone_recipe_train_data(recipe, NULL, &validation));
    assert_message_has("10 of 10 samples cannot be held out: one part is empty");
    assert_null(validation);
    hone_recipe_free(recipe);
    clean();
}

TEST(missing_data_are_told_with_the_recipe)
{
    hone_recipe *recipe = parse_recipe("model: [{input: 2}, {dense: 1}]\ncompile: {loss: mse}\n");
    assert_null(hone_recipe_train_data(recipe, NULL, NULL));
    assert_message_has("test.yaml: there are no data to train on");
    assert_null(hone_recipe_test_data(recipe, NULL));
    assert_message_has("there are no test data");
    hone_recipe_free(recipe);
}

/* It is built from the data before its layers learn from them. */
TEST(a_normalization_without_an_input_learns_from_the_data)
{
    char text[1024];
    snprintf(text, sizeof text,
             "model: [normalization, {dense: 1}]\ncompile: {loss: mse}\ndata: {train: \"%s\"}\n", data());
    hone_recipe *recipe = parse_recipe(text);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_float_equal(hone_variable_data(hone_model_weight(model, 0))[0], 0.1, 1e-6); /* the mean */
    hone_model_free(model);
    hone_recipe_free(recipe);
    clean();
}

TEST(trains_with_the_settings_of_the_recipe)
{
    hone_recipe *recipe =
        recipe_with(", validation: last 2}\nfit: {epochs: 3, batch_size: 4, validation_split: 0");
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_history_epoch_count(hone_model_history(model)), 3);
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 6);
    assert_true(hone_history_last(hone_model_history(model), "val_loss") >= 0);
    hone_model_free(model);
    hone_recipe_free(recipe);
    clean();
}
