/* For fields that hold a layer, as those of wrappers do. */
#include "fields/fields.h"
#include "keras/keras.h"

static void retain(void *layer)
{
    hone_layer_retain(layer);
}

static void release(void *layer)
{
    hone_layer_free(layer);
}

static hone_config *to_config(const void *layer)
{
    return hone_internal_layer_to_config(layer);
}

static void *from_config(const hone_config *value, const hone_loading *loading)
{
    return hone_internal_layer_from_config(value, loading);
}

const hone_object_family hone_internal_layer_objects = {
    .name = "layer", .retain = retain, .release = release, .write = to_config, .read = from_config};
