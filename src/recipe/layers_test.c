/* Items of a list of layers: short forms, and what stands beside the arguments. */
#include "testing/recipes.h"

#include <stdio.h>

static hone_config *read_yaml(const char *text)
{
    hone_recipe *recipe = parse_recipe(text);
    hone_config *copy = hone_internal_config_copy(hone_internal_config_get(recipe->tree, "model"));
    hone_recipe_free(recipe);
    return copy;
}

static const struct {
    const char *name, *kind, *arguments;
    bool inputs, input, file;
} forms[] = {
    {"[flatten]", "flatten", "{}", false, false, false},
    {"[\"dense(300, use_bias=false)\"]", "dense", "{\"#0\": 300, \"use_bias\": false}", false, false, false},
    {"[dense: 300]", "dense", "{\"#0\": 300}", false, false, false},
    {"[dense: {units: 3}]", "dense", "{\"units\": 3}", false, false, false},
    {"[{dense: 3, name: a, inputs: b}]", "dense", "{\"#0\": 3, \"name\": \"a\"}", true, false, false},
    {"[{dense: {units: 3, inputs: b}}]", "dense", "{\"units\": 3}", true, false, false},
    {"[input: [2, 3]]", "input", "{\"shape\": [2, 3]}", false, true, false},
    {"[{file: a.keras, until: b}]", "file", "{\"file\": \"a.keras\", \"until\": \"b\"}", false, false, true},
};

TEST_EACH(reads, forms)
{
    char text[128];
    snprintf(text, sizeof text, "model: %s\n", row->name);
    hone_config *list = read_yaml(text);
    hone_recipe_item item = {0};
    if (hone_internal_recipe_item_read(hone_internal_config_at(list, 0), &item) < 0)
        fail_msg("%s", hone_error_message());
    char *json = hone_internal_config_to_json(item.arguments, false);
    assert_string_equal(item.kind, row->kind);
    assert_string_equal(json, row->arguments);
    assert_int_equal(item.inputs != NULL, row->inputs);
    assert_int_equal(hone_internal_recipe_item_is_input(&item), row->input);
    assert_int_equal(hone_internal_recipe_item_is_file(&item), row->file);
    hone_internal_free(json);
    hone_internal_recipe_item_free(&item);
    hone_internal_config_free(list);
}

TEST(layers_within_layers_are_read_by_their_short_forms)
{
    hone_model *model = model_of_recipe("model:\n"
                                        "  - input: [4, 3]\n"
                                        "  - bidirectional: {layer: {simple_rnn: 5}}\n"
                                        "  - dense: 1\n");
    assert_int_equal(hone_model_weight_count(model), 8);
    hone_model_free(model);
    model = model_of_recipe("model:\n"
                            "  - input: [4, 3]\n"
                            "  - pipeline: {layers: [flatten, {dense: 2}, \"dense(4)\"]}\n"
                            "  - dense: 1\n");
    assert_int_equal(hone_model_weight_count(model), 6);
    hone_model_free(model);
    model = model_of_recipe(
        "model:\n"
        "  - input: [4, 3]\n"
        "  - pipeline: [flatten, {dense: 2}, \"dense(4)\", pipeline: [{dense: 3, name: inner}]]\n"
        "  - dense: 1\n");
    assert_int_equal(hone_model_weight_count(model), 8);
    hone_model_free(model);
}

static const recipe_mistake mistakes[] = {
    {"a number", "model: [3]\n", "a layer must be a name"},
    {"two layers in one item", "model: [{dense: 1, flatten: }]\n", "test.yaml: line 1"},
    {"an unknown layer", "model: [dence]\n", "did you mean \"dense\"?"},
    {"an unknown layer in a list of layers", "model: [{input: 3}, {pipeline: [dense: 2, {dence: 3}]}]\n",
     "did you mean \"dense\"?"},
    {"something else in a list of layers", "model: [{input: 3}, {pipeline: [{dense: 2}, 3]}]\n",
     "a layer must be a name"},
    {"a list of no layers", "model: [{input: 3}, {pipeline: []}]\n", "layers"},
    {"an unknown argument", "model: [{input: 3}, {dense: {unit: 3}}]\n", "did you mean \"units\"?"},
};

TEST_EACH(refuses, mistakes)
{
    check_recipe_mistake(row);
}
