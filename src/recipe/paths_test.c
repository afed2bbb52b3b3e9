/* Paths into recipes: through short forms, by names and kinds, and what leads nowhere. */
#include "base/memory.h"
#include "recipe/parts.h"
#include "testing/test.h"

#include <string.h>

static const char text[] = "model:\n"
                           "  - input: [4]\n"
                           "  - dense: 8\n"
                           "  - dense: {units: 6, name: hidden, kernel_regularizer: l2(0.1)}\n"
                           "  - dropout\n"
                           "  - dense(3, activation=softmax)\n"
                           "compile: {optimizer: adam(0.01), loss: mse, metrics: [mae]}\n"
                           "data: {train: x.npy}\n"
                           "fit: {callbacks: [early_stopping(patience=5), csv_logger: log.csv]}\n";

typedef struct way {
    const char *name, *value, *key, *json;
} way;

static const way ways[] = {
    {"model.1.dense.units", "5", "model.1", "{\"dense\": {\"units\": 5}}"},
    {"model.1.units", "5", "model.1", "{\"dense\": {\"units\": 5}}"},
    {"model.1.dense.activation", "relu", "model.1", "{\"dense\": {\"units\": 8, \"activation\": \"relu\"}}"},
    {"model.hidden.units", "5", "model.2.dense.units", "5"},
    {"model.2.kernel_regularizer.l2", "0.5", "model.2.dense.kernel_regularizer", "{\"l2\": 0.5}"},
    {"model.dropout.rate", "0.25", "model.3", "{\"dropout\": {\"rate\": 0.25}}"},
    {"model.4.units", "2", "model.4", "{\"dense\": {\"units\": 2, \"activation\": \"softmax\"}}"},
    {"model.4.inputs", "hidden", "model.4.dense.inputs", "\"hidden\""},
    {"model.1", "flatten", "model.1", "\"flatten\""},
    {"compile.optimizer.learning_rate", "0.5", "compile.optimizer", "{\"adam\": {\"learning_rate\": 0.5}}"},
    {"compile.optimizer.adam.beta_1", "0.5", "compile.optimizer.adam.learning_rate", "0.01"},
    {"compile.optimizer", "sgd", "compile.optimizer", "\"sgd\""},
    {"fit.callbacks.0.patience", "7", "fit.callbacks.0", "{\"early_stopping\": {\"patience\": 7}}"},
    {"fit.callbacks.early_stopping.patience", "7", "fit.callbacks.0.early_stopping.patience", "7"},
    {"fit.epochs", "9", "fit.epochs", "9"},
    {"fit.class_weight.0", "2", "fit.class_weight", "{\"0\": 2}"},
    {"data.scale", "1/255", "data.scale", "\"1/255\""},
    {"name", "own", "name", "\"own\""},
};

TEST_EACH(leads_through_short_forms, ways)
{
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    assert_non_null(recipe);
    assert_int_equal(hone_recipe_set(recipe, row->name, row->value), HONE_OK);
    char *json = hone_recipe_get(recipe, row->key);
    assert_non_null(json);
    assert_string_equal(json, row->json);
    hone_free(json);
    hone_recipe_free(recipe);
}

static const way wrong_ways[] = {
    {"fit.epoch", "1", "did you mean \"fit.epochs\"?", NULL},
    {"epochs", "1", "did you mean \"fit.epochs\"?", NULL},
    {"dense.units", "1", "did you mean \"model.1.dense.units\"?", NULL},
    {"learning_rate", "1", "did you mean \"compile.learning_rate\"?", NULL},
    {"model.1.dense.unit", "1", "unknown argument of dense \"unit\"; did you mean \"units\"?", NULL},
    {"model.dense.units", "1", "there are several items \"dense\"; say which by its number (0 to 4)", NULL},
    {"model.9.units", "1", "there is no item \"9\"; expected a number from 0 to 4, or a name", NULL},
    {"compile.optimizer.rate", "1", "unknown argument of adam \"rate\"", NULL},
    {"optimizers.adam", "1", "the recipe has no key \"optimizers.adam\"", NULL},
    {"fit..epochs", "1", "is not a valid key", NULL},
    {"", "1", "is not a valid key", NULL},
};

TEST_EACH(names_the_nearest_path, wrong_ways)
{
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    assert_non_null(recipe);
    assert_true(hone_recipe_set(recipe, row->name, row->value) < 0);
    if (strstr(hone_error_message(), row->key) == NULL)
        fail_msg("\"%s\" is not in: %s", row->key, hone_error_message());
    hone_recipe_free(recipe);
}

TEST(a_model_file_has_no_layers_to_set)
{
    hone_recipe *recipe = hone_recipe_load("m.keras");
    assert_true(hone_recipe_set(recipe, "model.1.units", "3") < 0);
    assert_non_null(strstr(hone_error_message(), "its model is a file"));
    hone_recipe_free(recipe);
}

TEST(what_was_set_has_no_line)
{
    hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
    assert_int_equal(hone_recipe_set(recipe, "model.1.units", "-5"), HONE_OK);
    assert_null(hone_recipe_model(recipe));
    assert_null(strstr(hone_error_message(), "line 1,"));
    hone_recipe_free(recipe);
}

TEST(survives_failing_allocations)
{
    hone_recipe *first = hone_recipe_parse(text, "test.yaml");
    assert_int_equal(hone_recipe_set(first, "model.hidden.kernel_regularizer.l2", "0.5"), HONE_OK);
    hone_recipe_free(first); /* what is made once and kept */
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 2000; allowed++) {
        hone_recipe *recipe = hone_recipe_parse(text, "test.yaml");
        hone_internal_fail_allocations_after(allowed);
        done = hone_recipe_set(recipe, "model.hidden.kernel_regularizer.l2", "0.5") >= 0;
        hone_internal_fail_allocations_after(-1);
        hone_recipe_free(recipe);
    }
    assert_true(allowed > 10 && allowed < 2000);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
