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

/* ---- Copies ---- */

/* A NULL object where "nothing" is not NULL, or where one is required, is an earlier failure. */
static hone_status refuse_earlier_failure(const hone_type *type, const hone_field *field, const void *value)
{
    if (!hone_field_is_object(field) || hone_field_object(value))
        return HONE_OK;
    if (!field->required && !hone_field_object(hone_field_value(field, type->defaults)))
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
        const void *from = hone_field_value(field, reaches(field, args) ? args : type->defaults);
        HONE_TRY(refuse_earlier_failure(type, field, from));
        HONE_TRY(hone_internal_field_row(field)->copy(field, from, hone_field_place(field, copy)));
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
        if (hone_internal_field_row(field)->copy(field, hone_field_value(field, type->defaults),
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
            ->release(&type->fields[i], hone_field_place(&type->fields[i], args));
    hone_internal_free(args);
}

void hone_internal_fields_give_back(const hone_type *type, const void *args)
{
    for (size_t i = 0; args && i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        void *object;
        if (!hone_field_is_object(field) || !reaches(field, args))
            continue;
        memcpy(&object, hone_field_value(field, args), sizeof object);
        hone_internal_field_row(field)->release(field, &object);
    }
}

bool hone_internal_field_equal(const hone_field *field, const void *a, const void *b)
{
    return hone_internal_field_row(field)->equal(field, hone_field_value(field, a),
                                                 hone_field_value(field, b));
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
    bool none_is_default =
        hone_internal_field_row(field)->none(field, hone_field_value(field, type->defaults));

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

hone_status hone_internal_field_check(const hone_type *type, const hone_field *field, const void *args)
{
    const hone_field_row *kind = hone_internal_field_row(field);

    HONE_TRY(refuse_earlier_failure(type, field, hone_field_value(field, args)));
    if (kind->none(field, hone_field_value(field, args)) && !hone_internal_field_in_place(type, field, args))
        HONE_TRY(check_none(type, field));
    else if (kind->none(field, hone_field_value(field, args)))
        return HONE_OK;
    else
        HONE_TRY(kind->check(field, hone_field_value(field, args)));
    if (field->unsupported && !hone_internal_field_equal(field, args, type->defaults))
        return refuse_unsupported(field, args);
    return HONE_OK;
}

/* *failed is the field of a failure. */
hone_status hone_internal_field_check_all(const hone_type *type, const void *args, const hone_field **failed)
{
    for (size_t i = 0; i < type->field_count; i++) {
        *failed = &type->fields[i];
        if (reaches(*failed, args))
            HONE_TRY(hone_internal_field_check(type, *failed, args));
    }
    return HONE_OK;
}

hone_status hone_internal_fields_check(const hone_type *type, const void *args)
{
    const hone_field *failed;
    hone_status status;

    hone_internal_error_push(((const hone_args *)args)->site, type->name);
    status = hone_internal_field_check_all(type, args, &failed);
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
            memcpy(hone_field_place(&type->fields[i], into),
                   hone_field_value(&type->fields[i], type->defaults),
                   hone_internal_field_row(&type->fields[i])->bytes);
    ((hone_args *)into)->size = type->args_size;
    return hone_internal_fields_check(type, into);
}

/* ---- To configs ---- */

hone_config *hone_internal_field_to_config(const hone_field *field, const void *args)
{
    return hone_internal_field_row(field)->write(field, hone_field_value(field, args));
}

static hone_status write_map(const hone_type *type, const void *args, hone_config *map)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        const hone_field *other = hone_internal_field_in_place(type, field, args);
        if (field->unsaved || hone_internal_field_beside_number(type, field))
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
    bool own = !module || strncmp(module, "keras", 5) != 0; /* Keras finds it among its custom objects */
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
        status = hone_internal_config_set(envelope, "registered_name",
                                          own ? hone_internal_config_text(class_name)
                                              : hone_internal_config_null());
    if (status == HONE_OK)
        return envelope;
    hone_internal_config_free(envelope);
    return NULL;
}

/* ---- Help ---- */

char *hone_internal_field_default(const hone_type *type, const hone_field *field)
{
    const hone_field_row *row = hone_internal_field_row(field);
    const void *value = hone_field_value(field, type->defaults);

    if (row->none(field, value))
        return NULL;
    if ((row->family && !row->is_object) || field->kind == HONE_FIELD_TEXT)
        return hone_internal_copy_text((const char *)hone_field_object(value));
    hone_config *config = hone_internal_field_to_config(field, type->defaults);
    char *shown = config ? hone_internal_config_to_json(config, false) : NULL;
    hone_internal_config_free(config);
    return shown;
}

static hone_status describe_default(const hone_type *type, const hone_field *field, hone_text *text)
{
    bool none = hone_internal_field_row(field)->none(field, hone_field_value(field, type->defaults));
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
