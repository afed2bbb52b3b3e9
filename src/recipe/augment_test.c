/* Augmentation in recipes: in the range of the data, and only by layers that can. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/pipeline.h>
#include <stdio.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* Images with numbers up to 255 times the scale: what brightness adds is in these, unless it is told
 * otherwise. */
typedef struct brightness {
    const char *name, *layer;
    double highest; /* of pixels that are 1 */
} brightness;
static const brightness brightnesses[] = {
    {"by the scale", "random_brightness: [0.5, 0.5]", 1},
    {"as it says", "{random_brightness: {factor: [0.5, 0.5], value_range: [0, 4]}}", 3},
    {"at its place", "\"random_brightness([0.5, 0.5], [0, 4])\"", 3},
};
TEST_EACH(augments_in_the_range_of_the_data, brightnesses)
{
    char text[1400], path[512];
    float x[6][2][2] = {{{255}}}, y[6] = {0};
    for (int i = 0; i < 24; i++)
        (&x[0][0][0])[i] = 255;
    hone_array arrays[] = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){6, 2, 2}),
                           hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){6})};
    snprintf(path, sizeof path, "%s", testing_path("x.npy"));
    assert_int_equal(hone_array_save(&arrays[0], path), HONE_OK);
    assert_int_equal(hone_array_save(&arrays[1], testing_path("y.npy")), HONE_OK);
    snprintf(text, sizeof text,
             "model: [{input: [2, 2]}, flatten, {dense: 1}]\n"
             "data: {train: \"%s,%s\", validation: last 2, scale: 1/255, augment: [%s]}\n",
             path, testing_path("y.npy"), row->layer);
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    hone_dataset *validation, *train = hone_recipe_train_data(recipe, NULL, &validation);
    if (train == NULL)
        fail_msg("%s", hone_error_message());
    hone_iterator *iterator = hone_dataset_iterate(train, 4, 0, 0);
    const hone_batch *batch;
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    for (int i = 0; i < 16; i++)
        assert_float_equal(((const float *)batch->x[0].data)[i], row->highest, 1e-6);
    hone_iterator_free(iterator);
    iterator = hone_dataset_iterate(validation, 2, 0, 0);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    assert_float_equal(((const float *)batch->x[0].data)[0], 1, 0);
    hone_iterator_free(iterator);
    hone_dataset_free(train);
    hone_dataset_free(validation);
    hone_recipe_free(recipe);
}

/* Targets are rows then, which are mixed with others; those of the validation are not. */
TEST(mixes_class_numbers_as_rows)
{
    char text[1400];
    float x[8][2][2] = {{{0}}}, y[8] = {0, 1, 2, 0, 1, 2, 0, 1};
    hone_array arrays[] = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){8, 2, 2}),
                           hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){8})};
    for (int i = 0; i < 2; i++)
        assert_int_equal(hone_array_save(&arrays[i], testing_path(i == 0 ? "mx.npy" : "my.npy")), HONE_OK);
    int length =
        snprintf(text, sizeof text, "model: [{input: [2, 2]}, flatten, {dense: 3}]\ndata: {train: \"%s,",
                 testing_path("mx.npy"));
    snprintf(text + length, sizeof text - (size_t)length,
             "%s\", validation: last 2, targets: one_hot, augment: [{mix_up: 5.0}]}\n",
             testing_path("my.npy"));
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    hone_model *model = hone_recipe_model(recipe);
    hone_dataset *validation, *train = hone_recipe_train_data(recipe, model, &validation);
    if (train == NULL)
        fail_msg("%s", hone_error_message());
    const hone_batch *batch;
    hone_iterator *iterator = hone_dataset_iterate(train, 6, 0, 0);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    int shares = 0;
    for (int i = 0; i < 6; i++) {
        const float *row = (const float *)batch->y[0].data + 3 * i;
        assert_float_equal(row[0] + row[1] + row[2], 1, 1e-6);
        shares += row[i % 3] > 0.01f && row[i % 3] < 0.99f;
    }
    assert_true(shares > 0);
    hone_iterator_free(iterator);
    iterator = hone_dataset_iterate(validation, 2, 0, 0);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    assert_memory_equal(batch->y[0].data, ((const float[]){1, 0, 0, 0, 1, 0}), 6 * sizeof(float));
    hone_iterator_free(iterator);
    hone_dataset_free(train);
    hone_dataset_free(validation);
    assert_null(hone_recipe_train_data(recipe, NULL, NULL));
    assert_non_null(strstr(hone_error_message(), "targets: one_hot needs a model with one output"));
    hone_model_free(model);
    hone_recipe_free(recipe);
}

typedef struct mistake {
    const char *name, *augment, *message;
} mistake;
static const mistake mistakes[] = {
    {"an unknown layer", "[random_flop]", "unknown layer \"random_flop\"; did you mean \"random_flip\"?"},
    {"out of range", "[random_hue: 2]", "factor must be between"},
    {"no list", "random_flip", "augment must be a list, not the string \"random_flip\""},
    {"no layers", "[]", "augment needs at least one layer"},
    {"inputs", "[{random_flip: horizontal, inputs: x}]", "they take no \"inputs\""},
    {"an input", "[{input: 3}]", "augment is a list of layers"},
    {"a number", "[3]", "a layer must be a name"},
};
TEST_EACH(refuses_augmentation, mistakes)
{
    char text[256];
    snprintf(text, sizeof text, "model: [{input: 3}]\ndata: {train: x.npz, augment: %s}\n", row->augment);
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    assert_true(hone_recipe_check(recipe) < 0);
    if (strstr(hone_error_message(), row->message) == NULL ||
        strstr(hone_error_message(), "test.yaml: line 2") == NULL)
        fail_msg("received \"%s\", expected \"%s\"", hone_error_message(), row->message);
    hone_recipe_free(recipe);
}
