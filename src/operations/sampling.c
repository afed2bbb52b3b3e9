/* Operations that look at tensors between their numbers: at any coordinates, and scaled and moved along
 * axes. */
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

enum { MOST_NUMBERS = 1 << 24, MOST_AXES = 6 };

static hone_value unary(hone_graph *graph, const char *function, hone_value x)
{
    return hone_op_unary(graph, function, x, (hone_parameters){0});
}

/* Whether all sizes are known and the product is moderate; else a message. */
static hone_status check_sizes(hone_shape shape, const char *what)
{
    int64_t all = 1;
    for (int axis = 0; axis < shape.rank; axis++) {
        if (shape.size[axis] == HONE_ANY)
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "%s count the axis of the batch too; give the input a "
                             "batch size",
                             what);
        all = hone_internal_size_product(all, shape.size[axis]);
    }
    return all > 0 && all <= MOST_NUMBERS
               ? HONE_OK
               : hone_fail(HONE_ERROR_UNSUPPORTED, "%s of so many numbers are not supported (2^24 are)",
                           what);
}

/* ---- at coordinates ---- */

#define COORDINATES_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, order, HONE_NONE_INTEGER, "0: the nearest number; 1: between neighbours", HONE_REQUIRED, \
      HONE_BETWEEN(0, 1)) \
    F(A, TEXT, fill_mode, "constant", "what lies outside", \
      HONE_ONE_OF("constant|nearest|wrap|mirror|reflect")) \
    F(A, NUMBER, fill_value, 0, "number outside, of fill_mode constant")
HONE_OPERATION_ARGS(coordinates, COORDINATES_FIELDS)
#define PLACES_FIELDS(F, A) \
    HONE_OPERAND(F, A, inputs, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, coordinates, "the coordinates when they are a constant")
HONE_OPERATION_CALL_FIELDS(places, PLACES_FIELDS)

/* x - n floor(x / n) */
static hone_value modulo(hone_graph *graph, hone_value x, double n)
{
    const hone_value rounds = unary(graph, "floor", hone_op_divide(graph, x, hone_graph_constant(graph, n)));
    return hone_op_subtract(graph, x, hone_op_affine(graph, rounds, n, 0));
}

/* With s = n - 1: |(i + s) mod 2 s - s|. */
static hone_value mirrored(hone_graph *graph, hone_value i, double n)
{
    if (n == 1)
        return hone_op_affine(graph, i, 0, 0);
    const hone_value turned = modulo(graph, hone_op_affine(graph, i, 1, n - 1), 2 * (n - 1));
    return hone_op_absolute(graph, hone_op_affine(graph, turned, 1, 1 - n));
}

/* The index below n for i; beside edges an image of it is mirrored in their middle, or about them. */
static hone_value index_for(hone_graph *graph, hone_value i, double n, const char *fill_mode)
{
    if (strcmp(fill_mode, "wrap") == 0)
        return modulo(graph, i, n);
    if (strcmp(fill_mode, "mirror") == 0)
        return mirrored(graph, i, n);
    if (strcmp(fill_mode, "reflect") != 0)
        return hone_op_clip(graph, i, 0, n - 1);
    const hone_value doubled = mirrored(graph, hone_op_affine(graph, i, 2, 1), 2 * n + 1);
    return unary(graph, "floor", hone_op_affine(graph, doubled, 0.5, -0.5));
}

/* Along one axis: up to two neighbours with their weights; whether they are inside, of fill_mode constant. */
typedef struct neighbours {
    hone_value index[2], weight[2], inside[2];
} neighbours;

static void find_neighbours(hone_graph *graph, hone_value c, double size, const coordinates_args *args,
                            neighbours *found)
{
    const bool fills = strcmp(args->fill_mode, "constant") == 0;
    hone_value at = unary(graph, "floor", c);
    if (args->order == 0) { /* half away from 0 */
        const hone_value up = hone_op_affine(graph, hone_op_absolute(graph, c), 1, 0.5);
        at = hone_op_multiply(graph, unary(graph, "sign", c), unary(graph, "floor", up));
    }
    for (int i = 0; i <= args->order; i++) {
        const hone_value index = hone_op_affine(graph, at, 1, i), part = hone_op_subtract(graph, c, at);
        found->index[i] = index_for(graph, index, size, args->fill_mode);
        found->weight[i] = args->order == 0 ? HONE_NO_VALUE
                           : i == 1         ? part
                                            : hone_op_affine(graph, part, -1, 1);
        found->inside[i] = fills ? hone_op_binary(graph, "equal", index, found->index[i]) : HONE_NO_VALUE;
    }
}

/* The product of two, either of which may be nothing. */
static hone_value times(hone_graph *graph, hone_value a, hone_value b)
{
    return a < 0 ? b : b < 0 ? a : hone_op_multiply(graph, a, b);
}

/* The numbers of one corner of the cells, [p], times its weights. */
static hone_value corner_of(hone_graph *graph, hone_value table, hone_shape shape, const neighbours *along,
                            int corner, double fill)
{
    hone_value place = HONE_NO_VALUE, weight = HONE_NO_VALUE, inside = HONE_NO_VALUE;
    double stride = 1;
    for (int axis = shape.rank - 1; axis >= 0; axis--) {
        const int side = corner >> axis & 1;
        const hone_value part = hone_op_affine(graph, along[axis].index[side], stride, 0);
        place = place < 0 ? part : hone_op_add(graph, place, part);
        weight = times(graph, weight, along[axis].weight[side]);
        inside = times(graph, inside, along[axis].inside[side]);
        stride *= (double)shape.size[axis];
    }
    hone_value seen =
        hone_op_squeeze(graph, hone_op_gather_rows(graph, table, hone_op_stop_gradient(graph, place)), 1);
    if (inside >= 0)
        seen = hone_op_select(graph, inside, seen, hone_graph_constant(graph, fill));
    return times(graph, weight, seen);
}

/* y = sum over the corners of the cell about the coordinates [rank, ...]. */
static hone_value at_coordinates(hone_graph *graph, const hone_value *x, const coordinates_args *args)
{
    const hone_shape shape = hone_value_shape(graph, x[0]), of = hone_value_shape(graph, x[1]);
    if (check_sizes(shape, "coordinates") < 0)
        return HONE_NO_VALUE;
    if (of.rank < 2 || of.size[0] != shape.rank || shape.rank > MOST_AXES) {
        hone_fail(HONE_ERROR_SHAPE,
                  "coordinates must be [axes, ...], a row for each of the %d axes of inputs%s", shape.rank,
                  shape.rank > MOST_AXES ? ", at most 6" : "");
        return HONE_NO_VALUE;
    }
    neighbours along[MOST_AXES];
    hone_shape result = {.rank = of.rank - 1};
    memcpy(result.size, of.size + 1, sizeof *of.size * (size_t)result.rank);
    for (int axis = 0; axis < shape.rank; axis++) {
        const hone_value row = hone_op_slice(graph, x[1], 0, axis, axis + 1);
        find_neighbours(graph, hone_op_reshape(graph, row, HONE_SHAPE(HONE_ANY)), (double)shape.size[axis],
                        args, &along[axis]);
    }
    const hone_value table = hone_op_reshape(graph, x[0], HONE_SHAPE(hone_internal_shape_count(shape), 1));
    hone_value sum = HONE_NO_VALUE;
    for (int corner = 0; corner < (args->order == 0 ? 1 : 1 << shape.rank); corner++) {
        const hone_value part = corner_of(graph, table, shape, along, corner, args->fill_value);
        sum = sum < 0 ? part : hone_op_add(graph, sum, part);
    }
    return hone_op_reshape(graph, sum, result);
}
HONE_OPERATION_CALL_OF_TWO(map_coordinates, coordinates_args, at_coordinates(graph, x, args))
HONE_OPERATION_OF(image, map_coordinates, "MapCoordinates", coordinates_args, coordinates_fields,
                  coordinates_defaults, .call = call_map_coordinates,
                  HONE_OPERATION_OPERANDS(places_call_type, 2));

/* ---- scaled and moved ---- */

#define SCALE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, spatial_dims, HONE_NO_INTEGERS, "the axes", HONE_REQUIRED, .scalar_or_list = true, \
      .always_list = true) \
    F(A, TEXT, method, NULL, "the filter", HONE_REQUIRED, \
      HONE_ONE_OF("linear|bilinear|trilinear|cubic|bicubic|tricubic|lanczos3|lanczos5")) \
    F(A, BOOLEAN, antialias, true, "the filter is wider where the result is smaller")
HONE_OPERATION_ARGS(scale, SCALE_FIELDS)
#define MOVED_FIELDS(F, A) \
    HONE_OPERAND(F, A, images, "the images when they are a constant") \
    HONE_OPERAND(F, A, output_shape, "the shape of the result") \
    HONE_OPERAND(F, A, scale, "a factor for each axis") \
    HONE_OPERAND(F, A, translation, "a shift for each axis, in pixels of the result")
HONE_OPERATION_CALL_FIELDS(moved, MOVED_FIELDS)

static hone_value above(hone_graph *graph, hone_value x, double bound)
{
    return hone_op_unary(graph, "greater_equal_scalar", x, (hone_parameters){bound, 0, 0, 0});
}

/* ((a x + b) x + c) x + d */
static hone_value cubic(hone_graph *graph, hone_value x, double a, double b, double c, double d)
{
    hone_value y = hone_op_affine(graph, x, a, b);
    y = hone_op_add(graph, hone_op_multiply(graph, y, x), hone_graph_constant(graph, c));
    return hone_op_affine(graph, hone_op_multiply(graph, y, x), 1, d);
}

/* The filter at distances x >= 0: 1 - x below 1; Keys's with a = -1/2 below 2; r sin(pi x) sin(pi x / r) /
 * (pi x)^2 up to r. */
static hone_value filter(hone_graph *graph, hone_value x, const char *method)
{
    static const double pi = 3.14159265358979323846;
    const hone_value none = hone_graph_constant(graph, 0), one = hone_graph_constant(graph, 1);
    if (strstr(method, "cubic") != NULL) {
        const hone_value far =
            hone_op_select(graph, above(graph, x, 2), none, cubic(graph, x, -0.5, 2.5, -4, 2));
        return hone_op_select(graph, above(graph, x, 1), far, cubic(graph, x, 1.5, -2.5, 0, 1));
    }
    if (strncmp(method, "lanczos", 7) != 0)
        return hone_op_clip(graph, hone_op_affine(graph, x, -1, 1), 0, HUGE_VAL);
    const double radius = method[7] - '0';
    const hone_value apart = hone_op_unary(graph, "greater_scalar", x, (hone_parameters){1e-3, 0, 0, 0}),
                     safe = hone_op_select(graph, apart, x, one),
                     waves =
                         hone_op_multiply(graph, unary(graph, "sin", hone_op_affine(graph, safe, pi, 0)),
                                          unary(graph, "sin", hone_op_affine(graph, safe, pi / radius, 0))),
                     y = hone_op_divide(graph, hone_op_affine(graph, waves, radius / (pi * pi), 0),
                                        hone_op_square(graph, safe)),
                     beyond = hone_op_unary(graph, "greater_scalar", x, (hone_parameters){radius, 0, 0, 0});
    return hone_op_select(graph, beyond, none, hone_op_select(graph, apart, y, one));
}

/* from, from + 1, ... as [count]. */
static hone_value numbered(hone_graph *graph, const hone_layer *layer, int64_t count, double from)
{
    double *numbers = hone_internal_arena_allocate(&graph->arena, sizeof *numbers * (size_t)(count + 1));
    for (int64_t i = 0; numbers != NULL && i < count; i++)
        numbers[i] = from + (double)i;
    const hone_constant constant = {HONE_SHAPE(count), numbers, count};
    return numbers == NULL ? HONE_NO_VALUE : hone_internal_constant_value(graph, layer, &constant);
}

/* Weights [size, result] along an axis: of a place f = (u + 1/2 - shift) / scale - 1/2 outside none, else the
 * filter about it, with the sum 1. */
static hone_value weights_along(hone_graph *graph, const hone_layer *layer, int64_t size, int64_t result,
                                const hone_value *moved, const scale_args *args)
{
    const hone_value one = hone_graph_constant(graph, 1), back = hone_op_divide(graph, one, moved[0]),
                     shifted = hone_op_subtract(graph, numbered(graph, layer, result, 0.5), moved[1]),
                     place = hone_op_affine(graph, hone_op_multiply(graph, shifted, back), 1, -0.5),
                     rows = hone_op_expand(graph, numbered(graph, layer, size, 0), 1),
                     distance = hone_op_absolute(graph, hone_op_subtract(graph, place, rows)),
                     wide = args->antialias ? hone_op_maximum(graph, back, one) : one,
                     weights = filter(graph, hone_op_divide(graph, distance, wide), args->method),
                     total = hone_op_reduce(graph, "sum", weights, (int[]){0}, 1, true),
                     there = hone_op_unary(graph, "greater_scalar", hone_op_absolute(graph, total),
                                           (hone_parameters){1000 * 1.1920929e-07, 0, 0, 0}),
                     inside = hone_op_multiply(graph, above(graph, place, -0.5),
                                               hone_op_unary(graph, "less_equal_scalar", place,
                                                             (hone_parameters){(double)size - 0.5, 0, 0, 0})),
                     safe = hone_op_select(graph, there, total, one);
    return hone_op_select(graph, hone_op_multiply(graph, there, inside), hone_op_divide(graph, weights, safe),
                          hone_graph_constant(graph, 0));
}

/* x with the axis multiplied by weights [size, result]. */
static hone_value along_axis(hone_graph *graph, hone_value x, int axis, hone_value weights)
{
    const hone_shape shape = hone_value_shape(graph, x);
    int order[HONE_MAX_RANK];
    for (int i = 0; i < shape.rank; i++)
        order[i] = i;
    order[axis] = shape.rank - 1;
    order[shape.rank - 1] = axis; /* swapped: its own inverse */
    x = hone_op_transpose(graph, x, order);
    hone_shape turned = hone_value_shape(graph, x);
    x = hone_op_reshape(graph, x, HONE_SHAPE(HONE_ANY, shape.size[axis]));
    x = hone_op_matmul(graph, x, weights, false, false);
    turned.size[shape.rank - 1] = hone_value_size(graph, weights, 1);
    return hone_op_transpose(graph, hone_op_reshape(graph, x, turned), order);
}

static hone_status check_shape(const hone_graph *graph, hone_value x, const hone_constant *result)
{
    const hone_shape shape = hone_value_shape(graph, x);
    bool good = result->shape.rank == 1 && result->count == shape.rank;
    double all = 1;
    for (int64_t i = 0; good && i < result->count; i++) {
        good = result->numbers[i] >= 1 && result->numbers[i] == floor(result->numbers[i]);
        all *= result->numbers[i];
    }
    return good && all <= (double)MOST_NUMBERS
               ? HONE_OK
               : hone_fail(
                     HONE_ERROR_SHAPE,
                     "output_shape must be a size for each of the %d axes of images, 2^24 numbers at most",
                     shape.rank);
}

static hone_value moved_along(hone_graph *graph, const hone_layer *layer, const hone_value *x,
                              const hone_constant *result, const scale_args *args)
{
    int axes[HONE_MAX_RANK];
    hone_value y = x[0];
    const hone_shape shape = hone_value_shape(graph, y);
    const int count = hone_internal_axes_resolve(args->spatial_dims, shape, axes);
    for (int i = 0; i < count && y >= 0; i++) {
        int given = 0; /* scales stand in the order of spatial_dims */
        for (int j = 0; j < count; j++) {
            const int64_t axis = args->spatial_dims[j];
            given = (int)(axis < 0 ? axis + shape.rank : axis) == axes[i] ? j : given;
        }
        if (shape.size[axes[i]] == HONE_ANY) {
            hone_fail(HONE_ERROR_UNSUPPORTED, "the size of the axis %d must be fixed", axes[i]);
            return HONE_NO_VALUE;
        }
        const hone_value moved[] = {hone_op_slice(graph, x[2], 0, given, given + 1),
                                    hone_op_slice(graph, x[3], 0, given, given + 1)};
        y = along_axis(
            graph, y, axes[i],
            weights_along(graph, layer, shape.size[axes[i]], (int64_t)result->numbers[axes[i]], moved, args));
    }
    return count < 0 ? HONE_NO_VALUE : y;
}

static int call_scale(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const char *sizes = ((const moved_call *)hone_call_args(graph))->output_shape;
    hone_constant result;
    hone_value x[4];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 4, x));
    if (sizes == NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "output_shape must be numbers, not a tensor");
    HONE_TRY(hone_internal_constant_read(graph, sizes, &result));
    HONE_TRY(check_shape(graph, x[0], &result));
    for (int i = 2; i < 4; i++)
        if (hone_value_shape(graph, x[i]).rank != 1)
            return hone_fail(HONE_ERROR_SHAPE,
                             "scale and translation must be rows of a number for each axis");
    outputs[0] = moved_along(graph, layer, x, &result, hone_layer_args(layer));
    return 1;
}
HONE_OPERATION_OF(image, scale_and_translate, "ScaleAndTranslate", scale_args, scale_fields, scale_defaults,
                  .call = call_scale, HONE_OPERATION_OPERANDS(moved_call_type, 4));
