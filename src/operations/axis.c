/* Operations along one axis: softmax, running sums, places of extremes, rows of one 1. */
#include "operations/operations.h"

#define ARGUMENTS(thing, FIELDS) \
    HONE_ARGS_STRUCT(thing##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(thing##_args, FIELDS, thing##_fields, thing##_defaults);
#define ALONG(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing);

#define SOFTMAX_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, -1, "the axis")
ARGUMENTS(softmax, SOFTMAX_FIELDS)
ALONG(nn, softmax, "Softmax", softmax, hone_op_softmax(graph, x, (int)args->axis))
ALONG(nn, log_softmax, "LogSoftmax", softmax, hone_op_log_softmax(graph, x, (int)args->axis))

/* The axis, which must be given: without one the batch would be an axis like the others. */
static int axis_of(const hone_graph *graph, hone_value x, int64_t axis)
{
    if (axis == HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "without an axis it would mix the samples of a batch; give an axis after the first");
    return hone_internal_shape_axis(hone_value_shape(graph, x), axis, "axis");
}

#define SUM_FIELDS(F, A) HONE_OPERATION_FIELDS(F, A) F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis")
ARGUMENTS(sum, SUM_FIELDS)

static hone_value running_sum(hone_graph *graph, hone_value x, int64_t along)
{
    int axis = axis_of(graph, x, along);
    return axis < 0 ? HONE_NO_VALUE : hone_op_cumulative_sum(graph, x, axis);
}
ALONG(numpy, cumsum, "Cumsum", sum, running_sum(graph, x, args->axis))

#define PLACE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis") \
    F(A, BOOLEAN, keepdims, false, "keep the axis, with size 1")
ARGUMENTS(place, PLACE_FIELDS)

static hone_value place_of(hone_graph *graph, hone_value x, const place_args *args,
                           hone_value (*find)(hone_graph *, hone_value, int))
{
    int axis = axis_of(graph, x, args->axis);
    hone_value place = axis < 0 ? HONE_NO_VALUE : find(graph, x, axis);
    return place >= 0 && args->keepdims ? hone_op_expand(graph, place, axis) : place;
}
ALONG(numpy, argmax, "Argmax", place, place_of(graph, x, args, hone_op_argmax))
ALONG(numpy, argmin, "Argmin", place, place_of(graph, x, args, hone_op_argmin))

/* The field is not named as its key: an operation has no dtype policy. */
#define ONE_HOT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num_classes, HONE_NONE_INTEGER, "how many classes", HONE_REQUIRED, \
      HONE_BETWEEN(1, 1 << 30)) \
    F(A, INTEGER, axis, -1, "where the axis of classes goes") \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
ARGUMENTS(one_hot, ONE_HOT_FIELDS)

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
