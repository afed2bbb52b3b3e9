/* Operations of keras.ops.image and those of keras.ops.nn that exchange places and channels. */
#include "layers/images.h"
#include "operations/operations.h"

#include <string.h>

#define ARGUMENTS(thing, FIELDS) \
    HONE_ARGS_STRUCT(thing##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(thing##_args, FIELDS, thing##_fields, thing##_defaults);
#define ON_IMAGES(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);
#define FORMAT_FIELDS(F, A) \
    F(A, TEXT, data_format, NULL, "where the channels are (None: last)", \
      HONE_ONE_OF("channels_last|channels_first"))

/* ---- other sizes ---- */

#define RESIZE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, SIZES, size, HONE_NO_INTEGERS, "height and width", HONE_REQUIRED, HONE_AT_LEAST(1), .items = 2) \
    F(A, TEXT, interpolation, "bilinear", "how numbers between places are found", \
      HONE_ONE_OF("nearest|bilinear|bicubic|lanczos3|lanczos5")) \
    F(A, BOOLEAN, antialias, false, "widen the filter when images become smaller") \
    F(A, BOOLEAN, crop_to_aspect_ratio, false, "crop to the aspect ratio of the output first") \
    F(A, BOOLEAN, pad_to_aspect_ratio, false, "pad to the aspect ratio of the output first") \
    F(A, TEXT, fill_mode, "constant", "what is padded with", HONE_ONE_OF("constant")) \
    F(A, NUMBER, fill_value, 0, "value that is padded with") FORMAT_FIELDS(F, A)
ARGUMENTS(resize, RESIZE_FIELDS)

static hone_value resized(hone_graph *graph, hone_value x, const resize_args *args)
{
    const hone_resizing_args resizing = {
        .height = args->size[0],
        .width = args->size[1],
        .interpolation = args->interpolation,
        .antialias = args->antialias,
        .crop_to_aspect_ratio = args->crop_to_aspect_ratio,
        .pad_to_aspect_ratio = args->pad_to_aspect_ratio,
        .fill_mode = args->fill_mode,
        .fill_value = args->fill_value,
        .data_format = args->data_format,
    };
    return hone_internal_image_resizing(graph, x, &resizing);
}
ON_IMAGES(image, resize, "Resize", resize, resized(graph, x, args))

/* ---- gray ---- */

#define GRAY_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) FORMAT_FIELDS(F, A)
ARGUMENTS(gray, GRAY_FIELDS)

/* One channel, 0.2989 red + 0.5870 green + 0.1140 blue. */
static hone_value gray(hone_graph *graph, hone_value x, bool first)
{
    static const double weights[3] = {0.2989, 0.5870, 0.1140};
    int axis = first ? 1 : 3;
    hone_value sum = HONE_NO_VALUE;
    int64_t channels = hone_value_shape(graph, x).rank == 4 ? hone_value_size(graph, x, axis) : 0;
    if (channels == 1)
        return x;
    if (channels != 3) {
        char text[128];
        hone_internal_shape_to_text(hone_value_shape(graph, x), text, sizeof text);
        hone_fail(HONE_ERROR_SHAPE, "images must have 3 channels or 1 along axis %d, not the shape %s", axis,
                  text);
        return HONE_NO_VALUE;
    }
    for (int i = 0; i < 3; i++) {
        hone_value part = hone_op_affine(graph, hone_op_slice(graph, x, axis, i, i + 1), weights[i], 0);
        sum = i == 0 ? part : hone_op_add(graph, sum, part);
    }
    return sum;
}
ON_IMAGES(image, rgb_to_grayscale, "RGBToGrayscale", gray,
          gray(graph, x, hone_internal_space_channels_first(args->data_format)))

/* ---- places and channels ---- */

#define BLOCK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, block_size, HONE_NONE_INTEGER, "rows and columns of a block", HONE_REQUIRED, \
      HONE_BETWEEN(2, 1 << 15)) \
    F(A, TEXT, data_format, "channels_last", "where the channels are", \
      HONE_ONE_OF("channels_last|channels_first"))
ARGUMENTS(block, BLOCK_FIELDS)

static hone_value fail_blocks(hone_shape shape, int64_t block)
{
    char text[128];
    hone_internal_shape_to_text(shape, text, sizeof text);
    hone_fail(HONE_ERROR_SHAPE, "images of shape %s have no blocks of %lld x %lld", text, (long long)block,
              (long long)block);
    return HONE_NO_VALUE;
}

/* (n, h, w, b b c) to (n, h b, w b, c): by (n, h, w, b, b, c) in the order n h b w b c. With the channels
 * second (n, b b c, h, w) is taken as (n, c, b, b, h, w), so that c counts first. */
static hone_value spread_channels(hone_graph *graph, hone_value x, int64_t b, bool first)
{
    static const int last_order[] = {0, 1, 3, 2, 4, 5}, first_order[] = {0, 1, 4, 2, 5, 3};
    hone_shape s = hone_value_shape(graph, x);
    int64_t c = s.rank == 4 ? s.size[first ? 1 : 3] : 0;
    if (c < 1 || c % (b * b) != 0)
        return fail_blocks(s, b);
    c /= b * b;
    int64_t h = s.size[first ? 2 : 1], w = s.size[first ? 3 : 2], tall = hone_internal_size_product(h, b),
            wide = hone_internal_size_product(w, b);
    hone_shape apart = first ? (hone_shape){.rank = 6, .size = {s.size[0], c, b, b, h, w}}
                             : (hone_shape){.rank = 6, .size = {s.size[0], h, w, b, b, c}},
               result = first ? (hone_shape){.rank = 4, .size = {s.size[0], c, tall, wide}}
                              : (hone_shape){.rank = 4, .size = {s.size[0], tall, wide, c}};
    x = hone_op_transpose(graph, hone_op_reshape(graph, x, apart), first ? first_order : last_order);
    return hone_op_reshape(graph, x, result);
}

/* The way back. */
static hone_value gather_channels(hone_graph *graph, hone_value x, int64_t b, bool first)
{
    static const int last_order[] = {0, 1, 3, 2, 4, 5}, first_order[] = {0, 1, 3, 5, 2, 4};
    hone_shape s = hone_value_shape(graph, x);
    int64_t h = s.rank == 4 ? s.size[first ? 2 : 1] : 0, w = s.rank == 4 ? s.size[first ? 3 : 2] : 0;
    if (h < 1 || w < 1 || h % b != 0 || w % b != 0)
        return fail_blocks(s, b);
    int64_t c = s.size[first ? 1 : 3], all = hone_internal_size_product(c, b * b);
    hone_shape apart = first ? (hone_shape){.rank = 6, .size = {s.size[0], c, h / b, b, w / b, b}}
                             : (hone_shape){.rank = 6, .size = {s.size[0], h / b, b, w / b, b, c}},
               result = first ? (hone_shape){.rank = 4, .size = {s.size[0], all, h / b, w / b}}
                              : (hone_shape){.rank = 4, .size = {s.size[0], h / b, w / b, all}};
    x = hone_op_transpose(graph, hone_op_reshape(graph, x, apart), first ? first_order : last_order);
    return hone_op_reshape(graph, x, result);
}
#define FIRST hone_internal_space_channels_first(args->data_format)
ON_IMAGES(nn, depth_to_space, "DepthToSpace", block, spread_channels(graph, x, args->block_size, FIRST))
ON_IMAGES(nn, space_to_depth, "SpaceToDepth", block, gather_channels(graph, x, args->block_size, FIRST))
