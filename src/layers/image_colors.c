/* Images with other colours, each sample by numbers of its own. */
#include "layers/images.h"
#include "ops/histogram.h"

static hone_value unary(hone_graph *graph, const char *name, hone_value x, double a)
{
    return hone_op_unary(graph, name, x, (hone_parameters){.a = a});
}

/* Numbers of one range as those of another. */
static hone_value scale(hone_graph *graph, hone_value x, hone_range from, hone_range to)
{
    const double factor = (to.high - to.low) / (from.high - from.low);
    return from.low == to.low && from.high == to.high
               ? x
               : hone_op_affine(graph, x, factor, to.low - from.low * factor);
}

static const hone_range bytes = {0, 255}, unit = {0, 1};

static hone_value clip(hone_graph *graph, hone_value x, hone_range values)
{
    return hone_op_clip(graph, x, values.low, values.high);
}

/* x + factor (y - x) */
static hone_value mix(hone_graph *graph, hone_value x, hone_value factor, hone_value y)
{
    return hone_op_add(graph, x, hone_op_multiply(graph, factor, hone_op_subtract(graph, y, x)));
}

hone_value hone_internal_image_brighten(hone_graph *graph, hone_value x, hone_range factor, hone_range values)
{
    const hone_value draw = hone_internal_image_draw(graph, x, factor, "brightness");
    return clip(graph, hone_op_add(graph, x, hone_op_affine(graph, draw, values.high - values.low, 0)),
                values);
}

hone_value hone_internal_image_contrast(hone_graph *graph, hone_value x, hone_range factor, hone_range values)
{
    const hone_range range = {1 - factor.low, 1 + factor.high};
    const hone_value draw = hone_internal_image_draw(graph, x, range, "contrast"),
                     mean = hone_op_reduce(graph, "mean", x, (const int[]){1, 2}, 2, true);
    return clip(graph, mix(graph, mean, draw, x), values);
}

/* ---- hue, saturation and value of a pixel ---- */

typedef struct planes {
    hone_value plane[3]; /* [n, h, w, 1] */
} planes;

static planes split(hone_graph *graph, hone_value x)
{
    planes p;
    for (int c = 0; c < 3; c++)
        p.plane[c] = hone_op_slice(graph, x, 3, c, c + 1);
    return p;
}

static hone_value join(hone_graph *graph, const planes *p)
{
    return hone_op_concatenate(graph, p->plane, 3, 3);
}

/* (a - b) / (6 range) + sixths / 6 */
static hone_value hue_part(hone_graph *graph, hone_value a, hone_value b, hone_value range, double sixths)
{
    return hone_op_affine(graph, hone_op_divide(graph, hone_op_subtract(graph, a, b), range), 1.0 / 6,
                          sixths / 6);
}

static planes to_hsv(hone_graph *graph, hone_value x)
{
    const hone_value zero = hone_graph_constant(graph, 0), one = hone_graph_constant(graph, 1);
    x = hone_op_select(graph, unary(graph, "less_scalar", hone_op_absolute(graph, x), 0x1p-23), zero, x);
    const planes rgb = split(graph, x);
    const hone_value r = rgb.plane[0], g = rgb.plane[1], b = rgb.plane[2];
    const hone_value value = hone_op_maximum(graph, hone_op_maximum(graph, r, g), b),
                     range = hone_op_subtract(graph, value,
                                              hone_op_minimum(graph, hone_op_minimum(graph, r, g), b)),
                     bright = unary(graph, "greater_scalar", value, 0),
                     coloured = unary(graph, "greater_scalar", range, 0),
                     safe_value = hone_op_select(graph, bright, value, one),
                     safe_range = hone_op_select(graph, coloured, range, one);
    const hone_value saturation =
        hone_op_select(graph, bright, hone_op_divide(graph, range, safe_value), zero);
    hone_value hue =
        hone_op_select(graph, hone_op_binary(graph, "equal", value, g), hue_part(graph, b, r, safe_range, 2),
                       hue_part(graph, r, g, safe_range, 4));
    hue = hone_op_select(graph, hone_op_binary(graph, "equal", value, r),
                         hue_part(graph, g, b, safe_range, 0), hue);
    const hone_value below = unary(graph, "less_scalar", hue, 0);
    hue = hone_op_add(graph, hone_op_select(graph, coloured, hue, zero), below);
    return (planes){{hue, saturation, value}};
}

/* value (1 - saturation + saturation d) */
static hone_value colour(hone_graph *graph, const planes *hsv, hone_value d)
{
    const hone_value part = hone_op_multiply(graph, hsv->plane[1], hone_op_affine(graph, d, 1, -1));
    return hone_op_multiply(graph, hsv->plane[2], hone_op_affine(graph, part, 1, 1));
}

/* clip(factor |turn - centre| + offset, 0, 1) */
static hone_value ramp(hone_graph *graph, hone_value turn, double centre, double factor, double offset)
{
    const hone_value distance = hone_op_absolute(graph, hone_op_affine(graph, turn, 1, -centre));
    return clip(graph, hone_op_affine(graph, distance, factor, offset), unit);
}

static hone_value to_rgb(hone_graph *graph, const planes *hsv)
{
    const hone_value hue = hsv->plane[0],
                     turn = hone_op_affine(graph, hone_op_subtract(graph, hue, unary(graph, "floor", hue, 0)),
                                           6, 0);
    const planes rgb = {{colour(graph, hsv, ramp(graph, turn, 3, 1, -1)),
                         colour(graph, hsv, ramp(graph, turn, 2, -1, 2)),
                         colour(graph, hsv, ramp(graph, turn, 4, -1, 2))}};
    return join(graph, &rgb);
}

hone_value hone_internal_image_to_hsv(hone_graph *graph, hone_value x)
{
    const planes hsv = to_hsv(graph, x);
    return join(graph, &hsv);
}
hone_value hone_internal_image_to_rgb(hone_graph *graph, hone_value x)
{
    const planes hsv = split(graph, x);
    return to_rgb(graph, &hsv);
}

/* Keras clips the saturation to the range of the images' values, not to that from 0 to 1. */
static hone_value saturate(hone_graph *graph, hone_value x, hone_range factor, hone_range values)
{
    const hone_value draw = hone_internal_image_draw(graph, x, factor, "saturation"),
                     times = hone_op_divide(graph, draw, hone_op_affine(graph, draw, -1, 1 + 1e-7));
    planes hsv = to_hsv(graph, x);
    hsv.plane[1] = clip(graph, hone_op_multiply(graph, hsv.plane[1], times), values);
    return to_rgb(graph, &hsv);
}

static hone_value turn_hue(hone_graph *graph, hone_value x, hone_range factor, hone_range values)
{
    const hone_value coin = unary(graph, "greater_scalar", hone_internal_image_draw(graph, x, unit, "sign"),
                                  0.5),
                     turn = hone_op_affine(graph, hone_internal_image_draw(graph, x, factor, "hue"), 0.5, 0),
                     moved = hone_op_multiply(graph, turn, hone_op_affine(graph, coin, -2, 1));
    planes hsv = to_hsv(graph, scale(graph, x, values, unit));
    hsv.plane[0] = hone_op_add(graph, hsv.plane[0], moved);
    return scale(graph, clip(graph, to_rgb(graph, &hsv), unit), unit, values);
}

static hone_value grayed(hone_graph *graph, hone_value x)
{
    if (x < 0 || hone_value_size(graph, x, 3) == 1)
        return x;
    const planes rgb = split(graph, x);
    return hone_op_add(graph,
                       hone_op_add(graph, hone_op_affine(graph, rgb.plane[0], 0.2989, 0),
                                   hone_op_affine(graph, rgb.plane[1], 0.5870, 0)),
                       hone_op_affine(graph, rgb.plane[2], 0.1140, 0));
}

hone_value hone_internal_image_degenerate(hone_graph *graph, hone_value x, hone_range factor,
                                          hone_range values)
{
    const hone_value draw = hone_internal_image_draw(graph, x, factor, "degeneration");
    return clip(graph, mix(graph, x, draw, grayed(graph, x)), values);
}

/* floor(x / 2^(8 - bits)) 2^(8 - bits) of whole numbers from 0 to 255. */
hone_value hone_internal_image_posterize(hone_graph *graph, hone_value x, hone_range bits, hone_range values)
{
    const hone_value draw = unary(graph, "floor", hone_internal_image_draw(graph, x, bits, "bits"), 0),
                     step = hone_op_exp(
                         graph, hone_op_affine(graph, draw, -0.693147180559945309, 8 * 0.693147180559945309)),
                     whole = unary(graph, "round", step, 0),
                     levels = unary(graph, "floor", scale(graph, x, values, bytes), 0),
                     kept = unary(graph, "floor", hone_op_divide(graph, levels, whole), 0);
    return scale(graph, hone_op_multiply(graph, kept, whole), bytes, values);
}

/* Convolved with [1 1 1; 1 5 1; 1 1 1] / 13, zeros around. */
static hone_value smooth(hone_graph *graph, hone_value x)
{
    const int64_t channels = hone_value_size(graph, x, 3), around[4] = {1, 1, 0, 0};
    const hone_value middle = hone_op_pad(
        graph, hone_graph_filled(graph, HONE_SHAPE(1, 1, 1, channels), 4.0 / 13), around, around, 0);
    const hone_convolution how = {.before = {1, 1}, .after = {1, 1}, .groups = channels};
    return hone_op_convolution(graph, x, hone_op_affine(graph, middle, 1, 1.0 / 13), &how);
}

hone_value hone_internal_image_sharpen(hone_graph *graph, hone_value x, hone_range factor, hone_range values)
{
    const hone_value draw = hone_internal_image_draw(graph, x, factor, "sharpness");
    return clip(graph, mix(graph, x, hone_op_affine(graph, draw, -2, 1), smooth(graph, x)), values);
}

/* The lower ends of both ranges are not multiplied by 255 in Keras either. */
hone_value hone_internal_image_solarize(hone_graph *graph, hone_value x, hone_range addition,
                                        hone_range threshold, hone_range values)
{
    const hone_range added = {addition.low, addition.high * 255},
                     limits = {threshold.low, threshold.high * 255};
    const hone_value more = hone_internal_image_draw(graph, x, added, "addition"),
                     limit = hone_internal_image_draw(graph, x, limits, "threshold"),
                     sum = clip(graph, hone_op_add(graph, scale(graph, x, values, bytes), more), bytes);
    return scale(graph,
                 hone_op_select(graph, hone_op_binary(graph, "less", sum, limit), sum,
                                hone_op_affine(graph, sum, -1, 255)),
                 bytes, values);
}

hone_value hone_internal_image_auto_contrast(hone_graph *graph, hone_value x, hone_range values)
{
    static const int pixels[] = {1, 2};
    const hone_value level = scale(graph, x, values, bytes),
                     low = hone_op_reduce(graph, "minimum", level, pixels, 2, true),
                     high = hone_op_reduce(graph, "maximum", level, pixels, 2, true),
                     flat = hone_op_binary(graph, "equal", low, high),
                     range = hone_op_select(graph, flat, hone_graph_constant(graph, 1),
                                            hone_op_subtract(graph, high, low)),
                     stretched = hone_op_divide(
                         graph, hone_op_affine(graph, hone_op_subtract(graph, level, low), 255, 0), range);
    return hone_op_select(graph, flat, x, scale(graph, clip(graph, stretched, bytes), bytes, values));
}

hone_value hone_internal_image_equalize(hone_graph *graph, hone_value x, hone_range values, int64_t bins)
{
    return scale(graph, hone_internal_op_equalize(graph, scale(graph, x, values, bytes), bins), bytes,
                 values);
}

/* ---- the layers ---- */

#define FACTOR_OF(thing, change) \
    static hone_value thing##_of(hone_graph *graph, hone_value x, const hone_##thing##_args *args) \
    { \
        return change(graph, x, hone_internal_image_ends(&args->factor), \
                      hone_internal_image_ends(&args->value_range)); \
    }
FACTOR_OF(random_brightness, hone_internal_image_brighten)
FACTOR_OF(random_contrast, hone_internal_image_contrast)
FACTOR_OF(random_saturation, saturate)
FACTOR_OF(random_hue, turn_hue)
FACTOR_OF(random_color_degeneration, hone_internal_image_degenerate)
FACTOR_OF(random_posterization, hone_internal_image_posterize)
FACTOR_OF(random_sharpness, hone_internal_image_sharpen)

static hone_value random_grayscale_of(hone_graph *graph, hone_value x, const hone_random_grayscale_args *args)
{
    const hone_value chance =
        unary(graph, "less_scalar", hone_internal_image_draw(graph, x, unit, "chance"), args->factor);
    return hone_op_select(graph, chance, grayed(graph, x), x);
}

static hone_value random_invert_of(hone_graph *graph, hone_value x, const hone_random_invert_args *args)
{
    const hone_value chance = hone_internal_image_chance(graph, x, hone_internal_image_ends(&args->factor));
    return hone_op_select(graph, chance,
                          hone_op_affine(graph, x, -1, hone_internal_image_ends(&args->value_range).high), x);
}

static hone_value solarization_of(hone_graph *graph, hone_value x, const hone_solarization_args *args)
{
    return hone_internal_image_solarize(graph, x, hone_internal_image_ends(&args->addition_factor),
                                        hone_internal_image_ends(&args->threshold_factor),
                                        hone_internal_image_ends(&args->value_range));
}

static hone_value equalization_of(hone_graph *graph, hone_value x, const hone_equalization_args *args)
{
    return hone_internal_image_equalize(graph, x, hone_internal_image_ends(&args->value_range), args->bins);
}

static hone_value random_color_jitter_of(hone_graph *graph, hone_value x,
                                         const hone_random_color_jitter_args *args)
{
    const hone_range values = hone_internal_image_ends(&args->value_range);
    if (hone_internal_numbers_of(&args->brightness_factor).count > 0)
        x = hone_internal_image_brighten(graph, x, hone_internal_image_range(&args->brightness_factor, -1),
                                         values);
    if (hone_internal_numbers_of(&args->contrast_factor).count > 0)
        x = hone_internal_image_contrast(graph, x, hone_internal_image_range(&args->contrast_factor, 0),
                                         values);
    if (hone_internal_numbers_of(&args->saturation_factor).count > 0)
        x = saturate(graph, x, hone_internal_image_range(&args->saturation_factor, -1), values);
    if (hone_internal_numbers_of(&args->hue_factor).count > 0)
        x = turn_hue(graph, x, hone_internal_image_range(&args->hue_factor, 0), values);
    return x;
}

HONE_IMAGE_LAYER(random_brightness, "RandomBrightness", HONE_RANDOM_BRIGHTNESS_FIELDS, random_brightness_of,
                 0, "Changes the brightness of images at random during training.")
HONE_IMAGE_LAYER(random_contrast, "RandomContrast", HONE_RANDOM_CONTRAST_FIELDS, random_contrast_of, 0,
                 "Changes the contrast of images at random during training.")
HONE_IMAGE_LAYER(random_saturation, "RandomSaturation", HONE_RANDOM_SATURATION_FIELDS, random_saturation_of,
                 3, "Changes the saturation of images at random during training.")
HONE_IMAGE_LAYER(random_hue, "RandomHue", HONE_RANDOM_HUE_FIELDS, random_hue_of, 3,
                 "Changes the hue of images at random during training.")
HONE_IMAGE_LAYER(random_grayscale, "RandomGrayscale", HONE_RANDOM_GRAYSCALE_FIELDS, random_grayscale_of, 1,
                 "Makes images gray at random during training.")
HONE_IMAGE_LAYER(random_color_degeneration, "RandomColorDegeneration", HONE_RANDOM_COLOR_DEGENERATION_FIELDS,
                 random_color_degeneration_of, 1, "Removes colour from images at random during training.")
HONE_IMAGE_LAYER(random_color_jitter, "RandomColorJitter", HONE_RANDOM_COLOR_JITTER_FIELDS,
                 random_color_jitter_of, 3,
                 "Changes brightness, contrast, saturation and hue of images at random during training.")
HONE_IMAGE_LAYER(random_posterization, "RandomPosterization", HONE_RANDOM_POSTERIZATION_FIELDS,
                 random_posterization_of, 0,
                 "Reduces the bits of the values of images at random during training.")
HONE_IMAGE_LAYER(random_sharpness, "RandomSharpness", HONE_RANDOM_SHARPNESS_FIELDS, random_sharpness_of, 0,
                 "Blurs or sharpens images at random during training.")
HONE_IMAGE_LAYER(random_invert, "RandomInvert", HONE_RANDOM_INVERT_FIELDS, random_invert_of, 0,
                 "Inverts the values of images at random during training.")
HONE_IMAGE_LAYER(solarization, "Solarization", HONE_SOLARIZATION_FIELDS, solarization_of, 0,
                 "Inverts the values of images above a threshold during training.")
HONE_IMAGE_LAYER(equalization, "Equalization", HONE_EQUALIZATION_FIELDS, equalization_of, 0,
                 "Spreads the values of images evenly during training.")

/* ---- auto_contrast: in prediction too ---- */

HONE_FIELD_TABLE(hone_auto_contrast_args, HONE_AUTO_CONTRAST_FIELDS);

static hone_status build_auto_contrast(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_auto_contrast_args *args = hone_layer_args(layer);
    return hone_internal_image_check(inputs[0], hone_internal_space_channels_first(args->data_format), 0);
}

/* Keras takes axes 1 and 2 for those of the pixels whatever the data_format. */
static int call_auto_contrast(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                              hone_value *outputs)
{
    (void)count;
    const hone_auto_contrast_args *args = hone_layer_args(layer);
    outputs[0] =
        hone_internal_image_auto_contrast(graph, inputs[0], hone_internal_image_ends(&args->value_range));
    return 1;
}

const hone_layer_type hone_internal_auto_contrast_layer = {
    .type = {.name = "auto_contrast",
             .class_name = "AutoContrast",
             .module = "keras.layers",
             .summary = "Stretches the values of each channel to the whole range.",
             .ignored = "bounding_box_format",
             HONE_TYPE_FIELDS(hone_auto_contrast_args)},
    .build = build_auto_contrast,
    .call = call_auto_contrast,
};
HONE_DEFINE_LAYER(auto_contrast)
