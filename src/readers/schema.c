/* What a data set keeps of how it was read. */
#include "readers/schema.h"
#include "base/error.h"
#include "readers/table.h"
#include <hone/data_files.h>
#include <float.h>
#include <stdio.h>
#include <string.h>

hone_config *hone_internal_schema_make(const hone_schema_entry *entries, size_t count)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (size_t i = 0; i < count; i++)
        if (status >= 0)
            status = hone_internal_config_set(map, entries[i].key, entries[i].value);
        else
            hone_internal_config_free(entries[i].value);
    if (status >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

const hone_config *hone_internal_schema_of(const hone_config *schema, const char *format)
{
    const char *found = hone_internal_config_get_text(schema, "format");
    return found && strcmp(found, format) == 0 ? schema : NULL;
}

static const hone_config *list_of(const hone_config *map, const char *key)
{
    const hone_config *list = hone_internal_config_get(map, key);
    return hone_internal_config_is(list, HONE_CONFIG_LIST) ? list : NULL;
}

/* The categories of a target that is one column. */
static const hone_config *table_classes(const hone_config *table, int target)
{
    const hone_config *groups = list_of(table, "targets"), *columns = list_of(table, "columns");
    if (!groups || !columns || target < 0 || (size_t)target >= hone_internal_config_count(groups))
        return NULL;
    const hone_config *group = list_of(hone_internal_config_at(groups, (size_t)target), "columns");
    if (!group || hone_internal_config_count(group) != 1 ||
        !hone_internal_config_is(hone_internal_config_at(group, 0), HONE_CONFIG_INTEGER))
        return NULL;
    int64_t column = hone_internal_config_as_integer(hone_internal_config_at(group, 0));
    return column >= 0 && (size_t)column < hone_internal_config_count(columns)
               ? list_of(hone_internal_config_at(columns, (size_t)column), "categories")
               : NULL;
}

const hone_config *hone_internal_schema_classes(const hone_config *schema, int target)
{
    if (hone_internal_schema_of(schema, "pair"))
        schema = hone_internal_config_get(schema, "y");
    if (hone_internal_schema_of(schema, "table"))
        return table_classes(schema, target);
    return target == 0 ? list_of(schema, "classes") : NULL;
}

const char *hone_internal_schema_target_column(const hone_config *schema, int target, int64_t column)
{
    if (hone_internal_schema_of(schema, "pair"))
        schema = hone_internal_config_get(schema, "y");
    const hone_config *groups = list_of(hone_internal_schema_of(schema, "table"), "targets"),
                      *columns = list_of(schema, "columns");
    if (!groups || !columns || target < 0 || (size_t)target >= hone_internal_config_count(groups))
        return NULL;
    const hone_config *group = list_of(hone_internal_config_at(groups, (size_t)target), "columns");
    if (!group || column < 0 || (size_t)column >= hone_internal_config_count(group))
        return NULL;
    const hone_config *index = hone_internal_config_at(group, (size_t)column);
    const int64_t at =
        hone_internal_config_is(index, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(index) : -1;
    return at >= 0 && (size_t)at < hone_internal_config_count(columns)
               ? hone_internal_config_get_text(hone_internal_config_at(columns, (size_t)at), "name")
               : NULL;
}

/* ---- checks ---- */

static hone_status fail_schema(const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "the description of the training data is damaged: %s", what);
}

static hone_status check_texts(const hone_config *list)
{
    for (size_t i = 0; list && i < hone_internal_config_count(list); i++)
        if (!hone_internal_config_is(hone_internal_config_at(list, i), HONE_CONFIG_TEXT))
            return fail_schema("categories must be strings");
    return HONE_OK;
}

static hone_status check_groups(const hone_config *table, const char *key, size_t columns)
{
    const hone_config *groups = list_of(table, key);
    if (!groups)
        return fail_schema("inputs and targets must be lists");
    for (size_t g = 0; g < hone_internal_config_count(groups); g++) {
        const hone_config *list = list_of(hone_internal_config_at(groups, g), "columns");
        if (!list || hone_internal_config_count(list) == 0)
            return fail_schema("an input has no columns");
        for (size_t i = 0; i < hone_internal_config_count(list); i++)
            if (!hone_internal_config_is(hone_internal_config_at(list, i), HONE_CONFIG_INTEGER) ||
                hone_internal_config_as_integer(hone_internal_config_at(list, i)) < 0 ||
                (size_t)hone_internal_config_as_integer(hone_internal_config_at(list, i)) >= columns)
                return fail_schema("there is no such column");
    }
    return HONE_OK;
}

/* A number of a date is behind the columns that are in files, and says in which of them the date is. */
static hone_status check_date(const hone_config *columns, size_t index, bool *behind)
{
    const hone_config *column = hone_internal_config_at(columns, index),
                      *of = hone_internal_config_get(column, "of"),
                      *latest = hone_internal_config_get(column, "latest");
    const char *part = hone_internal_config_get_text(column, "date");
    if (!part)
        return *behind ? fail_schema("a column is behind the numbers of dates") : HONE_OK;
    *behind = true;
    const int64_t place =
        hone_internal_config_is(of, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(of) : -1;
    if (hone_internal_date_part(part) == HONE_DATE_NONE || place < 0 || (size_t)place >= index ||
        hone_internal_config_get_text(hone_internal_config_at(columns, (size_t)place), "date"))
        return fail_schema("a date is not one of a column");
    const double days = hone_internal_config_as_number(latest);
    return !hone_internal_config_present(latest) ||
                   (hone_internal_config_is_numeric(latest) && days > -1e7 && days < 1e7)
               ? HONE_OK
               : fail_schema("the last date is not a number of days");
}

static hone_status check_windows(const hone_config *table)
{
    static const char *const keys[] = {"window", "stride", "sampling_rate", "target_length", "horizon"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const hone_config *value = hone_internal_config_get(table, keys[i]);
        if (!hone_internal_config_present(value))
            continue;
        const int64_t number = hone_internal_config_as_integer(value);
        if (!hone_internal_config_is(value, HONE_CONFIG_INTEGER) || number > 1 << 30 ||
            number < (keys[i][0] == 'h' ? -(1 << 30) : 1))
            return fail_schema("a window of a series must be a number of rows");
    }
    return HONE_OK;
}

static hone_status check_table(const hone_config *table)
{
    const hone_config *columns = list_of(table, "columns");
    if (!columns || hone_internal_config_count(columns) == 0)
        return fail_schema("a table needs columns");
    bool behind = false;
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        if (!hone_internal_config_get_text(hone_internal_config_at(columns, i), "name"))
            return fail_schema("a column needs a name");
        HONE_TRY(check_date(columns, i, &behind));
        HONE_TRY(check_texts(list_of(hone_internal_config_at(columns, i), "categories")));
    }
    HONE_TRY(check_windows(table));
    HONE_TRY(check_groups(table, "inputs", hone_internal_config_count(columns)));
    return check_groups(table, "targets", hone_internal_config_count(columns));
}

static hone_status check_number(const hone_config *schema, const char *key, double lowest, double highest)
{
    const hone_config *value = hone_internal_config_get(schema, key);
    const double number = hone_internal_config_as_number(value);
    if (!hone_internal_config_present(value) ||
        (hone_internal_config_is_numeric(value) && number >= lowest && number <= highest && number != 0))
        return HONE_OK;
    char what[96];
    snprintf(what, sizeof what, "%s must be a number other than 0%s", key,
             lowest == 0 ? " and at most 1" : "");
    return fail_schema(what);
}

/* One number, a list of them, or a map of either by the names of outputs. */
static hone_status check_thresholds(const hone_config *schema)
{
    const hone_config *value = hone_internal_config_get(schema, "threshold");
    const bool map = hone_internal_config_is(value, HONE_CONFIG_MAP);
    if (!map && !hone_internal_config_is(value, HONE_CONFIG_LIST))
        return check_number(schema, "threshold", 0, 1);
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        const hone_config *one = hone_internal_config_at(value, i);
        const bool list = map && hone_internal_config_is(one, HONE_CONFIG_LIST);
        for (size_t k = 0; k < (list ? hone_internal_config_count(one) : 1); k++) {
            const hone_config *item = list ? hone_internal_config_at(one, k) : one;
            const double number = hone_internal_config_as_number(item);
            if (!hone_internal_config_is_numeric(item) || !(number > 0 && number <= 1))
                return fail_schema("a threshold must be a number other than 0 and at most 1");
        }
    }
    return HONE_OK;
}

static hone_status check_preparation(const hone_config *schema)
{
    static const char *const ways[] = {"caffe", "tf", "torch"};
    const hone_config *way = hone_internal_config_get(schema, "preprocess");
    bool known = !hone_internal_config_present(way);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        known = known || strcmp(hone_internal_config_as_text(way), ways[i]) == 0;
    if (!known)
        return fail_schema("preprocess must be caffe, tf or torch");
    const hone_config *classes = hone_internal_config_get(schema, "one_hot");
    if (hone_internal_config_present(classes) && (!hone_internal_config_is(classes, HONE_CONFIG_INTEGER) ||
                                                  hone_internal_config_as_integer(classes) < 2))
        return fail_schema("one_hot must be a number of classes");
    HONE_TRY(check_number(schema, "scale", -DBL_MAX, DBL_MAX));
    return check_thresholds(schema);
}

hone_status hone_internal_schema_check(const hone_config *schema)
{
    if (!hone_internal_config_is(schema, HONE_CONFIG_MAP) || !hone_internal_config_get_text(schema, "format"))
        return fail_schema("a format is missing");
    HONE_TRY(check_preparation(schema));
    if (hone_internal_schema_of(schema, "pair")) {
        const hone_config *halves[] = {hone_internal_config_get(schema, "x"),
                                       hone_internal_config_get(schema, "y")};
        for (int i = 0; i < 2; i++)
            if (hone_internal_config_present(halves[i]))
                HONE_TRY(hone_internal_schema_of(halves[i], "table") ? check_table(halves[i])
                                                                     : fail_schema("a pair needs tables"));
        return HONE_OK;
    }
    return hone_internal_schema_of(schema, "table") ? check_table(schema)
                                                    : check_texts(list_of(schema, "classes"));
}

static int target_count(const hone_config *schema)
{
    if (hone_internal_schema_of(schema, "pair"))
        schema = hone_internal_config_get(schema, "y");
    const hone_config *groups = hone_internal_schema_of(schema, "table") ? list_of(schema, "targets") : NULL;
    return groups ? (int)hone_internal_config_count(groups) : 1;
}

hone_status hone_internal_schema_compare(const hone_config *expected, const hone_config *found)
{
    for (int target = 0; target < target_count(expected); target++) {
        const hone_config *first = hone_internal_schema_classes(expected, target),
                          *second = hone_internal_schema_classes(found, target);
        for (size_t i = 0; first && second &&
                           (i < hone_internal_config_count(first) || i < hone_internal_config_count(second));
             i++) {
            const char *names[] = {
                i < hone_internal_config_count(first) ? hone_internal_config_text_at(first, i) : NULL,
                i < hone_internal_config_count(second) ? hone_internal_config_text_at(second, i) : NULL};
            if (!names[0] || !names[1] || strcmp(names[0], names[1]) != 0)
                return hone_fail(
                    HONE_ERROR_DATA,
                    "class %zu is \"%.60s\" in the training data and \"%.60s\" in the other data; read "
                    "the other data like the training data: hone_dataset_load_like",
                    i, names[0] ? names[0] : "(none)", names[1] ? names[1] : "(none)");
        }
    }
    return HONE_OK;
}

/* ---- what was done to the inputs ---- */

hone_config *hone_internal_dataset_description(const hone_dataset *dataset)
{
    if (hone_internal_dataset_streams(dataset))
        return NULL;
    const hone_config *schema = hone_internal_dataset_schema(dataset);
    const char *way = hone_internal_dataset_preprocessing(dataset);
    hone_config *copy = schema ? hone_internal_config_copy(schema) : hone_internal_config_map();
    hone_status status = copy ? HONE_OK : HONE_ERROR_MEMORY;
    if (status >= 0 && !schema)
        status = hone_internal_config_set(copy, "format", hone_internal_config_text("arrays"));
    if (status >= 0)
        status = hone_internal_config_set(copy, "scale",
                                          hone_internal_config_number(hone_internal_dataset_scale(dataset)));
    if (status >= 0 && way)
        status = hone_internal_config_set(copy, "preprocess", hone_internal_config_text(way));
    const int64_t classes = hone_internal_dataset_one_hot(dataset);
    if (status >= 0 && classes > 0)
        status = hone_internal_config_set(copy, "one_hot", hone_internal_config_integer(classes));
    if (status >= 0)
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

int64_t hone_internal_schema_one_hot(const hone_config *schema)
{
    const hone_config *classes = hone_internal_config_get(schema, "one_hot");
    return hone_internal_config_is(classes, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(classes)
                                                                 : 0;
}

double hone_internal_schema_scale(const hone_config *schema)
{
    const hone_config *scale = hone_internal_config_get(schema, "scale");
    return hone_internal_config_is_numeric(scale) ? hone_internal_config_as_number(scale) : 1;
}

const char *hone_internal_schema_preprocess(const hone_config *schema)
{
    return hone_internal_config_get_text(schema, "preprocess");
}

double hone_internal_schema_threshold(const hone_config *schema, const char *output, int64_t number)
{
    const hone_config *threshold = hone_internal_config_get(schema, "threshold");
    if (hone_internal_config_is(threshold, HONE_CONFIG_MAP))
        threshold = output == NULL ? NULL : hone_internal_config_get(threshold, output);
    if (hone_internal_config_is(threshold, HONE_CONFIG_LIST))
        threshold = number < 0 || number >= (int64_t)hone_internal_config_count(threshold)
                        ? NULL
                        : hone_internal_config_at(threshold, (size_t)number);
    return hone_internal_config_is_numeric(threshold) ? hone_internal_config_as_number(threshold) : 0.5;
}

/* ---- names ---- */

int64_t hone_dataset_class_count(const hone_dataset *dataset, int index)
{
    const hone_config *classes = hone_internal_schema_classes(hone_internal_dataset_schema(dataset), index);
    return classes ? (int64_t)hone_internal_config_count(classes) : 0;
}

const char *hone_dataset_class_name(const hone_dataset *dataset, int index, int64_t class_number)
{
    const hone_config *classes = hone_internal_schema_classes(hone_internal_dataset_schema(dataset), index);
    if (!classes || class_number < 0 || class_number >= (int64_t)hone_internal_config_count(classes))
        return NULL;
    return hone_internal_config_text_at(classes, (size_t)class_number);
}
