/* Numbers, lists and subscripts of files as texts, and back. */
#include "keras/parts.h"
#include "formats/formats.h"

#include "base/memory.h"
#include "testing/message.h"

static const struct {
    const char *name, *json, *text;
} values[] = {
    {"a number", "2", "2"},
    {"a fraction", "0.5", "0.5"},
    {"pairs", "[[0, 0], [1, 2]]", "[[0, 0], [1, 2]]"},
    {"a new axis", "[1, null]", "[1, None]"},
    {"the rest", "[{\"class_name\": \"__ellipsis__\", \"config\": {}}, 1]", "[..., 1]"},
    {"a slice", "[{\"class_name\": \"__slice__\", \"config\": {\"start\": null, \"stop\": 3, \"step\": -1}}]",
     "[:3:-1]"},
};

static hone_config *parse(const char *json)
{
    hone_config *config = hone_internal_json_parse(json, strlen(json), "test");
    assert_non_null(config);
    return config;
}

TEST_EACH(reads_and_writes, values)
{
    hone_config *value = parse(row->json), *text = hone_internal_keras_literal_read(value);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_internal_config_as_text(text), row->text);
    hone_config *again = hone_internal_keras_literal_write(text);
    if (again == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(hone_internal_config_equal(value, again));
    hone_internal_config_free(again);
    hone_internal_config_free(text);
    hone_internal_config_free(value);
}

static const struct {
    const char *name, *json;
} wrong[] = {
    {"a map", "{\"a\": 1}"},
    {"a text within", "[\"x\"]"},
    {"a slice of fractions", "[{\"class_name\": \"__slice__\", \"config\": {\"start\": 0.5}}]"},
    {"too deep", "[[[[[[[[[[1]]]]]]]]]]"},
};

TEST_EACH(refuses, wrong)
{
    hone_config *value = parse(row->json);
    assert_null(hone_internal_keras_literal_read(value));
    assert_message_has("must be numbers, slices, or lists of them");
    hone_internal_config_free(value);
}
