/* Spec strings: grammar, mistakes with their place, the way to types and envelopes and back. */
#include "fields/spec.h"

#include "base/error.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "testing/test.h"
#include <string.h>

#define TEST_L1L2_FIELDS(F, A) \
    F(A, NUMBER, l1, 0, "of absolute values", HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2, 0.01, "of squares", HONE_AT_LEAST(0)) \
    F(A, TEXT, label, NULL, "free text") \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, "where", .scalar_or_list = true) \
    F(A, INITIALIZER, start, NULL, "a spec within a spec")
HONE_ARGS_STRUCT(test_l1l2_args, TEST_L1L2_FIELDS);
HONE_FIELD_TABLE(test_l1l2_args, TEST_L1L2_FIELDS);
static const hone_type test_l1l2 = {
    .name = "l1l2", .class_name = "L1L2", .module = "keras.regularizers", HONE_TYPE_FIELDS(test_l1l2_args)};

#define TEST_RELU_FIELDS(F, A) F(A, NUMBER, negative_slope, 0, "slope below 0")
HONE_ARGS_STRUCT(test_relu_args, TEST_RELU_FIELDS);
HONE_FIELD_TABLE_NAMED(test_relu_args, TEST_RELU_FIELDS, relu_fields, relu_defaults);
static const hone_type test_relu = {.name = "relu",
                                    .class_name = "ReLU",
                                    .module = "keras.activations",
                                    HONE_TYPE_FIELDS_NAMED(test_relu_args, relu_fields, relu_defaults)};

/* Stands in for the registry. */
const hone_type *hone_internal_type_find(const char *family, const char *name)
{
    static const char *const activations[] = {"relu"}, *const others[] = {"l1l2"};
    bool activation = strcmp(family, "activation") == 0;
    const hone_type *type = activation ? &test_relu : &test_l1l2;

    if (strcmp(name, type->name) == 0 || strcmp(name, type->class_name) == 0)
        return type;
    hone_internal_fail_name(family, name, activation ? activations : others, 1);
    return NULL;
}

const hone_object_family *hone_internal_object_family(const char *name)
{
    (void)name;
    return NULL; /* no field here holds an object */
}

/* The arguments of a spec as JSON, to be compared and freed. */
static void assert_parsed(const char *spec, const char *name, const char *arguments)
{
    hone_config *map = NULL;
    char *found = hone_internal_spec_parse(spec, &map), *json;

    assert_non_null(found);
    assert_string_equal(found, name);
    json = hone_internal_config_to_json(map, false);
    assert_string_equal(json, arguments);
    hone_internal_free(json);
    hone_internal_free(found);
    hone_internal_config_free(map);
}

TEST(specs_are_read_by_their_grammar)
{
    assert_parsed("relu", "relu", "{}");
    assert_parsed("  relu ( ) ", "relu", "{}");
    assert_parsed("l2(0.01)", "l2", "{\"#0\": 0.01}");
    assert_parsed("f(1, -2,)", "f", "{\"#0\": 1, \"#1\": -2}");
    assert_parsed("f(a=1, b = true, c=False, d=none, e=Null)", "f",
                  "{\"a\": 1, \"b\": true, \"c\": false, \"d\": null, \"e\": null}");
    assert_parsed("f(1/4, 1e-3, inf, nan)", "f",
                  "{\"#0\": 0.25, \"#1\": 0.001, \"#2\": Infinity, \"#3\": NaN}");
    assert_parsed("f(\"a, b\", 'c\"', \"\\\"\\\\\")", "f",
                  "{\"#0\": \"a, b\", \"#1\": \"c\\\"\", \"#2\": \"\\\"\\\\\"}");
    assert_parsed("f([1, [2, x], ()], (3,))", "f", "{\"#0\": [1, [2, \"x\"], []], \"#1\": [3]}");
    assert_parsed("sgd(learning_rate=cosine_decay(0.1, [1, 2], name=\"a)\"), momentum=0.9)", "sgd",
                  "{\"learning_rate\": \"cosine_decay(0.1, [1, 2], name=\\\"a)\\\")\", \"momentum\": 0.9}");
    assert_parsed("csv_logger(out/history.csv, append=true)", "csv_logger",
                  "{\"#0\": \"out/history.csv\", \"append\": true}");
}

static void assert_refused(const char *spec, const char *sentence)
{
    hone_config *map = NULL;

    hone_error_clear();
    assert_null(hone_internal_spec_parse(spec, &map));
    assert_null(map);
    assert_string_equal(hone_error_message(), sentence);
    assert_int_equal(hone_error_status(), HONE_ERROR_ARGUMENT);
}

TEST(mistakes_show_the_text_and_the_place)
{
    char deep[200];

    assert_refused("", "in \"\": expected a name at character 1");
    assert_refused("3", "in \"3\": expected a name at character 1");
    assert_refused("l2(0.01", "in \"l2(0.01\": expected \")\" at character 8");
    assert_refused("l2(0.01))", "in \"l2(0.01))\": expected the end at character 9");
    assert_refused("relu x", "in \"relu x\": expected the end at character 6");
    assert_refused("f(1 2)", "in \"f(1 2)\": expected \",\" or \")\" at character 5");
    assert_refused("f(,)", "in \"f(,)\": expected a value at character 3");
    assert_refused("f(a=)", "in \"f(a=)\": expected a value at character 5");
    assert_refused("f([1, 2)", "in \"f([1, 2)\": expected \",\" or \"]\" at character 8");
    assert_refused("f('abc)", "in \"f('abc)\": expected a closing ' at character 8");
    assert_refused("f(a=1, 2)",
                   "in \"f(a=1, 2)\": expected a keyword argument after a keyword argument at character 8");
    assert_refused("f(a=1, a=2)", "in \"f(a=1, a=2)\": \"a\" is given twice");
    memset(deep, '(', sizeof deep - 1);
    deep[0] = 'f';
    deep[sizeof deep - 1] = '\0';
    assert_null(hone_internal_spec_parse(deep, &(hone_config *){NULL}));
    assert_non_null(strstr(hone_error_message(), "fewer nested brackets"));
}

TEST(a_spec_is_resolved_to_its_type_and_arguments)
{
    hone_spec spec;

    assert_int_equal(hone_internal_spec_resolve("regularizer", "L1L2(l2=0.5)", &spec), HONE_OK);
    assert_ptr_equal(spec.type, &test_l1l2);
    assert_true(((test_l1l2_args *)spec.args)->l2 == 0.5);
    assert_true(((test_l1l2_args *)spec.args)->l1 == 0);
    hone_internal_spec_free(&spec);
    assert_null(spec.type);
    assert_int_equal(hone_internal_spec_resolve("regularizer", NULL, &spec), HONE_OK);
    assert_null(spec.type);
    assert_int_equal(hone_internal_spec_resolve("regularizer", "None", &spec), HONE_OK);
    assert_null(spec.type);
    assert_int_equal(hone_internal_spec_resolve("regularizer", "l1l3", &spec), HONE_ERROR_NAME);
    assert_string_equal(hone_error_message(), "unknown regularizer \"l1l3\"; did you mean \"l1l2\"?");
    assert_int_equal(hone_internal_spec_resolve("regularizer", "l1l2(-1)", &spec), HONE_ERROR_ARGUMENT);
    assert_string_equal(hone_error_message(), "l1l2: l1 must be at least 0, not -1");
    hone_internal_spec_free(&spec);
}

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

TEST(values_are_read_alone)
{
    hone_config *value = hone_internal_spec_parse_value(" [1, x] ");

    assert_int_equal(hone_internal_config_count(value), 2);
    hone_internal_config_free(value);
    assert_null(hone_internal_spec_parse_value("1 2"));
    assert_null(hone_internal_spec_parse_value(""));
}

/* Parsing must survive any text; the sanitizers watch. */
TEST(no_beginning_of_a_spec_crashes)
{
    static const char spec[] = "f(a=[1, (2, 'x\\'y')], b=g(1, h(\"q\")), c=none,)";
    int64_t before = hone_internal_blocks_in_use();
    char part[sizeof spec];

    for (size_t length = 0; length < sizeof spec; length++) {
        hone_config *map = NULL;
        char *name;
        memcpy(part, spec, length);
        part[length] = '\0';
        name = hone_internal_spec_parse(part, &map);
        hone_internal_free(name);
        hone_internal_config_free(map);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}
