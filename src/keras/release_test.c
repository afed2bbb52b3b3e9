/* Configs for older releases of Keras 3. */
#include "base/error.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <string.h>

static const struct {
    const char *name, *config;
    int version;
    const char *expected; /* NULL: refused with `words` */
    const char *words;
} rows[] = {
    {"a class that came later", "{\"class_name\": \"Muon\", \"config\": {}}", 309, NULL, "Muon"},
    {"a class that had come", "{\"class_name\": \"Muon\", \"config\": {}}", 310,
     "{\"class_name\": \"Muon\", \"config\": {}}", NULL},
    {"an argument that came later and says something",
     "{\"class_name\": \"Adam\", \"config\": {\"gradient_accumulation_steps\": 2}}", 302, NULL,
     "gradient_accumulation_steps"},
    {"an argument that came later and is null",
     "{\"class_name\": \"Adam\", \"config\": {\"gradient_accumulation_steps\": null, \"epsilon\": 0.5}}", 302,
     "{\"class_name\": \"Adam\", \"config\": {\"epsilon\": 0.5}}", NULL},
    {"an argument that came later and is false",
     "{\"class_name\": \"BatchNormalization\", \"config\": {\"renorm\": false}}", 313,
     "{\"class_name\": \"BatchNormalization\", \"config\": {}}", NULL},
    {"an argument that says nothing without another",
     "{\"class_name\": \"BatchNormalization\", \"config\": {\"renorm\": false, \"renorm_momentum\": 0.5}}",
     313, "{\"class_name\": \"BatchNormalization\", \"config\": {}}", NULL},
    {"an argument that is only passed on",
     "{\"class_name\": \"Dense\", \"config\": {\"quantization_config\": {\"a\": 1}}}", 312, NULL,
     "quantization_config"},
    {"an argument of another class", "{\"class_name\": \"Dense\", \"config\": {\"rms_rate\": 1}}", 300,
     "{\"class_name\": \"Dense\", \"config\": {\"rms_rate\": 1}}", NULL},
    {"an activation that came later", "{\"class_name\": \"Dense\", \"config\": {\"activation\": \"glu\"}}",
     306, NULL, "glu"},
    {"a loss that came later", "{\"loss\": \"circle\"}", 306, NULL, "circle"},
    {"a metric within lists", "{\"metrics\": [[\"mae\", \"pearson_correlation\"]]}", 306, NULL,
     "pearson_correlation"},
    {"a name that only looks like one", "{\"name\": \"circle\"}", 306, "{\"name\": \"circle\"}", NULL},
    {"an inner object", "{\"layers\": [{\"class_name\": \"Muon\", \"config\": {}}]}", 309, NULL, "Muon"},
    {"the first name of Orthogonal",
     "{\"module\": \"keras.initializers\", \"class_name\": \"Orthogonal\", \"config\": {}}", 306,
     "{\"module\": \"keras.initializers\", \"class_name\": \"OrthogonalInitializer\", \"config\": {}}", NULL},
    {"the first name of Identity",
     "{\"module\": \"keras.initializers\", \"class_name\": \"Identity\", \"config\": {}}", 306,
     "{\"module\": \"keras.initializers\", \"class_name\": \"IdentityInitializer\", \"config\": {}}", NULL},
    {"the layer Identity", "{\"module\": \"keras.layers\", \"class_name\": \"Identity\", \"config\": {}}",
     306, "{\"module\": \"keras.layers\", \"class_name\": \"Identity\", \"config\": {}}", NULL},
    {"one end before 3.4", "{\"input_layers\": [\"x\", 0, 0]}", 303, "{\"input_layers\": [[\"x\", 0, 0]]}",
     NULL},
    {"one end from 3.4 on", "{\"input_layers\": [\"x\", 0, 0]}", 304, "{\"input_layers\": [\"x\", 0, 0]}",
     NULL},
    {"several ends", "{\"output_layers\": [[\"x\", 0, 0], [\"y\", 0, 0]]}", 303,
     "{\"output_layers\": [[\"x\", 0, 0], [\"y\", 0, 0]]}", NULL},
};

TEST_EACH(is_written_for_a_release, rows)
{
    hone_config *config = hone_internal_json_parse(row->config, strlen(row->config), "row");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    hone_error_clear();
    hone_status status = hone_internal_config_for_release(config, row->version);
    if (row->expected == NULL) {
        assert_int_equal(status, HONE_ERROR_UNSUPPORTED);
        if (strstr(hone_error_message(), row->words) == NULL)
            fail_msg("\"%s\" does not name %s", hone_error_message(), row->words);
    } else {
        char *text = hone_internal_config_to_json(config, false);
        assert_int_equal(status, HONE_OK);
        assert_string_equal(text, row->expected);
        hone_internal_free(text);
    }
    hone_internal_config_free(config);
}

TEST(an_unknown_size_of_reshape_is_minus_one)
{
    static const char text[] =
        "{\"layers\": [{\"class_name\": \"Reshape\", \"config\": {\"target_shape\": [null, 4]}}, "
        "{\"class_name\": \"Dense\", \"config\": {\"target_shape\": [null]}}]}";
    hone_config *config = hone_internal_json_parse(text, strlen(text), "reshape");
    assert_int_equal(hone_internal_config_reshapes(config), HONE_OK);
    char *received = hone_internal_config_to_json(config, false);
    assert_string_equal(
        received, "{\"layers\": [{\"class_name\": \"Reshape\", \"config\": {\"target_shape\": [-1, 4]}}, "
                  "{\"class_name\": \"Dense\", \"config\": {\"target_shape\": [null]}}]}");
    hone_internal_free(received);
    hone_internal_config_free(config);
}
