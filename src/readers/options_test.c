/* The options of DATA. */
#include "readers/options.h"
#include "base/error.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "testing/test.h"

#include <stdio.h>
#include <string.h>

static void assert_split(const char *text, size_t count, const char *const *items)
{
    hone_config *list = hone_internal_options_split(text, strlen(text));
    if (hone_internal_config_count(list) != count)
        fail_msg("%s: %zu items", text, hone_internal_config_count(list));
    for (size_t i = 0; i < count; i++)
        assert_string_equal(hone_internal_config_text_at(list, i), items[i]);
    hone_internal_config_free(list);
}

TEST(splits_at_commas_outside_of_quotes_and_brackets)
{
    assert_split("a, b", 2, (const char *const[]){"a", "b"});
    assert_split("a, \"b, c\", d(e, f)", 3, (const char *const[]){"a", "b, c", "d(e, f)"});
    assert_split("'a,b',[c,d],(e,(f,g))", 3, (const char *const[]){"a,b", "[c,d]", "(e,(f,g))"});
    assert_split("", 1, (const char *const[]){""});
    assert_split("a,,b,", 4, (const char *const[]){"a", "", "b", ""});
}

TEST(a_quote_without_its_twin_is_a_letter)
{
    assert_split("5\", 6", 2, (const char *const[]){"5\"", "6"});
    assert_split("it's, b", 2, (const char *const[]){"it's", "b"});
    assert_split("a), b", 2, (const char *const[]){"a)", "b"});
}

TEST(options_are_texts_and_lists_with_a_part)
{
    const char *part;
    hone_config *options =
        hone_internal_options_parse(" test , target = [price, \"last name\"], delimiter=;", &part);
    assert_non_null(options);
    assert_string_equal(part, "test");
    assert_int_equal(hone_internal_config_count(options), 2);
    assert_string_equal(hone_internal_config_get_text(options, "delimiter"), ";");
    const hone_config *target = hone_internal_config_get(options, "target");
    assert_int_equal(hone_internal_config_count(target), 2);
    assert_string_equal(hone_internal_config_text_at(target, 1), "last name");
    hone_internal_config_free(options);
    options = hone_internal_options_parse("a=1", &part);
    assert_null(part);
    hone_internal_config_free(options);
}

static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"an unknown word", "tets", "did you mean \"test\""},
    {"nothing", "", "unknown part"},
    {"an option twice", "target=a,target=b", "target is given twice; several values are target=[a, b]"},
    {"no value", "target=", "target= has no value"},
    {"a comma as delimiter", "delimiter=,", "say delimiter=comma"},
    {"two columns without brackets", "target=a,b", "several columns are target=[a, b]"},
};

TEST_EACH(refuses, refused)
{
    const char *part;
    int64_t before = hone_internal_blocks_in_use();
    assert_null(hone_internal_options_parse(row->text, &part));
    if (strstr(hone_error_message(), row->words) == NULL)
        fail_msg("%s: \"%s\"", row->text, hone_error_message());
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

#define TEST_FIELDS(F, A) \
    F(A, TEXT, path, NULL, "file", HONE_REQUIRED) \
    F(A, TEXT, header, "auto", "whether there is one", HONE_ONE_OF("auto|yes|no")) \
    F(A, INTEGERS, size, HONE_NO_INTEGERS, "height and width") \
    F(A, BOOLEAN, shuffle, false, "whether") \
    F(A, NUMBER, share, 0.0, "how much", HONE_BETWEEN(0, 1)) \
    F(A, TEXTS, target, HONE_NO_TEXTS, "columns")
HONE_ARGS_STRUCT(test_args, TEST_FIELDS);
HONE_FIELD_TABLE(test_args, TEST_FIELDS);
static const hone_type test_type = {.name = "table", .class_name = "Table", HONE_TYPE_FIELDS(test_args)};

static test_args *read(const char *text)
{
    const char *part;
    hone_config *options = hone_internal_options_parse(text, &part);
    assert_non_null(options);
    test_args *args = hone_internal_options_read(&test_type, options, "a.csv");
    hone_internal_config_free(options);
    return args;
}

TEST(values_are_read_by_the_kind_of_their_field)
{
    test_args *args = read("header=true, size=28x32, shuffle=yes, share=0.25, target=[1, b]");
    if (args == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(args->path, "a.csv");
    assert_string_equal(args->header, "yes");
    assert_true(args->size[0] == 28 && args->size[1] == 32 && args->size[2] == HONE_NONE_INTEGER);
    assert_true(args->shuffle && args->share == 0.25);
    assert_string_equal(args->target_list[0], "1"); /* a column may be called so */
    hone_internal_fields_free(&test_type, args);
    args = read("header=False, size=7, shuffle=no");
    assert_string_equal(args->header, "no");
    assert_true(args->size[0] == 7 && args->size[1] == HONE_NONE_INTEGER && !args->shuffle);
    hone_internal_fields_free(&test_type, args);
    args = read("size=[3, 4], shuffle=true");
    assert_true(args->size[0] == 3 && args->size[1] == 4 && args->shuffle);
    hone_internal_fields_free(&test_type, args);
}

TEST(refuses_values_of_another_kind)
{
    static const char *const texts[] = {"header=maybe", "size=axb",   "shuffle=perhaps",
                                        "share=2",      "share=much", "colour=red"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (read(texts[i]) != NULL)
            fail_msg("%s is accepted", texts[i]);
}

static void *parse_and_read(const char *text)
{
    const char *part;
    hone_config *options = hone_internal_options_parse(text, &part);
    void *args = options == NULL ? NULL : hone_internal_options_read(&test_type, options, "a.csv");
    hone_internal_config_free(options);
    return args;
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    void *args = NULL;
    for (int64_t n = 0; args == NULL && n < 1000; n++) {
        hone_internal_fail_allocations_after(n);
        args = parse_and_read("header=yes, size=28x28, target=[a, \"b, c\"], share=0.5");
        hone_internal_fail_allocations_after(-1);
        if (args == NULL) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
    }
    assert_non_null(args);
    hone_internal_fields_free(&test_type, args);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
