/* Configs for older releases of Keras 3: what came later is refused by name, and forms that changed take the
 * old one. */
#include "base/error.h"
#include "fields/fields.h"
#include "keras/keras.h"
#include "registry.h"

#include <string.h>

/* Keys that Hone has no field for, and only passes on from a file to the next. */
static const struct {
    const char *key;
    int since;
} PASSED_ON[] = {{"quantization_config", 313}};

/* The type that an object of a file is of; NULL when it is of none that Hone has. */
static const hone_type *type_of(const char *class_name, const char *module)
{
    const hone_type *type;
    for (const char *const *family = hone_internal_families; *family != NULL; family++)
        for (size_t i = 0; (type = hone_internal_type_at(*family, i)) != NULL; i++)
            if (strcmp(type->class_name, class_name) == 0 &&
                (module == NULL || strcmp(type->module, module) == 0))
                return type;
    return NULL;
}

static hone_status refuse(const char *what, int first, int version)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "\"%.100s\" needs Keras %d.%d, but the file must be readable by Keras %d.%d", what,
                     first / 100, first % 100, version / 100, version % 100);
}

static bool says_nothing(const hone_config *value)
{
    return !hone_internal_config_present(value) ||
           (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN) && !hone_internal_config_as_boolean(value));
}

/* Arguments that came later: those that say nothing are left out of the file. */
static hone_status drop_key(hone_config *config, const char *key, int since, const char *only_with,
                            int version)
{
    const hone_config *value = hone_internal_config_get(config, key);
    if (value == NULL || version >= since)
        return HONE_OK;
    bool idle = only_with != NULL && says_nothing(hone_internal_config_get(config, only_with));
    if (!idle && !says_nothing(value))
        return refuse(key, since, version);
    hone_internal_config_remove(config, key);
    return HONE_OK;
}

static hone_status drop_later_keys(hone_config *config, const hone_type *type, int version)
{
    for (size_t i = 0; type != NULL && i < type->field_count; i++)
        HONE_TRY(drop_key(config, hone_internal_field_key(&type->fields[i]), type->fields[i].since,
                          type->fields[i].only_with, version));
    for (size_t i = 0; i < sizeof PASSED_ON / sizeof *PASSED_ON; i++)
        HONE_TRY(drop_key(config, PASSED_ON[i].key, PASSED_ON[i].since, NULL, version));
    return HONE_OK;
}

/* An object: its class must be there, its keys too; it has the name that its class had then. */
static hone_status check_object(hone_config *object, const char *class_name, int version)
{
    const hone_type *type = type_of(class_name, hone_internal_config_get_text(object, "module"));
    hone_config *config = hone_internal_config_get_mutable(object, "config");
    if (type != NULL && type->since > version)
        return refuse(class_name, type->since, version);
    if (hone_internal_config_is(config, HONE_CONFIG_MAP))
        HONE_TRY(drop_later_keys(config, type, version));
    if (type != NULL && type->renamed > version)
        return hone_internal_config_set(object, "class_name", hone_internal_config_text(type->old_class));
    return HONE_OK;
}

/* The release that has a function first, which settings under `key` name; 0 when they name none. */
static int function_since(const char *key, const char *name)
{
    static const char *const FAMILIES[][2] = {
        {"activation", "activation"}, {"loss", "loss"}, {"metrics", "metric"}, {"metrics", "loss"}};
    const hone_type *type = NULL;
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES && type == NULL; i++)
        if (strstr(key, FAMILIES[i][0]) != NULL)
            type = hone_internal_type_find(FAMILIES[i][1], name);
    hone_error_clear();
    return type != NULL ? type->since : 0;
}

/* Names of activations, losses and metrics. */
static hone_status check_function(const char *key, const hone_config *value, int version)
{
    bool named = strstr(key, "activation") != NULL || strcmp(key, "loss") == 0 ||
                 strcmp(key, "metrics") == 0 || strcmp(key, "weighted_metrics") == 0;
    if (!named)
        return HONE_OK;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT)) {
        int first = function_since(key, hone_internal_config_as_text(value));
        return first > version ? refuse(hone_internal_config_as_text(value), first, version) : HONE_OK;
    }
    bool branches = hone_internal_config_is(value, HONE_CONFIG_LIST) ||
                    (hone_internal_config_is(value, HONE_CONFIG_MAP) &&
                     hone_internal_config_get(value, "class_name") == NULL);
    for (size_t i = 0; branches && i < hone_internal_config_count(value); i++)
        HONE_TRY(check_function(key, hone_internal_config_at(value, i), version));
    return HONE_OK;
}

/* ["x", 0, 0] to [["x", 0, 0]]: before 3.4 one end was a list too. */
static hone_status list_ends(hone_config *config, const char *key)
{
    const hone_config *ends = hone_internal_config_get(config, key);
    if (!hone_internal_config_is(ends, HONE_CONFIG_LIST) || hone_internal_config_count(ends) != 3 ||
        !hone_internal_config_is(hone_internal_config_at(ends, 0), HONE_CONFIG_TEXT))
        return HONE_OK;
    hone_config *list = hone_internal_config_list();
    if (list == NULL)
        return HONE_ERROR_MEMORY;
    if (hone_internal_config_append(list, hone_internal_config_copy(ends)) < 0) {
        hone_internal_config_free(list);
        return HONE_ERROR_MEMORY;
    }
    return hone_internal_config_set(config, key, list);
}

/* The size that Reshape is to find out is -1 in all releases; some of them fail on null. */
hone_status hone_internal_config_reshapes(hone_config *config)
{
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    hone_config *settings = hone_internal_config_get_mutable(config, "config");
    hone_config *shape = class_name != NULL && strcmp(class_name, "Reshape") == 0
                             ? hone_internal_config_get_mutable(settings, "target_shape")
                             : NULL;
    for (size_t i = 0;
         hone_internal_config_is(shape, HONE_CONFIG_LIST) && i < hone_internal_config_count(shape); i++) {
        if (hone_internal_config_present(hone_internal_config_at(shape, i)))
            continue;
        HONE_TRY(hone_internal_config_replace(shape, i, hone_internal_config_integer(-1)));
    }
    for (size_t i = 0; i < hone_internal_config_count(config); i++)
        HONE_TRY(hone_internal_config_reshapes(hone_internal_config_at_mutable(config, i)));
    return HONE_OK;
}

hone_status hone_internal_config_for_release(hone_config *config, int version)
{
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    if (class_name != NULL)
        HONE_TRY(check_object(config, class_name, version));
    if (version < 304 && hone_internal_config_is(config, HONE_CONFIG_MAP)) {
        HONE_TRY(list_ends(config, "input_layers"));
        HONE_TRY(list_ends(config, "output_layers"));
    }
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        if (hone_internal_config_is(config, HONE_CONFIG_MAP))
            HONE_TRY(check_function(hone_internal_config_key(config, i), hone_internal_config_at(config, i),
                                    version));
        HONE_TRY(hone_internal_config_for_release(hone_internal_config_at_mutable(config, i), version));
    }
    return HONE_OK;
}
