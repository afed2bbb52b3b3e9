/* zero_padding1d, zero_padding2d, zero_padding3d: zeros around the spatial axes. */
#include "layers/space.h"

HONE_FIELD_TABLE_NAMED(hone_zero_padding1d_args, HONE_ZERO_PADDING1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_zero_padding2d_args, HONE_ZERO_PADDING2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_zero_padding3d_args, HONE_ZERO_PADDING3D_FIELDS, fields_3d, defaults_3d);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_zero_padding2d_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], axes, hone_internal_space_channels_first(args->data_format));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_zero_padding2d_args *args = hone_layer_args(layer);
    const int first_axis = hone_internal_space_channels_first(args->data_format) ? 2 : 1;
    int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
    for (int axis = 0; axis < axes; axis++) {
        before[first_axis + axis] = args->padding[2 * axis];
        after[first_axis + axis] = args->padding[2 * axis + 1];
    }
    outputs[0] = hone_op_pad(graph, inputs[0], before, after, 0);
    return 1;
}

#define PADDING(axes, words) \
    HONE_SPACE_FUNCTIONS(axes) \
    _Static_assert(sizeof(hone_zero_padding##axes##d_args) == sizeof(hone_zero_padding2d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_zero_padding##axes##d_layer = { \
        .type = {.name = "zero_padding" #axes "d", \
                 .class_name = "ZeroPadding" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_zero_padding##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(zero_padding##axes##d)

PADDING(1, "Adds zeros before and after a sequence.")
PADDING(2, "Adds zeros around an image.")
PADDING(3, "Adds zeros around a volume.")
