/* Layers of an integer dtype or of truth values, which move and combine whole numbers: what comes in is
 * rounded towards 0, as a cast before the layer says. Numbers are floats here, so that beside it the layer is
 * the usual one. */
#include "keras/parts.h"
#include "layers/layer.h"
#include "model/whole.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Sums and differences of truth values are no truth values. */
static const struct {
    const char *name;
    bool of_truth;
} CLASSES[] = {
    {"Identity", true},      {"Reshape", true},       {"Flatten", true},    {"Permute", true},
    {"RepeatVector", true},  {"Concatenate", true},   {"Add", false},       {"Subtract", false},
    {"Multiply", true},      {"Maximum", true},       {"Minimum", true},    {"UpSampling1D", true},
    {"Cropping1D", true},    {"Cropping2D", true},    {"Cropping3D", true}, {"ZeroPadding1D", true},
    {"ZeroPadding2D", true}, {"ZeroPadding3D", true}, {"ReLU", false}};

static bool is_truth(const char *dtype)
{
    return dtype != NULL && strcmp(dtype, "bool") == 0;
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
    const bool truth = is_truth(dtype), integer = hone_internal_is_integer_type(dtype);
    for (size_t i = 0; class_name != NULL && i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (strcmp(CLASSES[i].name, class_name) == 0)
            return integer || (truth && CLASSES[i].of_truth) ? dtype : NULL;
    return NULL;
}

/* A bound of integers is cast as they are: 6.5 is 6. */
static hone_status cut_bound(hone_config *config)
{
    const hone_config *bound = hone_internal_config_get(config, "max_value");
    if (!hone_internal_config_is(bound, HONE_CONFIG_NUMBER))
        return HONE_OK;
    return hone_internal_config_set(
        config, "max_value", hone_internal_config_number(trunc(hone_internal_config_as_number(bound))));
}

hone_config *hone_internal_keras_as_floats(const hone_config *envelope)
{
    hone_config *copy = hone_internal_config_copy(envelope),
                *config = copy == NULL ? NULL : hone_internal_config_get_mutable(copy, "config");
    if (copy == NULL ||
        (cut_bound(config) >= 0 &&
         hone_internal_config_set(config, "dtype", hone_internal_config_text("float32")) >= 0))
        return copy;
    hone_internal_config_free(copy);
    return NULL;
}

hone_status hone_internal_keras_cast_inputs(const hone_config *envelope, hone_network *network,
                                            hone_tensor_list *inputs)
{
    const char *dtype = hone_internal_keras_integers(envelope);
    char text[40];
    for (int i = 0; dtype != NULL && i < inputs->count; i++) {
        if (hone_internal_tensor_is_whole(inputs->items[i]))
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
        whole =
            dtype != NULL || (class_name != NULL && strcmp(class_name, "InputLayer") == 0 &&
                              (hone_internal_is_integer_type(dtype_of(entry)) || is_truth(dtype_of(entry))));
    }
    return HONE_OK;
}
