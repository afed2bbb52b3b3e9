/* random_crop, random_erasing, random_gaussian_blur: a part of each image, a rectangle filled, a window moved
 * over. */
#include "layers/images.h"

#include <math.h>

/* ---- random_crop: x[top + v, left + u], one place for the whole batch ---- */

/* A whole number from 0 to `places` - 1. */
static hone_value draw_place(hone_graph *graph, int64_t places, const char *purpose)
{
    const hone_value draw = hone_op_random_uniform(graph, HONE_SHAPE(1, 1), 0, (double)places, purpose);
    return hone_op_unary(graph, "floor", draw, (hone_parameters){0});
}

static hone_value crop_somewhere(hone_graph *graph, hone_value x, int64_t height, int64_t width)
{
    static const hone_sampling sampling = {"nearest", "nearest", 0};
    const hone_value top = draw_place(graph, hone_value_size(graph, x, 1) - height + 1, "top"),
                     left = draw_place(graph, hone_value_size(graph, x, 2) - width + 1, "left"),
                     zero = hone_graph_filled(graph, HONE_SHAPE(1, 1), 0),
                     one = hone_graph_filled(graph, HONE_SHAPE(1, 1), 1);
    const hone_value matrix =
        hone_op_concatenate(graph, (hone_value[]){one, zero, left, zero, one, top, zero, zero}, 8, 1);
    return hone_internal_op_transform(graph, x, matrix, height, width, &sampling);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Images that are not larger in both directions are cut from where the largest part of that aspect ratio
 * begins, and resized. */
static hone_value crop(hone_graph *graph, hone_value x, const hone_random_crop_args *args)
{
    const int64_t h = hone_value_size(graph, x, 1), w = hone_value_size(graph, x, 2);
    if (x < 0 || h == HONE_ANY || w == HONE_ANY)
        return hone_internal_image_resize(graph, x, args->height, args->width, "bilinear", false);
    if (h > args->height && w > args->width)
        return crop_somewhere(graph, x, args->height, args->width);
    hone_image_box box = hone_internal_image_largest(h, w, args->height, args->width);
    box.height = least(args->height, h - box.top);
    box.width = least(args->width, w - box.left);
    x = hone_internal_image_crop(graph, x, box);
    return hone_internal_image_resize(graph, x, args->height, args->width, "bilinear", false);
}

HONE_FIELD_TABLE_NAMED(hone_random_crop_args, HONE_RANDOM_CROP_FIELDS, random_crop_fields,
                       random_crop_defaults);

static hone_status build_crop(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_random_crop_args *args = hone_layer_args(layer);
    return hone_internal_image_check(inputs[0], hone_internal_space_channels_first(args->data_format), 0);
}

/* In prediction the images stay as large as they are; the layers that follow are built for the cropped ones.
 */
static int call_crop(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)count;
    const hone_random_crop_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    outputs[0] = inputs[0];
    if (hone_graph_training(graph) || graph->symbolic)
        outputs[0] = hone_internal_space_leave(
            graph, crop(graph, hone_internal_space_enter(graph, inputs[0], channels_first), args),
            channels_first);
    return 1;
}

HONE_IMAGE_TYPE(random_crop, "RandomCrop", build_crop, call_crop,
                "Crops images at random places during training.")

/* ---- random_erasing ---- */

/* What the rectangle is filled with. */
static hone_value filling(hone_graph *graph, hone_value x, const hone_random_erasing_args *args)
{
    const hone_numbers given = hone_internal_numbers_of(&args->fill_value);
    const hone_range values = hone_internal_image_ends(&args->value_range);
    hone_value colours[3];
    if (given.count == 0)
        return hone_op_clip(
            graph, hone_op_random_normal(graph, hone_value_shape(graph, x), 0, fabs(values.high), "filling"),
            values.low, values.high);
    for (size_t c = 0; c < given.count && c < 3; c++)
        colours[c] = hone_graph_filled(graph, HONE_SHAPE(1, 1, 1, 1),
                                       fmin(fmax(given.items[c], values.low), values.high));
    return given.count == 1 ? colours[0] : hone_op_concatenate(graph, colours, 3, 3);
}

static hone_value erase(hone_graph *graph, hone_value x, const hone_random_erasing_args *args)
{
    const hone_range scale = hone_internal_image_ends(&args->scale);
    const hone_value wide = hone_op_sqrt(graph, hone_internal_image_draw(graph, x, scale, "width")),
                     tall = hone_op_sqrt(graph, hone_internal_image_draw(graph, x, scale, "height")),
                     chance = hone_internal_image_chance(graph, x, hone_internal_image_ends(&args->factor));
    hone_value area;
    const hone_value inside = hone_internal_image_rectangle(graph, x, wide, tall, &area);
    return x < 0 ? HONE_NO_VALUE
                 : hone_op_select(graph, hone_op_multiply(graph, inside, chance), filling(graph, x, args), x);
}

static hone_status check_colours(const hone_layer *layer, const hone_shape *input)
{
    const hone_random_erasing_args *args = hone_layer_args(layer);
    const bool channels_first = hone_internal_space_channels_first(args->data_format);
    HONE_TRY(hone_internal_image_check(*input, channels_first, 0));
    const int64_t channels = input->size[channels_first ? 1 : 3];
    if (hone_internal_numbers_of(&args->fill_value).count == 3 && channels != 3 && channels != HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "fill_value has 3 numbers, but the images have %lld channels",
                         (long long)channels);
    return HONE_OK;
}

static hone_status build_erasing(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return check_colours(layer, inputs);
}

/* ---- random_gaussian_blur: weights e^(-x^2 / 2 s^2) of the window, divided by their sum ---- */

/* [1, k, 1, 1] or [k, 1, 1, 1], for a deviation of one number. */
static hone_value bell(hone_graph *graph, int64_t k, hone_value deviation, bool across)
{
    const hone_shape shape = across ? HONE_SHAPE(1, k, 1, 1) : HONE_SHAPE(k, 1, 1, 1);
    const hone_value count =
                         hone_op_cumulative_sum(graph, hone_graph_filled(graph, shape, 1), across ? 1 : 0),
                     place = hone_op_affine(graph, count, 1, -(double)(k + 1) / 2),
                     square = hone_op_square(graph, hone_op_divide(graph, place, deviation)),
                     weights = hone_op_exp(graph, hone_op_affine(graph, square, -0.5, 0));
    return hone_op_divide(graph, weights, hone_op_reduce(graph, "sum", weights, NULL, 0, true));
}

static hone_value blurred(hone_graph *graph, hone_value x, const hone_random_gaussian_blur_args *args)
{
    const hone_range sigma = hone_internal_image_ends(&args->sigma);
    const int64_t wide = args->kernel_size[0], tall = args->kernel_size[1],
                  channels = hone_value_size(graph, x, 3);
    const hone_convolution how = {.before = {(tall - 1) / 2, (wide - 1) / 2},
                                  .after = {(tall - 1) / 2, (wide - 1) / 2},
                                  .groups = channels};
    const hone_shape one = HONE_SHAPE(1, 1, 1, 1);
    const hone_value sx = hone_op_affine(graph,
                                         hone_op_random_uniform(graph, one, sigma.low, sigma.high, "sigma_x"),
                                         1, 1e-6),
                     sy = hone_op_affine(graph,
                                         hone_op_random_uniform(graph, one, sigma.low, sigma.high, "sigma_y"),
                                         1, 1e-6),
                     kernel =
                         hone_op_multiply(graph, bell(graph, tall, sy, false), bell(graph, wide, sx, true));
    return hone_op_convolution(graph, x,
                               hone_op_broadcast(graph, kernel, HONE_SHAPE(tall, wide, 1, channels)), &how);
}

static hone_value blur(hone_graph *graph, hone_value x, const hone_random_gaussian_blur_args *args)
{
    const hone_range values = hone_internal_image_ends(&args->value_range);
    if (x < 0)
        return HONE_NO_VALUE;
    const hone_value chance = hone_internal_image_chance(graph, x, hone_internal_image_ends(&args->factor));
    return hone_op_clip(graph, hone_op_select(graph, chance, blurred(graph, x, args), x), values.low,
                        values.high);
}

static hone_status build_blur(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_random_gaussian_blur_args *args = hone_layer_args(layer);
    for (int i = 0; i < 2; i++)
        if (args->kernel_size[i] % 2 == 0)
            return hone_fail(HONE_ERROR_ARGUMENT, "kernel_size must be odd numbers, not %lld",
                             (long long)args->kernel_size[i]);
    return hone_internal_image_check(inputs[0], hone_internal_space_channels_first(args->data_format), 0);
}

HONE_IMAGE_LAYER_BUILT(random_erasing, "RandomErasing", HONE_RANDOM_ERASING_FIELDS, erase, build_erasing,
                       "Fills a rectangle of images at random during training.")
HONE_IMAGE_LAYER_BUILT(random_gaussian_blur, "RandomGaussianBlur", HONE_RANDOM_GAUSSIAN_BLUR_FIELDS, blur,
                       build_blur, "Blurs images at random during training.")
