/* Recipes: every allocation fails in turn, and damaged text never does more than fail. */
#include "base/memory.h"
#include "model/model.h"
#include "recipe/parts.h"
#include "testing/files.h"
#include "testing/test.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char chain[] =
    "name: own\n"
    "model:\n"
    "  - input: [4]\n"
    "  - \"dense(8, activation=relu)\"\n"
    "  - dropout: 0.5\n"
    "  - dense: {units: 3, activation: softmax, kernel_regularizer: l2(0.01)}\n"
    "compile:\n"
    "  optimizer: {sgd: {learning_rate: {cosine_decay: {initial_learning_rate: 0.1, decay_steps: 10}}}}\n"
    "  loss: sparse_categorical_crossentropy\n"
    "  metrics: [accuracy]\n"
    "data: {train: x.npz, validation: last 5, scale: 1/255, augment: [dropout: 0.1, random_brightness(0.2)]}\n"
    "fit: {epochs: 7, class_weight: {2: 3.5}, callbacks: [early_stopping, {early_stopping: {patience: 2}}]}\n";

static const char graph[] =
    "model:\n"
    "  - input: {shape: [5], name: wide}\n"
    "  - input: {shape: [6], name: deep}\n"
    "  - dense: {units: 5, name: hidden}\n"
    "  - share: {layer: hidden, inputs: deep, name: again}\n"
    "  - softmax: {inputs: hidden, call: {mask: wide, training: false}, name: soft}\n"
    "  - concatenate: {inputs: [soft, wide, hidden, again]}\n"
    "  - model: {name: inner, layers: [dense: 4, flatten]}\n"
    "  - dense: {units: 1, name: price}\n"
    "  - dense: 1\n"
    "    name: aux\n"
    "    inputs: hidden\n"
    "outputs: [price, aux]\n"
    "compile: {loss: {price: mse, aux: {huber: {delta: 2}}}, loss_weights: [0.9, 0.1], metrics: {aux: [mae]}}\n";

/* The whole way; the model or NULL. */
static hone_model *build(const char *text, hone_recipe **recipe)
{
    *recipe = hone_recipe_parse(text, "test.yaml");
    hone_model *model = hone_recipe_model(*recipe);
    hone_callback_list *callbacks =
        model == NULL ? NULL : hone_internal_recipe_callbacks(*recipe, HONE_NO_CALLBACKS);
    if (callbacks == NULL) {
        hone_model_free(model);
        return NULL;
    }
    hone_callback_list_free(callbacks);
    return model;
}

TEST(reads_a_chain)
{
    hone_recipe *recipe;
    hone_model *model = build(chain, &recipe);
    assert_non_null(model);
    assert_string_equal(hone_model_name(model), "own");
    assert_true(model->sequential);
    assert_int_equal(hone_model_layer_count(model), 3);
    assert_string_equal(recipe->data->train, "x.npz");
    assert_true(recipe->data->scale == 1.0 / 255);
    assert_int_equal(recipe->validation.args->count, 5);
    assert_int_equal(recipe->fit->epochs, 7);
    assert_true(recipe->fit->class_weight_list[0] == 1 && recipe->fit->class_weight_list[2] == 3.5 &&
                recipe->fit->class_weight_count == 3);
    assert_true(fabs(hone_optimizer_learning_rate(hone_model_optimizer(model)) - 0.1) < 1e-9);
    hone_callback_list *callbacks = hone_internal_recipe_callbacks(recipe, HONE_NO_CALLBACKS);
    assert_int_equal(callbacks->count, 2);
    hone_callback_list_free(callbacks);
    hone_model_free(model);
    hone_recipe_free(recipe);
}

TEST(reads_a_graph)
{
    hone_recipe *recipe;
    hone_model *model = build(graph, &recipe);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_input_count(model), 2);
    assert_int_equal(hone_model_output_count(model), 2);
    assert_string_equal(hone_model_input_name(model, 1), "deep");
    assert_string_equal(hone_model_output_name(model, 1), "aux");
    assert_int_equal(hone_model_weight_count(model), 8); /* of hidden, inner's dense, price, aux */
    hone_model_free(model);
    hone_recipe_free(recipe);
}

static void assert_json(const hone_recipe *recipe, const char *key, const char *expected)
{
    char *json = hone_recipe_get(recipe, key);
    if (expected == NULL)
        assert_null(json);
    else
        assert_string_equal(json, expected);
    hone_free(json);
}

TEST(replaces_keys)
{
    hone_recipe *recipe = hone_recipe_parse(chain, "test.yaml");
    assert_non_null(recipe);
    assert_int_equal(hone_recipe_set(recipe, "fit.epochs", "2"), HONE_OK);
    assert_int_equal(hone_recipe_set_text(recipe, "data.validation", NULL), HONE_OK);
    assert_int_equal(hone_recipe_set(recipe, "model.3.dense.units", "5"), HONE_OK);
    assert_int_equal(hone_recipe_add_text(recipe, "fit.callbacks", "terminate_on_nan"), HONE_OK);
    assert_int_equal(hone_recipe_check(recipe), HONE_OK);
    assert_int_equal(recipe->fit->epochs, 2);
    assert_null(recipe->validation.args);
    assert_json(recipe, "model.3.dense.units", "5");
    assert_json(recipe, "fit.callbacks.2", "\"terminate_on_nan\"");
    assert_json(recipe, "fit.batch_size", "32"); /* the default */
    assert_json(recipe, "data.cache", NULL);
    assert_json(recipe, "model.9", NULL);
    assert_int_equal(hone_recipe_set_text(recipe, "fit.epochs", "many"), HONE_OK);
    assert_true(hone_recipe_check(recipe) < 0);
    assert_true(hone_recipe_set(recipe, "fit..epochs", "1") < 0);
    assert_true(hone_recipe_set(recipe, "model.9", "dense") < 0);
    assert_true(hone_recipe_set(recipe, "name.own", "1") < 0);
    assert_true(hone_recipe_set(recipe, "fit.epochs", "[1") < 0);
    assert_true(hone_recipe_set(NULL, "fit.epochs", "1") < 0);
    hone_recipe_free(recipe);
}

TEST(checks_values_before_there_is_a_recipe)
{
    assert_int_equal(hone_recipe_check_value("fit.epochs", "3"), HONE_OK);
    assert_int_equal(hone_recipe_check_value("data.scale", "1/255"), HONE_OK);
    assert_int_equal(hone_recipe_check_value("compile.metrics", "accuracy, price:mae"), HONE_OK);
    assert_true(hone_recipe_check_value("fit.epochs", "0") < 0);
    assert_true(strstr(hone_error_message(), "epochs must be at least 1, not 0") != NULL);
    assert_true(hone_recipe_check_value("compile.loss", "mes") < 0);
    assert_true(hone_recipe_check_value("compile.metrics", "mae,,mse") < 0);
    assert_true(hone_recipe_check_value("fit.callbacks", "early_stoping") < 0);
    assert_true(hone_recipe_check_value("fitting.epochs", "3") < 0);
    assert_true(hone_recipe_check_value("fit.epoch", "3") < 0);
}

TEST(says_where_an_error_is)
{
    hone_error_parts parts;
    hone_recipe *recipe = hone_recipe_parse("model:\n  - input: [4]\n  - dense: {units: 0}\n", "r.yaml");
    assert_null(hone_recipe_model(recipe));
    hone_error_get_parts(&parts, sizeof parts);
    assert_string_equal(parts.file, "r.yaml");
    assert_int_equal(parts.line, 3);
    assert_string_equal(parts.name, "dense");
    assert_string_equal(parts.sentence, "units must be at least 1, not 0");
    assert_string_equal(hone_error_message(),
                        "r.yaml: line 3, column 20: dense: units must be at least 1, not 0");
    hone_recipe_free(recipe);
}

TEST(survives_failing_allocations)
{
    const char *const texts[] = {chain, graph};
    for (size_t t = 0; t < 2; t++) {
        hone_recipe *recipe;
        hone_model_free(build(texts[t], &recipe)); /* what is made once and kept */
        hone_recipe_free(recipe);
        int64_t before = hone_internal_blocks_in_use(), allowed = 0;
        for (bool done = false; !done && allowed < 20000; allowed++) {
            hone_internal_fail_allocations_after(allowed);
            hone_model *model = build(texts[t], &recipe);
            hone_internal_fail_allocations_after(-1);
            done = model != NULL;
            hone_model_free(model);
            hone_recipe_free(recipe);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
        assert_in_range(allowed, 100, 19999);
    }
}

/* A letter changed, a piece taken out or doubled: a model or a message, and nothing is left behind. */
TEST(survives_damage)
{
    const char *const texts[] = {chain, graph};
    uint32_t random = 2463534242u;
    int64_t rounds = getenv("HONE_TEST_FULL") != NULL ? 200000 : 4000, before = hone_internal_blocks_in_use();
    for (int64_t round = 0; round < rounds; round++) {
        char text[4096];
        size_t length = strlen(texts[round % 2]);
        memcpy(text, texts[round % 2], length);
        for (uint32_t count = testing_random(&random) % 3 + 1; count > 0; count--) {
            size_t at = testing_random(&random) % length, other = testing_random(&random) % length;
            size_t piece = testing_random(&random) % 8;
            static const char letters[] = "{}[]:,-0123456789. \n\"#abcdexyz";
            if (testing_random(&random) % 2 == 0)
                text[at] = letters[testing_random(&random) % (sizeof letters - 1)];
            else if (at + piece < length && other + piece < length)
                memmove(text + at, text + other, piece);
        }
        hone_recipe *recipe;
        hone_error_clear();
        hone_model *model = build(text, &recipe);
        if (model == NULL)
            assert_true(hone_error_message()[0] != '\0');
        hone_model_free(model);
        hone_recipe_free(recipe);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}
