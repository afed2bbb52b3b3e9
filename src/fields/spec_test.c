/* Spec strings: grammar, mistakes with their place, the way to their types. */
#include "testing/spec_types.h"

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
