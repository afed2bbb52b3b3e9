/* The options of DATA: split at commas outside of quotes and brackets, and read through a type's field table.
 */
#include "readers/options.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include <stdio.h>
#include <string.h>

const char *const hone_internal_part_names[2] = {"train", "test"};

/* ---- splitting ---- */

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\n';
}

/* The end of an item: the next comma outside of quotes and brackets, or the end. */
static const char *item_end(const char *at, const char *end)
{
    int depth = 0;
    char quote = 0;
    for (; at < end; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if ((*at == '"' || *at == '\'') && memchr(at + 1, *at, (size_t)(end - at - 1)))
            quote = *at;
        else if (*at == '[' || *at == '(')
            depth++;
        else if ((*at == ']' || *at == ')') && depth > 0)
            depth--;
        else if (*at == ',' && depth == 0)
            break;
    }
    return at;
}

static void trim(const char **begin, const char **end)
{
    while (*begin < *end && is_space(**begin))
        ++*begin;
    while (*begin < *end && is_space((*end)[-1]))
        --*end;
}

/* Without the quotes around all of it. */
static hone_config *text_of(const char *begin, const char *end)
{
    trim(&begin, &end);
    bool quoted = end - begin >= 2 && (*begin == '"' || *begin == '\'') && end[-1] == *begin &&
                  !memchr(begin + 1, *begin, (size_t)(end - begin - 2));
    char *copy = hone_internal_copy_text_n(begin + quoted, (size_t)(end - begin) - 2 * (size_t)quoted);
    hone_config *text = copy ? hone_internal_config_text(copy) : NULL;
    hone_internal_free(copy);
    return text;
}

hone_config *hone_internal_options_split(const char *text, size_t length)
{
    hone_config *list = hone_internal_config_list();
    const char *end = text + length;
    for (const char *at = text; list && at <= end; at++) {
        const char *stop = item_end(at, end);
        if (hone_internal_config_append(list, text_of(at, stop)) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
        at = stop;
    }
    return list;
}

static hone_config *value_of(const char *begin, const char *end)
{
    trim(&begin, &end);
    if (end - begin >= 2 && *begin == '[' && end[-1] == ']')
        return hone_internal_options_split(begin + 1, (size_t)(end - begin) - 2);
    return text_of(begin, end);
}

/* ---- the whole ---- */

static hone_status read_word(const char *begin, const char *end, const char **part)
{
    size_t length = (size_t)(end - begin);
    for (int i = 0; i < 2; i++)
        if (strlen(hone_internal_part_names[i]) == length &&
            memcmp(begin, hone_internal_part_names[i], length) == 0) {
            *part = hone_internal_part_names[i];
            return HONE_OK;
        }
    char word[80];
    snprintf(word, sizeof word, "%.*s", (int)(length < 79 ? length : 79), begin);
    const char *nearest = hone_nearest_name(word, hone_internal_part_names, 2);
    return hone_fail(HONE_ERROR_NAME,
                     "unknown part of a data set \"%s\"; %s%s%s a '#' is followed by "
                     "train, test, or option=value; several columns are target=[a, b]",
                     word, nearest ? "did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static hone_status read_item(hone_config *options, const char *begin, const char *end, const char **part)
{
    trim(&begin, &end);
    const char *sign = memchr(begin, '=', (size_t)(end - begin));
    if (!sign)
        return read_word(begin, end, part);
    const char *name_end = sign;
    trim(&begin, &name_end);
    char *name = hone_internal_copy_text_n(begin, (size_t)(name_end - begin));
    if (!name)
        return HONE_ERROR_MEMORY;
    hone_config *value = value_of(sign + 1, end);
    hone_status status = value ? HONE_OK : HONE_ERROR_MEMORY;
    if (value && hone_internal_config_get(options, name))
        status =
            hone_fail(HONE_ERROR_ARGUMENT, "%s is given twice; several values are %s=[a, b]", name, name);
    else if (hone_internal_config_is(value, HONE_CONFIG_TEXT) && !hone_internal_config_as_text(value)[0] &&
             sign + 1 == end)
        status = hone_fail(HONE_ERROR_ARGUMENT, "%s= has no value%s", name,
                           strcmp(name, "delimiter") == 0 ? ": say delimiter=comma" : "");
    if (status < 0)
        hone_internal_config_free(value);
    else
        status = hone_internal_config_set(options, name, value);
    hone_internal_free(name);
    return status;
}

hone_config *hone_internal_options_parse(const char *text, const char **part)
{
    hone_config *options = hone_internal_config_map();
    const char *end = text + strlen(text);
    *part = NULL;
    for (const char *at = text; options && at <= end; at++) {
        const char *stop = item_end(at, end);
        if (read_item(options, at, stop, part) < 0) {
            hone_internal_config_free(options);
            return NULL;
        }
        at = stop;
    }
    return options;
}

/* ---- values by the kind of field ---- */

/* "28x28", "28" */
static hone_config *read_sizes(const hone_config *value)
{
    hone_config *list = hone_internal_config_list();
    const char *at = hone_internal_config_as_text(value);
    while (list && at) {
        size_t length = strcspn(at, "xX");
        char digits[24];
        int64_t number = 0;
        snprintf(digits, sizeof digits, "%.*s", (int)(length < 23 ? length : 23), at);
        if (!hone_internal_text_to_integer(digits, &number)) {
            hone_internal_config_free(list);
            return hone_internal_spec_parse_value(hone_internal_config_as_text(value));
        }
        if (hone_internal_config_append(list, hone_internal_config_integer(number)) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
        at = at[length] ? at + length + 1 : NULL;
    }
    return list;
}

static hone_config *read_list(const hone_config *list)
{
    hone_config *read = hone_internal_config_list();
    for (size_t i = 0; read && i < hone_internal_config_count(list); i++)
        if (hone_internal_config_append(
                read, hone_internal_spec_parse_value(hone_internal_config_text_at(list, i))) < 0) {
            hone_internal_config_free(read);
            return NULL;
        }
    return read;
}

/* Texts stay as they are written; true and false serve where yes and no do. */
static hone_config *read_text(const hone_field *field, const hone_config *value)
{
    bool words = hone_internal_config_is(value, HONE_CONFIG_TEXT) && field->choices &&
                 strstr(field->choices, "yes|no");
    if (words && hone_internal_text_equal_nocase(hone_internal_config_as_text(value), "true"))
        return hone_internal_config_text("yes");
    if (words && hone_internal_text_equal_nocase(hone_internal_config_as_text(value), "false"))
        return hone_internal_config_text("no");
    return hone_internal_config_copy(value);
}

static hone_config *read_value(const hone_field *field, const hone_config *value)
{
    if (!field || field->kind == HONE_FIELD_TEXT || field->kind == HONE_FIELD_TEXTS)
        return field ? read_text(field, value) : hone_internal_config_copy(value);
    if (hone_internal_config_is(value, HONE_CONFIG_LIST))
        return read_list(value);
    if (field->kind == HONE_FIELD_INTEGERS)
        return read_sizes(value);
    if (field->kind == HONE_FIELD_BOOLEAN && strcmp(hone_internal_config_as_text(value), "yes") == 0)
        return hone_internal_config_boolean(true);
    if (field->kind == HONE_FIELD_BOOLEAN && strcmp(hone_internal_config_as_text(value), "no") == 0)
        return hone_internal_config_boolean(false);
    return hone_internal_spec_parse_value(hone_internal_config_as_text(value));
}

void *hone_internal_options_read(const hone_type *type, const hone_config *options, const char *path)
{
    hone_config *map = hone_internal_config_map();
    hone_status status = map ? HONE_OK : HONE_ERROR_MEMORY;
    for (size_t i = 0; status >= 0 && options && i < hone_internal_config_count(options); i++) {
        const hone_field *field = hone_internal_fields_find(type, hone_internal_config_key(options, i));
        hone_config *value = read_value(field, hone_internal_config_at(options, i));
        status = hone_internal_config_set(map, hone_internal_config_key(options, i), value);
    }
    if (status >= 0)
        status = hone_internal_config_set(map, "path", hone_internal_config_text(path));
    void *args = status >= 0 ? hone_internal_fields_from_config(type, map, NULL) : NULL;
    hone_internal_config_free(map);
    return args;
}
