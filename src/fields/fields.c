/* Field tables at work: copies, checks, configs, text and help of argument structs. */
#include "fields/fields.h"

#include "base/error.h"
#include "base/memory.h"
#include "fields/field_kinds.h"
#include "fields/spec.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const void *value_in(const hone_field *field, const void *args)
{
    return (const char *)args + field->offset;
}

static void *place_in(const hone_field *field, void *args)
{
    return (char *)args + field->offset;
}

static const void *object_at(const void *value)
{
    const void *object;

    memcpy(&object, value, sizeof object);
    return object;
}

static bool is_object(const hone_field *field)
{
    return hone_internal_field_row(field)->is_object;
}

/* ---- Copies ---- */

/* A NULL object where "nothing" is not NULL, or where one is required, is an earlier failure. */
static hone_status refuse_earlier_failure(const hone_type *type, const hone_field *field, const void *value)
{
    if (!is_object(field) || object_at(value))
        return HONE_OK;
    if (!field->required && !object_at(value_in(field, type->defaults)))
        return HONE_OK;
    if (hone_error_status() < 0)
        return hone_error_status();
    return hone_fail(HONE_ERROR_ARGUMENT, "%s must be given", field->name);
}

/* The caller's struct has this member. */
static bool reaches(const hone_field *field, const void *args)
{
    return field->offset + hone_internal_field_row(field)->bytes <= ((const hone_args *)args)->size;
}

static hone_status check_size(const hone_type *type, const void *args)
{
    size_t size = args ? ((const hone_args *)args)->size : 0;

    if (size < sizeof(hone_args))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: the size of the arguments is not set: call hone_args_default first",
                         type->name);
    if (size > type->args_size)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: the argument struct has %zu bytes, but this library's "
                         "has %zu: the program was compiled for a newer Hone",
                         type->name, size, type->args_size);
    return HONE_OK;
}

static hone_status copy_fields(const hone_type *type, const void *args, void *copy)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        const void *from = value_in(field, reaches(field, args) ? args : type->defaults);
        HONE_TRY(refuse_earlier_failure(type, field, from));
        HONE_TRY(hone_internal_field_row(field)->copy(field, from, place_in(field, copy)));
    }
    return HONE_OK;
}

void *hone_internal_fields_copy(const hone_type *type, const void *args)
{
    char *copy;

    if (check_size(type, args) < 0)
        return NULL;
    copy = hone_internal_allocate(type->args_size);
    if (!copy)
        return NULL;
    memcpy(copy, type->defaults, type->args_size);
    memcpy(copy, args, ((const hone_args *)args)->size);
    ((hone_args *)(void *)copy)->size = type->args_size;
    for (size_t i = 0; i < type->field_count; i++)
        memset(copy + type->fields[i].offset, 0, hone_internal_field_row(&type->fields[i])->bytes);
    if (copy_fields(type, args, copy) == HONE_OK)
        return copy;
    hone_internal_fields_free(type, copy);
    return NULL;
}

void *hone_internal_fields_defaults(const hone_type *type)
{
    char *copy = hone_internal_allocate(type->args_size);

    if (!copy)
        return NULL;
    memcpy(copy, type->defaults, type->args_size);
    for (size_t i = 0; i < type->field_count; i++)
        if (hone_internal_field_row(&type->fields[i])->owns)
            memset(copy + type->fields[i].offset, 0, hone_internal_field_row(&type->fields[i])->bytes);
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (hone_internal_field_row(field)->copy(field, value_in(field, type->defaults),
                                                 copy + field->offset) == HONE_OK)
            continue;
        hone_internal_fields_free(type, copy);
        return NULL;
    }
    return copy;
}

void hone_internal_fields_free(const hone_type *type, void *args)
{
    if (!args)
        return;
    for (size_t i = 0; i < type->field_count; i++)
        hone_internal_field_row(&type->fields[i])
            ->release(&type->fields[i], place_in(&type->fields[i], args));
    hone_internal_free(args);
}

void hone_internal_fields_give_back(const hone_type *type, const void *args)
{
    for (size_t i = 0; args && i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        void *object;
        if (!is_object(field) || !reaches(field, args))
            continue;
        memcpy(&object, value_in(field, args), sizeof object);
        hone_internal_field_row(field)->release(field, &object);
    }
}

bool hone_internal_field_equal(const hone_field *field, const void *a, const void *b)
{
    return hone_internal_field_row(field)->equal(field, value_in(field, a), value_in(field, b));
}

bool hone_internal_fields_equal(const hone_type *type, const void *a, const void *b)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (!hone_internal_field_equal(&type->fields[i], a, b))
            return false;
    return true;
}

/* ---- Checks ---- */

static hone_status check_none(const hone_type *type, const hone_field *field)
{
    bool none_is_default = hone_internal_field_row(field)->none(field, value_in(field, type->defaults));

    if (field->required)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be given", field->name);
    if (none_is_default || field->none_too)
        return HONE_OK;
    if (field->kind == HONE_FIELD_NUMBER)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s is not a number", field->name);
    if (field->kind == HONE_FIELD_INTEGER)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be an integer, not none", field->name);
    if (field->kind == HONE_FIELD_TEXT && field->choices)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s must be given and cannot be none", field->name);
    return HONE_OK;
}

static hone_status refuse_unsupported(const hone_field *field, const void *args)
{
    hone_config *value = hone_internal_field_to_config(field, args);
    char *shown = value ? hone_internal_config_to_json(value, false) : NULL;
    hone_status status = hone_error_status();

    if (shown)
        status = hone_fail(HONE_ERROR_UNSUPPORTED, "%s %.100s is not supported: %s", field->name, shown,
                           field->unsupported);
    hone_internal_free(shown);
    hone_internal_config_free(value);
    return status;
}

static hone_status check_field(const hone_type *type, const hone_field *field, const void *args)
{
    const hone_field_row *kind = hone_internal_field_row(field);

    HONE_TRY(refuse_earlier_failure(type, field, value_in(field, args)));
    if (kind->none(field, value_in(field, args)) && !hone_internal_field_in_place(type, field, args))
        HONE_TRY(check_none(type, field));
    else if (kind->none(field, value_in(field, args)))
        return HONE_OK;
    else
        HONE_TRY(kind->check(field, value_in(field, args)));
    if (field->unsupported && !hone_internal_field_equal(field, args, type->defaults))
        return refuse_unsupported(field, args);
    return HONE_OK;
}

/* *failed is the field of a failure. */
static hone_status check_fields(const hone_type *type, const void *args, const hone_field **failed)
{
    for (size_t i = 0; i < type->field_count; i++) {
        *failed = &type->fields[i];
        if (reaches(*failed, args))
            HONE_TRY(check_field(type, *failed, args));
    }
    return HONE_OK;
}

hone_status hone_internal_fields_check(const hone_type *type, const void *args)
{
    const hone_field *failed;
    hone_status status;

    hone_internal_error_push(((const hone_args *)args)->site, type->name);
    status = check_fields(type, args, &failed);
    hone_internal_error_pop();
    return status;
}

hone_status hone_internal_args_read(const hone_type *type, const void *args, void *into)
{
    hone_status status = args ? check_size(type, args) : HONE_OK;

    memcpy(into, type->defaults, type->args_size);
    if (!args || status < 0)
        return status;
    memcpy(into, args, ((const hone_args *)args)->size);
    for (size_t i = 0; i < type->field_count; i++)
        if (!reaches(&type->fields[i], args))
            memcpy(place_in(&type->fields[i], into), value_in(&type->fields[i], type->defaults),
                   hone_internal_field_row(&type->fields[i])->bytes);
    ((hone_args *)into)->size = type->args_size;
    return hone_internal_fields_check(type, into);
}

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

static bool is_beside_number(const hone_type *type, const hone_field *field)
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

    return other && !hone_internal_field_row(other)->none(other, value_in(other, args)) ? other : NULL;
}

/* The field of the argument at `position`, from 0; *count is how many there are. */
static const hone_field *at_position(const hone_type *type, int64_t position, int *count)
{
    const hone_field *found = NULL;

    *count = 0;
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (field->unsaved || field->by_name || is_beside_number(type, field))
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

/* The field of a key of a map; NULL, with the error set, when there is none. */
static const hone_field *field_of_key(const hone_type *type, const hone_config *map, const char *key)
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
                  count == 1 ? "" : "s", position + 1);
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
    hone_internal_field_row(field)->release(field, place_in(field, args));
    if (!is_object(field))
        return hone_internal_field_row(field)->copy(field, value_in(field, type->defaults),
                                                    place_in(field, args));
    memcpy(place_in(field, args), value_in(field, type->defaults), sizeof(void *));
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
    if (!hone_internal_config_present(value) && is_object(field))
        return set_default(type, args, field);
    if (target != field && target->kind == HONE_FIELD_NUMBERS)
        value = hone_internal_field_unwrap(value);
    return read_value(target, value, loading, place_in(target, args));
}

/* The line and column of a recipe's node, in front of the sentence. */
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
    field = field_of_key(type, map, hone_internal_config_key(map, i));
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

/* Here a missing object is no earlier failure. */
static hone_status require_objects(const hone_type *type, const void *args)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (is_object(field) && field->required && !object_at(value_in(field, args)))
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
        status = check_fields(type, args, &failed);
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

/* ---- To configs ---- */

hone_config *hone_internal_field_to_config(const hone_field *field, const void *args)
{
    return hone_internal_field_row(field)->write(field, value_in(field, args));
}

static hone_status write_map(const hone_type *type, const void *args, hone_config *map)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        const hone_field *other = hone_internal_field_in_place(type, field, args);
        if (field->unsaved || is_beside_number(type, field))
            continue;
        if (field->newer && !other && hone_internal_field_equal(field, args, type->defaults))
            continue;
        HONE_TRY(hone_internal_config_set(map, hone_internal_field_key(field),
                                          hone_internal_field_to_config(other ? other : field, args)));
    }
    return HONE_OK;
}

hone_config *hone_internal_fields_to_config(const hone_type *type, const void *args)
{
    hone_config *map = hone_internal_config_map();

    if (map && write_map(type, args, map) == HONE_OK)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

hone_config *hone_internal_envelope(const char *module, const char *class_name, hone_config *config)
{
    hone_config *envelope = config ? hone_internal_config_map() : NULL;
    hone_status status = HONE_OK;

    if (!envelope) {
        hone_internal_config_free(config);
        return NULL;
    }
    status = hone_internal_config_set(envelope, "module", hone_internal_config_text(module));
    if (status == HONE_OK)
        status = hone_internal_config_set(envelope, "class_name", hone_internal_config_text(class_name));
    if (status < 0)
        hone_internal_config_free(config);
    else
        status = hone_internal_config_set(envelope, "config", config);
    if (status == HONE_OK)
        status = hone_internal_config_set(envelope, "registered_name", hone_internal_config_null());
    if (status == HONE_OK)
        return envelope;
    hone_internal_config_free(envelope);
    return NULL;
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
    return status < 0 ? status : check_field(type, field, args);
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

/* ---- Help ---- */

char *hone_internal_field_default(const hone_type *type, const hone_field *field)
{
    const hone_field_row *row = hone_internal_field_row(field);
    const void *value = value_in(field, type->defaults);

    if (row->none(field, value))
        return NULL;
    if ((row->family && !row->is_object) || field->kind == HONE_FIELD_TEXT)
        return hone_internal_copy_text((const char *)object_at(value));
    hone_config *config = hone_internal_field_to_config(field, type->defaults);
    char *shown = config ? hone_internal_config_to_json(config, false) : NULL;
    hone_internal_config_free(config);
    return shown;
}

static hone_status describe_default(const hone_type *type, const hone_field *field, hone_text *text)
{
    bool none = hone_internal_field_row(field)->none(field, value_in(field, type->defaults));
    if (none && field->help && strstr(field->help, "(default"))
        return HONE_OK; /* its help says what stands in */
    char *shown = none ? NULL : hone_internal_field_default(type, field);
    if (!none && !shown)
        return hone_error_status();
    hone_internal_text_format(text, ", default %s", none ? "none" : shown);
    hone_internal_free(shown);
    return HONE_OK;
}

static hone_status describe_field(const hone_type *type, const hone_field *field, hone_text *text)
{
    char range[512];

    hone_internal_text_format(text, "%s (%s", field->name, hone_internal_field_row(field)->label);
    if (field->required)
        hone_internal_text_append(text, ", required");
    else
        HONE_TRY(describe_default(type, field, text));
    if (field->bounded) {
        hone_internal_field_range(field, range, sizeof range);
        hone_internal_text_format(text, ", %s", range);
    }
    if (field->choices) {
        hone_internal_field_choices(field->choices, false, range, sizeof range);
        hone_internal_text_format(text, ", one of %s", range);
    }
    hone_internal_text_format(text, "): %s\n", field->help ? field->help : "");
    return text->failed ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_fields_describe(const hone_type *type, hone_text *text)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (!type->fields[i].unsupported && !type->fields[i].program_only)
            HONE_TRY(describe_field(type, &type->fields[i], text));
    return HONE_OK;
}
