/* JSON to config trees: what Python writes, what is refused, and where it stood. */
#include "formats/formats.h"

#include "base/memory.h"
#include "base/text.h"
#include "testing/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_config *parse(const char *text)
{
    return hone_internal_json_parse(text, strlen(text), "a.json");
}

/* Parses and writes again. */
static void check_round_trip(const char *text, const char *expected)
{
    hone_config *config = parse(text);
    if (!config)
        fail_msg("%s: %s", text, hone_error_message());
    char *written = hone_internal_config_to_json(config, false);
    assert_string_equal(written, expected);
    hone_internal_free(written);
    hone_internal_config_free(config);
}

/* The text is refused, and the message has these words. */
static void check_refused(const char *text, size_t length, const char *words)
{
    hone_config *config = hone_internal_json_parse(text, length, "a.json");
    assert_null(config);
    assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
    if (!strstr(hone_error_message(), words)) {
        fail_msg("expected \"%s\" in the message, received: %s", words, hone_error_message());
    }
}

TEST(reads_values)
{
    static const char *const pairs[][2] = {
        {"null", "null"},
        {" true ", "true"},
        {"[false, 0, -7, 1.5, \"a\"]", "[false, 0, -7, 1.5, \"a\"]"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"[[], {}, [[1]]]", "[[], {}, [[1]]]"},
        {"{\"b\": 1, \"a\": {\"c\": [null]}}", "{\"b\": 1, \"a\": {\"c\": [null]}}"},
        {"\"\\u00e9\\n\\\"\\\\ \\ud83d\\ude00\"", "\"\\u00e9\\n\\\"\\\\ \\ud83d\\ude00\""},
        {"\"\xc3\xa9\"", "\"\\u00e9\""},
        {"\xef\xbb\xbf[1]", "[1]"},
        {"[1e-07, 0.0010000000474974513, 1e99]", "[1e-07, 0.0010000000474974513, 1e+99]"},
        {"[NaN, Infinity, -Infinity]", "[NaN, Infinity, -Infinity]"},
        {"[\"NaN\", \"n1\", \"s\", \"\", \"nNaN\"]", "[\"NaN\", \"n1\", \"s\", \"\", \"nNaN\"]"},
        {"[9223372036854775807, -9223372036854775808]", "[9223372036854775807, -9223372036854775808]"},
        {"[9223372036854775808, 123456789012345678901234567890]",
         "[9.223372036854776e+18, 1.2345678901234568e+29]"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{\"a\": 3, \"b\": 2}"},
        {"[1.0000000000000000000000000000000000001, 1e300, 1e-400]", "[1.0, 1e+300, 0.0]"},
        {"[1e400, -1e400]", "[Infinity, -Infinity]"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        check_round_trip(pairs[i][0], pairs[i][1]);
}

TEST(tells_the_kinds_of_values)
{
    hone_config *config = parse("{\"i\": 300, \"n\": 300.0, \"t\": \"300\", \"x\": 1e3}");
    assert_non_null(config);
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(config, "i")), HONE_CONFIG_INTEGER);
    assert_true(hone_internal_config_as_number(hone_internal_config_get(config, "i")) == 300.0);
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(config, "n")), HONE_CONFIG_NUMBER);
    assert_int_equal(hone_internal_config_kind(hone_internal_config_get(config, "x")), HONE_CONFIG_NUMBER);
    assert_string_equal(hone_internal_config_get_text(config, "t"), "300");
    assert_int_equal(hone_internal_config_set(config, "more", hone_internal_config_null()), HONE_OK);
    assert_int_equal(hone_internal_config_count(config), 5);
    hone_internal_config_free(config);
}

TEST(says_where_a_value_stands)
{
    hone_config *config = parse("{\n  \"a\": [1, NaN,\n \"x\xc3\xa9\", {\"b\": null}],\n\"c\": -2}");
    assert_non_null(config);
    const hone_config *list = hone_internal_config_get(config, "a");
    assert_int_equal(hone_internal_config_place(config).line, 1);
    assert_int_equal(hone_internal_config_place(list).line, 2);
    assert_int_equal(hone_internal_config_place(list).column, 8);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(list, 1)).line, 2);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(list, 1)).column, 12);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(list, 2)).line, 3);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(list, 2)).column, 2);
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(list, 3)).column, 8);
    assert_int_equal(
        hone_internal_config_place(hone_internal_config_at(hone_internal_config_at(list, 3), 0)).column, 14);
    assert_int_equal(hone_internal_config_place(hone_internal_config_get(config, "c")).line, 4);
    hone_internal_config_free(config);
    config = parse("{\"a\": 1, \"a\": 2}"); /* no places then */
    assert_int_equal(hone_internal_config_place(hone_internal_config_at(config, 0)).line, 0);
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_at(config, 0)), 2);
    hone_internal_config_free(config);
}

TEST(refuses_what_is_not_json)
{
    static const char *const texts[][2] = {
        {"", "a.json: line 1"},
        {"{\"a\": 1,\n \"b\" 2}", "line 2"},
        {"[1, 2", "line 1"},
        {"[1] 2", "a.json: line 1, column "},
        {"[1,]", "line 1"},
        {"\"abc", "line 1"},
        {"\"\\x\"", "line 1"},
        {"[nan]", "line 1"},
        {"[inf, +Infinity]", "line 1"},
        {"[01]", "line 1"},
        {"[00000000000000000000000001]", "line 1"},
        {"[0x10]", "line 1"},
        {"[+1]", "line 1"},
        {"[-]", "line 1"},
        {"[1.]", "line 1"},
        {"[1e]", "line 1"},
        {"[1234567890123456789012345e]", "line 1"},
        {"[.5]", "line 1"},
        {"\"\\ud800\"", "line 1"},
        {"\"\\udc00 \\ud800\"", "line 1"},
        {"\"a\\u0000b\"", "line 1"},
        {"\"\xff\"", "line 1"},
        {"\"\xc0\xaf\"", "line 1"},
        {"\"\xed\xa0\x80\"", "line 1"},
        {"\"a\nb\"", "line "},
        {"{1: 2}", "line 1"},
        {"{\"a\" \"b\"}", "line 1"},
        {"]", "line 1"},
        {"[}", "line 1"},
        {"'a'", "line 1"},
        {"// no\n1", "line 1"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_refused(texts[i][0], strlen(texts[i][0]), texts[i][1]);
    check_refused("[1]\0", 4, "line 1");
    check_refused("\xff\xfe[\0]\0", 6, "UTF-16");
    check_refused("[\0]\0", 4, "UTF-16");
    check_refused("\0[\0]", 4, "UTF-16");
}

/* `count` times one text, then another. */
static char *repeat(const char *first, size_t count, const char *last)
{
    hone_text text = {0};
    for (size_t i = 0; i < count; i++)
        hone_internal_text_append(&text, first);
    hone_internal_text_append(&text, last);
    return hone_internal_text_take(&text);
}

static void check_repeated(const char *first, size_t count, const char *last, const char *words)
{
    char *text = repeat(first, count, last);
    check_refused(text, strlen(text), words);
    hone_internal_free(text);
}

TEST(keeps_its_limits)
{
    check_repeated("[", 65, "", "nested too deeply");
    check_repeated("{\"a\":", 100000, "", "nested too deeply");
    check_repeated("[", 64, "", "line 1, column");
    check_repeated("9", 1001, "", "number is too long");
    check_repeated("N", 100000, "", "number is too long");
    char *inner = repeat("a", 65537, "");
    char *text = hone_internal_format("[1, \"%s\"]", inner);
    check_refused(text, strlen(text), "column 5: a string is too long");
    hone_internal_free(text);
    hone_internal_free(inner);
    check_repeated("[0,", 1, "", "line 1");
    size_t count = (size_t)1 << 22;
    char *many = hone_internal_allocate(2 * count + 3);
    many[0] = '[';
    for (size_t i = 0; i < count; i++)
        memcpy(many + 1 + 2 * i, "0,", 2);
    memcpy(many + 1 + 2 * count, "0]", 2);
    check_refused(many, 2 * count + 3, "too many values");
    hone_internal_free(many);
    char *large = hone_internal_allocate_zeroed(1, hone_internal_limits.json_bytes + 1);
    check_refused(large, hone_internal_limits.json_bytes + 1, "more than the limit");
    hone_internal_free(large);
}

/* A map of many keys is built without comparing each with each. */
TEST(reads_many_keys_quickly)
{
    hone_text text = {0};
    for (int i = 0; i < 200000; i++)
        hone_internal_text_format(&text, "%s\"k%d\": %d", i ? ", " : "{", i, i);
    hone_internal_text_append(&text, "}");
    hone_config *config = hone_internal_json_parse(text.data, text.length, "a.json");
    assert_non_null(config);
    assert_int_equal(hone_internal_config_count(config), 200000);
    assert_string_equal(hone_internal_config_key(config, 199999), "k199999");
    assert_int_equal(hone_internal_config_as_integer(hone_internal_config_at(config, 199999)), 199999);
    hone_internal_config_free(config);
    hone_internal_text_free(&text);
}

static const char SAMPLE[] = "{\"a\": [1, -2.5e-3, NaN, \"t\\u00e9\", null, true], \"b\": {\"c\": -Infinity, "
                             "\"d\": {}, \"e\": 12345678901234567890}, \"a2\": \"\xc3\xa9\"}";

TEST(refuses_a_file_cut_off_anywhere)
{
    int64_t blocks = hone_internal_blocks_in_use();
    for (size_t length = 0; length < sizeof SAMPLE - 1; length++) {
        char *copy = hone_internal_copy_text_n(SAMPLE, length); /* so that a step too far is seen */
        assert_null(hone_internal_json_parse(copy, length, "a.json"));
        hone_internal_free(copy);
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

TEST(survives_damage)
{
    static const char bytes[] = "{}[]\",:0123456789eE+-.NaInfity\\u \n\t\"\"nullsx\x01\xff\xc3";
    int64_t blocks = hone_internal_blocks_in_use();
    uint64_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char copy[sizeof SAMPLE];
        memcpy(copy, SAMPLE, sizeof SAMPLE);
        for (uint64_t i = 0, count = 1 + next_random(&random) % 3; i < count; i++) {
            copy[next_random(&random) % (sizeof SAMPLE - 1)] =
                bytes[next_random(&random) % (sizeof bytes - 1)];
        }
        hone_error_clear();
        hone_config *config = hone_internal_json_parse(copy, sizeof SAMPLE - 1, "a.json");
        if (!config)
            assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
        hone_internal_config_free(config);
    }
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t n = 0; !done; n++) {
        hone_internal_fail_allocations_after(n);
        hone_config *config = parse(SAMPLE);
        hone_internal_fail_allocations_after(-1);
        done = config != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_internal_config_free(config);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
}
