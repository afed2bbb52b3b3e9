/* Numbers, lists, arrays and subscripts of model files, and the texts that fields hold of them (fields with
 * `literal`):
 *
 *     [{"class_name": "__slice__", "config": {"start": 1, "stop": null, "step": 2}},     "[1::2, ..., None,
 * 0]"
 *      {"class_name": "__ellipsis__", "config": {}}, null, 0]
 *     {"class_name": "__numpy__", "config": {"value": [0.5, 1], "dtype": "float32"}}     "float32([0.5, 1])"
 *     {"class_name": "__tensor__", ...}                                                  "tensor
 * float32([0.5, 1])" */
#include "base/text.h"
#include "fields/fields.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "operations/constant.h"
#include "operations/literal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST_LITERAL = HONE_MAX_RANK };

bool hone_internal_keras_is_literal(const hone_field *field)
{
    return field->specs != NULL && strcmp(field->specs, HONE_LITERAL) == 0;
}

bool hone_internal_keras_is_array(const hone_config *value)
{
    const char *class_name = hone_internal_config_get_text(value, "class_name");
    return class_name != NULL &&
           (strcmp(class_name, "__numpy__") == 0 || strcmp(class_name, "__tensor__") == 0);
}

/* ---- to texts ---- */

static hone_status describe_wrong(const hone_config *value)
{
    char received[64];
    hone_internal_config_describe(value, received, sizeof received);
    return hone_internal_config_fail(value, "must be numbers, slices, or lists of them, not %s", received);
}

static hone_status add(hone_text *text, const char *more)
{
    hone_internal_text_append(text, more);
    return HONE_OK;
}

/* A number of a slice, nothing for null. */
static hone_status put_number(hone_text *text, const hone_config *number)
{
    if (!hone_internal_config_present(number))
        return HONE_OK;
    if (!hone_internal_config_is(number, HONE_CONFIG_INTEGER))
        return describe_wrong(number);
    hone_internal_text_format(text, "%" PRId64, hone_internal_config_as_integer(number));
    return HONE_OK;
}

static hone_status put_slice(hone_text *text, const hone_config *slice)
{
    const hone_config *step = hone_internal_config_get(slice, "step");
    HONE_TRY(put_number(text, hone_internal_config_get(slice, "start")));
    hone_internal_text_append(text, ":");
    HONE_TRY(put_number(text, hone_internal_config_get(slice, "stop")));
    if (!hone_internal_config_present(step))
        return HONE_OK;
    hone_internal_text_append(text, ":");
    return put_number(text, step);
}

static hone_status put_value(hone_text *text, const hone_config *value, int depth);

/* An array with its type and, before that, what else than NumPy's it is. */
static hone_status put_array(hone_text *text, const char *class_name, const hone_config *config, int depth)
{
    const char *type = hone_internal_config_get_text(config, "dtype");
    hone_internal_text_format(text, "%s%.20s(", strcmp(class_name, "__tensor__") == 0 ? "tensor " : "",
                              type == NULL ? "float32" : type);
    HONE_TRY(put_value(text, hone_internal_config_get(config, "value"), depth));
    return add(text, ")");
}

static hone_status put_scalar(hone_text *text, const hone_config *value)
{
    char number[64];
    if (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN))
        return add(text, hone_internal_config_as_boolean(value) ? "True" : "False");
    if (hone_internal_config_is(value, HONE_CONFIG_INTEGER))
        return put_number(text, value);
    hone_internal_number_to_text(hone_internal_config_as_number(value), number, sizeof number);
    return add(text, number);
}

static hone_status put_value(hone_text *text, const hone_config *value, int depth)
{
    const char *class_name = hone_internal_config_get_text(value, "class_name");
    const hone_config *config = hone_internal_config_get(value, "config");
    if (!hone_internal_config_present(value))
        return add(text, "None");
    if (class_name != NULL && strcmp(class_name, "__ellipsis__") == 0)
        return add(text, "...");
    if (class_name != NULL && strcmp(class_name, "__slice__") == 0)
        return put_slice(text, config);
    if (hone_internal_keras_is_array(value))
        return put_array(text, class_name, config, depth);
    if (hone_internal_config_is_numeric(value) || hone_internal_config_is(value, HONE_CONFIG_BOOLEAN))
        return put_scalar(text, value);
    if (!hone_internal_config_is(value, HONE_CONFIG_LIST) || depth == DEEPEST_LITERAL)
        return describe_wrong(value);
    hone_internal_text_append(text, "[");
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        if (i > 0)
            hone_internal_text_append(text, ", ");
        HONE_TRY(put_value(text, hone_internal_config_at(value, i), depth + 1));
    }
    return add(text, "]");
}

hone_config *hone_internal_keras_literal_read(const hone_config *value)
{
    hone_text text = {0};
    hone_config *config = NULL;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT))
        return hone_internal_config_copy(value);
    if (put_value(&text, value, 0) >= 0 && !text.failed)
        config = hone_internal_config_text(text.data);
    hone_internal_text_free(&text);
    return config;
}

/* ---- from texts ---- */

static hone_config *integer_or_null(int64_t integer)
{
    return integer == HONE_NONE_INTEGER ? hone_internal_config_null() : hone_internal_config_integer(integer);
}

static hone_config *special(const char *class_name, hone_config *config)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL && config != NULL;
    if (map == NULL) {
        hone_internal_config_free(config);
        return NULL;
    }
    put(&good, map, "class_name", hone_internal_config_text(class_name));
    put(&good, map, "config", config);
    return finish(good, map);
}

static hone_config *item_value(const hone_literal *item)
{
    hone_config *config;
    bool good;
    switch (item->kind) {
    case HONE_LITERAL_INTEGER: return hone_internal_config_integer(item->start);
    case HONE_LITERAL_NONE: return hone_internal_config_null();
    case HONE_LITERAL_REST: return special("__ellipsis__", hone_internal_config_map());
    default: break;
    }
    good = (config = hone_internal_config_map()) != NULL;
    if (!good)
        return NULL;
    put(&good, config, "start", integer_or_null(item->start));
    put(&good, config, "stop", integer_or_null(item->stop));
    put(&good, config, "step", integer_or_null(item->step));
    return special("__slice__", finish(good, config));
}

static hone_config *value_at(const char **text, int depth);

/* "float32([1, 2])" or "tensor int32(...)" as the array that it was. */
static hone_config *array_at(const char **text, int depth)
{
    bool tensor = strncmp(*text, "tensor ", 7) == 0, good = true;
    char type[24];
    *text += tensor ? 7 : 0;
    size_t length = strcspn(*text, "(");
    snprintf(type, sizeof type, "%.*s", (int)(length < sizeof type ? length : sizeof type - 1), *text);
    *text += length + ((*text)[length] == '(');
    hone_config *config = hone_internal_config_map();
    if (config == NULL)
        return NULL;
    put(&good, config, "value", value_at(text, depth));
    put(&good, config, "dtype", hone_internal_config_text(type));
    *text += **text == ')';
    return special(tensor ? "__tensor__" : "__numpy__", finish(good, config));
}

/* A number, a truth value; else an item of a subscript. */
static hone_config *scalar_at(const char **text)
{
    char word[64];
    size_t length = strcspn(*text, ",] )");
    double number;
    hone_literal item;
    int64_t integer;
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), *text);
    bool truth = strcmp(word, "True") == 0, whole = hone_internal_text_to_integer(word, &integer),
         plain = truth || strcmp(word, "False") == 0 || whole ||
                 hone_internal_text_to_number(word, true, &number);
    if (plain) {
        *text += length;
        return whole                     ? hone_internal_config_integer(integer)
               : truth || word[0] == 'F' ? hone_internal_config_boolean(truth)
                                         : hone_internal_config_number(number);
    }
    if (islower((unsigned char)word[0])) { /* a name: "fro" */
        *text += length;
        return hone_internal_config_text(word);
    }
    if (hone_internal_literal_next(text, &item))
        return item_value(&item);
    hone_fail(HONE_ERROR_ARGUMENT, "\"%.40s\" is not understood", *text);
    return NULL;
}

static hone_config *value_at(const char **text, int depth)
{
    *text += strspn(*text, ", ");
    if (hone_internal_constant_body(*text) != *text)
        return array_at(text, depth);
    if (**text != '[')
        return scalar_at(text);
    hone_config *list = depth == DEEPEST_LITERAL ? NULL : hone_internal_config_list();
    bool good = list != NULL;
    for (++*text; good && *(*text += strspn(*text, ", ")) != ']';)
        push(&good, list, value_at(text, depth + 1));
    *text += good;
    return finish(good, list);
}

hone_config *hone_internal_keras_literal_write(const hone_config *text)
{
    const char *rest = hone_internal_config_as_text(text);
    return hone_internal_config_is(text, HONE_CONFIG_TEXT) ? value_at(&rest, 0)
                                                           : hone_internal_config_copy(text);
}
