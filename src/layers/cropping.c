/* cropping1d, cropping2d, cropping3d: the input without its first and last positions. */
#include "layers/space.h"

#include <inttypes.h>

HONE_FIELD_TABLE_NAMED(hone_cropping1d_args, HONE_CROPPING1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_cropping2d_args, HONE_CROPPING2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_cropping3d_args, HONE_CROPPING3D_FIELDS, fields_3d, defaults_3d);

static hone_status fail_cropping(hone_shape input, int64_t before, int64_t after, int axis)
{
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE,
                     "cropping %" PRId64 " and %" PRId64 " leaves nothing of the %" PRId64
                     " positions of axis %d of its input %s; crop less than %" PRId64 " in all",
                     before, after, input.size[axis], axis, text, input.size[axis]);
}

/* The axes lose `cropping`: the first and the last numbers of each. */
static hone_status check(const int64_t *cropping, hone_shape input, int axes, bool channels_first)
{
    HONE_TRY(hone_internal_space_check(input, axes, channels_first));
    for (int axis = 0; axis < axes; axis++) {
        const int64_t size = input.size[axis + (channels_first ? 2 : 1)];
        if (size != HONE_ANY && cropping[2 * axis] + cropping[2 * axis + 1] >= size)
            return fail_cropping(input, cropping[2 * axis], cropping[2 * axis + 1],
                                 axis + (channels_first ? 2 : 1));
    }
    return HONE_OK;
}

static hone_value crop(hone_graph *graph, hone_value x, const int64_t *cropping, int axes,
                       bool channels_first)
{
    for (int axis = 0; axis < axes && x >= 0; axis++) {
        const int at = axis + (channels_first ? 2 : 1);
        const int64_t size = hone_value_size(graph, x, at);
        const int64_t begin = cropping[2 * axis], end = cropping[2 * axis + 1];
        if (begin + end > 0)
            x = hone_op_slice(graph, x, at, begin, size == HONE_ANY ? HONE_ANY : size - end);
    }
    return x;
}

static hone_status build_1d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return check(((const hone_cropping1d_args *)hone_layer_args(layer))->cropping, inputs[0], 1, false);
}

static int call_1d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    outputs[0] =
        crop(graph, inputs[0], ((const hone_cropping1d_args *)hone_layer_args(layer))->cropping, 1, false);
    return 1;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_cropping2d_args *args = hone_layer_args(layer);
    return check(args->cropping, inputs[0], axes, hone_internal_space_channels_first(args->data_format));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_cropping2d_args *args = hone_layer_args(layer);
    outputs[0] =
        crop(graph, inputs[0], args->cropping, axes, hone_internal_space_channels_first(args->data_format));
    return 1;
}

static hone_status build_2d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return build(layer, inputs, 2);
}

static int call_2d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    return call(layer, graph, inputs, outputs, 2);
}

static hone_status build_3d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return build(layer, inputs, 3);
}

static int call_3d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    return call(layer, graph, inputs, outputs, 3);
}

#define CROPPING(axes, words) \
    const hone_layer_type hone_internal_cropping##axes##d_layer = { \
        .type = {.name = "cropping" #axes "d", \
                 .class_name = "Cropping" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_cropping##axes##d_args, fields_##axes##d, defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(cropping##axes##d)

CROPPING(1, "Removes steps from the start and the end of a sequence.")
CROPPING(2, "Removes the borders of an image.")
CROPPING(3, "Removes the borders of a volume.")
_Static_assert(sizeof(hone_cropping3d_args) == sizeof(hone_cropping2d_args), "one struct serves both");
