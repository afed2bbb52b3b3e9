/* A fit in stages: what holds in each. */
#include "testing/files.h"
#include "testing/recipes.h"

#include <hone/hone.h>
#include <stdio.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 8 };

static hone_recipe *recipe_of(const char *fit)
{
    static const float x[SAMPLES * 2] = {1, 2, 3}, y[SAMPLES] = {1};
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2}),
                     targets = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    char text[1400];
    assert_int_equal(hone_array_save(&inputs, testing_path("x.npy")), HONE_OK);
    assert_int_equal(hone_array_save(&targets, testing_path("y.npy")), HONE_OK);
    snprintf(text, sizeof text,
             "model: [{input: 2}, {dense: {units: 2, name: base}}, {dense: {units: 1, name: head}}]\n"
             "compile: {loss: mse, optimizer: sgd}\ndata: {train: \"%s,%s\"}\nfit: %s\n",
             testing_path("x.npy"), testing_path("y.npy"), fit);
    return parse_recipe(text);
}

#define TWO "[{epochs: 2, batch_size: 4, freeze: base}, {epochs: 3, unfreeze: base, learning_rate: 0.001}]"

/* The value of a key in a stage; NULL: it has none. */
static const struct {
    const char *name, *fit;
    size_t count, stage;
    const char *key, *value;
} stages[] = {
    {"a map is one stage", "{epochs: 2}", 1, 0, "epochs", "2"},
    {"the first", TWO, 2, 0, "epochs", "2"},
    {"the second", TWO, 2, 1, "epochs", "3"},
    {"what was said before holds", TWO, 2, 1, "batch_size", "4"},
    {"what begins a stage does not", TWO, 2, 1, "freeze", NULL},
    {"a rate is of its stage", "[{learning_rate: 0.1}, {epochs: 1}]", 2, 1, "learning_rate", NULL},
};

TEST_EACH(a_stage_lies_over_those_before, stages)
{
    hone_recipe *recipe = recipe_of(row->fit);
    assert_int_equal(hone_internal_recipe_stage_count(recipe), row->count);
    assert_int_equal(hone_internal_recipe_merge_stage(recipe, row->stage), HONE_OK);
    const hone_config *value = hone_internal_recipe_get(recipe, "fit", row->key);
    assert_int_equal(value != NULL, row->value != NULL);
    if (row->value != NULL) {
        char *text = hone_internal_config_to_json(value, false);
        assert_string_equal(text, row->value);
        hone_internal_free(text);
    }
    hone_recipe_free(recipe);
}

#define FOUR_TIMES(text) text text text text
#define MOST_STAGES FOUR_TIMES(FOUR_TIMES(FOUR_TIMES(FOUR_TIMES("{},"))))

static const struct {
    const char *name, *fit;
    size_t stage;
    const char *words;
} mistakes[] = {
    {"no stage", "[]", 0, "fit is an empty list; it must be a map, or a list of one for each stage"},
    {"a stage that is no map", "[{epochs: 1}, 3]", 1, "a stage of fit"},
    {"too many stages", "[" MOST_STAGES "{}]", 0, "fit has 257 stages; at most 256 are read"},
};

TEST_EACH(stages_are_refused, mistakes)
{
    hone_recipe *recipe = recipe_of(row->fit);
    hone_error_clear();
    assert_true(hone_internal_recipe_merge_stage(recipe, row->stage) < 0);
    assert_message_has(row->words);
    hone_recipe_free(recipe);
}

/* Epochs are numbered on in one history; the base is frozen at first, then not. */
TEST(stages_are_one_training)
{
    hone_recipe *recipe = recipe_of(TWO);
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_history_epoch_count(hone_model_history(model)), 5);
    assert_true(hone_layer_trainable(hone_model_layer(model, "base")));
    assert_true((float)hone_optimizer_learning_rate(hone_model_optimizer(model)) == 0.001f);
    hone_model_free(model);
    hone_recipe_free(recipe);
}

/* Early stopping ends its stage alone. */
TEST(a_stage_that_stops_early_is_followed)
{
    hone_recipe *recipe = recipe_of(
        "[{epochs: 9, batch_size: 8, callbacks: [{early_stopping: {monitor: loss, min_delta: 1000, patience: 1}}]}, "
        "{epochs: 2, callbacks: []}]");
    hone_model *model = hone_recipe_train(recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_history_epoch_count(hone_model_history(model)), 2 + 2);
    hone_model_free(model);
    hone_recipe_free(recipe);
}
