/* Spec strings to and from Keras's envelopes {class_name, config}, and recipes' short forms. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include <string.h>

static char *canonical(const hone_type *type, const hone_config *arguments, const char *const *ignored)
{
    void *args = hone_internal_fields_from_config(type, arguments, ignored);
    char *text = args ? hone_internal_spec_to_text(type, args) : NULL;

    if (args)
        hone_internal_fields_free(type, args);
    return text;
}

static char *from_text(const char *family, const char *text)
{
    hone_spec spec;
    char *result;

    if (hone_internal_spec_is_none(text))
        return hone_internal_copy_text("none");
    if (hone_internal_spec_resolve(family, text, &spec) < 0)
        return NULL;
    result = hone_internal_spec_to_text(spec.type, spec.args);
    hone_internal_spec_free(&spec);
    return result;
}

/* A registered name other than the class's is somebody's own class, which only they can have registered. */
static char *from_envelope(const char *family, const hone_config *value)
{
    static const char *const of_layers[] = {"name", "trainable", "dtype",
                                            NULL}; /* an activation may be a layer */
    const char *class_name = hone_internal_config_get_text(value, "class_name");
    const char *registered = hone_internal_config_get_text(value, "registered_name");
    const hone_config *config = hone_internal_config_get(value, "config");
    const hone_type *type;

    if (!class_name) {
        hone_internal_config_fail(value, "the class_name of this %s must be a string", family);
        return NULL;
    }
    if (strcmp(class_name, "function") == 0 && hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return from_text(family, hone_internal_config_as_text(config));
    type = hone_internal_type_find(family, registered ? registered : class_name);
    if (!type)
        return NULL;
    return canonical(type, config, strcmp(family, "activation") == 0 ? of_layers : NULL);
}

/* {name: {arguments}}, {name: argument}. */
static char *from_short_form(const char *family, const hone_config *value)
{
    const hone_type *type = hone_internal_type_find(family, hone_internal_config_key(value, 0));
    const hone_config *argument = hone_internal_config_at(value, 0);
    hone_config *map;
    char *text = NULL;

    if (!type)
        return NULL;
    if (hone_internal_config_is(argument, HONE_CONFIG_MAP) || !hone_internal_config_present(argument))
        return canonical(type, argument, NULL);
    map = hone_internal_config_map();
    if (map && hone_internal_config_set(map, "#0", hone_internal_config_copy(argument)) == HONE_OK)
        text = canonical(type, map, NULL);
    hone_internal_config_free(map);
    return text;
}

char *hone_internal_spec_from_config(const char *family, const hone_config *value)
{
    char received[64];

    if (!hone_internal_config_present(value))
        return hone_internal_copy_text("none");
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT))
        return from_text(family, hone_internal_config_as_text(value));
    if (hone_internal_config_is(value, HONE_CONFIG_MAP) && hone_internal_config_get(value, "class_name"))
        return from_envelope(family, value);
    if (hone_internal_config_is(value, HONE_CONFIG_MAP) && hone_internal_config_count(value) == 1)
        return from_short_form(family, value);
    hone_internal_config_describe(value, received, sizeof received);
    hone_internal_config_fail(value,
                              "expected the name of a %s or a map with its class_name and config, "
                              "not %s",
                              family, received);
    return NULL;
}

static bool all_defaults(const hone_spec *spec)
{
    return hone_internal_fields_equal(spec->type, spec->args, spec->type->defaults);
}

hone_config *hone_internal_spec_to_config(const char *family, const char *text)
{
    hone_spec spec;
    hone_config *config;

    if (hone_internal_spec_resolve(family, text, &spec) < 0)
        return NULL;
    if (!spec.type)
        return hone_internal_config_null();
    if (strcmp(family, "activation") == 0 && all_defaults(&spec))
        config = hone_internal_config_text(spec.type->name);
    else
        config = hone_internal_envelope(spec.type->module, spec.type->class_name,
                                        hone_internal_fields_to_config(spec.type, spec.args));
    hone_internal_spec_free(&spec);
    return config;
}
