/* A size for each axis: given as one number, one per axis, or pairs; held in full. */
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "testing/message.h"

#define TEST_WINDOW_FIELDS(F, A) \
    F(A, SIZES, window, HONE_NO_INTEGERS, "of two axes", .items = 2, HONE_AT_LEAST(1)) \
    F(A, SIZES, padding, HONE_NO_INTEGERS, "before and after", .items = 2, .pairs = true)
HONE_ARGS_STRUCT(test_window_args, TEST_WINDOW_FIELDS);
HONE_FIELD_TABLE(test_window_args, TEST_WINDOW_FIELDS);
static const hone_type test_window = {.name = "window", HONE_TYPE_FIELDS(test_window_args)};

static test_window_args *of_text(const char *text)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse(text, &arguments);
    test_window_args *args = hone_internal_fields_from_config(&test_window, arguments, NULL);
    hone_internal_free(name);
    hone_internal_config_free(arguments);
    return args;
}

/* What the text becomes in a config, and that reading this again gives the same. */
static void check_written(const char *text, const char *json)
{
    test_window_args *args = of_text(text), *again;
    if (args == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    hone_config *config = hone_internal_fields_to_config(&test_window, args);
    char *received = hone_internal_config_to_json(config, false);
    assert_string_equal(received, json);
    again = hone_internal_fields_from_config(&test_window, config, NULL);
    assert_true(hone_internal_fields_equal(&test_window, args, again));
    hone_internal_fields_free(&test_window, again);
    hone_internal_fields_free(&test_window, args);
    hone_internal_config_free(config);
    hone_internal_free(received);
}

TEST(fewer_numbers_stand_for_all)
{
    check_written("window", "{\"window\": null, \"padding\": null}");
    check_written("window(3)", "{\"window\": [3, 3], \"padding\": null}");
    check_written("window([3, 5])", "{\"window\": [3, 5], \"padding\": null}");
    check_written("window(padding=1)", "{\"window\": null, \"padding\": [[1, 1], [1, 1]]}");
    check_written("window(padding=[1, 2])", "{\"window\": null, \"padding\": [[1, 1], [2, 2]]}");
    check_written("window(padding=[[1, 2], 3])", "{\"window\": null, \"padding\": [[1, 2], [3, 3]]}");
}

/* In braces, zeros at the end are the compiler's unless an axis needs them. */
TEST(braces_are_counted_by_the_axes)
{
    test_window_args args = defaults, *copy;
    args.window[0] = 7;
    args.window[1] = HONE_NONE_INTEGER;
    for (int i = 0; i < HONE_MAX_RANK; i++)
        args.padding[i] = i == 0 ? 0 : i == 2 ? 4 : 0;
    copy = hone_internal_fields_copy(&test_window, &args);
    assert_int_equal(copy->window[1], 7);
    assert_true(copy->window[2] == HONE_NONE_INTEGER);
    assert_int_equal(copy->padding[0], 0);
    assert_int_equal(copy->padding[2], 4);
    assert_int_equal(copy->padding[3], 0);
    assert_true(copy->padding[4] == HONE_NONE_INTEGER);
    hone_internal_fields_free(&test_window, copy);
}

static const struct {
    const char *name, *words;
} refused[] = {
    {"window([1, 2, 3])", "window must be one number, 2, not 3"},
    {"window(padding=[1, 2, 3])", "padding must be one number, 2, or a pair for each axis, not 3"},
    {"window(padding=[[1, 2, 3], 1])", "padding[0] must be one number or two, not 3"},
    {"window(x)", "window must be an integer or a list of integers, not the string \"x\""},
    {"window(0)", "window must be at least 1, not 0"},
    {"window([2, 0])", "window[1] must be at least 1, not 0"},
};

TEST_EACH(refuses, refused)
{
    assert_null(of_text(row->name));
    assert_message_has(row->words);
}
