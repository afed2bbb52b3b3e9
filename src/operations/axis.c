/* Operations along one axis: softmax, running sums and products, differences, places of extremes, rows of one
 * 1 or of several. */
#include "activations/rows.h"
#include "layers/axes.h"
#include "operations/operations.h"

#include <math.h>

#define ALONG(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);

#define SOFTMAX_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, -1, "the axis")
HONE_OPERATION_ARGS(softmax, SOFTMAX_FIELDS)

#define SOFTMAX_OF_SEVERAL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "the axis, or several together", .scalar_or_list = true)
HONE_OPERATION_ARGS(softmax_of_several, SOFTMAX_OF_SEVERAL_FIELDS)

static hone_value softmax_of(hone_graph *graph, hone_value x, const int64_t *along)
{
    int axes[HONE_MAX_RANK], count = hone_internal_axes_or_all(along, hone_value_shape(graph, x), axes);
    if (count > 1 && hone_internal_is_batch(hone_value_shape(graph, x), axes[0]))
        return hone_internal_in_a_row(graph, x, "softmax");
    return count <= 0 ? HONE_NO_VALUE : hone_internal_axes_softmax(graph, x, axes, count);
}
ALONG(nn, softmax, "Softmax", softmax_of_several, softmax_of(graph, x, args->axis))

/* Without an axis of all numbers together. */
#define LOG_SOFTMAX_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, -1, "the axis (None: all)", .none_too = true)
HONE_OPERATION_ARGS(log_softmax, LOG_SOFTMAX_FIELDS)
static hone_value log_softmax_of(hone_graph *graph, hone_value x, int64_t axis)
{
    const hone_shape shape = hone_value_shape(graph, x);
    if (axis != HONE_NONE_INTEGER)
        return hone_op_log_softmax(graph, x, (int)axis);
    x = hone_internal_in_a_row(graph, x, "log_softmax");
    return x < 0 ? x : hone_op_reshape(graph, hone_op_log_softmax(graph, x, 0), shape);
}
ALONG(nn, log_softmax, "LogSoftmax", log_softmax, log_softmax_of(graph, x, args->axis))

/* The axis, which must be given: without one the batch would be an axis like the others. */
static int axis_of(hone_graph *graph, hone_value x, int64_t axis)
{
    if (x < 0)
        return hone_error_status();
    if (axis == HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "without an axis it would mix the samples of a batch; give an axis after the first");
    return hone_internal_shape_axis(hone_value_shape(graph, x), axis, "axis");
}

/* The axis along which it goes: the given one, or, of a batch of known size, that of all numbers in a row. */
static int axis_or_row(hone_graph *graph, hone_value *x, int64_t axis)
{
    const bool row =
        axis == HONE_NONE_INTEGER && *x >= 0 && !hone_internal_is_batch(hone_value_shape(graph, *x), 0);
    *x = row ? hone_internal_in_a_row(graph, *x, "all numbers in a row") : *x;
    return axis_of(graph, *x, row ? 0 : axis);
}

/* The same, never that of the batch, with more than `least` places. */
static int long_axis_of(hone_graph *graph, hone_value x, int64_t along, int64_t least)
{
    int axis = axis_of(graph, x, along);
    if (axis >= 0 && hone_internal_is_batch(hone_value_shape(graph, x), axis))
        return axis_of(graph, x, HONE_NONE_INTEGER);
    if (axis >= 0 && hone_value_size(graph, x, axis) <= least)
        return hone_fail(HONE_ERROR_SHAPE, "axis %d must have more than %lld places, not %lld", axis,
                         (long long)least, (long long)hone_value_size(graph, x, axis));
    return axis;
}

static hone_value sparsemax(hone_graph *graph, hone_value x, int64_t along)
{
    int axis = long_axis_of(graph, x, along, 0);
    return axis < 0 ? HONE_NO_VALUE : hone_internal_sparsemax(graph, x, axis);
}
ALONG(nn, sparsemax, "Sparsemax", softmax, sparsemax(graph, x, args->axis))

/* The field is not named as its key: an operation has no dtype policy. */
#define SUM_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis") \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
HONE_OPERATION_ARGS(sum, SUM_FIELDS)

static hone_value running_sum(hone_graph *graph, hone_value x, int64_t along)
{
    int axis = axis_or_row(graph, &x, along);
    return axis < 0 ? HONE_NO_VALUE : hone_op_cumulative_sum(graph, x, axis);
}
ALONG(numpy, cumsum, "Cumsum", sum, running_sum(graph, x, args->axis))

static hone_value filled(hone_graph *graph, hone_value x, double filler)
{
    return hone_op_select(graph, hone_op_unary(graph, "is_nan", x, (hone_parameters){0}),
                          hone_graph_constant(graph, filler), x);
}
ALONG(numpy, nancumsum, "Nancumsum", sum, running_sum(graph, filled(graph, x, 0), args->axis))

/* Products of the places up to each, by doubling: y_i times what lies 1, 2, 4 ... places before it. */
static hone_value running_product(hone_graph *graph, hone_value x, int64_t along)
{
    int axis = axis_or_row(graph, &x, along);
    int64_t size = axis < 0 ? 0 : hone_value_size(graph, x, axis);
    for (int64_t step = 1; step < size && x >= 0; step *= 2) {
        hone_value product = hone_op_multiply(graph, hone_op_slice(graph, x, axis, step, size),
                                              hone_op_slice(graph, x, axis, 0, size - step)),
                   parts[2] = {hone_op_slice(graph, x, axis, 0, step), product};
        x = hone_op_concatenate(graph, parts, 2, axis);
    }
    return axis < 0 ? HONE_NO_VALUE : x;
}
ALONG(numpy, cumprod, "Cumprod", sum, running_product(graph, x, args->axis))
ALONG(numpy, nancumprod, "Nancumprod", sum, running_product(graph, filled(graph, x, 1), args->axis))

/* ---- neighbours ---- */

/* All places but the first one, and but the last one. */
static hone_value later(hone_graph *graph, hone_value x, int axis)
{
    return hone_op_slice(graph, x, axis, 1, hone_value_size(graph, x, axis));
}
static hone_value earlier(hone_graph *graph, hone_value x, int axis)
{
    return hone_op_slice(graph, x, axis, 0, hone_value_size(graph, x, axis) - 1);
}

#define DIFFERENCE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, n, 1, "how many times", HONE_BETWEEN(0, 4096)) F(A, INTEGER, axis, -1, "the axis")
HONE_OPERATION_ARGS(difference, DIFFERENCE_FIELDS)

static hone_value differences(hone_graph *graph, hone_value x, const difference_args *args)
{
    int axis = long_axis_of(graph, x, args->axis, args->n);
    for (int64_t i = 0; axis >= 0 && i < args->n; i++)
        x = hone_op_subtract(graph, later(graph, x, axis), earlier(graph, x, axis));
    return axis < 0 ? HONE_NO_VALUE : x;
}
ALONG(numpy, diff, "Diff", difference, differences(graph, x, args))

#define TRAPEZOID_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, x, NULL, "places of the numbers", .unsupported = "give their distance, dx") \
    F(A, NUMBER, dx, 1, "distance of the numbers") F(A, INTEGER, axis, -1, "the axis")
HONE_OPERATION_ARGS(trapezoid, TRAPEZOID_FIELDS)

/* dx sum (y_i + y_(i+1)) / 2 */
static hone_value area_under(hone_graph *graph, hone_value y, const trapezoid_args *args)
{
    int axis = long_axis_of(graph, y, args->axis, 1);
    if (axis < 0)
        return HONE_NO_VALUE;
    hone_value sums = hone_op_add(graph, later(graph, y, axis), earlier(graph, y, axis));
    return hone_op_affine(graph, hone_op_sum(graph, sums, axis), args->dx / 2, 0);
}
ALONG(numpy, trapezoid, "Trapezoid", trapezoid, area_under(graph, x, args))

#define PLACE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis") \
    F(A, BOOLEAN, keepdims, false, "keep the axis, with size 1")
HONE_OPERATION_ARGS(place, PLACE_FIELDS)

static hone_value place_of(hone_graph *graph, hone_value x, const place_args *args,
                           hone_value (*find)(hone_graph *, hone_value, int))
{
    const int rank = x < 0 ? 0 : hone_value_shape(graph, x).rank;
    int axis = axis_or_row(graph, &x, args->axis);
    hone_value place = axis < 0 ? HONE_NO_VALUE : find(graph, x, axis);
    if (place < 0 || !args->keepdims)
        return place;
    for (int i = args->axis == HONE_NONE_INTEGER ? 1 : rank; i < rank; i++)
        place = hone_op_expand(graph, place, 0);
    return hone_op_expand(graph, place, axis);
}
ALONG(numpy, argmax, "Argmax", place, place_of(graph, x, args, hone_op_argmax))
ALONG(numpy, argmin, "Argmin", place, place_of(graph, x, args, hone_op_argmin))

/* -1 where nothing is a number, as Keras has it on JAX. */
static hone_value place_of_number(hone_graph *graph, hone_value x, const place_args *args, double filler,
                                  hone_value (*find)(hone_graph *, hone_value, int))
{
    const int64_t axes[] = {args->axis, HONE_NONE_INTEGER};
    hone_value place = place_of(graph, filled(graph, x, filler), args, find);
    if (place < 0)
        return place;
    hone_value none = hone_internal_reduce_axes(
        graph, "minimum", hone_op_unary(graph, "is_nan", x, (hone_parameters){0}), axes, args->keepdims);
    return hone_op_select(graph, none, hone_graph_constant(graph, -1), place);
}
ALONG(numpy, nanargmax, "Nanargmax", place, place_of_number(graph, x, args, -HUGE_VAL, hone_op_argmax))
ALONG(numpy, nanargmin, "Nanargmin", place, place_of_number(graph, x, args, HUGE_VAL, hone_op_argmin))

#define ONE_HOT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num_classes, HONE_NONE_INTEGER, "how many classes", HONE_REQUIRED, \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, axis, -1, "where the axis of classes goes") \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype") \
    F(A, BOOLEAN, sparse, false, "sparse result", .unsupported = "sparse tensors are not supported")
HONE_OPERATION_ARGS(one_hot, ONE_HOT_FIELDS)

static hone_value rows_of_one(hone_graph *graph, hone_value x, const one_hot_args *args)
{
    hone_value rows = hone_op_one_hot(graph, x, args->num_classes);
    int order[HONE_MAX_RANK],
        rank = hone_value_shape(graph, rows).rank,
        axis = rows < 0 ? -1 : hone_internal_shape_axis(hone_value_shape(graph, rows), args->axis, "axis");
    if (axis < 0 || axis == rank - 1)
        return axis < 0 ? HONE_NO_VALUE : rows;
    for (int i = 0; i < rank; i++)
        order[i] = i < axis ? i : i == axis ? rank - 1 : i - 1;
    return hone_op_transpose(graph, rows, order);
}
ALONG(nn, one_hot, "OneHot", one_hot, rows_of_one(graph, x, args))

/* 1 for each class that occurs along the first axis after that of the batch, or along the only one. */
static hone_value rows_of_several(hone_graph *graph, hone_value x, const one_hot_args *args)
{
    const hone_shape shape = hone_value_shape(graph, x);
    const int axis = shape.rank > 1;
    if (shape.rank == 1 && hone_internal_is_batch(shape, 0)) {
        hone_fail(HONE_ERROR_SHAPE, "several ids a sample are needed, an input of shape (batch, n)");
        return HONE_NO_VALUE;
    }
    return hone_op_reduce(graph, "maximum", rows_of_one(graph, x, args), &axis, 1, false);
}
ALONG(nn, multi_hot, "MultiHot", one_hot, rows_of_several(graph, x, args))
