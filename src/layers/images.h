/* What layers over images share: values [n, h, w, c] inside, whatever the data_format outside, and the
 * transformations, which layers that draw among them record too. */
#ifndef HONE_LAYERS_IMAGES_H
#define HONE_LAYERS_IMAGES_H

#include "layers/space.h"
#include "ops/transform.h"

/* ---- sizes ---- */

/* The part of an image of one aspect ratio: of h x w all of one side, the middle of the other. */
typedef struct hone_image_box {
    int64_t top, left, height, width;
} hone_image_box;
/* The largest one in h x w with the aspect ratio of height x width; sizes known. */
hone_image_box hone_internal_image_largest(int64_t h, int64_t w, int64_t height, int64_t width);
hone_value hone_internal_image_crop(hone_graph *graph, hone_value x, hone_image_box box);
hone_value hone_internal_image_resize(hone_graph *graph, hone_value x, int64_t height, int64_t width,
                                      const char *interpolation, bool antialias);

/* What the layer `resizing` does; HONE_NO_VALUE with a message. */
hone_value hone_internal_image_resizing(hone_graph *graph, hone_value x, const hone_resizing_args *args);

/* ---- draws ---- */

typedef struct hone_range {
    double low, high;
} hone_range;
/* Of a field of two numbers, in order. */
hone_range hone_internal_image_ends(const void *numbers);
/* Of a field of one number or two: f stands for max(-|f|, lowest) to |f|. */
hone_range hone_internal_image_range(const void *numbers, double lowest);
/* One number for each sample: [n, 1, 1, 1], or with as many axes as x has. */
hone_value hone_internal_image_draw(hone_graph *graph, hone_value x, hone_range range, const char *purpose);
/* 1 for a sample with a probability that is drawn for it too, else 0. */
hone_value hone_internal_image_chance(hone_graph *graph, hone_value x, hone_range probability);
/* Numbers of the distribution Beta(alpha, alpha); alpha is a value of one number. */
hone_value hone_internal_image_beta(hone_graph *graph, hone_shape shape, hone_value alpha);
/* 1 inside a rectangle at a drawn place of each sample, else 0: [n, h, w, 1]. Its sides are fractions of the
 * image's; `area` is the fraction of the image that it covers. */
hone_value hone_internal_image_rectangle(hone_graph *graph, hone_value x, hone_value wide, hone_value tall,
                                         hone_value *area);

/* ---- transformations ---- */

hone_value hone_internal_image_rotate(hone_graph *graph, hone_value x, hone_range turns,
                                      const hone_sampling *sampling);
hone_value hone_internal_image_translate(hone_graph *graph, hone_value x, hone_range down, hone_range right,
                                         const hone_sampling *sampling);
hone_value hone_internal_image_shear(hone_graph *graph, hone_value x, hone_range along, hone_range down,
                                     const hone_sampling *sampling);

/* `values` is the range of the images' numbers. */
hone_value hone_internal_image_brighten(hone_graph *graph, hone_value x, hone_range factor,
                                        hone_range values);
hone_value hone_internal_image_contrast(hone_graph *graph, hone_value x, hone_range factor,
                                        hone_range values);
hone_value hone_internal_image_degenerate(hone_graph *graph, hone_value x, hone_range factor,
                                          hone_range values);
hone_value hone_internal_image_posterize(hone_graph *graph, hone_value x, hone_range bits, hone_range values);
hone_value hone_internal_image_sharpen(hone_graph *graph, hone_value x, hone_range factor, hone_range values);
hone_value hone_internal_image_solarize(hone_graph *graph, hone_value x, hone_range addition,
                                        hone_range threshold, hone_range values);
hone_value hone_internal_image_auto_contrast(hone_graph *graph, hone_value x, hone_range values);
hone_value hone_internal_image_equalize(hone_graph *graph, hone_value x, hone_range values, int64_t bins);

/* Colours [n, h, w, 3] from 0 to 1 as hue, saturation and value, and back. */
hone_value hone_internal_image_to_hsv(hone_graph *graph, hone_value x);
hone_value hone_internal_image_to_rgb(hone_graph *graph, hone_value x);

/* Whether a layer only flips images whose channels come last. */
bool hone_internal_layer_flips(const hone_layer *layer);

/* ---- a layer in a few lines ---- */

/* HONE_ERROR_SHAPE unless the input is images with this many channels (0: any; 1: one or three). */
hone_status hone_internal_image_check(hone_shape input, bool channels_first, int channels);

#define HONE_IMAGE_TYPE(thing, class_name_, build_, call_, words) \
    const hone_layer_type hone_internal_##thing##_layer = { \
        .type = {.name = #thing, \
                 .class_name = class_name_, \
                 .module = "keras.layers", \
                 .summary = words, \
                 .ignored = "bounding_box_format", \
                 HONE_TYPE_FIELDS_NAMED(hone_##thing##_args, thing##_fields, thing##_defaults)}, \
        .build = build_, \
        .call = call_, \
    }; \
    HONE_DEFINE_LAYER(thing)

/* A layer that does `change(graph, x, args)` to images with their channels last, in training only. */
#define HONE_IMAGE_LAYER_BUILT(thing, class_name_, FIELDS, change, build_, words) \
    HONE_FIELD_TABLE_NAMED(hone_##thing##_args, FIELDS, thing##_fields, thing##_defaults); \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        (void)count; \
        const hone_##thing##_args *args = hone_layer_args(layer); \
        const bool channels_first = hone_internal_space_channels_first(args->data_format); \
        outputs[0] = inputs[0]; \
        if (hone_graph_training(graph)) \
            outputs[0] = hone_internal_space_leave( \
                graph, change(graph, hone_internal_space_enter(graph, inputs[0], channels_first), args), \
                channels_first); \
        return 1; \
    } \
    HONE_IMAGE_TYPE(thing, class_name_, build_, call_##thing, words)

/* The same for images with this many channels, which is all that is checked. */
#define HONE_IMAGE_LAYER(thing, class_name_, FIELDS, change, channels, words) \
    static hone_status build_##thing(hone_layer *layer, const hone_shape *inputs, int count) \
    { \
        (void)count; \
        const hone_##thing##_args *args = hone_layer_args(layer); \
        return hone_internal_image_check(inputs[0], hone_internal_space_channels_first(args->data_format), \
                                         channels); \
    } \
    HONE_IMAGE_LAYER_BUILT(thing, class_name_, FIELDS, change, build_##thing, words)

#endif
