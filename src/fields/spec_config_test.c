/* Spec strings to and from envelopes, and short forms. */
#include "testing/spec_types.h"

static void assert_canonical(const char *family, const char *json_or_spec, const char *expected)
{
    hone_config *value = hone_internal_config_text(json_or_spec);
    char *text = hone_internal_spec_from_config(family, value);

    assert_non_null(text);
    assert_string_equal(text, expected);
    hone_internal_free(text);
    hone_internal_config_free(value);
}

TEST(arguments_become_the_shortest_text)
{
    assert_canonical("regularizer", "L1L2", "l1l2");
    assert_canonical("regularizer", "l1l2(0, 0.01)", "l1l2");
    assert_canonical("regularizer", "l1l2(1)", "l1l2(l1=1.0)");
    assert_canonical("regularizer", "l1l2(label=\"a b\", axes=3)", "l1l2(label=\"a b\", axes=3)");
    assert_canonical("regularizer", "l1l2(label='1', axes=(1,2))", "l1l2(label=\"1\", axes=[1, 2])");
    assert_canonical("regularizer", "l1l2(label=plain, start=l1l2(0.5))",
                     "l1l2(label=plain, start=l1l2(l1=0.5))");
    assert_canonical("regularizer", "none", "none");
}

/* {"class_name": ..., "config": {key: number}, "registered_name": ...}, the last two if given. */
static hone_config *envelope(const char *class_name, const char *key, double number, const char *registered)
{
    hone_config *value = hone_internal_config_map(), *config = hone_internal_config_map();

    hone_internal_config_set(value, "class_name", hone_internal_config_text(class_name));
    if (key)
        hone_internal_config_set(config, key, hone_internal_config_number(number));
    hone_internal_config_set(value, "config", config);
    if (registered)
        hone_internal_config_set(value, "registered_name", hone_internal_config_text(registered));
    return value;
}

static void assert_from(const char *family, hone_config *value, const char *expected)
{
    char *text = hone_internal_spec_from_config(family, value);

    if (expected)
        assert_non_null(text);
    else
        assert_null(text);
    if (expected)
        assert_string_equal(text, expected);
    hone_internal_free(text);
    hone_internal_config_free(value);
}

TEST(envelopes_become_specs)
{
    hone_config *value;

    assert_from("regularizer", hone_internal_config_null(), "none");
    assert_from("regularizer", envelope("L1L2", "l1", 0.5, NULL), "l1l2(l1=0.5)");
    assert_from("regularizer", envelope("L1L2", "l1", 0.5, "L1L2"), "l1l2(l1=0.5)");
    assert_from("regularizer", envelope("L1L2", "l1", 0.5, "mine>L1L2"), NULL);
    assert_from("regularizer", envelope("L1L2", "l3", 0.5, NULL), NULL);
    assert_string_equal(hone_error_message(), "l1l2: unknown argument \"l3\"; did you mean \"l1\"?");
    value = envelope("function", NULL, 0, "relu");
    hone_internal_config_set(value, "config", hone_internal_config_text("relu"));
    assert_from("activation", value, "relu");
    value = envelope("ReLU", "negative_slope", 0.5, NULL);
    hone_internal_config_set(hone_internal_config_get_mutable(value, "config"), "name",
                             hone_internal_config_text("r"));
    assert_from("activation", value, "relu(negative_slope=0.5)"); /* a layer as activation */
    value = envelope("L1L2", NULL, 0, NULL);
    hone_internal_config_set(value, "config", hone_internal_config_null());
    assert_from("regularizer", value, "l1l2");
    assert_from("regularizer", hone_internal_config_integer(3), NULL);
    assert_string_equal(hone_error_message(),
                        "expected the name of a regularizer or a map with its class_name and config, not "
                        "the number 3");
}

TEST(short_forms_become_specs)
{
    hone_config *value = hone_internal_config_map(), *arguments = hone_internal_config_map();

    hone_internal_config_set(value, "l1l2", hone_internal_config_number(0.25));
    assert_from("regularizer", value, "l1l2(l1=0.25)");
    hone_internal_config_set(arguments, "l2", hone_internal_config_number(0.5));
    value = hone_internal_config_map();
    hone_internal_config_set(value, "l1l2", arguments);
    assert_from("regularizer", value, "l1l2(l2=0.5)");
}

static void assert_to_config(const char *family, const char *text, const char *json)
{
    hone_config *config = hone_internal_spec_to_config(family, text);
    char *found = hone_internal_config_to_json(config, false);

    assert_string_equal(found, json);
    hone_internal_free(found);
    hone_internal_config_free(config);
}

TEST(specs_become_envelopes)
{
    assert_to_config("activation", "relu", "\"relu\"");
    assert_to_config("activation", NULL, "null");
    assert_to_config("regularizer", "none", "null");
    assert_to_config(
        "activation", "relu(0.5)",
        "{\"module\": \"keras.activations\", \"class_name\": \"ReLU\", \"config\": {\"negative_slope\": "
        "0.5}, \"registered_name\": null}");
}
