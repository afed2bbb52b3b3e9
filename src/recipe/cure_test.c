/* Cures as changes of a recipe. */
#include "recipe/parts.h"
#include "testing/test.h"

#include <hone/recipe.h>
#include <stdio.h>
#include <string.h>

static const char recipe_text[] =
    "model:\n  - input: [4]\n  - dense(8, activation=relu)\n  - dropout: 0.5\n  - dense: 1\n"
    "compile: {optimizer: \"sgd(learning_rate=0.5, momentum=0.1)\", loss: mse}\n"
    "data: {train: \"x.npy,y.npy\"}\n";

static void check(const hone_edit *edit, const char *key, const char *expected)
{
    hone_recipe *recipe = hone_recipe_parse(recipe_text, "r");
    hone_cure cure = {.edits = {*edit}, .count = 1};
    if (hone_recipe_cure(recipe, &cure) < 0)
        fail_msg("%s", hone_error_message());
    char *text = hone_recipe_get(recipe, key);
    assert_string_equal(text == NULL ? "nothing" : text, expected);
    hone_free(text);
    hone_recipe_free(recipe);
}

TEST(cures_change_settings_and_layers)
{
    check(&(hone_edit){HONE_EDIT_SET, "data.scale", "", "1/255"}, "data.scale", "\"1/255\"");
    check(&(hone_edit){HONE_EDIT_SET, "compile.learning_rate", "", "0.05"}, "compile.optimizer",
          "\"sgd(momentum=0.1, learning_rate=0.05)\"");
    check(&(hone_edit){HONE_EDIT_SET, "compile.optimizer", "", "+momentum=0.9"}, "compile.optimizer",
          "\"sgd(learning_rate=0.5, momentum=0.9)\"");
    check(&(hone_edit){HONE_EDIT_LAYER, "dense_1", "activation", "sigmoid"}, "model.3.dense.activation",
          "\"sigmoid\"");
    check(&(hone_edit){HONE_EDIT_INSERT, "", "", "normalization"}, "model.1", "\"normalization\"");
    check(&(hone_edit){HONE_EDIT_REMOVE, "dropout", "", ""}, "model.2", "{\"dense\": 1}");
    check(&(hone_edit){HONE_EDIT_MOVE, "dropout", "", "dense"}, "model.1", "{\"dropout\": 0.5}");
    check(&(hone_edit){HONE_EDIT_FIT, "", "kernel_initializer", "zeros"}, "model.3.dense.kernel_initializer",
          "\"zeros\"");
}

TEST(cures_of_layers_that_are_not_there_are_refused)
{
    hone_recipe *recipe = hone_recipe_parse(recipe_text, "r");
    hone_cure cure = {.edits = {{HONE_EDIT_LAYER, "conv2d", "filters", "3"}}, .count = 1};
    assert_int_equal(hone_recipe_cure(recipe, &cure), HONE_ERROR_UNSUPPORTED);
    hone_error_clear();
    assert_int_equal(hone_recipe_cure(NULL, &cure), HONE_ERROR_ARGUMENT);
    hone_recipe_free(recipe);
}

static const struct {
    const char *name, *validation;
    bool changes;
} validations[] = {{"the last of the training data", "last 20", true},
                   {"a share", "0.2", true},
                   {"data of their own", "v.npy,w.npy", false},
                   {"none", NULL, false}};

TEST_EACH(only_a_part_of_the_training_data_becomes_random, validations)
{
    const hone_cure cure = {.edits = {{HONE_EDIT_SET, "data.validation", "", "random 20"}}, .count = 1};
    hone_recipe *recipe = hone_recipe_parse(recipe_text, "r");
    if (row->validation != NULL)
        assert_int_equal(hone_recipe_set(recipe, "data.validation", row->validation), HONE_OK);
    assert_int_equal(hone_recipe_cure(recipe, &cure), row->changes ? HONE_OK : HONE_ERROR_UNSUPPORTED);
    hone_finding finding = {.cures = {cure}, .cure_count = 1};
    hone_internal_recipe_describe_cure(recipe, &finding);
    assert_int_equal(finding.cure_count, 0); /* it is random now, or none that may be changed */
    hone_error_clear();
    hone_recipe_free(recipe);
}

/* A copy keeps the places of the text, so that messages about it name lines of the recipe. */
TEST(copies_keep_the_places)
{
    hone_recipe *recipe = hone_recipe_parse(recipe_text, "r"), *copy = hone_internal_recipe_copy(recipe);
    assert_non_null(copy);
    const hone_config *layer = hone_internal_config_at(hone_internal_config_get(copy->tree, "model"), 3);
    assert_int_equal(hone_internal_config_place(layer).line, 5);
    hone_recipe_free(copy);
    hone_recipe_free(recipe);
}

/* A node in front of one that reads another twice. */
TEST(a_layer_is_put_in_front_of_one_in_a_graph)
{
    static const char text[] =
        "model:\n  - input: {shape: [6, 4], name: x}\n  - dense: {units: 4, inputs: x, name: e}\n"
        "  - multi_head_attention: {num_heads: 2, key_dim: 2, inputs: [e, e], name: at}\n"
        "  - add: {inputs: [e, at], name: s}\n  - flatten: {inputs: s}\n  - dense: {units: 1, name: y}\noutputs: y\n"
        "compile: {loss: mse}\ndata: {train: \"x.npy,y.npy\"}\n";
    static const struct {
        const char *layer, *key, *expected;
    } rows[] = {{"at", "model.3.multi_head_attention.inputs", "[\"in_front_2\", \"in_front_2\"]"},
                {"flatten", "model.5.flatten.inputs", "\"in_front_4\""},
                {"y", "model.5.layer_normalization", "{}"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_recipe *recipe = hone_recipe_parse(text, "r");
        hone_cure cure = {.edits = {{HONE_EDIT_INSERT, "", "", "layer_normalization"}}, .count = 1};
        snprintf(cure.edits[0].target, sizeof cure.edits[0].target, "%s", rows[i].layer);
        if (hone_recipe_cure(recipe, &cure) < 0)
            fail_msg("%s", hone_error_message());
        char *found = hone_recipe_get(recipe, rows[i].key);
        assert_string_equal(found == NULL ? "nothing" : found, rows[i].expected);
        hone_free(found);
        hone_model *model = hone_recipe_model(recipe);
        if (model == NULL)
            fail_msg("%s", hone_error_message());
        hone_model_free(model);
        hone_recipe_free(recipe);
    }
    hone_recipe *recipe = hone_recipe_parse(text, "r");
    hone_cure cure = {.edits = {{HONE_EDIT_INSERT, "s", "", "layer_normalization"}}, .count = 1};
    assert_int_equal(hone_recipe_cure(recipe, &cure), HONE_ERROR_UNSUPPORTED);
    hone_recipe_free(recipe);
}
