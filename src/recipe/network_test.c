/* Lists of layers as graphs: what they read, what they share, and names that do not fit. */
#include "testing/recipes.h"

TEST(a_list_without_inputs_is_a_chain)
{
    hone_model *model = model_of_recipe("model: [{input: 3}, {dense: 4}, {dense: 1}]\n");
    assert_true(model->sequential);
    hone_model_free(model);
    model = model_of_recipe("model: [{input: {shape: [3], name: x}}, {dense: {units: 4, name: a}}, "
                            "{dense: {units: 1, name: b}, inputs: x}]\n"
                            "outputs: [a, b]\n");
    assert_false(model->sequential);
    assert_int_equal(hone_model_output_count(model), 2);
    hone_model_free(model);
}

TEST(a_shared_layer_has_one_set_of_weights)
{
    hone_model *model = model_of_recipe("model:\n"
                                        "  - input: {shape: [3], name: a}\n"
                                        "  - input: {shape: [3], name: b}\n"
                                        "  - dense: {units: 2, name: both, inputs: a}\n"
                                        "  - share: {layer: both, inputs: b, name: again}\n"
                                        "  - add: {inputs: [both, again]}\n");
    assert_int_equal(hone_model_weight_count(model), 2);
    assert_int_equal(hone_model_input_count(model), 2);
    hone_model_free(model);
}

static const recipe_mistake mistakes[] = {
    {"a node that is not there", "model: [{input: {shape: [3], name: wide}}, {dense: 1, inputs: wild}]\n",
     "did you mean \"wide\"?"},
    {"a name twice", "model: [{input: 3}, {dense: {units: 1, name: a}}, {dense: {units: 1, name: a}}]\n",
     "\"a\""},
    {"a node that nobody reads",
     "model: [{input: {shape: [3], name: x}}, {dense: {units: 1, name: lost}}, {dense: 2, inputs: x}]\n",
     "\"lost\" is unused"},
    {"a shared layer that is not there",
     "model: [{input: {shape: [3], name: x}}, {dense: {units: 3, name: a}}, {share: {layer: b}}]\n", "\"b\""},
    {"no layers", "model: []\n", "test.yaml"},
    {"a model by its class, without layers", "model: [{input: 3}, Functional]\n",
     "needs a list of layers, or a file"},
    {"an output that is not there", "model: [{input: 3}, {dense: 1}]\noutputs: [dens]\n",
     "did you mean \"dense\"?"},
};

TEST_EACH(refuses, mistakes)
{
    check_recipe_mistake(row);
}
