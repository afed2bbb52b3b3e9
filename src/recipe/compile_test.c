/* The section `compile`: short forms become what models are compiled with; what is left out stays. */
#include "testing/recipes.h"

#include <stdio.h>

#include <hone/hone.h>
#include <math.h>

#define CHAIN "model: [{input: 3}, {dense: {units: 1, name: price}}]\n"
#define FORK \
    "model:\n  - input: {shape: [3], name: x}\n  - dense: {units: 1, name: price}\n" \
    "  - dense: {units: 1, name: sort, inputs: x}\noutputs: [price, sort]\n"

TEST(an_optimizer_is_a_text_or_a_map)
{
    static const char scheduled[] = "{sgd: {learning_rate: {exponential_decay: {initial_learning_rate: 0.25, "
                                    "decay_steps: 10, decay_rate: 0.5}}}}";
    const char *const forms[] = {"\"sgd(0.25)\"", "{sgd: {learning_rate: 0.25}}", "{sgd: 0.25}", scheduled};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char text[512];
        snprintf(text, sizeof text, CHAIN "compile: {optimizer: %s, loss: mse}\n", forms[i]);
        hone_model *model = model_of_recipe(text);
        assert_string_equal(hone_model_optimizer(model)->type->type.name, "sgd");
        assert_true(fabs(hone_optimizer_learning_rate(hone_model_optimizer(model)) - 0.25) < 1e-9);
        hone_model_free(model);
    }
}

TEST(settings_may_be_given_by_output)
{
    hone_model *model = model_of_recipe(FORK "compile: {loss: {price: mse, sort: {huber: {delta: 2}}}, "
                                             "loss_weights: {price: 0.5, sort: 2}, metrics: {sort: mae}}\n");
    assert_int_equal(model->compiled.loss_count, 2);
    assert_true(model->compiled.outputs[0].weight == 0.5 && model->compiled.outputs[1].weight == 2);
    assert_string_equal(model->compiled.outputs[1].loss->type->type.name, "huber");
    hone_model_free(model);
}

TEST(what_is_left_out_stays)
{
    hone_recipe *recipe = parse_recipe("model: [{input: 3}, {dense: 1}]\ncompile: {learning_rate: 0.5}\n");
    hone_model *model = hone_sequential(hone_input(3), hone_dense(1));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.momentum = 0.5), .loss = "mse"), HONE_OK);
    const hone_optimizer *before = hone_model_optimizer(model);
    assert_int_equal(hone_internal_recipe_compile(recipe, model), HONE_OK);
    assert_ptr_equal(hone_model_optimizer(model), before); /* with its state */
    assert_true(hone_optimizer_learning_rate(before) == 0.5);
    hone_model_free(model);
    hone_recipe_free(recipe);
}

static const recipe_mistake mistakes[] = {
    {"an unknown loss", CHAIN "compile: {loss: hubr}\n", "did you mean \"huber\"?"},
    {"an unknown optimizer", CHAIN "compile: {optimizer: adma, loss: mse}\n", "did you mean \"adam\"?"},
    {"an output that is not there", FORK "compile: {loss: {prize: mse, sort: mse}}\n",
     "did you mean \"price\"?"},
    {"an unknown key", CHAIN "compile: {los: mse}\n", "did you mean \"loss\"?"},
    {"a rate below 0", CHAIN "compile: {loss: mse, learning_rate: -1}\n", "learning_rate must be above 0"},
};

TEST_EACH(refuses, mistakes)
{
    check_recipe_mistake(row);
}
