/* Compile settings to and from config trees. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "keras/parts.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <stdio.h>

static hone_model *two_outputs(void)
{
    hone_tensor *x = hone_input_tensor(4);
    return hone_functional(
        (x), (hone_apply(hone_dense(1, .name = "a"), x), hone_apply(hone_dense(1, .name = "b"), x)));
}

static void note(void *context, const char *text, size_t length)
{
    snprintf(context, 400, "%.*s", (int)length, text);
}

static hone_status compile(hone_model *model, const char *settings, bool lenient, char *said)
{
    const hone_load_args args = {.ignore_unknown = lenient, .output = note, .output_context = said};
    const hone_loading loading = {.args = &args};
    hone_config *config = hone_internal_json_parse(settings, strlen(settings), "settings");
    assert_non_null(config);
    hone_error_clear();
    const hone_status status = hone_internal_model_compile_config(model, config, &loading);
    hone_internal_config_free(config);
    return status;
}

/* What a model that was compiled with these settings writes has the part. */
static const struct {
    const char *name, *settings, *part;
} kept[] = {
    {"a name stays a name", "{\"optimizer\": \"sgd\", \"loss\": \"mse\"}", "\"loss\": \"mse\""},
    {"losses in a list", "{\"optimizer\": \"sgd\", \"loss\": [\"mse\", \"mae\"]}",
     "\"loss\": [\"mse\", \"mae\"]"},
    {"losses by name", "{\"optimizer\": \"sgd\", \"loss\": {\"a\": \"mse\", \"b\": \"mae\"}}",
     "\"loss\": {\"a\": \"mse\", \"b\": \"mae\"}"},
    {"nothing is null", "{\"optimizer\": \"sgd\", \"loss\": \"mse\"}",
     "\"metrics\": null, \"weighted_metrics\": null"},
    {"an optimizer that is not named", "{\"loss\": \"mse\"}", "\"class_name\": \"RMSprop\""},
    {"an optimizer with its arguments",
     "{\"loss\": \"mse\", \"optimizer\": {\"module\": \"keras.optimizers\", \"class_name\": \"SGD\", \"config\": "
     "{\"learning_rate\": 0.5}}}",
     "\"learning_rate\": 0.5"},
    {"a limit of 0, which limits nothing",
     "{\"loss\": \"mse\", \"optimizer\": {\"module\": \"keras.optimizers\", \"class_name\": \"SGD\", \"config\": "
     "{\"clipnorm\": 0.0}}}",
     "\"clipnorm\": null"},
    {"loss scaling around an optimizer",
     "{\"loss\": \"mse\", \"optimizer\": {\"module\": \"keras.optimizers\", \"class_name\": \"LossScaleOptimizer\", "
     "\"config\": {\"name\": \"s\", \"inner_optimizer\": {\"module\": \"keras.optimizers\", \"class_name\": \"SGD\", "
     "\"config\": {}}, \"initial_scale\": 16.0, \"dynamic_growth_steps\": 3}}}",
     "\"class_name\": \"LossScaleOptimizer\", \"config\": {\"name\": \"s\", \"initial_scale\": 16.0, "
     "\"dynamic_growth_steps\": 3, \"inner_optimizer\": {\"module\": \"keras.optimizers\", \"class_name\": \"SGD\""},
    {"weights of losses",
     "{\"optimizer\": \"sgd\", \"loss\": [\"mse\", \"mae\"], \"loss_weights\": [0.5, 2.0]}",
     "\"loss_weights\": [0.5, 2.0]"},
    {"weights by name beside losses in a list: by the order of names",
     "{\"optimizer\": \"sgd\", \"loss\": [\"mse\", \"mae\"], \"loss_weights\": {\"b\": 2.0, \"a\": 0.5}}",
     "\"loss_weights\": [0.5, 2.0]"},
    {"how Keras is to run it", "{\"optimizer\": \"sgd\", \"loss\": \"mse\", \"run_eagerly\": true}",
     "\"run_eagerly\": false, \"steps_per_execution\": 1, \"jit_compile\": \"auto\""},
};

TEST_EACH(settings_come_back, kept)
{
    char said[400] = "";
    hone_model *model = two_outputs();
    if (compile(model, row->settings, false, said) < 0)
        fail_msg("%s", hone_error_message());
    hone_config *config = hone_internal_keras_compile_settings(model);
    char *text = hone_internal_config_to_json(config, false);
    if (strstr(text, row->part) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", text, row->part);
    const bool warned =
        strstr(said, "the weights go to the losses in the order of their sorted names") != NULL;
    assert_int_equal(warned, strstr(row->name, "by the order of names") != NULL);
    hone_internal_free(text);
    hone_internal_config_free(config);
    hone_model_free(model);
}

TEST(a_spec_becomes_an_object)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "huber(delta=2)", .metrics = "mae"), HONE_OK);
    hone_config *config = hone_internal_keras_compile_settings(model);
    const hone_config *loss = hone_internal_config_get(config, "loss");
    assert_string_equal(hone_internal_config_get_text(loss, "class_name"), "Huber");
    hone_internal_config_free(config);
    hone_model_free(model);
}

TEST(a_model_that_is_not_compiled_has_no_settings)
{
    hone_model *model = two_outputs();
    hone_config *config = hone_internal_keras_compile_settings(model);
    assert_non_null(config);
    assert_int_equal(hone_internal_config_count(config), 0);
    hone_internal_config_free(config);
    hone_model_free(model);
}

static const struct {
    const char *name, *settings, *words;
} refused[] = {
    {"no map", "[1]", "the compile settings must be a map"},
    {"an unknown setting", "{\"optimizer\": \"sgd\", \"loss\": \"mse\", \"tempo\": 3}",
     "unknown setting \"tempo\""},
    {"an unknown optimizer", "{\"optimizer\": \"sdg\", \"loss\": \"mse\"}", "sgd"},
    {"an optimizer of nobody's",
     "{\"optimizer\": {\"module\": \"os\", \"class_name\": \"SGD\", \"config\": {}}, \"loss\": \"mse\"}",
     "\"os\""},
    {"an unknown argument of the optimizer",
     "{\"optimizer\": {\"class_name\": \"SGD\", \"config\": {\"tempo\": 3}}, \"loss\": \"mse\"}",
     "unknown setting \"tempo\""},
    {"an unknown argument of a metric",
     "{\"optimizer\": \"sgd\", \"loss\": \"mse\", \"metrics\": [[{\"class_name\": \"MeanSquaredError\", \"config\": "
     "{\"tempo\": 3}}], null]}",
     "unknown setting \"tempo\""},
    {"a loss scale that is none",
     "{\"loss\": \"mse\", \"optimizer\": {\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": "
     "\"sgd\", \"initial_scale\": 1e300}}}",
     "LossScaleOptimizer: initial_scale: expected a number from 1.17549e-38 to 3.40282e+38"},
    {"a loss scale of a text",
     "{\"loss\": \"mse\", \"optimizer\": {\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": "
     "\"sgd\", \"initial_scale\": \"16\"}}}",
     "received the string"},
    {"a loss scale that grows at once",
     "{\"loss\": \"mse\", \"optimizer\": {\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": "
     "\"sgd\", \"dynamic_growth_steps\": 0}}}",
     "dynamic_growth_steps: expected an integer from 1, received"},
    {"an unknown loss", "{\"optimizer\": \"sgd\", \"loss\": \"mxe\"}", "unknown loss \"mxe\""},
};

TEST_EACH(settings_are_refused, refused)
{
    char said[400] = "";
    hone_model *model = two_outputs();
    assert_true(compile(model, row->settings, false, said) < 0);
    assert_message_has(row->words);
    hone_model_free(model);
}

/* Kept and written again where that is asked for. */
TEST(unknown_settings_may_be_kept)
{
    char said[400] = "";
    hone_model *model = two_outputs();
    static const char settings[] =
        "{\"optimizer\": {\"class_name\": \"SGD\", \"config\": {\"tempo\": 3}}, \"loss\": \"mse\", \"beat\": 4}";
    if (compile(model, settings, true, said) < 0)
        fail_msg("%s", hone_error_message());
    hone_config *config = hone_internal_keras_compile_settings(model);
    char *text = hone_internal_config_to_json(config, false);
    assert_non_null(strstr(text, "\"tempo\": 3"));
    assert_non_null(strstr(text, "\"beat\": 4"));
    hone_internal_free(text);
    hone_internal_config_free(config);
    hone_model_free(model);
}
