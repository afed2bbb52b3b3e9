/* up_sampling1d, up_sampling2d, up_sampling3d: each position several times along each axis; in two dimensions
 * also by the filters of resizing. */
#include "layers/cast.h"
#include "layers/space.h"

#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_up_sampling1d_args, HONE_UP_SAMPLING1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_up_sampling2d_args, HONE_UP_SAMPLING2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_up_sampling3d_args, HONE_UP_SAMPLING3D_FIELDS, fields_3d, defaults_3d);

/* Numbers along one axis `times` times each: [..., n, ...] as [..., n, 1, ...], broadcast, as [..., n times,
 * ...]. */
static hone_value repeat(hone_graph *graph, hone_value x, int axis, int64_t times)
{
    if (times == 1 || x < 0)
        return x;
    hone_shape result = hone_value_shape(graph, x), wide;
    result.size[axis] = hone_internal_size_product(result.size[axis], times);
    x = hone_op_expand(graph, x, axis + 1);
    wide = hone_value_shape(graph, x);
    wide.size[axis + 1] = times;
    return hone_op_reshape(graph, hone_op_broadcast(graph, x, wide), result);
}

static int call_1d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    outputs[0] = repeat(graph, inputs[0], 1, ((const hone_up_sampling1d_args *)hone_layer_args(layer))->size);
    return 1;
}

static int call(hone_graph *graph, const hone_value *inputs, hone_value *outputs, const int64_t *size,
                int axes, bool channels_first)
{
    hone_value x = inputs[0];
    for (int axis = 0; axis < axes; axis++)
        x = repeat(graph, x, axis + (channels_first ? 2 : 1), size[axis]);
    outputs[0] = x;
    return 1;
}

static int call_2d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    const hone_up_sampling2d_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    if (strcmp(args->interpolation, "nearest") == 0)
        return call(graph, inputs, outputs, args->size, 2, channels_first);
    outputs[0] = inputs[0];
    for (int axis = channels_first ? 2 : 1, i = 0; i < 2; axis++, i++) {
        const int64_t size = hone_value_size(graph, outputs[0], axis);
        if (size != HONE_ANY)
            outputs[0] =
                hone_op_resize(graph, outputs[0], axis, hone_internal_size_product(size, args->size[i]),
                               args->interpolation, false);
    }
    outputs[0] = hone_internal_cast_back(graph, layer, outputs[0], true);
    return 1;
}

static int call_3d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    const hone_up_sampling3d_args *args = hone_layer_args(layer);
    return call(graph, inputs, outputs, args->size, 3, hone_internal_space_channels_first(args->data_format));
}

static hone_status build_1d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer, (void)count;
    return hone_internal_space_check(inputs[0], 1, false);
}

static hone_status build_2d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_up_sampling2d_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], 2, hone_internal_space_channels_first(args->data_format));
}

static hone_status build_3d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_up_sampling3d_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], 3, hone_internal_space_channels_first(args->data_format));
}

#define UP_SAMPLING(axes, words) \
    const hone_layer_type hone_internal_up_sampling##axes##d_layer = { \
        .type = {.name = "up_sampling" #axes "d", \
                 .class_name = "UpSampling" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_up_sampling##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
        .state_bytes = sizeof(hone_cast_state), \
    }; \
    HONE_DEFINE_LAYER(up_sampling##axes##d)

UP_SAMPLING(1, "Repeats each step of a sequence.")
UP_SAMPLING(2, "Enlarges an image.")
UP_SAMPLING(3, "Enlarges a volume by repeating each position.")
