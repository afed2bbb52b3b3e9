/* Operations of keras.ops.image and those of keras.ops.nn that exchange places and channels. */
#include "layers/cast.h"
#include "layers/images.h"
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/matrix.h"
#include "ops/transform.h"

#include <string.h>

#define ON_IMAGES(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);
/* The same of those that give back integers where they were given some. */
#define ON_INTEGERS(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, .state_bytes = sizeof(hone_cast_state));
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
HONE_OPERATION_ARGS(resize, RESIZE_FIELDS)

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
ON_INTEGERS(image, resize, "Resize", resize,
            hone_internal_cast_back(graph, layer, resized(graph, x, args), true))

/* ---- gray ---- */

#define GRAY_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(gray, GRAY_FIELDS)

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
ON_INTEGERS(image, rgb_to_grayscale, "RGBToGrayscale", gray,
            hone_internal_cast_back(graph, layer,
                                    gray(graph, x, hone_internal_space_channels_first(args->data_format)),
                                    false))

/* ---- colours ---- */

static hone_value recoloured(hone_graph *graph, hone_value x, const gray_args *args,
                             hone_value (*turn)(hone_graph *, hone_value))
{
    const bool first = hone_internal_space_channels_first(args->data_format);
    if (hone_internal_image_check(hone_value_shape(graph, x), first, 3) < 0)
        return HONE_NO_VALUE;
    return hone_internal_space_leave(graph, turn(graph, hone_internal_space_enter(graph, x, first)), first);
}
ON_IMAGES(image, rgb_to_hsv, "RGBToHSV", gray, recoloured(graph, x, args, hone_internal_image_to_hsv))
ON_IMAGES(image, hsv_to_rgb, "HSVToRGB", gray, recoloured(graph, x, args, hone_internal_image_to_rgb))

/* ---- rims ---- */

#define TARGET_FIELDS(F, A) \
    F(A, INTEGER, target_height, HONE_NONE_INTEGER, "height of the result", HONE_AT_LEAST(1)) \
    F(A, INTEGER, target_width, HONE_NONE_INTEGER, "width of the result", HONE_AT_LEAST(1)) \
    FORMAT_FIELDS(F, A)
#define RIM_FIELDS(F, A, word) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, top_##word, HONE_NONE_INTEGER, "rows above (None: by the target)", HONE_AT_LEAST(0)) \
    F(A, INTEGER, left_##word, HONE_NONE_INTEGER, "columns on the left (None: by the target)", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, bottom_##word, HONE_NONE_INTEGER, "rows below (None: by the target)", HONE_AT_LEAST(0)) \
    F(A, INTEGER, right_##word, HONE_NONE_INTEGER, "columns on the right (None: by the target)", \
      HONE_AT_LEAST(0)) \
    TARGET_FIELDS(F, A)
#define PADDED_FIELDS(F, A) RIM_FIELDS(F, A, padding)
#define CROPPED_FIELDS(F, A) RIM_FIELDS(F, A, cropping)
HONE_OPERATION_ARGS(padded, PADDED_FIELDS)
HONE_OPERATION_ARGS(cropped, CROPPED_FIELDS)

/* before + inner + after = outer; exactly one of them, not given, is worked out. */
typedef struct rim {
    int64_t before, after, inner, outer;
} rim;

static bool work_out(rim *side, const char *name)
{
    int64_t *const all[] = {&side->before, &side->after, &side->inner, &side->outer};
    int missing = 0;
    for (int i = 0; i < 4; i++)
        missing += *all[i] == HONE_NONE_INTEGER;
    if (missing != 1) {
        hone_fail(HONE_ERROR_ARGUMENT, "exactly two of both rims and the target %s must be given", name);
        return false;
    }
    if (side->outer == HONE_NONE_INTEGER)
        side->outer = side->before + side->inner + side->after;
    for (int i = 0; i < 3; i++)
        if (*all[i] == HONE_NONE_INTEGER)
            *all[i] = side->outer - (side->before == HONE_NONE_INTEGER ? 0 : side->before) -
                      (side->after == HONE_NONE_INTEGER ? 0 : side->after) -
                      (side->inner == HONE_NONE_INTEGER ? 0 : side->inner);
    if (side->before >= 0 && side->after >= 0 && side->inner >= 1)
        return true;
    hone_fail(HONE_ERROR_SHAPE, "a %s of %lld does not become one of %lld with rims of %lld and %lld", name,
              (long long)side->inner, (long long)side->outer, (long long)side->before,
              (long long)side->after);
    return false;
}

/* Height and width are axes 1 and 2, or 2 and 3; false with a message. */
static bool check_sizes(hone_graph *graph, hone_value x, bool first)
{
    if (hone_internal_image_check(hone_value_shape(graph, x), first, 0) < 0)
        return false;
    for (int axis = first + 1; axis < first + 3; axis++)
        if (hone_value_size(graph, x, axis) == HONE_ANY) {
            hone_fail(HONE_ERROR_SHAPE, "images must have a fixed height and width");
            return false;
        }
    return true;
}

static hone_value padded_images(hone_graph *graph, hone_value x, const padded_args *args)
{
    const bool first = hone_internal_space_channels_first(args->data_format);
    if (!check_sizes(graph, x, first))
        return HONE_NO_VALUE;
    rim down = {args->top_padding, args->bottom_padding, hone_value_size(graph, x, first + 1),
                args->target_height},
        right = {args->left_padding, args->right_padding, hone_value_size(graph, x, first + 2),
                 args->target_width};
    if (!work_out(&down, "height") || !work_out(&right, "width"))
        return HONE_NO_VALUE;
    int64_t before[HONE_MAX_RANK] = {0}, after[HONE_MAX_RANK] = {0};
    before[first + 1] = down.before;
    after[first + 1] = down.after;
    before[first + 2] = right.before;
    after[first + 2] = right.after;
    return hone_op_pad(graph, x, before, after, 0);
}
ON_IMAGES(image, pad_images, "PadImages", padded, padded_images(graph, x, args))

static hone_value cropped_images(hone_graph *graph, hone_value x, const cropped_args *args)
{
    const bool first = hone_internal_space_channels_first(args->data_format);
    if (!check_sizes(graph, x, first))
        return HONE_NO_VALUE;
    rim down = {args->top_cropping, args->bottom_cropping, args->target_height,
                hone_value_size(graph, x, first + 1)},
        right = {args->left_cropping, args->right_cropping, args->target_width,
                 hone_value_size(graph, x, first + 2)};
    if (!work_out(&down, "height") || !work_out(&right, "width"))
        return HONE_NO_VALUE;
    x = hone_op_slice(graph, x, first + 1, down.before, down.before + down.inner);
    return hone_op_slice(graph, x, first + 2, right.before, right.before + right.inner);
}
ON_IMAGES(image, crop_images, "CropImages", cropped, cropped_images(graph, x, args))

/* ---- places and channels ---- */

#define BLOCK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, block_size, HONE_NONE_INTEGER, "rows and columns of a block", HONE_REQUIRED, \
      HONE_BETWEEN(2, 1 << 15)) \
    F(A, TEXT, data_format, "channels_last", "where the channels are", \
      HONE_ONE_OF("channels_last|channels_first"))
HONE_OPERATION_ARGS(block, BLOCK_FIELDS)

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

/* ---- seen through a map ---- */

#define BETWEEN_FIELDS(F, A) \
    F(A, TEXT, interpolation, "bilinear", "how numbers between places are found", \
      HONE_ONE_OF("nearest|bilinear"))
#define AFFINE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    BETWEEN_FIELDS(F, A) \
    F(A, TEXT, fill_mode, "constant", "what lies outside of the images", \
      HONE_ONE_OF("constant|nearest|wrap|mirror|reflect")) \
    F(A, NUMBER, fill_value, 0, "that number") FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(affine, AFFINE_FIELDS)
#define MATRICES_FIELDS(F, A) \
    HONE_OPERAND(F, A, images, "the images when they are a constant") \
    HONE_OPERAND(F, A, transform, "eight numbers, or as many for each image")
HONE_OPERATION_CALL_FIELDS(matrices, MATRICES_FIELDS)

/* Images [n, h, w, c] through matrices [n, 8] or [1, 8], as images of the same size. */
static hone_value seen_through(hone_graph *graph, hone_value x, hone_value matrices,
                               const hone_sampling *sampling, bool first)
{
    if (hone_value_shape(graph, x).rank != 4) {
        hone_fail(HONE_ERROR_SHAPE, "a batch of images of four axes is needed, not of %d",
                  hone_value_shape(graph, x).rank);
        return HONE_NO_VALUE;
    }
    x = matrices < 0 ? HONE_NO_VALUE : hone_internal_space_enter(graph, x, first);
    if (x < 0)
        return x;
    return hone_internal_space_leave(graph,
                                     hone_internal_op_transform(graph, x, matrices,
                                                                hone_value_size(graph, x, 1),
                                                                hone_value_size(graph, x, 2), sampling),
                                     first);
}

static hone_value transformed(hone_graph *graph, const hone_value *x, const affine_args *args)
{
    const hone_sampling sampling = {args->interpolation, args->fill_mode, args->fill_value};
    const hone_value matrices =
        hone_value_shape(graph, x[1]).rank == 1 ? hone_op_expand(graph, x[1], 0) : x[1];
    return seen_through(graph, x[0], matrices, &sampling,
                        hone_internal_space_channels_first(args->data_format));
}
HONE_OPERATION_CALL_OF_TWO(affine_transform, affine_args, transformed(graph, x, args))
HONE_OPERATION_OF(image, affine_transform, "AffineTransform", affine_args, affine_fields, affine_defaults,
                  .call = call_affine_transform, HONE_OPERATION_OPERANDS(matrices_call_type, 2));

#define PERSPECTIVE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    BETWEEN_FIELDS(F, A) F(A, NUMBER, fill_value, 0, "what lies outside of the images") FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(perspective, PERSPECTIVE_FIELDS)
#define POINTS_FIELDS(F, A) \
    HONE_OPERAND(F, A, images, "the images when they are a constant") \
    HONE_OPERAND(F, A, start_points, "four points (column, row), or as many for each image") \
    HONE_OPERAND(F, A, end_points, "where they go")
HONE_OPERATION_CALL_FIELDS(points, POINTS_FIELDS)

/* Eight equations m y = b for the map that takes the points (u, v) of the result to those (x, y) of the
 * images: [u, v, 1, 0, 0, 0, -x u, -x v] m = x, [0, 0, 0, u, v, 1, -y u, -y v] m = y. Points are [n, 4, 2].
 */
static hone_value map_of_points(hone_graph *graph, hone_value from, hone_value to)
{
    const hone_value x = hone_op_slice(graph, from, 2, 0, 1), y = hone_op_slice(graph, from, 2, 1, 2),
                     u = hone_op_slice(graph, to, 2, 0, 1), zero = hone_op_affine(graph, u, 0, 0),
                     one = hone_op_affine(graph, u, 0, 1),
                     rows_x[] = {to,   one,  zero,
                                 zero, zero, hone_op_negative(graph, hone_op_multiply(graph, x, to))},
                     rows_y[] = {zero, zero, zero,
                                 to,   one,  hone_op_negative(graph, hone_op_multiply(graph, y, to))},
                     rows[] = {hone_op_concatenate(graph, rows_x, 6, 2),
                               hone_op_concatenate(graph, rows_y, 6, 2)},
                     sides[] = {x, y};
    return hone_op_squeeze(graph,
                           hone_internal_op_solve(graph, hone_op_concatenate(graph, rows, 2, 1),
                                                  hone_op_concatenate(graph, sides, 2, 1)),
                           2);
}

static int call_perspective(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    const perspective_args *args = hone_layer_args(layer);
    const hone_sampling sampling = {args->interpolation, "constant", args->fill_value};
    hone_value x[3];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 3, x));
    for (int i = 1; i < 3; i++) {
        x[i] = hone_value_shape(graph, x[i]).rank == 2 ? hone_op_expand(graph, x[i], 0) : x[i];
        if (x[i] < 0)
            return hone_error_status();
        const hone_shape shape = hone_value_shape(graph, x[i]);
        if (shape.rank != 3 || shape.size[1] != 4 || shape.size[2] != 2)
            return hone_fail(HONE_ERROR_SHAPE, "points must have the shape (4, 2) or (batch, 4, 2)");
    }
    outputs[0] = seen_through(graph, x[0], hone_op_stop_gradient(graph, map_of_points(graph, x[1], x[2])),
                              &sampling, hone_internal_space_channels_first(args->data_format));
    return 1;
}
HONE_OPERATION_OF(image, perspective_transform, "PerspectiveTransform", perspective_args, perspective_fields,
                  perspective_defaults, .call = call_perspective,
                  HONE_OPERATION_OPERANDS(points_call_type, 3));
