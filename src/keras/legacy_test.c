/* What older releases of Keras wrote, and what no release writes. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"
#include <hone/files.h>
#include <hone/layers.h>

#include <string.h>

#define INPUT "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"i\", \"batch_shape\": [null, 2]}}"
#define MODEL(layers, more) \
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" layers "]}" more "}"

static hone_model *read_model(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "the test");
    assert_non_null(config);
    hone_model *model = hone_internal_model_from_config(config, NULL);
    const hone_config *compile = hone_internal_config_get(config, "compile_config");
    if (model != NULL && compile != NULL)
        assert_int_equal(hone_internal_model_compile_config(model, compile, NULL), HONE_OK);
    hone_internal_config_free(config);
    return model;
}

/* tf.keras up to 2.15, in .keras files too. */
TEST(reads_the_slope_of_leaky_relu_as_alpha)
{
    hone_model *model = read_model(MODEL(
        INPUT ", {\"class_name\": \"LeakyReLU\", \"config\": {\"name\": \"l\", \"alpha\": 0.125}}", ""));
    assert_non_null(model);
    const hone_leaky_re_lu_args *args = hone_layer_args(hone_model_layer(model, "l"));
    assert_true(args->negative_slope == 0.125);
    hone_model_free(model);
}

TEST(reads_the_reduction_auto_as_the_mean)
{
    hone_model *model = read_model(MODEL(
        INPUT ", {\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 1}}",
        ", \"compile_config\": {\"optimizer\": \"sgd\", \"loss\": {\"module\": \"keras.losses\", \"class_name\": "
        "\"Huber\", \"config\": {\"reduction\": \"auto\", \"name\": \"huber_loss\", \"fn\": \"huber\", "
        "\"delta\": 1.0}}}"));
    assert_non_null(model);
    hone_model_free(model);
}

TEST(refuses_a_model_without_layers)
{
    assert_null(read_model(MODEL("", "")));
    assert_non_null(strstr(hone_error_message(), "the Sequential model has no layers"));
    assert_null(read_model("{\"class_name\": \"Functional\", \"config\": {\"layers\": []}}"));
    assert_non_null(strstr(hone_error_message(), "the Functional model has no layers"));
}
