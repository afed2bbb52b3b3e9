/* Layers from text: "dense(300, activation=relu)". */
#include "base/memory.h"
#include "layers/layer.h"

#include <string.h>

/* A model is put together from layers; its name and a list of words are not enough. */
static bool is_model(const hone_type *type)
{
    return type->module != NULL &&
           (strcmp(type->module, "keras") == 0 || strncmp(type->module, "keras.src.models", 16) == 0);
}

static hone_layer *create(const char *family, const char *name, const hone_config *arguments)
{
    const hone_type *type = hone_internal_type_find(family, name);
    if (type == NULL)
        return NULL;
    if (is_model(type)) {
        hone_fail(HONE_ERROR_ARGUMENT, "\"%s\" is a model, which cannot be written as one layer's text",
                  name);
        return NULL;
    }
    void *args = hone_internal_fields_from_config(type, arguments, NULL);
    if (args == NULL)
        return NULL;
    hone_layer *layer = hone_layer_create((const hone_layer_type *)(const void *)type, args);
    hone_internal_fields_free(type, args);
    return layer;
}

hone_layer *hone_internal_layer_of_family(const char *family, const char *text)
{
    if (text == NULL) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected the text of a layer, received NULL");
        return NULL;
    }
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse(text, &arguments);
    if (name == NULL)
        return NULL;
    hone_layer *layer = create(family, name, arguments);
    hone_internal_config_free(arguments);
    hone_internal_free(name);
    return layer;
}

hone_layer *hone_layer_from_text(const char *text)
{
    return hone_internal_layer_of_family("layer", text);
}
