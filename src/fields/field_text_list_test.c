/* Texts by a pointer, ended by NULL. */
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "testing/message.h"

#define TEST_NAMES_FIELDS(F, A) F(A, TEXT_LIST, names, NULL, "of things")
HONE_ARGS_STRUCT(test_names_args, TEST_NAMES_FIELDS);
HONE_FIELD_TABLE(test_names_args, TEST_NAMES_FIELDS);
static const hone_type test_names = {.name = "names", HONE_TYPE_FIELDS(test_names_args)};

static test_names_args *copy_of(const char *const *names)
{
    test_names_args args = defaults;
    args.names = names;
    return hone_internal_fields_copy(&test_names, &args);
}

TEST(copies_are_deep_and_compared_by_their_texts)
{
    char first[] = "a";
    test_names_args *none = copy_of(NULL), *empty = copy_of((const char *[]){NULL}),
                    *one = copy_of((const char *[]){first, NULL}),
                    *two = copy_of((const char *[]){"a", "b", NULL});
    first[0] = '?';
    assert_string_equal(one->names[0], "a");
    assert_null(one->names[1]);
    assert_null(none->names);
    assert_false(hone_internal_fields_equal(&test_names, none, empty));
    assert_false(hone_internal_fields_equal(&test_names, one, two));
    test_names_args *again = copy_of(one->names);
    assert_true(hone_internal_fields_equal(&test_names, one, again));
    test_names_args *all[] = {none, empty, one, two, again};
    for (int i = 0; i < 5; i++)
        hone_internal_fields_free(&test_names, all[i]);
}

TEST(a_list_is_read_and_written)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse("names([x, \"y z\"])", &arguments), *json;
    test_names_args *args = hone_internal_fields_from_config(&test_names, arguments, NULL);
    hone_internal_free(name);
    hone_internal_config_free(arguments);
    assert_string_equal(args->names[1], "y z");
    assert_null(args->names[2]);
    hone_config *config = hone_internal_fields_to_config(&test_names, args);
    json = hone_internal_config_to_json(config, false);
    assert_string_equal(json, "{\"names\": [\"x\", \"y z\"]}");
    hone_internal_free(json);
    hone_internal_config_free(config);
    hone_internal_fields_free(&test_names, args);
}

TEST(refuses_what_is_no_text)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse("names([x, 2])", &arguments);
    assert_null(hone_internal_fields_from_config(&test_names, arguments, NULL));
    assert_message_has("names[1] must be a string, not the number 2");
    hone_internal_free(name);
    hone_internal_config_free(arguments);
}
