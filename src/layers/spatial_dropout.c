/* spatial_dropout1d, spatial_dropout2d: dropout with one draw for each channel of a sample. */
#include "layers/layer.h"

#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_spatial_dropout1d_args, HONE_SPATIAL_DROPOUT1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_spatial_dropout2d_args, HONE_SPATIAL_DROPOUT2D_FIELDS, fields_2d, defaults_2d);

static hone_status need_rank(const hone_shape *inputs, int rank, const char *wanted)
{
    if (inputs[0].rank == rank)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape %s, not %s", wanted, text);
}

static hone_status build_1d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer, (void)count;
    return need_rank(inputs, 3, "(batch, steps, channels)");
}

static hone_status build_2d(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer, (void)count;
    return need_rank(inputs, 4, "(batch, height, width, channels)");
}

static hone_value drop_channels(hone_graph *graph, hone_value x, double rate, int channel_axis)
{
    if (!hone_graph_training(graph) || rate == 0)
        return x;
    hone_shape mask = hone_value_shape(graph, x);
    for (int axis = 1; axis < mask.rank; axis++)
        if (axis != channel_axis)
            mask.size[axis] = 1;
    hone_value keep = hone_op_random_keep(graph, mask, rate, "mask");
    return hone_op_multiply(graph, x, hone_op_affine(graph, keep, rate < 1 ? 1 / (1 - rate) : 0, 0));
}

static int call_1d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    outputs[0] = drop_channels(graph, inputs[0],
                               ((const hone_spatial_dropout1d_args *)hone_layer_args(layer))->rate, 2);
    return 1;
}

static int call_2d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                   hone_value *outputs)
{
    (void)count;
    const hone_spatial_dropout2d_args *args = hone_layer_args(layer);
    outputs[0] =
        drop_channels(graph, inputs[0], args->rate, strcmp(args->data_format, "channels_first") == 0 ? 1 : 3);
    return 1;
}

const hone_layer_type hone_internal_spatial_dropout1d_layer = {
    .type = {.name = "spatial_dropout1d",
             .class_name = "SpatialDropout1D",
             .module = "keras.layers",
             .summary = "In training drops whole channels of a sequence.",
             HONE_TYPE_FIELDS_NAMED(hone_spatial_dropout1d_args, fields_1d, defaults_1d)},
    .build = build_1d,
    .call = call_1d,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(spatial_dropout1d)
const hone_layer_type hone_internal_spatial_dropout2d_layer = {
    .type = {.name = "spatial_dropout2d",
             .class_name = "SpatialDropout2D",
             .module = "keras.layers",
             .summary = "In training drops whole channels of an image.",
             HONE_TYPE_FIELDS_NAMED(hone_spatial_dropout2d_args, fields_2d, defaults_2d)},
    .build = build_2d,
    .call = call_2d,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(spatial_dropout2d)
