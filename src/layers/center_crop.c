/* center_crop: the middle of each image; where the image is too small, the largest part of the aspect ratio
 * of height x width, resized bilinearly. */
#include "layers/images.h"

HONE_FIELD_TABLE(hone_center_crop_args, HONE_CENTER_CROP_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_center_crop_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], 2, hone_internal_space_channels_first(args->data_format));
}

static hone_value crop(hone_graph *graph, hone_value x, int64_t height, int64_t width)
{
    const int64_t h = hone_value_size(graph, x, 1), w = hone_value_size(graph, x, 2);
    if (x < 0 || h == HONE_ANY || w == HONE_ANY)
        return hone_internal_image_resize(graph, x, height, width, "bilinear", false);
    if (h >= height && w >= width)
        return hone_internal_image_crop(graph, x,
                                        (hone_image_box){(h - height) / 2, (w - width) / 2, height, width});
    x = hone_internal_image_crop(graph, x, hone_internal_image_largest(h, w, height, width));
    return hone_internal_image_resize(graph, x, height, width, "bilinear", false);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_center_crop_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    const hone_value x = hone_internal_space_enter(graph, inputs[0], channels_first);
    outputs[0] = hone_internal_space_leave(graph, crop(graph, x, args->height, args->width), channels_first);
    return 1;
}

const hone_layer_type hone_internal_center_crop_layer = {
    .type = {.name = "center_crop",
             .class_name = "CenterCrop",
             .module = "keras.layers",
             .summary = "Crops the middle of images.",
             .ignored = "bounding_box_format",
             HONE_TYPE_FIELDS(hone_center_crop_args)},
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(center_crop)
