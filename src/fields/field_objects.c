/* Fields that hold an object from above by a pointer: a layer, an optimizer. What there is to do with objects
 * of a family comes from the registry (hone_internal_object_family). */
#include "base/error.h"
#include "fields/field_kinds.h"
#include <string.h>

bool hone_internal_object_given(const void *object)
{
    return object && object != hone_nothing;
}

static void *object_at(const void *value)
{
    void *object;

    memcpy(&object, value, sizeof object);
    return object;
}

static const hone_object_family *family_of(const hone_field *field)
{
    return hone_internal_object_family(hone_internal_field_family(field));
}

static bool object_none(const hone_field *field, const void *value)
{
    (void)field;
    return !hone_internal_object_given(object_at(value));
}

static bool configs_agree(hone_config *a, hone_config *b)
{
    bool agree = a && b && hone_internal_config_equal(a, b);

    hone_internal_config_free(a);
    hone_internal_config_free(b);
    return agree;
}

static bool object_equal(const hone_field *field, const void *a, const void *b)
{
    const hone_object_family *family = family_of(field);

    if (object_none(field, a) || object_none(field, b))
        return object_none(field, a) && object_none(field, b);
    if (object_at(a) == object_at(b))
        return true;
    return family->write && configs_agree(family->write(object_at(a)), family->write(object_at(b)));
}

static hone_status object_copy(const hone_field *field, const void *from, void *to)
{
    void *object = object_at(from);

    if (hone_internal_object_given(object))
        family_of(field)->retain(object);
    memcpy(to, &object, sizeof object);
    return HONE_OK;
}

static void object_release(const hone_field *field, void *value)
{
    void *object = object_at(value);

    if (hone_internal_object_given(object))
        family_of(field)->release(object);
    memset(value, 0, sizeof object);
}

static hone_status refuse_files(const hone_field *field)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: a %s can be given only in C", field->name,
                     hone_internal_field_family(field));
}

static hone_status object_read(const hone_field *field, const hone_config *config,
                               const hone_loading *loading, void *value)
{
    const hone_object_family *family = family_of(field);
    void *object;

    if (!family->read)
        return refuse_files(field);
    object = family->read(config, loading);
    memcpy(value, &object, sizeof object);
    return object ? HONE_OK : hone_error_status();
}

static hone_config *object_write(const hone_field *field, const void *value)
{
    const hone_object_family *family = family_of(field);

    if (object_none(field, value))
        return hone_internal_config_null();
    if (family->write)
        return family->write(object_at(value));
    refuse_files(field);
    return NULL;
}

#define OBJECT(family_) \
    const hone_field_row hone_internal_##family_##_field = { \
        .label = #family_, \
        .family = #family_, \
        .bytes = sizeof(void *), \
        .owns = true, \
        .is_object = true, \
        .none = object_none, \
        .equal = object_equal, \
        .copy = object_copy, \
        .release = object_release, \
        .read_object = object_read, \
        .write = object_write, \
        .check = hone_internal_field_no_check, \
    }
OBJECT(layer);
OBJECT(layers);
OBJECT(schedule);
OBJECT(optimizer);
OBJECT(callbacks);

/* ---- what is borrowed, and given by programs alone ---- */

static bool borrowed_equal(const hone_field *field, const void *a, const void *b)
{
    (void)field;
    return object_at(a) == object_at(b);
}

static hone_status borrowed_copy(const hone_field *field, const void *from, void *to)
{
    (void)field;
    memcpy(to, from, sizeof(void *));
    return HONE_OK;
}

static hone_status borrowed_read(const hone_field *field, const hone_config *config, void *value)
{
    (void)config;
    (void)value;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: a %s can be given only in C", field->name,
                     hone_internal_field_row(field)->label);
}

static hone_config *borrowed_write(const hone_field *field, const void *value)
{
    (void)field;
    (void)value;
    return hone_internal_config_null();
}

#define BORROWED(kind, label_, is_object_) \
    const hone_field_row hone_internal_##kind##_field = { \
        .label = label_, \
        .bytes = sizeof(void *), \
        .is_object = is_object_, \
        .none = object_none, \
        .equal = borrowed_equal, \
        .copy = borrowed_copy, \
        .release = hone_internal_field_keep, \
        .read = borrowed_read, \
        .write = borrowed_write, \
        .check = hone_internal_field_no_check, \
    }
BORROWED(dataset, "data set", true);
BORROWED(model, "model", true);
BORROWED(history, "history", true);
BORROWED(sink, "function", false);
BORROWED(progress, "function", false);
BORROWED(pointer, "pointer", false);
