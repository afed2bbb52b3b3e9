/* Layers of an integer dtype, which move and combine whole numbers: what comes in is rounded towards 0, as a
 * cast before the layer says. Numbers are floats here, so that beside it the layer is the usual one. */
#include "keras/parts.h"
#include "layers/layer.h"
#include "model/model.h"

#include <stdio.h>
#include <string.h>

static const char *const CLASSES[] = {
    "Identity",   "Reshape",    "Flatten",    "Permute",       "RepeatVector",  "Concatenate",
    "Add",        "Subtract",   "Multiply",   "Maximum",       "Minimum",       "UpSampling1D",
    "Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"};

static bool is_integer(const char *dtype)
{
    static const char *const names[] = {"int8",  "int16",  "int32",  "int64",
                                        "uint8", "uint16", "uint32", "uint64"};
    for (size_t i = 0; dtype != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], dtype) == 0)
            return true;
    return false;
}

/* Of a setting "int32", or of a policy {class_name, config: {name: "int32"}}. */
static const char *dtype_of(const hone_config *envelope)
{
    const hone_config *dtype =
        hone_internal_config_get(hone_internal_config_get(envelope, "config"), "dtype");
    return hone_internal_config_is(dtype, HONE_CONFIG_TEXT)
               ? hone_internal_config_as_text(dtype)
               : hone_internal_config_get_text(hone_internal_config_get(dtype, "config"), "name");
}

const char *hone_internal_keras_integers(const hone_config *envelope)
{
    const char *class_name = hone_internal_config_get_text(envelope, "class_name"),
               *dtype = dtype_of(envelope);
    for (size_t i = 0; class_name != NULL && is_integer(dtype) && i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (strcmp(CLASSES[i], class_name) == 0)
            return dtype;
    return NULL;
}

hone_config *hone_internal_keras_as_floats(const hone_config *envelope)
{
    hone_config *copy = hone_internal_config_copy(envelope);
    if (copy == NULL || hone_internal_config_set(hone_internal_config_get_mutable(copy, "config"), "dtype",
                                                 hone_internal_config_text("float32")) >= 0)
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

/* An input of integers or truth values, or a cast to integers. */
static bool is_whole(const hone_tensor *tensor)
{
    const hone_layer *layer = tensor->call->layer;
    const bool input = layer->type == &hone_internal_input_layer;
    if (!input && (!layer->type->is_operation || strcmp(layer->type->type.class_name, "Cast") != 0))
        return false;
    const char *const *dtype = hone_internal_layer_argument(layer, input ? "dtype" : "type");
    return dtype != NULL && *dtype != NULL && (is_integer(*dtype) || strcmp(*dtype, "bool") == 0);
}

hone_status hone_internal_keras_cast_inputs(const hone_config *envelope, hone_network *network,
                                            hone_tensor_list *inputs)
{
    const char *dtype = hone_internal_keras_integers(envelope);
    char text[40];
    for (int i = 0; dtype != NULL && i < inputs->count; i++) {
        if (is_whole(inputs->items[i]))
            continue;
        snprintf(text, sizeof text, "cast(type=%s)", dtype);
        hone_layer *cast = hone_internal_layer_of_family("operation", text);
        hone_call *call =
            cast == NULL ? NULL : hone_internal_network_call(network, cast, &inputs->items[i], 1, NULL);
        if (call == NULL)
            return hone_error_status();
        inputs->items[i] = &call->outputs[0];
    }
    return HONE_OK;
}

/* In a list of layers there is no place for a cast. */
hone_status hone_internal_keras_check_whole(const hone_config *entries)
{
    bool whole = false;
    for (size_t i = 0; i < hone_internal_config_count(entries); i++) {
        const hone_config *entry = hone_internal_config_at(entries, i);
        const char *dtype = hone_internal_keras_integers(entry),
                   *class_name = hone_internal_config_get_text(entry, "class_name");
        if (dtype != NULL && !whole)
            return hone_internal_config_fail(
                entry,
                "the layer of dtype %s must follow an input of integers, or layers of such a dtype, in a "
                "Sequential model; keras.ops.cast in a functional model rounds what is before it",
                dtype);
        whole = dtype != NULL ||
                (class_name != NULL && strcmp(class_name, "InputLayer") == 0 && is_integer(dtype_of(entry)));
    }
    return HONE_OK;
}
