/* hone_describe: what is in a file or data set, for people and as JSON. */
#include "base/error.h"
#include "base/plural.h"
#include "base/text.h"
#include "readers/format.h"
#include "readers/profile.h"
#include "readers/schema.h"
#include "readers/tfrecord.h"
#include <hone/data_files.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const hone_data_format hone_internal_csv_format, hone_internal_tfrecord_format;

/* ---- tables as text ---- */

/* Six digits; whole numbers have all of theirs. */
static void put_digits(hone_text *text, double number)
{
    const bool whole = number == floor(number) && fabs(number) < 0x1p53;
    hone_internal_text_format(text, whole ? "%.0f" : "%.6g", number);
}

static void put_number(hone_text *text, const hone_config *map, const char *key)
{
    put_digits(text, hone_internal_config_as_number(hone_internal_config_get(map, key)));
}

/* "ok 940, fraud 60, ..." */
static void put_values(hone_text *text, const hone_config *column)
{
    const hone_config *values = hone_internal_config_get(column, "values");
    const int64_t different = hone_internal_config_as_integer(hone_internal_config_get(column, "different"));
    const size_t count = hone_internal_config_count(values);
    for (size_t i = 0; i < count; i++) {
        const hone_config *value = hone_internal_config_at(values, i);
        hone_internal_text_format(
            text, "%s%.40s %lld", i > 0 ? ", " : "", hone_internal_config_get_text(value, "value"),
            (long long)hone_internal_config_as_integer(hone_internal_config_get(value, "count")));
    }
    if (count > 0 && (int64_t)count < different)
        hone_internal_text_append(text, ", ...");
}

static void put_column(hone_text *text, const hone_config *column, int width)
{
    const char *role = hone_internal_config_get_text(column, "role");
    hone_internal_text_format(
        text, "  %-*.*s  %-10s %9lld %10lld  ", width, width, hone_internal_config_get_text(column, "name"),
        hone_internal_config_get_text(column, "kind"),
        (long long)hone_internal_config_as_integer(hone_internal_config_get(column, "missing")),
        (long long)hone_internal_config_as_integer(hone_internal_config_get(column, "different")));
    if (strcmp(role, "input") != 0)
        hone_internal_text_format(text, "%s: ", role);
    if (hone_internal_config_get(column, "lowest")) {
        put_number(text, column, "lowest");
        hone_internal_text_append(text, " to ");
        put_number(text, column, "highest");
        hone_internal_text_append(text, ", mean ");
        put_number(text, column, "mean");
        hone_internal_text_append(text, hone_internal_config_get(column, "values") ? "; " : "");
    }
    put_values(text, column);
    hone_internal_text_append(text, "\n");
}

static int widest_name(const hone_config *columns)
{
    enum { NARROW = 6, WIDE = 32 };
    size_t width = NARROW;
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        const size_t length =
            strlen(hone_internal_config_get_text(hone_internal_config_at(columns, i), "name"));
        width = length > width ? length : width;
    }
    return width < WIDE ? (int)width : WIDE;
}

static void put_notes(hone_text *text, const hone_config *columns)
{
    for (size_t i = 0; i < hone_internal_config_count(columns); i++) {
        const hone_config *column = hone_internal_config_at(columns, i),
                          *notes = hone_internal_config_get(column, "notes");
        for (size_t n = 0; n < hone_internal_config_count(notes); n++)
            hone_internal_text_format(text, "column \"%s\": %s\n",
                                      hone_internal_config_get_text(column, "name"),
                                      hone_internal_config_text_at(notes, n));
    }
}

static char *table_text(const char *path, const hone_config *tree)
{
    hone_text text = {0};
    const hone_config *columns = hone_internal_config_get(tree, "columns");
    const int64_t inputs = hone_internal_config_as_integer(hone_internal_config_get(tree, "inputs")),
                  encoded = hone_internal_config_as_integer(hone_internal_config_get(tree, "inputs_one_hot"));
    const long long rows = (long long)hone_internal_config_as_integer(hone_internal_config_get(tree, "rows"));
    const int width = widest_name(columns);
    hone_internal_text_format(
        &text, "%s: %lld row%s, %zu column%s, %s a header\n", path, rows, hone_internal_plural(rows),
        hone_internal_config_count(columns),
        hone_internal_plural((long long)hone_internal_config_count(columns)),
        hone_internal_config_as_boolean(hone_internal_config_get(tree, "header")) ? "with" : "without");
    hone_internal_text_format(&text, "  %-*s  %-10s %9s %10s  values\n", width, "column", "kind", "missing",
                              "different");
    for (size_t i = 0; i < hone_internal_config_count(columns); i++)
        put_column(&text, hone_internal_config_at(columns, i), width);
    hone_internal_text_format(&text, "inputs: %lld number%s per row", (long long)inputs,
                              hone_internal_plural(inputs));
    if (encoded != inputs)
        hone_internal_text_format(&text, "; %lld with encoding=one_hot", (long long)encoded);
    hone_internal_text_append(&text, "\n");
    if (hone_internal_config_get(tree, "delimiter"))
        hone_internal_text_format(&text, "the columns are separated by something else: delimiter=%s\n",
                                  hone_internal_config_get_text(tree, "delimiter"));
    if (hone_internal_config_get(tree, "decimal"))
        hone_internal_text_append(&text, "numbers have a decimal comma: decimal=\",\"\n");
    put_notes(&text, columns);
    return hone_internal_text_take(&text);
}

static char *describe_table(const char *path, const hone_config *options, bool json)
{
    hone_profile profile;
    if (hone_internal_profile_read(path, options, &profile) < 0)
        return NULL;
    hone_config *tree = hone_internal_profile_describe(&profile);
    char *text = tree == NULL ? NULL
                 : json       ? hone_internal_config_to_json(tree, true)
                              : table_text(path, tree);
    hone_internal_config_free(tree);
    hone_internal_profile_free(&profile);
    return text;
}

/* ---- other data ---- */

/* "(60000, 28, 28) uint8" */
static void put_array(hone_text *text, const char *what, const hone_array *array)
{
    hone_internal_text_format(text, "%s: (", what);
    for (int axis = 0; axis < array->rank; axis++)
        hone_internal_text_format(text, "%s%lld", axis > 0 ? ", " : "", (long long)array->shape[axis]);
    hone_internal_text_format(text, ") %s", hone_dtype_name(array->type));
}

static void put_extent(hone_text *text, const hone_array *array)
{
    double low = INFINITY, high = -INFINITY, sum = 0;
    const int64_t count = hone_array_count(array);
    if (array->data == NULL || count == 0)
        return;
    for (int64_t i = 0; i < count; i++) {
        const double number = hone_array_number(array, i);
        low = number < low ? number : low;
        high = number > high ? number : high;
        sum += number;
    }
    if (!(low <= high))
        return; /* texts and what is not a number have none */
    hone_internal_text_append(text, ", ");
    put_digits(text, low);
    hone_internal_text_append(text, " to ");
    put_digits(text, high);
    hone_internal_text_format(text, ", mean %.6g", sum / (double)count);
}

enum { MOST_COUNTED = 1000, CLASSES_SHOWN = 20 };

/* The samples of each class, when the targets are class numbers. */
static void put_classes(hone_text *text, const hone_dataset *data)
{
    const hone_array *y = hone_dataset_target(data, 0);
    int64_t counts[MOST_COUNTED] = {0}, classes = 0;
    if (y == NULL || y->data == NULL || hone_array_count(y) != y->shape[0])
        return;
    for (int64_t i = 0; i < y->shape[0]; i++) {
        const double label = hone_array_number(y, i);
        if (!(label >= 0 && label < MOST_COUNTED) || label != floor(label))
            return;
        counts[(int)label]++;
        classes = (int64_t)label >= classes ? (int64_t)label + 1 : classes;
    }
    hone_internal_text_append(text, "classes: ");
    for (int64_t k = 0; k < classes && k < CLASSES_SHOWN; k++) {
        const char *name = hone_dataset_class_name(data, 0, k);
        hone_internal_text_append(text, k > 0 ? ", " : "");
        if (name != NULL)
            hone_internal_text_format(text, "%s %lld", name, (long long)counts[k]);
        else
            hone_internal_text_format(text, "%lld: %lld", (long long)k, (long long)counts[k]);
    }
    hone_internal_text_append(text, classes > CLASSES_SHOWN ? ", ...\n" : "\n");
}

static char *dataset_text(const char *source, const hone_dataset *data)
{
    hone_text text = {0};
    char what[160];
    hone_internal_text_format(&text, "%s: %lld sample%s\n", source, (long long)hone_dataset_count(data),
                              hone_internal_plural(hone_dataset_count(data)));
    for (int kind = HONE_COMPONENT_INPUT; kind <= HONE_COMPONENT_TARGET; kind++) {
        const bool input = kind == HONE_COMPONENT_INPUT;
        const int count = input ? hone_dataset_input_count(data) : hone_dataset_target_count(data);
        for (int i = 0; i < count; i++) {
            const char *name = hone_internal_dataset_name(data, kind, i);
            const hone_array *array = input ? hone_dataset_input(data, i) : hone_dataset_target(data, i);
            snprintf(what, sizeof what, "%s %.100s", input ? "input" : "target", name ? name : "");
            if (name == NULL)
                what[strlen(what) - 1] = '\0';
            put_array(&text, what, array);
            put_extent(&text, array);
            hone_internal_text_append(&text, "\n");
        }
    }
    put_classes(&text, data);
    return hone_internal_text_take(&text);
}

/* {"text": "..."} has the lines; programs want the numbers of tables. */
static char *wrap(char *text)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map ? hone_internal_config_set(map, "text", hone_internal_config_text(text)) : -1;
    char *json = status >= 0 ? hone_internal_config_to_json(map, true) : NULL;
    hone_internal_config_free(map);
    hone_internal_free(text);
    return json;
}

static char *describe_records(const char *path, const hone_config *options, bool json)
{
    char *text = hone_internal_tfrecord_describe(path, options);
    return text && json ? wrap(text) : text;
}

static char *describe_dataset(const char *source, bool json)
{
    hone_dataset *data = hone_dataset_load(source, NULL, 0);
    char *text = data ? dataset_text(source, data) : NULL;
    hone_dataset_free(data);
    return text && json ? wrap(text) : text;
}

char *hone_describe(const char *source, bool json)
{
    char *path = NULL;
    hone_config *options = NULL;
    if (source == NULL)
        return hone_internal_fail_null("a data source"), NULL;
    if (hone_internal_source_split(source, &path, &options) < 0)
        return NULL;
    const hone_data_format *format = path == NULL ? NULL : hone_internal_format_of(path, options);
    const bool table = format == &hone_internal_csv_format,
               records = format == &hone_internal_tfrecord_format;
    if (path != NULL && !table)
        hone_error_clear();
    char *text = table     ? describe_table(path, options, json)
                 : records ? describe_records(path, options, json)
                           : describe_dataset(source, json);
    hone_internal_free(path);
    hone_internal_config_free(options);
    return text;
}
