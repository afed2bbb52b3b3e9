/* A look at the data before training: what is warned of, and what is not. */
#include "testing/recipes.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>

enum { SAMPLES = 4 };

typedef struct warnings {
    int count;
    char last[500];
} warnings;

static void note(void *context, const char *text, size_t length)
{
    warnings *said = context;
    said->count++;
    snprintf(said->last, sizeof said->last, "%.*s", (int)length, text);
}

static hone_dataset *data_of(float number, const float *classes)
{
    static float x[2][SAMPLES];
    static int next;
    float *own = x[next++ % 2];
    for (int i = 0; i < SAMPLES; i++)
        own[i] = number;
    return hone_dataset_from_arrays(.x = {hone_array_view(own, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1})},
                                    .y = {hone_array_view(classes, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

static warnings look(const char *model_text, float number, const float *train, const float *validation)
{
    warnings said = {0};
    hone_recipe *recipe = parse_recipe(model_text);
    hone_model *model = hone_recipe_model(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_recipe_set_output(recipe, note, &said);
    hone_dataset *data = data_of(number, train),
                 *held = validation != NULL ? data_of(number, validation) : NULL;
    hone_internal_recipe_look_at(recipe, model, data, held);
    hone_dataset_free(data);
    hone_dataset_free(held);
    hone_model_free(model);
    hone_recipe_free(recipe);
    return said;
}

#define MODEL(layers, loss) "model: [{input: 1}, " layers "{dense: 3}]\ncompile: {loss: " loss "}\n"
static const float some[SAMPLES] = {0, 1, 1, 0};

static const struct {
    const char *name, *model;
    float number;
    bool warned;
} sizes[] = {
    {"large numbers", MODEL("", "mse"), 200, true},
    {"large negative ones", MODEL("", "mse"), -200, true},
    {"small ones", MODEL("", "mse"), 2, false},
    {"a layer that scales", MODEL("{rescaling: 0.01}, ", "mse"), 200, false},
    {"a layer that normalises later", MODEL("{dense: 4}, batch_normalization, ", "mse"), 200, false},
    {"no number", MODEL("", "mse"), NAN, false},
};

TEST_EACH(large_inputs_are_told, sizes)
{
    const warnings said = look(row->model, row->number, some, NULL);
    assert_int_equal(said.count, row->warned);
    if (row->warned)
        assert_non_null(strstr(said.last, "the inputs are large (their rms is 200) and nothing scales them"));
}

#define CLASSES "sparse_categorical_crossentropy"
static const struct {
    const char *name, *loss;
    float train[SAMPLES], validation[SAMPLES];
    const char *words; /* NULL: no warning */
} classes[] = {
    {"the same", MODEL("", CLASSES), {0, 1, 2, 0}, {2, 1, 1, 0}, NULL},
    {"more in training", MODEL("", CLASSES), {0, 1, 2, 0}, {0, 0, 0, 0}, NULL},
    {"one that training lacks",
     MODEL("", CLASSES),
     {0, 0, 1, 1},
     {1, 2, 1, 1},
     "the validation data have 1 class that the training data lack, such as \"2\": 1 of 4 samples"},
    {"two that training lacks",
     MODEL("", CLASSES),
     {0, 0, 0, 0},
     {0, 2, 1, 1},
     "the validation data have 2 classes that the training data lack, such as \"1\": 3 of 4 samples"},
    {"numbers that are no classes", MODEL("", CLASSES), {0, 0.5f, 0, 0}, {1, 2, 1, 1}, NULL},
    {"a loss of numbers", MODEL("", "mse"), {0, 0, 0, 0}, {1, 2, 1, 1}, NULL},
};

TEST_EACH(classes_that_are_lacking_are_told, classes)
{
    const warnings said = look(row->loss, 1, row->train, row->validation);
    assert_int_equal(said.count, row->words != NULL);
    if (row->words != NULL)
        assert_non_null(strstr(said.last, row->words));
}

static const struct {
    const char *name, *model;
    bool warned;
} ends[] = {{"one unit",
             "model: [{input: 1}, {dense: {units: 1, activation: softmax}}]\ncompile: {loss: mse}\n", true},
            {"a layer", "model: [{input: 1}, {dense: 1}, softmax]\ncompile: {loss: mse}\n", true},
            {"two units",
             "model: [{input: 1}, {dense: {units: 2, activation: softmax}}]\ncompile: {loss: mse}\n", false},
            {"sigmoid",
             "model: [{input: 1}, {dense: {units: 1, activation: sigmoid}}]\ncompile: {loss: mse}\n", false}};

TEST_EACH(a_softmax_over_one_number_is_told, ends)
{
    const warnings said = look(row->model, 1, some, NULL);
    assert_int_equal(said.count, row->warned);
    if (row->warned)
        assert_non_null(strstr(said.last, "a softmax over one number, which is always 1"));
}

#define STATEFUL(input, stateful) \
    "model: [{input: {" input "}}, {bidirectional: {layer: {lstm: {units: 2, stateful: " stateful \
    "}}}}, {dense: 1}]\n"
static const struct {
    const char *name, *model;
    bool warned;
} states[] = {{"no size", STATEFUL("shape: [3, 1], name: x", "true"), true},
              {"a size", STATEFUL("shape: [3, 1], batch_size: 4", "true"), false},
              {"not stateful", STATEFUL("shape: [3, 1]", "false"), false}};

TEST_EACH(states_of_batches_of_any_size_are_told, states)
{
    warnings said = {0};
    hone_recipe *recipe = parse_recipe(row->model);
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_set_output(recipe, note, &said);
    assert_null(hone_recipe_test_data(recipe, model)); /* there are none */
    assert_int_equal(said.count, row->warned);
    if (row->warned)
        assert_non_null(strstr(said.last, "is stateful, and no input says its batch_size"));
    hone_model_free(model);
    hone_recipe_free(recipe);
}

/* The end of sorted data: nothing is lacking in training, and nothing is learned of the others. */
TEST(validation_of_one_class_is_told)
{
    static const float x[24] = {0},
                       y[24] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    warnings said = {0};
    hone_recipe *recipe = parse_recipe(MODEL("", CLASSES));
    hone_dataset *all =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){24, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){24})});
    hone_dataset *train = hone_dataset_slice(all, 0, 14),
                 *held = hone_dataset_slice(all, 14, HONE_NONE_INTEGER);
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_set_output(recipe, note, &said);
    hone_internal_recipe_look_at(recipe, model, train, held);
    assert_int_equal(said.count, 1);
    assert_non_null(strstr(said.last,
                           "all 10 validation samples are of one class, \"2\", which the training data "
                           "have in 2 of 14; in sorted data"));
    hone_internal_recipe_look_at(recipe, model, all, train);
    assert_int_equal(said.count, 1);
    hone_model_free(model);
    hone_dataset_free(all);
    hone_dataset_free(train);
    hone_dataset_free(held);
    hone_recipe_free(recipe);
}

/* 12 of class 1 among 20 held out; in 40 of training as many as a row says. */
static const struct {
    const char *name;
    int training;
    const char *words;
} rare[] = {
    {"far rarer", 5, "class \"1\" is 12 of 20 validation samples (60 %), but 5 of 40 in training (12 %)"},
    {"somewhat rarer", 6, NULL},
    {"as frequent", 24, NULL},
    {"lacking", 0, "have 1 class that the training data lack, such as \"1\": 12 of 20 samples"}};

TEST_EACH(classes_far_rarer_in_training_are_told, rare)
{
    static const float x[60] = {0};
    float y[60] = {0};
    warnings said = {0};
    for (int i = 0; i < row->training; i++)
        y[i] = 1;
    for (int i = 48; i < 60; i++)
        y[i] = 1;
    hone_recipe *recipe = parse_recipe(MODEL("", CLASSES));
    hone_dataset *all =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){60, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){60})});
    hone_dataset *train = hone_dataset_slice(all, 0, 40),
                 *held = hone_dataset_slice(all, 40, HONE_NONE_INTEGER);
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_set_output(recipe, note, &said);
    hone_internal_recipe_look_at(recipe, model, train, held);
    assert_int_equal(said.count, row->words != NULL);
    if (row->words != NULL)
        assert_non_null(strstr(said.last, row->words));
    hone_model_free(model);
    hone_dataset_free(all);
    hone_dataset_free(train);
    hone_dataset_free(held);
    hone_recipe_free(recipe);
}

/* Windows of a series cannot be held out at random: other advice. */
TEST(series_are_not_advised_to_stratify)
{
    static const float x[6] = {1, 2, 3, 4, 5, 6}, numbers[6] = {0, 0, 1, 1, 2, 2};
    warnings said = {0};
    hone_recipe *recipe =
        parse_recipe("model: [{input: 2}, {dense: 3}]\ncompile: {loss: sparse_categorical_crossentropy}\n");
    hone_dataset *series = hone_dataset_windows(
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){6})},
                                 .y = {hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){6})}),
        .window = 2);
    hone_dataset *train = hone_dataset_slice(series, 0, 2),
                 *held = hone_dataset_slice(series, 2, HONE_NONE_INTEGER);
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_set_output(recipe, note, &said);
    hone_internal_recipe_look_at(recipe, model, train, held);
    assert_int_equal(said.count, 1);
    assert_non_null(strstr(said.last, "windows are held out in their order"));
    hone_model_free(model);
    hone_dataset_free(series);
    hone_dataset_free(train);
    hone_dataset_free(held);
    hone_recipe_free(recipe);
}
