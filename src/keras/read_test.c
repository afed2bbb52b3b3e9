/* Models out of config trees, and back: what is taken, in which forms, and what is refused with which words.
 */
#include "base/memory.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <stdio.h>
#include <string.h>

#define MODEL(layers) \
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": [" layers "]}}"
#define INPUT "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"x\", \"batch_shape\": [null, 4]}}"
#define DENSE(rest) MODEL(INPUT ", {\"class_name\": \"Dense\", \"config\": {\"units\": 3" rest "}}")

static hone_model *read_text(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *model = hone_internal_model_from_config(config, NULL);
    hone_internal_config_free(config);
    return model;
}

static const struct {
    const char *name, *text;
} taken[] = {
    {"a layer as Keras 3 writes it",
     MODEL(INPUT ", {\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", "
                 "\"trainable\": true, \"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", "
                 "\"config\": {\"name\": \"float32\"}, \"registered_name\": null}, \"units\": 3}, "
                 "\"registered_name\": null}")},
    {"a layer of tf.keras",
     MODEL(INPUT ", {\"module\": \"tensorflow.keras.layers\", \"class_name\": \"Dense\", "
                 "\"config\": {\"units\": 3}}")},
    {"a layer of FeatureSpace",
     MODEL(
         INPUT
         ", {\"module\": \"keras.src.layers.preprocessing.feature_space\", \"class_name\": \"TFDIdentity\", "
         "\"config\": {\"name\": \"t\"}, \"registered_name\": \"TFDIdentity\"}, "
         "{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}")},
    {"a dtype that is null", DENSE(", \"dtype\": null")},
    {"a shape that tf.keras wrote into a layer", DENSE(", \"batch_input_shape\": [null, 4]")},
    {"a model without an input, built by the shape of its first layer",
     MODEL("{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"batch_input_shape\": [null, 4]}}")},
    {"a model without an input, built by its own shape",
     "{\"class_name\": \"Sequential\", \"config\": {\"build_input_shape\": [null, 4], \"layers\": [{\"class_name\": "
     "\"Dense\", \"config\": {\"units\": 3}}]}}"},
};

TEST_EACH(a_model_is_read_from, taken)
{
    hone_model *model = read_text(row->text);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(model->built);
    assert_int_equal(hone_model_weight_count(model), 2);
    assert_int_equal(hone_internal_variable_count(hone_model_weight(model, 0)), 12);
    hone_model_free(model);
}

TEST_EACH(what_is_read_is_written_and_read_again_the_same, taken)
{
    hone_model *model = read_text(row->text);
    assert_non_null(model);
    hone_config *first = hone_internal_model_to_config(model);
    hone_model *again = first == NULL ? NULL : hone_internal_model_from_config(first, NULL);
    hone_config *second = again == NULL ? NULL : hone_internal_model_to_config(again);
    if (second == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(hone_internal_config_equal(first, second));
    hone_internal_config_free(first);
    hone_internal_config_free(second);
    hone_model_free(again);
    hone_model_free(model);
}

static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"code", MODEL(INPUT ", {\"class_name\": \"Lambda\", \"config\": {}}"), "code"},
    {"code of Keras 3", MODEL(INPUT ", {\"class_name\": \"__lambda__\", \"config\": {}}"), "code"},
    {"a module of somebody's own",
     MODEL(INPUT ", {\"module\": \"os\", \"class_name\": \"Dense\", \"config\": {\"units\": 3}}"), "\"os\""},
    {"a module that only begins like Keras's",
     MODEL(INPUT ", {\"module\": \"kerasx.layers\", \"class_name\": \"Dense\", \"config\": {\"units\": 3}}"),
     "kerasx"},
    {"a class that somebody registered",
     MODEL(INPUT
           ", {\"class_name\": \"Dense\", \"registered_name\": \"mine>Dense\", \"config\": {\"units\": 3}}"),
     "mine>Dense"},
    {"a layer that is not known", MODEL(INPUT ", {\"class_name\": \"Densee\", \"config\": {}}"), "Dense"},
    {"a layer without a class", MODEL(INPUT ", {\"config\": {}}"), "class_name"},
    {"a config that is a list", MODEL(INPUT ", {\"class_name\": \"Dense\", \"config\": [1]}"),
     "must be a map"},
    {"a quantized layer",
     DENSE(", \"dtype\": {\"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"name\": \"int8\"}}"),
     "QuantizedDTypePolicy"},
    {"a dtype policy without a name", DENSE(", \"dtype\": {\"class_name\": \"DTypePolicy\", \"config\": {}}"),
     "dtype policy"},
    {"trainable that is null", DENSE(", \"trainable\": null"), "trainable"},
    {"a model without layers", MODEL(""), "no layers"},
    {"layers that are no list", "{\"class_name\": \"Sequential\", \"config\": {\"layers\": 3}}",
     "list of layers"},
    {"a model of another class", "{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}", "\"Dense\""},
    {"something that is no model", "{\"a\": 1}", "something else"},
    {"a shape with a size of 0",
     "{\"class_name\": \"Sequential\", \"config\": {\"build_input_shape\": [null, 0], \"layers\": [{\"class_name\": "
     "\"Dense\", \"config\": {\"units\": 3}}]}}",
     "positive integer"},
    {"a shape with too many axes",
     "{\"class_name\": \"Sequential\", \"config\": {\"build_input_shape\": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], \"layers\": "
     "[{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}]}}",
     "at most"},
    {"a model that hides behind a layer's class",
     MODEL(INPUT ", {\"class_name\": \"sequential\", \"config\": {\"layers\": []}}"), "Sequential"},
    {"two layers of one name",
     MODEL(INPUT
           ", {\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"name\": \"d\"}}, {\"class_name\": "
           "\"Dense\", \"config\": {\"units\": 3, \"name\": \"d\"}}"),
     "\"d\""},
};

TEST_EACH(a_model_is_refused_with, refused)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_null(read_text(row->text));
    assert_true(hone_error_status() < 0);
    if (strstr(hone_error_message(), row->words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), row->words);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(a_clone_is_apart_with_the_same_seed_and_settings)
{
    hone_model *model = read_text(taken[0].text);
    assert_int_equal(hone_model_set_seed(model, 7), HONE_OK);
    assert_int_equal(hone_compile(model, .loss = "mse", .optimizer = hone_sgd(.learning_rate = 0.5)),
                     HONE_OK);
    hone_model *clone = hone_model_clone(model);
    assert_non_null(clone);
    assert_int_equal(hone_model_seed(clone), 7);
    assert_true(clone->compiled.ready);
    assert_true(clone->compiled.optimizer->learning_rate == 0.5);
    float *weight = hone_internal_variable_data(hone_model_weight(model, 0)),
          *other = hone_internal_variable_data(hone_model_weight(clone, 0));
    assert_memory_equal(weight, other, 12 * sizeof(float)); /* the same draw */
    weight[0] += 1;
    assert_true(weight[0] != other[0]);
    assert_null(hone_model_clone(NULL));
    hone_model_free(clone);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_config *config = hone_internal_json_parse(taken[0].text, strlen(taken[0].text), "test");
    int64_t before = hone_internal_blocks_in_use();
    hone_config *written = NULL;
    for (int64_t n = 0; written == NULL && n < 2000; n++) {
        hone_internal_fail_allocations_after(n);
        hone_model *model = hone_internal_model_from_config(config, NULL);
        written = model == NULL ? NULL : hone_internal_model_to_config(model);
        hone_internal_fail_allocations_after(-1);
        if (written == NULL)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_model_free(model);
        if (written == NULL)
            assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_non_null(written);
    hone_internal_config_free(written);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_internal_config_free(config);
}
