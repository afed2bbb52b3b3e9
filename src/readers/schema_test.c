/* What a data set keeps of how it was read. */
#include "readers/schema.h"
#include "base/error.h"
#include "testing/test.h"

#include <string.h>

static hone_config *texts(const char *const *items, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        hone_internal_config_append(list, hone_internal_config_text(items[i]));
    return list;
}

static hone_config *classes_of(const char *a, const char *b)
{
    hone_config *schema = hone_internal_config_map();
    hone_internal_config_set(schema, "format", hone_internal_config_text("classes"));
    hone_internal_config_set(schema, "classes", texts((const char *const[]){a, b}, 2));
    return schema;
}

static hone_config *group(int64_t column)
{
    hone_config *map = hone_internal_config_map(), *list = hone_internal_config_list();
    hone_internal_config_append(list, hone_internal_config_integer(column));
    hone_internal_config_set(map, "columns", list);
    return map;
}

/* A table of a number and a category, which is the target. */
static hone_config *table(int64_t input, int64_t target)
{
    hone_config *schema = hone_internal_config_map(), *columns = hone_internal_config_list();
    for (int i = 0; i < 2; i++) {
        hone_config *column = hone_internal_config_map();
        hone_internal_config_set(column, "name", hone_internal_config_text(i == 0 ? "age" : "kind"));
        if (i == 1)
            hone_internal_config_set(column, "categories",
                                     texts((const char *const[]){"cat", "dog", "cow"}, 3));
        hone_internal_config_append(columns, column);
    }
    hone_config *inputs = hone_internal_config_list(), *targets = hone_internal_config_list();
    hone_internal_config_append(inputs, group(input));
    hone_internal_config_append(targets, group(target));
    hone_internal_config_set(schema, "format", hone_internal_config_text("table"));
    hone_internal_config_set(schema, "columns", columns);
    hone_internal_config_set(schema, "inputs", inputs);
    hone_internal_config_set(schema, "targets", targets);
    return schema;
}

TEST(names_of_classes_are_those_of_the_targets_column)
{
    hone_config *schema = table(0, 1);
    const hone_config *classes = hone_internal_schema_classes(schema, 0);
    assert_int_equal(hone_internal_config_count(classes), 3);
    assert_string_equal(hone_internal_config_text_at(classes, 1), "dog");
    assert_null(hone_internal_schema_classes(schema, 1));
    assert_null(hone_internal_schema_classes(schema, -1));
    hone_internal_config_free(schema);
    schema = table(1, 0); /* a target of numbers */
    assert_null(hone_internal_schema_classes(schema, 0));
    hone_internal_config_free(schema);
    assert_null(hone_internal_schema_classes(NULL, 0));
    schema = table(1, 0);
    hone_config *first =
        hone_internal_config_at_mutable(hone_internal_config_get_mutable(schema, "columns"), 0);
    hone_internal_config_set(first, "categories", texts((const char *const[]){"young", "old"}, 2));
    assert_int_equal(hone_internal_config_count(hone_internal_schema_classes(schema, 0)),
                     2); /* of the first column */
    hone_internal_config_free(schema);
}

TEST(a_format_is_asked_for_by_name)
{
    hone_config *schema = classes_of("a", "b");
    assert_ptr_equal(hone_internal_schema_of(schema, "classes"), schema);
    assert_null(hone_internal_schema_of(schema, "table"));
    assert_null(hone_internal_schema_of(NULL, "table"));
    hone_internal_config_free(schema);
}

static void check(hone_config *schema, hone_status expected)
{
    if (hone_internal_schema_check(schema) != expected)
        fail_msg("status is not %d: %s", (int)expected, hone_error_message());
    hone_internal_config_free(schema);
}

TEST(what_a_file_says_is_checked)
{
    check(table(0, 1), HONE_OK);
    check(classes_of("a", "b"), HONE_OK);
    check(table(2, 1), HONE_ERROR_FORMAT);
    check(table(0, -1), HONE_ERROR_FORMAT);
    check(hone_internal_config_map(), HONE_ERROR_FORMAT);
    check(hone_internal_config_list(), HONE_ERROR_FORMAT);
    assert_int_equal(hone_internal_schema_check(NULL), HONE_ERROR_FORMAT);
    hone_config *schema = table(0, 1);
    hone_internal_config_set(schema, "columns", hone_internal_config_list());
    check(schema, HONE_ERROR_FORMAT);
    schema = classes_of("a", "b");
    hone_internal_config_append(hone_internal_config_get_mutable(schema, "classes"),
                                hone_internal_config_integer(1));
    check(schema, HONE_ERROR_FORMAT);
    schema = hone_internal_config_map();
    hone_internal_config_set(schema, "format", hone_internal_config_text("pair"));
    hone_internal_config_set(schema, "x", classes_of("a", "b"));
    check(schema, HONE_ERROR_FORMAT);
}

TEST(other_classes_than_in_training_are_told)
{
    hone_config *first = classes_of("cat", "dog"), *same = classes_of("cat", "dog"),
                *other = classes_of("cat", "cow");
    assert_int_equal(hone_internal_schema_compare(first, same), HONE_OK);
    assert_int_equal(hone_internal_schema_compare(first, NULL), HONE_OK);
    assert_int_equal(hone_internal_schema_compare(NULL, other), HONE_OK);
    assert_int_equal(hone_internal_schema_compare(first, other), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "\"dog\""));
    assert_non_null(strstr(hone_error_message(), "\"cow\""));
    hone_internal_config_append(hone_internal_config_get_mutable(same, "classes"),
                                hone_internal_config_text("cow"));
    assert_int_equal(hone_internal_schema_compare(first, same), HONE_ERROR_DATA);
    hone_internal_config_free(first);
    hone_internal_config_free(same);
    hone_internal_config_free(other);
}
