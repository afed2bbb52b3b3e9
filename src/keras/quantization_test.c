/* Quantised layers in config trees. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <string.h>

#define POLICY(class_name, mode) \
    "\"dtype\": {\"module\": \"keras.dtype_policies\", \"class_name\": \"" class_name \
    "\", \"config\": {\"mode\": \"" mode "\", \"source_name\": \"float32\"}}"
#define DENSE(rest) \
    "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2, " rest \
    "}}"
#define HEADS(rest) \
    "{\"module\": \"keras.layers\", \"class_name\": \"MultiHeadAttention\", \"config\": {\"name\": \"a\", " \
    "\"num_heads\": 2, \"key_dim\": 2, " rest "}}"
#define INT8 \
    "\"class_name\": \"QuantizedDTypePolicy\", \"config\": {\"mode\": \"int8\", \"source_name\": \"float32\"}"
#define MAP(map) \
    "\"dtype\": {\"class_name\": \"DTypePolicyMap\", \"config\": {\"default_policy\": \"float32\", \"policy_map\": " map \
    "}}"
#define BLOCKS(mode, size) \
    POLICY("Int4DTypePolicy", mode) \
    ", \"quantization_config\": {\"class_name\": \"Int4QuantizationConfig\", \"config\": {\"block_size\": " size \
    "}}"

static const struct {
    const char *json, *text; /* NULL: refused, with these words: */
    const char *words;
} rows[] = {
    {DENSE(POLICY("QuantizedDTypePolicy", "int8")), "int8", NULL},
    {DENSE(POLICY("Int4DTypePolicy", "int4/64")), "int4/64", NULL},
    {DENSE(POLICY("QuantizedDTypePolicy", "int4")), "int4/-1", NULL},
    {DENSE("\"dtype\": \"int8_from_mixed_bfloat16\""), "int8", NULL},
    {DENSE(POLICY("QuantizedDTypePolicy", "int8") ", \"quantization_config\": {\"class_name\": "
                                                  "\"Int8QuantizationConfig\", \"config\": "
                                                  "{\"activation_quantizer\": null}}"),
     "int8-inputs", NULL},
    {DENSE(BLOCKS("int4/64", "64")), "int4/64", NULL},
    {DENSE(BLOCKS("int4/-1", "-1")), "int4/-1", NULL},
    {DENSE(BLOCKS("int4/-1", "null")), "int4/-1", NULL},
    {DENSE(BLOCKS("int4/64", "0")), NULL, "block_size: expected null, -1 or an integer from 1"},
    {DENSE(BLOCKS("int4/64", "64.5")), NULL, "received the number 64.5"},
    {DENSE(BLOCKS("int4/64", "9223372036854775807")), NULL, "but the dtype policy says 64"},
    {DENSE(POLICY("GPTQDTypePolicy", "gptq/4/128")), NULL, "int8 and int4 are"},
    {DENSE(POLICY("QuantizedDTypePolicy", "float8")), NULL, "int8 and int4 are"},
    {DENSE("\"dtype\": {\"class_name\": \"DTypePolicyMap\", \"config\": {}}"), NULL, "int8 and int4 are"},
    {HEADS(MAP("{\"a/query\": {" INT8 "}, \"a/key\": {" INT8 "}}")), "int8", NULL},
    {HEADS(MAP("{\"a/query\": {" INT8 "}, \"a/key\": \"int4/64_from_float32\"}")), NULL,
     "policies in its map differ"},
    {HEADS(MAP("{\"a/query\": \"bfloat16\"}")), NULL, "a plain one"},
    {HEADS(MAP("{}")), NULL, "has no policy_map"},
};

TEST(policies_become_an_argument_and_come_back)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_config *config = hone_internal_json_parse(rows[i].json, strlen(rows[i].json), "row");
        hone_layer *layer = hone_internal_layer_from_config(config, NULL);
        hone_internal_config_free(config);
        if (rows[i].text == NULL) {
            assert_null(layer);
            if (strstr(hone_error_message(), rows[i].words) == NULL)
                fail_msg("%s: %s", rows[i].json, hone_error_message());
            hone_error_clear();
            continue;
        }
        if (layer == NULL)
            fail_msg("%s: %s", rows[i].json, hone_error_message());
        assert_string_equal(*(const char *const *)hone_internal_layer_argument(layer, "quantization_config"),
                            rows[i].text);
        config = hone_internal_layer_to_config(layer);
        const hone_config *policy =
            hone_internal_config_get(hone_internal_config_get(config, "config"), "dtype");
        assert_true(
            hone_internal_config_get(hone_internal_config_get(policy, "config"), "source_name") != NULL ||
            hone_internal_config_get(hone_internal_config_get(policy, "config"), "policy_map") != NULL);
        hone_internal_config_free(config);
        hone_layer_free(layer);
    }
}
