/* What layers over images share. */
#include "layers/images.h"
#include "ops/random.h"

#include <math.h>

/* ---- sizes ---- */

/* int(float(a * b) / c) of Python, at least 1 and at most `most`. */
static int64_t side(int64_t a, int64_t b, int64_t c, int64_t most)
{
    const double exact = (double)a * (double)b / (double)c;
    const int64_t rounded = exact < (double)most ? (int64_t)exact : most;
    return rounded < 1 ? 1 : rounded;
}

hone_image_box hone_internal_image_largest(int64_t h, int64_t w, int64_t height, int64_t width)
{
    hone_image_box box = {.height = side(w, height, width, h), .width = side(h, width, height, w)};
    box.top = (h - box.height) / 2;
    box.left = (w - box.width) / 2;
    return box;
}

hone_value hone_internal_image_crop(hone_graph *graph, hone_value x, hone_image_box box)
{
    x = hone_op_slice(graph, x, 1, box.top, box.top + box.height);
    return hone_op_slice(graph, x, 2, box.left, box.left + box.width);
}

hone_value hone_internal_image_resize(hone_graph *graph, hone_value x, int64_t height, int64_t width,
                                      const char *interpolation, bool antialias)
{
    x = hone_op_resize(graph, x, 1, height, interpolation, antialias);
    return hone_op_resize(graph, x, 2, width, interpolation, antialias);
}

hone_status hone_internal_image_check(hone_shape input, bool channels_first, int channels)
{
    HONE_TRY(hone_internal_space_check(input, 2, channels_first));
    const int64_t there = input.size[channels_first ? 1 : 3];
    if (channels == 0 || there == HONE_ANY || there == 3 || (channels == 1 && there == 1))
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "needs images with %s channels, not %lld",
                     channels == 1 ? "1 or 3" : "3 (red, green, blue)", (long long)there);
}

/* ---- draws ---- */

hone_range hone_internal_image_ends(const void *numbers)
{
    const hone_numbers ends = hone_internal_numbers_of(numbers);
    if (ends.count != 2)
        return (hone_range){0, 0};
    return ends.items[0] < ends.items[1] ? (hone_range){ends.items[0], ends.items[1]}
                                         : (hone_range){ends.items[1], ends.items[0]};
}

hone_range hone_internal_image_range(const void *numbers, double lowest)
{
    const hone_numbers ends = hone_internal_numbers_of(numbers);
    if (ends.count != 1)
        return hone_internal_image_ends(numbers);
    const double high = fabs(ends.items[0]);
    return (hone_range){-high < lowest ? lowest : -high, high};
}

hone_value hone_internal_image_draw(hone_graph *graph, hone_value x, hone_range range, const char *purpose)
{
    hone_shape shape = hone_value_shape(graph, x);
    for (int axis = 1; axis < shape.rank; axis++)
        shape.size[axis] = 1;
    return x < 0 ? HONE_NO_VALUE : hone_op_random_uniform(graph, shape, range.low, range.high, purpose);
}

hone_value hone_internal_image_chance(hone_graph *graph, hone_value x, hone_range probability)
{
    const hone_value chance = hone_internal_image_draw(graph, x, probability, "probability"),
                     draw = hone_internal_image_draw(graph, x, (hone_range){0, 1}, "chance");
    return hone_op_binary(graph, "less", draw, chance);
}

/* a / (a + b) for a and b of the distribution Gamma(alpha), from their logarithms. */
hone_value hone_internal_image_beta(hone_graph *graph, hone_shape shape, hone_value alpha)
{
    const hone_value a = hone_internal_op_random_log_gamma(graph, shape, alpha, "share"),
                     b = hone_internal_op_random_log_gamma(graph, shape, alpha, "rest");
    return hone_op_sigmoid(graph, hone_op_subtract(graph, a, b));
}

/* The places 0, 1, 2, ... along one axis of x, of size 1 on the others. */
static hone_value places_along(hone_graph *graph, hone_value x, int axis)
{
    hone_shape shape = hone_value_shape(graph, x);
    for (int i = 0; i < shape.rank; i++)
        shape.size[i] = i == axis ? shape.size[i] : 1;
    if (x < 0)
        return HONE_NO_VALUE;
    return hone_op_affine(graph, hone_op_cumulative_sum(graph, hone_graph_filled(graph, shape, 1), axis), 1,
                          -1);
}

/* 1 for the places along one axis from a drawn one on, over a fraction of the axis. */
static hone_value interval(hone_graph *graph, hone_value x, int axis, hone_value fraction)
{
    const double size = (double)hone_value_size(graph, x, axis);
    const hone_value places = places_along(graph, x, axis),
                     draw = hone_internal_image_draw(graph, x, (hone_range){0, 1}, "place"),
                     begin = hone_op_multiply(graph, draw, hone_op_affine(graph, fraction, -size, size)),
                     end = hone_op_add(graph, begin, hone_op_affine(graph, fraction, size, 0));
    return hone_op_multiply(graph, hone_op_binary(graph, "greater_equal", places, begin),
                            hone_op_binary(graph, "less", places, end));
}

hone_value hone_internal_image_rectangle(hone_graph *graph, hone_value x, hone_value wide, hone_value tall,
                                         hone_value *area)
{
    const hone_value columns = interval(graph, x, 2, wide), rows = interval(graph, x, 1, tall);
    *area = hone_op_multiply(graph, wide, tall);
    return hone_op_multiply(graph, rows, columns);
}
