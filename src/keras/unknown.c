/* Settings in model files that Hone does not know: dropped, refused, or kept for the next file. */
#include "keras/unknown.h"
#include "base/error.h"
#include "base/text.h"
#include "fields/fields.h"

#include <string.h>

/* Keys of Keras that Hone has no setting for, with the value that they have unless somebody asks for another.
 */
typedef struct documented_default {
    const char *key;
    const char *value; /* a text, or "1" for a number */
} documented_default;

static const documented_default DEFAULTS[] = {
    {"data_format", "channels_last"}, {"jit_compile", "true"},      {"use_cudnn", "auto"},
    {"implementation", "2"},          {"flash_attention", "false"}, {"time_major", "false"},
    {"steps_per_execution", "1"},     {"auto_scale_loss", "true"},  {"loss_scale_factor", "1.0"},
};
/* What says nothing about a thing of any type, whatever it is; what says nothing about one type, the type
 * ignores. */
static const char MEANINGLESS[] =
    "jit_compile|is_legacy_optimizer|decay|dtype|fn|experimental_autocast|shared_object_id|implementation|use_cudnn";

static bool is_value(const hone_config *value, const char *text)
{
    double number;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT))
        return strcmp(hone_internal_config_as_text(value), text) == 0;
    if (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN))
        return strcmp(hone_internal_config_as_boolean(value) ? "true" : "false", text) == 0;
    bool numeric = hone_internal_config_is_numeric(value);
    return numeric && hone_internal_text_to_number(text, false, &number) &&
           hone_internal_config_as_number(value) == number;
}

static bool says_nothing(const hone_type *type, const char *key, const hone_config *value)
{
    if (!hone_internal_config_present(value) ||
        (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN) && !hone_internal_config_as_boolean(value)))
        return true;
    if (hone_internal_field_among(MEANINGLESS, key) || hone_internal_field_among(type->ignored, key))
        return true;
    for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++)
        if (strcmp(DEFAULTS[i].key, key) == 0 && is_value(value, DEFAULTS[i].value))
            return true;
    return false;
}

enum { MOST_LISTED = 64 };

static hone_status refuse(const hone_type *type, const char *label, const char *key)
{
    const char *names[MOST_LISTED];
    size_t count = 0;
    for (size_t i = 0; i < type->field_count && count < MOST_LISTED; i++)
        names[count++] = hone_internal_field_key(&type->fields[i]);
    const char *nearest = hone_nearest_name(key, names, count);
    return hone_fail(HONE_ERROR_NAME, "%s: unknown setting \"%.100s\" of %s%s%s%s", label, key,
                     type->class_name, nearest != NULL ? "; did you mean \"" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static hone_status keep(hone_config **kept, const char *key, hone_config *value)
{
    if (*kept == NULL && (*kept = hone_internal_config_map()) == NULL) {
        hone_internal_config_free(value);
        return HONE_ERROR_MEMORY;
    }
    return hone_internal_config_set(*kept, key, value);
}

/* What was taken from under a key, kept under the same one; nothing is kept of what was refused. */
static hone_status keep_inner(hone_config **kept, const char *key, hone_status status, hone_config *inner)
{
    if (status >= 0 && inner != NULL)
        return keep(kept, key, inner);
    hone_internal_config_free(inner);
    return status;
}

static hone_status take_key(const hone_loading *loading, const hone_type *type, const char *key,
                            const hone_config *value, const char *label, hone_config **kept)
{
    if (says_nothing(type, key, value))
        return HONE_OK;
    if (!loading->args->ignore_unknown)
        return refuse(type, label, key);
    hone_internal_loading_warn(loading, "%.200s: unknown setting \"%.100s\" of %.60s is ignored, and kept",
                               label, key, type->class_name);
    return keep(kept, key, hone_internal_config_copy(value));
}

/* The family of a field whose value may be an object with settings of its own; layers read theirs themselves.
 */
static const char *family_of(const hone_type *type, const hone_field *field)
{
    if (field->kind == HONE_FIELD_LAYER || field->kind == HONE_FIELD_LAYERS)
        return NULL;
    const hone_field *schedule = hone_internal_field_schedule_beside(type, field);
    return hone_internal_field_family(schedule != NULL ? schedule : field);
}

/* {class_name, config}: the settings within; what is not a known object is left to its reader. */
static hone_status take_object(const hone_loading *loading, const char *family, hone_config *object,
                               const char *label, hone_config **kept)
{
    const char *class_name = hone_internal_config_get_text(object, "class_name");
    hone_config *config = hone_internal_config_get_mutable(object, "config"), *inner = NULL;
    if (class_name == NULL || !hone_internal_config_is(config, HONE_CONFIG_MAP))
        return HONE_OK;
    const hone_type *type = hone_internal_type_find(family, class_name);
    if (type == NULL) {
        hone_error_clear();
        return HONE_OK;
    }
    hone_status status = hone_internal_unknown_take(loading, type, config, label, &inner);
    return keep_inner(kept, "config", status, inner);
}

static hone_status take_inner(const hone_loading *loading, const char *family, hone_config *value,
                              const char *key, const char *label, hone_config **kept)
{
    hone_config *inner = NULL;
    hone_status status = take_object(loading, family, value, label, &inner);
    return keep_inner(kept, key, status, inner);
}

/* Activations may be layers, whose common settings say nothing then. */
static bool is_common(const char *key)
{
    return strcmp(key, "name") == 0 || strcmp(key, "trainable") == 0 || strcmp(key, "dtype") == 0;
}

hone_status hone_internal_unknown_take(const hone_loading *loading, const hone_type *type,
                                       hone_config *config, const char *label, hone_config **kept)
{
    if (loading == NULL || loading->args == NULL || !hone_internal_config_is(config, HONE_CONFIG_MAP))
        return HONE_OK;
    for (size_t i = hone_internal_config_count(config); i-- > 0;) {
        const char *key = hone_internal_config_key(config, i);
        const hone_field *field = hone_internal_fields_find(type, key);
        const char *family = field == NULL ? NULL : family_of(type, field);
        if (family != NULL)
            HONE_TRY(
                take_inner(loading, family, hone_internal_config_at_mutable(config, i), key, label, kept));
        if (field != NULL || key[0] == '#' || is_common(key))
            continue;
        HONE_TRY(take_key(loading, type, key, hone_internal_config_at(config, i), label, kept));
        hone_internal_config_remove(config, key);
    }
    return HONE_OK;
}

static hone_status keep_item(hone_config **kept, const hone_config *settings, size_t index, hone_config *item)
{
    if (hone_internal_config_is(settings, HONE_CONFIG_MAP))
        return item == NULL ? HONE_OK : keep(kept, hone_internal_config_key(settings, index), item);
    if (*kept == NULL && (*kept = hone_internal_config_list()) == NULL) {
        hone_internal_config_free(item);
        return HONE_ERROR_MEMORY;
    }
    return hone_internal_config_append(*kept, item != NULL ? item : hone_internal_config_null());
}

hone_status hone_internal_unknown_take_settings(const hone_loading *loading, const char *family,
                                                hone_config *settings, const char *label, hone_config **kept)
{
    if (loading == NULL || loading->args == NULL || settings == NULL)
        return HONE_OK;
    if (hone_internal_config_get_text(settings, "class_name") != NULL)
        return take_object(loading, family, settings, label, kept);
    for (size_t i = 0; i < hone_internal_config_count(settings); i++) {
        hone_config *item = NULL;
        hone_status status = hone_internal_unknown_take_settings(
            loading, family, hone_internal_config_at_mutable(settings, i), label, &item);
        if (status < 0) {
            hone_internal_config_free(item);
            return status;
        }
        HONE_TRY(keep_item(kept, settings, i, item));
    }
    return HONE_OK;
}

hone_status hone_internal_unknown_give(hone_config *config, const hone_config *kept)
{
    if (kept == NULL || config == NULL ||
        hone_internal_config_kind(config) != hone_internal_config_kind(kept))
        return HONE_OK;
    for (size_t i = 0; hone_internal_config_is(kept, HONE_CONFIG_LIST) &&
                       i < hone_internal_config_count(kept) && i < hone_internal_config_count(config);
         i++)
        HONE_TRY(hone_internal_unknown_give(hone_internal_config_at_mutable(config, i),
                                            hone_internal_config_at(kept, i)));
    for (size_t i = 0; hone_internal_config_is(kept, HONE_CONFIG_MAP) && i < hone_internal_config_count(kept);
         i++) {
        hone_config *there = hone_internal_config_get_mutable(config, hone_internal_config_key(kept, i));
        if (there == NULL)
            HONE_TRY(hone_internal_config_set(config, hone_internal_config_key(kept, i),
                                              hone_internal_config_copy(hone_internal_config_at(kept, i))));
        else
            HONE_TRY(hone_internal_unknown_give(there, hone_internal_config_at(kept, i)));
    }
    return HONE_OK;
}
