/* For fields that hold a layer, as those of wrappers do, or a list of layers. */
#include "base/memory.h"
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

static void retain_list(void *list)
{
    ((hone_layer_list *)list)->references++;
}

static void release_list(void *list)
{
    hone_layer_list_free(list);
}

static hone_config *list_to_config(const void *object)
{
    const hone_layer_list *list = object;
    hone_config *written = hone_internal_config_list();
    for (size_t i = 0; written != NULL && i < list->count; i++)
        if (hone_internal_config_append(written, hone_internal_layer_to_config(list->items[i])) < 0) {
            hone_internal_config_free(written);
            return NULL;
        }
    return written;
}

/* One layer, or a list of them. */
static void *list_from_config(const hone_config *value, const hone_loading *loading)
{
    bool several = hone_internal_config_is(value, HONE_CONFIG_LIST);
    size_t count = several ? hone_internal_config_count(value) : 1;
    hone_layer **layers = hone_internal_allocate((count + 1) * sizeof *layers);
    bool good = layers != NULL;
    for (size_t i = 0; layers != NULL && i < count; i++) {
        const hone_config *item = several ? hone_internal_config_at(value, i) : value;
        layers[i] = good ? hone_internal_layer_from_config(item, loading) : NULL;
        good = layers[i] != NULL;
    }
    if (layers == NULL)
        return NULL;
    layers[count] = HONE_NO_LAYER;
    hone_layer_list *list = hone_layer_list_with(layers);
    hone_internal_free(layers);
    return list;
}

/* A list stands for cells on each other. */
static void *from_config(const hone_config *value, const hone_loading *loading)
{
    if (!hone_internal_config_is(value, HONE_CONFIG_LIST))
        return hone_internal_layer_from_config(value, loading);
    hone_layer_list *cells = list_from_config(value, loading);
    return cells == NULL ? NULL : hone_stacked_rnn_cells(cells);
}

const hone_object_family hone_internal_layer_objects = {
    .name = "layer", .retain = retain, .release = release, .write = to_config, .read = from_config};

const hone_object_family hone_internal_layers_objects = {.name = "layers",
                                                         .retain = retain_list,
                                                         .release = release_list,
                                                         .write = list_to_config,
                                                         .read = list_from_config};
