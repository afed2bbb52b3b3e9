/* contrast_limited_adaptive_histogram_equalization: what is done to tiles of images. */
#include "layers/cast.h"
#include "layers/images.h"
#include "ops/histogram.h"

HONE_FIELD_TABLE(hone_contrast_limited_adaptive_histogram_equalization_args,
                 HONE_CONTRAST_LIMITED_ADAPTIVE_HISTOGRAM_EQUALIZATION_FIELDS);

/* The memory that one thread works in is limited. */
enum { TILES_MAX = 16384 };

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_contrast_limited_adaptive_histogram_equalization_args *args = hone_layer_args(layer);
    const hone_range values = hone_internal_image_ends(&args->value_range);
    if (args->tile_grid_size[0] * args->tile_grid_size[1] > TILES_MAX)
        return hone_fail(HONE_ERROR_ARGUMENT, "tile_grid_size must make at most %d tiles, not %lld x %lld",
                         TILES_MAX, (long long)args->tile_grid_size[0], (long long)args->tile_grid_size[1]);
    if (!(values.low < values.high))
        return hone_fail(HONE_ERROR_ARGUMENT, "value_range must have two different ends");
    return hone_internal_image_check(inputs[0], hone_internal_space_channels_first(args->data_format), 0);
}

/* (x - low) / (high - low) 255, in this order: whole numbers must stay whole. */
static hone_value as_bytes(hone_graph *graph, hone_value x, hone_range values)
{
    const hone_value part = hone_op_divide(graph, hone_op_affine(graph, x, 1, -values.low),
                                           hone_graph_constant(graph, values.high - values.low));
    return hone_op_affine(graph, part, 255, 0);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_contrast_limited_adaptive_histogram_equalization_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    const hone_range values = hone_internal_image_ends(&args->value_range);
    const hone_value x = hone_internal_space_enter(graph, inputs[0], channels_first),
                     spread =
                         hone_internal_op_equalize_tiles(graph, as_bytes(graph, x, values), args->clip_limit,
                                                         args->tile_grid_size[0], args->tile_grid_size[1]),
                     y = hone_op_affine(graph, spread, (values.high - values.low) / 255, values.low);
    outputs[0] =
        hone_internal_cast_back(graph, layer, hone_internal_space_leave(graph, y, channels_first), false);
    return 1;
}

const hone_layer_type hone_internal_contrast_limited_adaptive_histogram_equalization_layer = {
    .type = {.name = "contrast_limited_adaptive_histogram_equalization",
             .class_name = "ContrastLimitedAdaptiveHistogramEqualization",
             .module = "keras.layers",
             .summary = "Spreads the values of each tile of an image evenly, within a limit.",
             .ignored = "bounding_box_format",
             HONE_TYPE_FIELDS(hone_contrast_limited_adaptive_histogram_equalization_args)},
    .build = build,
    .call = call,
    .state_bytes = sizeof(hone_cast_state),
};
HONE_DEFINE_LAYER(contrast_limited_adaptive_histogram_equalization)
