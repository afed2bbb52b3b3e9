/* Field tables: argument structs out of config trees and of text. */
#include "base/plural.h"
#include "fields/fields.h"

#include "base/error.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include "fields/spec.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- From configs ---- */

const char *hone_internal_field_key(const hone_field *field)
{
    return field->key ? field->key : field->name;
}

const hone_field *hone_internal_fields_find(const hone_type *type, const char *name)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (!type->fields[i].program_only && strcmp(name, hone_internal_field_key(&type->fields[i])) == 0)
            return &type->fields[i];
    for (size_t i = 0; i < type->field_count; i++)
        if (!type->fields[i].program_only && strcmp(name, type->fields[i].name) == 0)
            return &type->fields[i];
    for (size_t i = 0; i < type->field_count; i++)
        if (hone_internal_field_among(type->fields[i].was, name))
            return &type->fields[i];
    return NULL;
}

/* What may stand under the key of a number "x" in its place: a schedule "x_schedule", numbers "x_values". */
static const hone_field *beside(const hone_type *type, const hone_field *field)
{
    size_t length = strlen(field->name);

    if (field->kind != HONE_FIELD_NUMBER)
        return NULL;
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *other = &type->fields[i];
        const char *end = other->kind == HONE_FIELD_SCHEDULE  ? "_schedule"
                          : other->kind == HONE_FIELD_NUMBERS ? "_values"
                                                              : NULL;
        if (end && strncmp(other->name, field->name, length) == 0 && strcmp(other->name + length, end) == 0)
            return other;
    }
    return NULL;
}

const hone_field *hone_internal_field_schedule_beside(const hone_type *type, const hone_field *field)
{
    const hone_field *other = beside(type, field);

    return other && other->kind == HONE_FIELD_SCHEDULE ? other : NULL;
}

bool hone_internal_field_beside_number(const hone_type *type, const hone_field *field)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (beside(type, &type->fields[i]) == field)
            return true;
    return false;
}

const hone_field *hone_internal_field_in_place(const hone_type *type, const hone_field *field,
                                               const void *args)
{
    const hone_field *other = beside(type, field);

    return other && !hone_internal_field_row(other)->none(other, hone_field_value(other, args)) ? other
                                                                                                : NULL;
}

/* The field of the argument at `position`, from 0; *count is how many there are. */
static const hone_field *at_position(const hone_type *type, int64_t position, int *count)
{
    const hone_field *found = NULL;

    *count = 0;
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (field->unsaved || field->by_name || hone_internal_field_beside_number(type, field))
            continue;
        if ((*count)++ == position)
            found = field;
    }
    return found;
}

enum { LISTED_FIELDS = 64 };

/* `unknown argument "unit"; did you mean "units"?` */
static hone_status refuse_key(const hone_type *type, const char *key)
{
    const char *names[LISTED_FIELDS] = {NULL}, *nearest;
    hone_text known = {.data = NULL};
    size_t count = 0;
    hone_status status;

    for (size_t i = 0; i < type->field_count && count < LISTED_FIELDS; i++)
        if (!type->fields[i].unsupported && !type->fields[i].program_only)
            names[count++] = hone_internal_field_key(&type->fields[i]);
    nearest = hone_nearest_name(key, names, count);
    if (nearest)
        return hone_fail(HONE_ERROR_NAME, "unknown argument \"%.100s\"; did you mean \"%s\"?", key, nearest);
    if (count == 0)
        return hone_fail(HONE_ERROR_NAME, "unknown argument \"%.100s\"; it takes no arguments", key);
    for (size_t i = 0; i < count; i++)
        hone_internal_text_format(&known, "%s%s", i > 0 ? ", " : "", names[i]);
    status = known.failed ? hone_error_status()
                          : hone_fail(HONE_ERROR_NAME, "unknown argument \"%.100s\"; expected one of %s", key,
                                      known.data);
    hone_internal_text_free(&known);
    return status;
}

const hone_field *hone_internal_fields_of_key(const hone_type *type, const hone_config *map, const char *key)
{
    const hone_field *field;
    int64_t position;
    int count;

    if (key[0] != '#' || !hone_internal_text_to_integer(key + 1, &position)) {
        field = hone_internal_fields_find(type, key);
        if (!field)
            refuse_key(type, key);
        return field;
    }
    field = at_position(type, position, &count);
    if (!field)
        hone_fail(HONE_ERROR_ARGUMENT, "at most %d argument%s without a name, not %" PRId64, count,
                  hone_internal_plural((long long)count), position + 1);
    if (field && (hone_internal_config_get(map, field->name) ||
                  hone_internal_config_get(map, hone_internal_field_key(field)))) {
        hone_fail(HONE_ERROR_ARGUMENT, "%s is given twice", field->name);
        field = NULL;
    }
    return field;
}

/* A text or an envelope where a number may be a schedule: the number itself keeps its default. */
static bool goes_to_schedule(const hone_config *value)
{
    double number;

    return (hone_internal_config_is(value, HONE_CONFIG_TEXT) &&
            !hone_internal_field_number(value, &number)) ||
           (hone_internal_config_is(value, HONE_CONFIG_MAP) && hone_internal_field_unwrap(value) == value);
}

static bool goes_beside(const hone_field *other, const hone_config *value)
{
    return other->kind == HONE_FIELD_SCHEDULE
               ? goes_to_schedule(value)
               : hone_internal_config_is(hone_internal_field_unwrap(value), HONE_CONFIG_LIST);
}

static hone_status set_default(const hone_type *type, void *args, const hone_field *field)
{
    hone_internal_field_row(field)->release(field, hone_field_place(field, args));
    if (!hone_field_is_object(field))
        return hone_internal_field_row(field)->copy(field, hone_field_value(field, type->defaults),
                                                    hone_field_place(field, args));
    memcpy(hone_field_place(field, args), hone_field_value(field, type->defaults), sizeof(void *));
    return HONE_OK;
}

static hone_status read_value(const hone_field *field, const hone_config *value, const hone_loading *loading,
                              void *place)
{
    const hone_field_row *row = hone_internal_field_row(field);

    row->release(field, place);
    return row->read_object ? row->read_object(field, value, loading, place) : row->read(field, value, place);
}

static hone_status set_field(const hone_type *type, void *args, const hone_field *field,
                             const hone_config *value, const hone_loading *loading)
{
    const hone_field *other = beside(type, field);
    const hone_field *target = other && goes_beside(other, value) ? other : field;

    if (!hone_internal_config_present(value) && field->kind == HONE_FIELD_INITIALIZER)
        return HONE_OK;
    if (other)
        HONE_TRY(set_default(type, args, other));
    if (!hone_internal_config_present(value) && hone_field_is_object(field))
        return set_default(type, args, field);
    return read_value(target, value, loading, hone_field_place(target, args));
}

/* The line and column of a recipe's node, in front of the message. */
static hone_status placed(hone_status status, const hone_config *config)
{
    hone_config_place place = hone_internal_config_place(config);

    return hone_internal_error_at(status, place.line, place.column);
}

/* The same, of the node's key. */
static hone_status placed_at_key(hone_status status, const hone_config *config)
{
    hone_config_place place = hone_internal_config_place(config);

    if (place.key_line <= 0)
        return placed(status, config);
    return hone_internal_error_at(status, place.key_line, place.key_column);
}

static bool is_ignored(const char *key, const char *const *ignored)
{
    for (; ignored && *ignored; ignored++)
        if (strcmp(key, *ignored) == 0)
            return true;
    return false;
}

/* The key at i is an old one, beside the present one, which then counts. */
static bool is_replaced(const hone_field *field, const hone_config *map, size_t i)
{
    return hone_internal_field_among(field->was, hone_internal_config_key(map, i)) &&
           hone_internal_config_get(map, hone_internal_field_key(field));
}

static hone_status set_key(const hone_type *type, void *args, const hone_config *map, size_t i,
                           const hone_loading *loading)
{
    const hone_field *field;

    if (!hone_internal_config_present(hone_internal_config_at(map, i)) &&
        hone_internal_config_key(map, i)[0] != '#' &&
        !hone_internal_fields_find(type, hone_internal_config_key(map, i)))
        return HONE_OK;
    field = hone_internal_fields_of_key(type, map, hone_internal_config_key(map, i));
    if (!field)
        return placed_at_key(hone_error_status(), hone_internal_config_at(map, i));
    if (is_replaced(field, map, i))
        return HONE_OK;
    return placed(set_field(type, args, field, hone_internal_config_at(map, i), loading),
                  hone_internal_config_at(map, i));
}

/* The node that gave a field its value, else the map. */
static const hone_config *source_of(const hone_type *type, const hone_config *map, const hone_field *field)
{
    char position[24];
    int count;

    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        snprintf(position, sizeof position, "#%zu", i);
        if (strcmp(hone_internal_config_key(map, i), hone_internal_field_key(field)) == 0 ||
            strcmp(hone_internal_config_key(map, i), field->name) == 0 ||
            hone_internal_field_among(field->was, hone_internal_config_key(map, i)) ||
            (strcmp(hone_internal_config_key(map, i), position) == 0 &&
             at_position(type, (int64_t)i, &count) == field))
            return hone_internal_config_at(map, i);
    }
    return map;
}

bool hone_internal_fields_given(const hone_type *type, const hone_config *map, const hone_field *field)
{
    return source_of(type, map, field) != map;
}

/* Here a missing object is not an earlier failure. */
static hone_status require_objects(const hone_type *type, const void *args)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (hone_field_is_object(field) && field->required &&
            !hone_field_object(hone_field_value(field, args)))
            return hone_fail(HONE_ERROR_ARGUMENT, "%s must be given", field->name);
    }
    return HONE_OK;
}

static hone_status read_map(const hone_type *type, void *args, const hone_config *map,
                            const char *const *ignored, const hone_loading *loading)
{
    const hone_field *failed = NULL;
    char received[64];
    hone_status status;

    if (hone_internal_config_present(map)) {
        if (!hone_internal_config_is(map, HONE_CONFIG_MAP)) {
            hone_internal_config_describe(map, received, sizeof received);
            return placed(hone_fail(HONE_ERROR_ARGUMENT, "the arguments must be a map, not %s", received),
                          map);
        }
        for (size_t i = 0; i < hone_internal_config_count(map); i++)
            if (!is_ignored(hone_internal_config_key(map, i), ignored))
                HONE_TRY(set_key(type, args, map, i, loading));
    }
    status = require_objects(type, args);
    if (status == HONE_OK)
        status = hone_internal_field_check_all(type, args, &failed);
    if (status < 0 && failed && hone_internal_config_present(map))
        return placed(status, source_of(type, map, failed));
    return status;
}

static void *from_config(const hone_type *type, const hone_config *map, const char *const *ignored,
                         const hone_loading *loading)
{
    void *args = hone_internal_fields_defaults(type);
    hone_status status;

    if (!args)
        return NULL;
    hone_internal_error_push(NULL, type->name);
    status = read_map(type, args, map, ignored, loading);
    hone_internal_error_pop();
    if (status == HONE_OK)
        return args;
    hone_internal_fields_free(type, args);
    return NULL;
}

void *hone_internal_fields_from_config(const hone_type *type, const hone_config *map,
                                       const char *const *ignored)
{
    return from_config(type, map, ignored, NULL);
}

void *hone_internal_fields_from_file(const hone_type *type, const hone_config *map,
                                     const hone_loading *loading)
{
    return from_config(type, map, NULL, loading);
}

/* ---- From text ---- */

/* "0:1.0,1:2.0" as a map. */
static hone_status add_pair(hone_config *map, const char *pair, size_t length)
{
    const char *colon = memchr(pair, ':', length);
    char *key = colon ? hone_internal_copy_text_n(pair, (size_t)(colon - pair)) : NULL;
    char *value = colon ? hone_internal_copy_text_n(colon + 1, length - (size_t)(colon + 1 - pair)) : NULL;
    double number;
    hone_status status;

    if (!colon || (value && !hone_internal_text_to_number(value, true, &number)))
        status = hone_fail(HONE_ERROR_ARGUMENT,
                           "expected CLASS:WEIGHT pairs such as 0:1.0,1:2.0, received \"%.*s\"",
                           (int)(length < 100 ? length : 100), pair);
    else if (!key || !value)
        status = HONE_ERROR_MEMORY;
    else if (hone_internal_config_get(map, key))
        status = hone_fail(HONE_ERROR_ARGUMENT, "the class %.40s is given twice", key);
    else
        status = hone_internal_config_set(map, key, hone_internal_config_number(number));
    hone_internal_free(key);
    hone_internal_free(value);
    return status;
}

static hone_config *pairs_of_text(const char *text)
{
    hone_config *map = hone_internal_config_map();

    while (map && *text) {
        size_t length = strcspn(text, ",");
        if (add_pair(map, text, length) < 0) {
            hone_internal_config_free(map);
            return NULL;
        }
        text += length + (text[length] == ',');
        text += strspn(text, " ");
    }
    return map;
}

/* "3, 3" as "[3, 3]" for lists; what is text or a spec, as it stands. */
static hone_config *node_of_text(const hone_type *type, const hone_field *field, const char *text)
{
    bool list = field->kind == HONE_FIELD_INTEGERS || field->kind == HONE_FIELD_NUMBERS ||
                field->kind == HONE_FIELD_IDS || field->kind == HONE_FIELD_TEXTS ||
                field->kind == HONE_FIELD_TEXT_LIST;
    bool plain = hone_internal_field_family(field) || field->kind == HONE_FIELD_TEXT;
    char *brackets;
    hone_config *node;
    double number;

    if (field->kind == HONE_FIELD_CLASS_WEIGHTS && text[0] != '[' && text[0] != '(')
        return pairs_of_text(text);
    if (hone_internal_field_schedule_beside(type, field) &&
        !hone_internal_text_to_number(text, true, &number))
        plain = true;
    if (plain && hone_internal_text_equal_nocase(text, "none"))
        return hone_internal_config_null();
    if (plain)
        return hone_internal_config_text(text);
    if (!list || text[0] == '[' || text[0] == '(' || hone_internal_text_equal_nocase(text, "none"))
        return hone_internal_spec_parse_value(text);
    brackets = hone_internal_format("[%s]", text);
    node = brackets ? hone_internal_spec_parse_value(brackets) : NULL;
    hone_internal_free(brackets);
    return node;
}

static hone_status set_text(const hone_type *type, void *args, const char *name, const char *text)
{
    const hone_field *field = hone_internal_fields_find(type, name);
    hone_config *node;
    hone_status status;

    if (!field)
        return refuse_key(type, name);
    node = node_of_text(type, field, text);
    if (!node)
        return hone_error_status();
    status = set_field(type, args, field, node, NULL);
    hone_internal_config_free(node);
    return status < 0 ? status : hone_internal_field_check(type, field, args);
}

hone_status hone_internal_fields_set_text(const hone_type *type, void *args, const char *name,
                                          const char *text)
{
    hone_status status;

    hone_internal_error_push(((const hone_args *)args)->site, type->name);
    status = set_text(type, args, name, text);
    hone_internal_error_pop();
    return status;
}
