/* Values that stand in Keras's files in another form than in field tables: lists that are maps there, numbers
 * that are lists of one, and vice versa. Which fields those are, their rows say. */
#include "base/text.h"
#include "fields/fields.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "operations/literal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One of "rmin=0|rmax=inf". */
typedef struct form_key {
    char name[32];
    double standard;
} form_key;

/* The key that *rest begins with; false at the end. */
static bool next_key(const char **rest, form_key *key)
{
    size_t length = strcspn(*rest, "=");
    if (**rest == '\0' || length >= sizeof key->name)
        return false;
    memcpy(key->name, *rest, length);
    key->name[length] = '\0';
    key->standard = strncmp(*rest + length, "=inf", 4) == 0 ? HUGE_VAL : strtod(*rest + length + 1, NULL);
    *rest += strcspn(*rest, "|");
    *rest += **rest == '|';
    return true;
}

/* {"rmin": 0.5} to [0.5, inf]; an empty map to null. */
static hone_status map_to_list(hone_config *config, const hone_field *field)
{
    const char *place = hone_internal_field_key(field), *rest = field->keys;
    const hone_config *map = hone_internal_config_get(config, place);
    if (!hone_internal_config_is(map, HONE_CONFIG_MAP))
        return HONE_OK;
    hone_config *list =
        hone_internal_config_count(map) == 0 ? hone_internal_config_null() : hone_internal_config_list();
    bool good = list != NULL;
    for (form_key key; good && hone_internal_config_count(map) > 0 && next_key(&rest, &key);) {
        const hone_config *item = hone_internal_config_get(map, key.name);
        push(&good, list,
             hone_internal_config_present(item) ? hone_internal_config_copy(item)
                                                : hone_internal_config_number(key.standard));
    }
    return hone_internal_config_set(config, place, finish(good, list));
}

/* Back; what a lack of the key means is left out. */
static hone_status list_to_map(hone_config *config, const hone_field *field)
{
    const char *place = hone_internal_field_key(field), *rest = field->keys;
    const hone_config *list = hone_internal_config_get(config, place);
    if (!hone_internal_config_is(list, HONE_CONFIG_LIST))
        return HONE_OK;
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL;
    form_key key;
    for (size_t i = 0; good && i < hone_internal_config_count(list) && next_key(&rest, &key); i++)
        if (hone_internal_config_as_number(hone_internal_config_at(list, i)) != key.standard)
            put(&good, map, key.name, hone_internal_config_copy(hone_internal_config_at(list, i)));
    return hone_internal_config_set(config, place, finish(good, map));
}

static hone_status list_to_item(hone_config *config, const hone_field *field)
{
    const char *place = hone_internal_field_key(field);
    const hone_config *list = hone_internal_config_get(config, place);
    if (!hone_internal_config_is(list, HONE_CONFIG_LIST) || hone_internal_config_count(list) != 1)
        return HONE_OK;
    return hone_internal_config_set(config, place,
                                    hone_internal_config_copy(hone_internal_config_at(list, 0)));
}

/* The value under a field's key, if it is there, as `convert` makes it. */
static hone_status convert(hone_config *config, const hone_field *field,
                           hone_config *(*convert_value)(const hone_config *))
{
    const char *place = hone_internal_field_key(field);
    const hone_config *value = hone_internal_config_get(config, place);
    return hone_internal_config_present(value) ? hone_internal_config_set(config, place, convert_value(value))
                                               : HONE_OK;
}

/* Null, or a list of nothing. */
static bool is_none(const hone_config *value)
{
    return !hone_internal_config_present(value) ||
           (hone_internal_config_is(value, HONE_CONFIG_LIST) && hone_internal_config_count(value) == 0);
}

/* Python's 0, 1 and None where a truth value is meant. */
static hone_status number_to_truth(hone_config *config, const hone_field *field)
{
    const char *place = hone_internal_field_key(field);
    const hone_config *value = hone_internal_config_get(config, place);
    if (value != NULL && !hone_internal_config_present(value))
        return hone_internal_config_set(config, place, hone_internal_config_boolean(false));
    const int64_t number =
        hone_internal_config_is(value, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(value) : -1;
    return number != 0 && number != 1
               ? HONE_OK
               : hone_internal_config_set(config, place, hone_internal_config_boolean(number == 1));
}

/* A path where a list stands (never_a_path). */
static hone_status refuse_path(const hone_config *config, const hone_field *field)
{
    const hone_config *value = hone_internal_config_get(config, hone_internal_field_key(field));
    if (!hone_internal_config_is(value, HONE_CONFIG_TEXT))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "%s: a file that a model names is not opened; expected a list of terms, received \"%.80s\"",
        field->name, hone_internal_config_as_text(value));
}

/* Whole numbers under names that are no fields as the text "a=1, b=2" under the field's key. */
static hone_status others_to_text(const hone_type *type, hone_config *config, const hone_field *field)
{
    hone_text text = {0};
    for (size_t i = 0; i < hone_internal_config_count(config);) {
        const hone_config *value = hone_internal_config_at(config, i);
        const char *key = hone_internal_config_key(config, i);
        if (!hone_internal_config_is(value, HONE_CONFIG_INTEGER) ||
            hone_internal_fields_find(type, key) != NULL) {
            i++;
            continue;
        }
        hone_internal_text_format(&text, "%s%s=%lld", text.length > 0 ? ", " : "", key,
                                  (long long)hone_internal_config_as_integer(value));
        hone_internal_config_remove(config, key);
    }
    hone_status status = text.failed ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && text.length > 0)
        status = hone_internal_config_set(config, hone_internal_field_key(field),
                                          hone_internal_config_text(text.data));
    hone_internal_text_free(&text);
    return status;
}

hone_status hone_internal_keras_others_write(hone_config *config, const char *text)
{
    bool good = true;
    hone_literal_pair pair;
    while (good && hone_internal_literal_next_pair(&text, &pair)) {
        char name[256] = "";
        memcpy(name, pair.name, pair.name_length < sizeof name ? pair.name_length : 0);
        put(&good, config, name, hone_internal_config_integer(strtoll(pair.value, NULL, 10)));
    }
    return good ? HONE_OK : hone_error_status();
}

/* An empty list of axes means none to Keras's operations, where a field without any means all. */
static hone_status refuse_no_axes(const hone_type *type, const hone_config *config, const hone_field *field)
{
    const hone_config *value = hone_internal_config_get(config, "axis");
    if (strcmp(field->name, "axis") != 0 || !hone_internal_config_is(value, HONE_CONFIG_LIST) ||
        hone_internal_config_count(value) > 0 || type->module == NULL ||
        strncmp(type->module, "keras.src.ops", 13) != 0)
        return HONE_OK;
    return hone_internal_config_fail(value, "an operation over no axes, axis=(), is not supported");
}

hone_status hone_internal_keras_forms_read(const hone_type *type, hone_config *config)
{
    for (size_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].kind == HONE_FIELD_INTEGERS)
            HONE_TRY(refuse_no_axes(type, config, &type->fields[i]));
        if (type->fields[i].others_here)
            HONE_TRY(others_to_text(type, config, &type->fields[i]));
        if (type->fields[i].kind == HONE_FIELD_BOOLEAN)
            HONE_TRY(number_to_truth(config, &type->fields[i]));
        if (type->fields[i].never_a_path)
            HONE_TRY(refuse_path(config, &type->fields[i]));
        if (type->fields[i].keys != NULL)
            HONE_TRY(map_to_list(config, &type->fields[i]));
        if (type->fields[i].one_in_list)
            HONE_TRY(list_to_item(config, &type->fields[i]));
        if (hone_internal_keras_is_literal(&type->fields[i]))
            HONE_TRY(convert(config, &type->fields[i], hone_internal_keras_literal_read));
    }
    return HONE_OK;
}

hone_status hone_internal_keras_forms_write(const hone_type *type, hone_config *config)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (field->keys != NULL)
            HONE_TRY(list_to_map(config, field));
        if (hone_internal_keras_is_literal(field))
            HONE_TRY(convert(config, field, hone_internal_keras_literal_write));
        if (field->plain_without != NULL && is_none(hone_internal_config_get(config, field->plain_without)))
            HONE_TRY(list_to_item(config, field));
    }
    return HONE_OK;
}
