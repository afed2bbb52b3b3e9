/* resizing: images of height x width pixels; the formulas stand in ops/resize.c. */
#include "layers/cast.h"
#include "layers/images.h"

HONE_FIELD_TABLE(hone_resizing_args, HONE_RESIZING_FIELDS);

static hone_status check(const hone_resizing_args *args, hone_shape input)
{
    if (args->crop_to_aspect_ratio && args->pad_to_aspect_ratio)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be true");
    return hone_internal_space_check(input, 2, hone_internal_space_channels_first(args->data_format));
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return check(hone_layer_args(layer), inputs[0]);
}

/* Lines of fill_value on both sides of the side that is too short; as many on each, as Keras on JAX has it.
 */
static hone_value pad(hone_graph *graph, hone_value x, const hone_resizing_args *args)
{
    const int64_t h = hone_value_size(graph, x, 1), w = hone_value_size(graph, x, 2);
    const double tall = (double)w * (double)args->height / (double)args->width,
                 wide = (double)h * (double)args->width / (double)args->height;
    int64_t sides[4] = {0};
    if (tall > 1e9 || wide > 1e9) {
        hone_fail(HONE_ERROR_SHAPE, "an image of %lld x %lld is too far from the aspect ratio of %lld x %lld",
                  (long long)h, (long long)w, (long long)args->height, (long long)args->width);
        return HONE_NO_VALUE;
    }
    sides[1] = tall > (double)h ? ((int64_t)tall - h) / 2 : 0;
    sides[2] = sides[1] == 0 && wide > (double)w ? ((int64_t)wide - w) / 2 : 0;
    return sides[1] > 0 || sides[2] > 0 ? hone_op_pad(graph, x, sides, sides, args->fill_value) : x;
}

static hone_value fit(hone_graph *graph, hone_value x, const hone_resizing_args *args)
{
    const int64_t h = hone_value_size(graph, x, 1), w = hone_value_size(graph, x, 2);
    if (x < 0 || h == HONE_ANY || w == HONE_ANY)
        return x;
    if (args->crop_to_aspect_ratio)
        return hone_internal_image_crop(graph, x,
                                        hone_internal_image_largest(h, w, args->height, args->width));
    return args->pad_to_aspect_ratio ? pad(graph, x, args) : x;
}

hone_value hone_internal_image_resizing(hone_graph *graph, hone_value x, const hone_resizing_args *args)
{
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    if (x < 0 || check(args, hone_value_shape(graph, x)) < 0)
        return HONE_NO_VALUE;
    x = fit(graph, hone_internal_space_enter(graph, x, channels_first), args);
    x = hone_internal_image_resize(graph, x, args->height, args->width, args->interpolation, args->antialias);
    return hone_internal_space_leave(graph, x, channels_first);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_value y = hone_internal_image_resizing(graph, inputs[0], hone_layer_args(layer));
    outputs[0] = hone_internal_cast_back(graph, layer, y, true);
    return 1;
}

const hone_layer_type hone_internal_resizing_layer = {
    .type = {.name = "resizing",
             .class_name = "Resizing",
             .module = "keras.layers",
             .summary = "Resizes images.",
             .ignored = "bounding_box_format",
             HONE_TYPE_FIELDS(hone_resizing_args)},
    .build = build,
    .call = call,
    .state_bytes = sizeof(hone_cast_state),
};
HONE_DEFINE_LAYER(resizing)
