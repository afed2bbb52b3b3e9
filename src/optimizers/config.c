/* Optimizers as Keras's objects: {class_name, config}. */
#include "fields/fields.h"
#include "optimizers/optimizer.h"
#include <string.h>

hone_config *hone_internal_optimizer_to_config(const hone_optimizer *optimizer)
{
    const hone_type *type = &optimizer->type->type;
    hone_config *config = hone_internal_fields_to_config(type, optimizer->args);
    if (config == NULL)
        return NULL;
    if (optimizer->schedule == NULL &&
        hone_internal_config_set(config, "learning_rate",
                                 hone_internal_config_number(optimizer->learning_rate)) < 0) {
        hone_internal_config_free(config);
        return NULL;
    }
    return hone_internal_envelope(type->module, type->class_name, config);
}

/* A copy of an optimizer's config. Muon's decays may be null in files: 0 then. */
static hone_config *settings_of(const hone_type *type, const hone_config *config)
{
    static const char *const decays[] = {"weight_decay", "adam_weight_decay"};
    hone_config *settings = config == NULL ? hone_internal_config_map() : hone_internal_config_copy(config);
    for (int i = 0; i < 2 && settings != NULL && strcmp(type->class_name, "Muon") == 0; i++) {
        const hone_config *decay = hone_internal_config_get(settings, decays[i]);
        if (decay == NULL || hone_internal_config_present(decay))
            continue;
        if (hone_internal_config_set(settings, decays[i], hone_internal_config_number(0)) < 0) {
            hone_internal_config_free(settings);
            settings = NULL;
        }
    }
    return settings;
}

hone_optimizer *hone_internal_optimizer_from_config(const hone_config *config)
{
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return hone_optimizer_from_text(hone_internal_config_as_text(config));
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    if (class_name == NULL) {
        hone_internal_config_fail(config, "expected an optimizer: a name or an object with a class_name");
        return NULL;
    }
    const hone_type *type = hone_internal_type_find("optimizer", class_name);
    if (type == NULL)
        return NULL;
    static const char *const ignored[] = {"jit_compile", "is_legacy_optimizer", "decay",
                                          NULL}; /* of Keras 2 */
    hone_config *settings = settings_of(type, hone_internal_config_get(config, "config"));
    if (settings == NULL)
        return NULL;
    void *args = hone_internal_fields_from_config(type, settings, ignored);
    hone_internal_config_free(settings);
    if (args == NULL)
        return NULL;
    hone_optimizer *optimizer = hone_optimizer_create((const hone_optimizer_type *)type, args);
    hone_internal_fields_free(type, args);
    return optimizer;
}
