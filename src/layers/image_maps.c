/* Images moved: matrices [a0 a1 a2 b0 b1 b2 0 0] that say where each pixel comes from, (a0 u + a1 v + a2, b0
 * u + b1 v + b2) for column u and row v. */
#include "layers/images.h"

#include <string.h>

typedef struct matrix {
    hone_value entries[6]; /* [n, 1], or HONE_NO_VALUE where `numbers` has it */
    double numbers[6];
} matrix;

static const matrix identity = {
    {HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE, HONE_NO_VALUE},
    {1, 0, 0, 0, 1, 0}};

static hone_value map(hone_graph *graph, hone_value x, const matrix *m, const hone_sampling *sampling)
{
    const hone_shape column = HONE_SHAPE(hone_value_size(graph, x, 0), 1);
    hone_value entries[8];
    for (int i = 0; i < 8; i++)
        entries[i] = i < 6 && m->entries[i] >= 0
                         ? m->entries[i]
                         : hone_graph_filled(graph, column, i < 6 ? m->numbers[i] : 0);
    return hone_internal_op_transform(graph, x, hone_op_concatenate(graph, entries, 8, 1),
                                      hone_value_size(graph, x, 1), hone_value_size(graph, x, 2), sampling);
}

static hone_value draw(hone_graph *graph, hone_value x, double low, double high, const char *purpose)
{
    return hone_op_random_uniform(graph, HONE_SHAPE(hone_value_size(graph, x, 0), 1), low, high, purpose);
}

/* The middle of an axis, where the first and the last place are as far. */
static double middle(hone_graph *graph, hone_value x, int axis)
{
    return ((double)hone_value_size(graph, x, axis) - 1) / 2;
}

/* centre - centre p - other q */
static hone_value offset(hone_graph *graph, double centre, hone_value p, double other, hone_value q)
{
    return hone_op_add(graph, hone_op_affine(graph, p, -centre, centre), hone_op_affine(graph, q, other, 0));
}

hone_value hone_internal_image_rotate(hone_graph *graph, hone_value x, hone_range turns,
                                      const hone_sampling *sampling)
{
    static const double turn = 6.28318530717958647693;
    const double cx = middle(graph, x, 2), cy = middle(graph, x, 1);
    const hone_value angle = draw(graph, x, turns.low * turn, turns.high * turn, "angle"),
                     cosine = hone_op_unary(graph, "cos", angle, (hone_parameters){0}),
                     sine = hone_op_unary(graph, "sin", angle, (hone_parameters){0});
    const matrix m = {{cosine, hone_op_negative(graph, sine), offset(graph, cx, cosine, cy, sine), sine,
                       cosine, offset(graph, cy, cosine, -cx, sine)},
                      {0}};
    return x < 0 ? HONE_NO_VALUE : map(graph, x, &m, sampling);
}

static hone_value zoom_by(hone_graph *graph, hone_value x, hone_range tall, const hone_range *wide,
                          const hone_sampling *sampling)
{
    const double cx = middle(graph, x, 2), cy = middle(graph, x, 1);
    const hone_value down = draw(graph, x, 1 + tall.low, 1 + tall.high, "height"),
                     along = wide == NULL ? down : draw(graph, x, 1 + wide->low, 1 + wide->high, "width");
    matrix m = identity;
    m.entries[0] = along;
    m.entries[2] = hone_op_affine(graph, along, -cx, cx);
    m.entries[4] = down;
    m.entries[5] = hone_op_affine(graph, down, -cy, cy);
    return x < 0 ? HONE_NO_VALUE : map(graph, x, &m, sampling);
}

hone_value hone_internal_image_translate(hone_graph *graph, hone_value x, hone_range down, hone_range right,
                                         const hone_sampling *sampling)
{
    const double h = (double)hone_value_size(graph, x, 1), w = (double)hone_value_size(graph, x, 2);
    matrix m = identity;
    m.entries[5] = hone_op_affine(graph, draw(graph, x, down.low, down.high, "height"), -h, 0);
    m.entries[2] = hone_op_affine(graph, draw(graph, x, right.low, right.high, "width"), -w, 0);
    return x < 0 ? HONE_NO_VALUE : map(graph, x, &m, sampling);
}

hone_value hone_internal_image_shear(hone_graph *graph, hone_value x, hone_range along, hone_range down,
                                     const hone_sampling *sampling)
{
    const hone_value coin = hone_op_unary(graph, "greater_scalar", draw(graph, x, 0, 1, "sign"),
                                          (hone_parameters){.a = 0.5}),
                     sign = hone_op_affine(graph, coin, -2, 1);
    matrix m = identity;
    m.entries[1] = hone_op_multiply(graph, sign, draw(graph, x, along.low, along.high, "x"));
    m.entries[3] = hone_op_multiply(graph, sign, draw(graph, x, down.low, down.high, "y"));
    return x < 0 ? HONE_NO_VALUE : map(graph, x, &m, sampling);
}

/* ---- random_flip, random_rotation, random_zoom, random_translation, random_shear ---- */

static hone_value flip(hone_graph *graph, hone_value x, const hone_random_flip_args *args)
{
    const hone_value draw = hone_internal_image_draw(graph, x, (hone_range){0, 1}, "flip"),
                     coin = hone_op_unary(graph, "less_equal_scalar", draw, (hone_parameters){.a = 0.5});
    hone_value flipped = x;
    if (strstr(args->mode, "horizontal") != NULL)
        flipped = hone_op_reverse(graph, flipped, 2);
    if (strstr(args->mode, "vertical") != NULL)
        flipped = hone_op_reverse(graph, flipped, 1);
    return hone_op_select(graph, coin, flipped, x);
}

#define SAMPLING(args) (&(hone_sampling){(args)->interpolation, (args)->fill_mode, (args)->fill_value})

static hone_value rotate(hone_graph *graph, hone_value x, const hone_random_rotation_args *args)
{
    return hone_internal_image_rotate(graph, x, hone_internal_image_ends(&args->factor), SAMPLING(args));
}

static hone_value zoom(hone_graph *graph, hone_value x, const hone_random_zoom_args *args)
{
    const hone_range wide = hone_internal_image_range(&args->width_factor, -1);
    const bool own = hone_internal_numbers_of(&args->width_factor).count > 0;
    return zoom_by(graph, x, hone_internal_image_range(&args->height_factor, -1), own ? &wide : NULL,
                   SAMPLING(args));
}

static hone_value translate(hone_graph *graph, hone_value x, const hone_random_translation_args *args)
{
    return hone_internal_image_translate(graph, x, hone_internal_image_range(&args->height_factor, -1),
                                         hone_internal_image_range(&args->width_factor, -1), SAMPLING(args));
}

static hone_value shear(hone_graph *graph, hone_value x, const hone_random_shear_args *args)
{
    return hone_internal_image_shear(graph, x, hone_internal_image_ends(&args->x_factor),
                                     hone_internal_image_ends(&args->y_factor), SAMPLING(args));
}

/* Each corner (u, v) goes to (u (1 + d), v (1 + e)), d and e from -scale / 2 to scale / 2. */
static hone_value corners(hone_graph *graph, hone_value x, double scale)
{
    const double right = (double)hone_value_size(graph, x, 2) - 1,
                 bottom = (double)hone_value_size(graph, x, 1) - 1;
    const hone_value moves = hone_op_random_uniform(graph, HONE_SHAPE(hone_value_size(graph, x, 0), 8),
                                                    -scale / 2, scale / 2, "corners");
    const double places[8] = {0, 0, right, 0, 0, bottom, right, bottom};
    hone_value columns[8];
    for (int i = 0; i < 8; i++)
        columns[i] = hone_op_affine(graph, hone_op_slice(graph, moves, 1, i, i + 1), places[i], places[i]);
    return hone_op_concatenate(graph, columns, 8, 1);
}

static hone_value perspective(hone_graph *graph, hone_value x, const hone_random_perspective_args *args)
{
    const int64_t h = hone_value_size(graph, x, 1), w = hone_value_size(graph, x, 2);
    const hone_sampling sampling = {args->interpolation, "constant", args->fill_value};
    if (x < 0)
        return HONE_NO_VALUE;
    const hone_value matrices = hone_internal_op_homography(graph, corners(graph, x, args->scale), h, w);
    return hone_op_select(graph,
                          hone_internal_image_chance(graph, x, hone_internal_image_ends(&args->factor)),
                          hone_internal_op_transform(graph, x, matrices, h, w, &sampling), x);
}

/* ---- random_elastic_transform: y[v, u] = x[v + d, u + e], d and e smoothed noise ---- */

/* [1, k, 1, 2] or [k, 1, 1, 2]: weights e^(-t^2 / 2 s^2) as far as whole 3 s, divided by their sum. */
static hone_value smoothing(hone_graph *graph, int64_t k, hone_value deviation, bool across)
{
    const hone_shape shape = across ? HONE_SHAPE(1, k, 1, 1) : HONE_SHAPE(k, 1, 1, 1);
    const hone_value count =
                         hone_op_cumulative_sum(graph, hone_graph_filled(graph, shape, 1), across ? 1 : 0),
                     place = hone_op_affine(graph, count, 1, -(double)(k + 1) / 2),
                     square = hone_op_square(graph, hone_op_divide(graph, place, deviation)),
                     reach = hone_op_unary(graph, "floor", hone_op_affine(graph, deviation, 3, 0),
                                           (hone_parameters){0}),
                     near = hone_op_binary(graph, "less_equal", hone_op_absolute(graph, place), reach),
                     weights = hone_op_multiply(graph, near,
                                                hone_op_exp(graph, hone_op_affine(graph, square, -0.5, 0))),
                     share =
                         hone_op_divide(graph, weights, hone_op_reduce(graph, "sum", weights, NULL, 0, true));
    return hone_op_broadcast(graph, share, across ? HONE_SHAPE(1, k, 1, 2) : HONE_SHAPE(k, 1, 1, 2));
}

static hone_value smoothed(hone_graph *graph, hone_value noise, int64_t reach, hone_value deviation)
{
    for (int across = 0; across < 2; across++) {
        const hone_convolution how = {.before = {across ? 0 : reach, across ? reach : 0},
                                      .after = {across ? 0 : reach, across ? reach : 0},
                                      .groups = 2};
        noise =
            hone_op_convolution(graph, noise, smoothing(graph, 2 * reach + 1, deviation, across != 0), &how);
    }
    return noise;
}

/* (column, row) of each pixel: [1, h, w, 2]. */
static hone_value own_places(hone_graph *graph, int64_t h, int64_t w)
{
    const hone_value ones = hone_graph_filled(graph, HONE_SHAPE(1, h, w, 1), 1),
                     places[2] = {hone_op_cumulative_sum(graph, ones, 2),
                                  hone_op_cumulative_sum(graph, ones, 1)};
    return hone_op_affine(graph, hone_op_concatenate(graph, places, 2, 3), 1, -1);
}

/* With s drawn once: noise of deviation 0.05 s min(h, w), smoothed as far, times 0.1 s max(h, w). */
static hone_value elastic(hone_graph *graph, hone_value x, const hone_random_elastic_transform_args *args)
{
    const hone_range scale = hone_internal_image_ends(&args->scale),
                     values = hone_internal_image_ends(&args->value_range);
    const hone_sampling sampling = {args->interpolation, args->fill_mode, args->fill_value};
    if (x < 0 || scale.high == 0 || hone_internal_image_ends(&args->factor).high == 0)
        return x;
    const int64_t n = hone_value_size(graph, x, 0), h = hone_value_size(graph, x, 1),
                  w = hone_value_size(graph, x, 2);
    const double least = 0.05 * (double)(h < w ? h : w), most = 0.1 * (double)(h < w ? w : h);
    const hone_value strength = hone_op_random_uniform(graph, HONE_SHAPE(1, 1, 1, 1), scale.low, scale.high,
                                                       "scale"),
                     deviation = hone_op_affine(graph, strength, least, 1e-6),
                     noise = hone_op_random_normal(graph, HONE_SHAPE(n, h, w, 2), 0, 1, "noise"),
                     smooth = smoothed(graph, noise, (int64_t)(3 * least * scale.high), deviation),
                     factor = hone_op_multiply(graph, deviation, hone_op_affine(graph, strength, most, 0)),
                     places =
                         hone_op_add(graph, own_places(graph, h, w), hone_op_multiply(graph, smooth, factor)),
                     moved = hone_internal_op_transform(graph, x, places, h, w, &sampling),
                     chance = hone_internal_image_chance(graph, x, hone_internal_image_ends(&args->factor));
    return hone_op_clip(graph, hone_op_select(graph, chance, moved, x), values.low, values.high);
}

HONE_IMAGE_LAYER(random_flip, "RandomFlip", HONE_RANDOM_FLIP_FIELDS, flip, 0,
                 "Flips images at random during training.")
HONE_IMAGE_LAYER(random_rotation, "RandomRotation", HONE_RANDOM_ROTATION_FIELDS, rotate, 0,
                 "Rotates images by random angles during training.")
HONE_IMAGE_LAYER(random_zoom, "RandomZoom", HONE_RANDOM_ZOOM_FIELDS, zoom, 0,
                 "Zooms images by random factors during training.")
HONE_IMAGE_LAYER(random_translation, "RandomTranslation", HONE_RANDOM_TRANSLATION_FIELDS, translate, 0,
                 "Shifts images at random during training.")
HONE_IMAGE_LAYER(random_shear, "RandomShear", HONE_RANDOM_SHEAR_FIELDS, shear, 0,
                 "Shears images at random during training.")
HONE_IMAGE_LAYER(random_perspective, "RandomPerspective", HONE_RANDOM_PERSPECTIVE_FIELDS, perspective, 0,
                 "Changes the perspective of images at random during training.")
HONE_IMAGE_LAYER(random_elastic_transform, "RandomElasticTransform", HONE_RANDOM_ELASTIC_TRANSFORM_FIELDS,
                 elastic, 0, "Distorts images by smoothed noise during training.")

bool hone_internal_layer_flips(const hone_layer *layer)
{
    if (hone_layer_get_type(layer) != &hone_internal_random_flip_layer)
        return false;
    const hone_random_flip_args *args = hone_layer_args(layer);
    return !hone_internal_space_channels_first(args->data_format);
}
