/* spatial_dropout1d, spatial_dropout2d, spatial_dropout3d: dropout with one draw for each channel of a
 * sample. */
#include "layers/space.h"

HONE_FIELD_TABLE_NAMED(hone_spatial_dropout1d_args, HONE_SPATIAL_DROPOUT1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_spatial_dropout2d_args, HONE_SPATIAL_DROPOUT2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_spatial_dropout3d_args, HONE_SPATIAL_DROPOUT3D_FIELDS, fields_3d, defaults_3d);

static hone_value drop_channels(hone_graph *graph, hone_value x, double rate, bool channels_first)
{
    if (!hone_graph_training(graph) || rate == 0)
        return x;
    hone_shape mask = hone_value_shape(graph, x);
    const int channel_axis = channels_first ? 1 : mask.rank - 1;
    for (int axis = 1; axis < mask.rank; axis++)
        if (axis != channel_axis)
            mask.size[axis] = 1;
    hone_value keep = hone_op_random_keep(graph, mask, rate, "mask");
    return hone_op_multiply(graph, x, hone_op_affine(graph, keep, rate < 1 ? 1 / (1 - rate) : 0, 0));
}

static hone_status build_1d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer, (void)count;
    return hone_internal_space_check(inputs[0], 1, false);
}

static int call_1d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    const hone_spatial_dropout1d_args *args = hone_layer_args(layer);
    outputs[0] = drop_channels(graph, inputs[0], args->rate, false);
    return 1;
}

/* Of images and volumes: their structs are one. */
static bool channels_first(const hone_layer *layer)
{
    const hone_spatial_dropout2d_args *args = hone_layer_args(layer);
    return hone_internal_space_channels_first(args->data_format);
}

static hone_status build_2d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return hone_internal_space_check(inputs[0], 2, channels_first(layer));
}

static hone_status build_3d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return hone_internal_space_check(inputs[0], 3, channels_first(layer));
}

static int call_format(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    (void)count;
    const hone_spatial_dropout2d_args *args = hone_layer_args(layer);
    outputs[0] = drop_channels(graph, inputs[0], args->rate, channels_first(layer));
    return 1;
}
_Static_assert(sizeof(hone_spatial_dropout3d_args) == sizeof(hone_spatial_dropout2d_args),
               "one struct serves both");

#define SPATIAL_DROPOUT(axes, call_, words) \
    const hone_layer_type hone_internal_spatial_dropout##axes##d_layer = { \
        .type = {.name = "spatial_dropout" #axes "d", \
                 .class_name = "SpatialDropout" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_spatial_dropout##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_, \
        .goes_step_by_step = axes == 1, \
        .passes_mask = true, \
    }; \
    HONE_DEFINE_LAYER(spatial_dropout##axes##d)

SPATIAL_DROPOUT(1, call_1d, "Drops whole channels of a sequence during training.")
SPATIAL_DROPOUT(2, call_format, "Drops whole channels of an image during training.")
SPATIAL_DROPOUT(3, call_format, "Drops whole channels of a volume during training.")
