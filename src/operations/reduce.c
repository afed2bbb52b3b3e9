/* Operations that reduce over axes: sums, means, extremes, products, variances, also of what is a number; any
 * and all of truth values. Without an axis they go over all, the batch among them. */
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>

#define REDUCTION_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to reduce (None: all)", .scalar_or_list = true) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1")
HONE_OPERATION_ARGS(reduction, REDUCTION_FIELDS)

hone_value hone_internal_reduce_axes(hone_graph *graph, const char *function, hone_value x,
                                     const int64_t *axes, bool keepdims)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    int resolved[HONE_MAX_RANK], count = hone_internal_axes_or_all(axes, shape, resolved);
    return count < 0 ? HONE_NO_VALUE : hone_op_reduce(graph, function, x, resolved, count, keepdims);
}

static hone_value reduce(hone_graph *graph, const char *function, hone_value x, const reduction_args *args)
{
    return hone_internal_reduce_axes(graph, function, x, args->axis, args->keepdims);
}

/* The mean of (x - mean)^2. */
static hone_value variance(hone_graph *graph, hone_value x, const reduction_args *args)
{
    hone_value mean = hone_internal_reduce_axes(graph, "mean", x, args->axis, true);
    return reduce(graph, "mean", hone_op_square(graph, hone_op_subtract(graph, x, mean)), args);
}

/* The logarithm of the sum of e^x over axes: m + log sum e^(x - m), where m is the greatest x, through which
 * no gradient need go. */
static hone_value log_of_sum(hone_graph *graph, hone_value x, const int64_t *axes, bool keepdims)
{
    hone_value most =
                   hone_op_stop_gradient(graph, hone_internal_reduce_axes(graph, "maximum", x, axes, true)),
               shifted = hone_op_exp(graph, hone_op_subtract(graph, x, most)),
               sum = hone_internal_reduce_axes(graph, "sum", shifted, axes, true),
               result = hone_op_add(graph, hone_op_log(graph, sum), most);
    /* each reduced axis has one number left, which is its own sum */
    return keepdims ? result : hone_internal_reduce_axes(graph, "sum", result, axes, false);
}

#define REDUCTION(place, thing, class, result) \
    HONE_OPERATION_CALL(thing, reduction_args, result) \
    HONE_OPERATION_OF(place, thing, class, reduction_args, reduction_fields, reduction_defaults, \
                      .call = call_##thing);

REDUCTION(numpy, sum, "Sum", reduce(graph, "sum", x, args))
REDUCTION(numpy, mean, "Mean", reduce(graph, "mean", x, args))
/* The extremes may begin with a number, which is one more to compare. */
#define EXTREME_FIELDS(F, A) \
    REDUCTION_FIELDS(F, A) \
    F(A, NUMBER, initial, HONE_NONE, "a number that the result is compared with too (None: no such one)")
HONE_OPERATION_ARGS(extreme, EXTREME_FIELDS)

static hone_value extreme_of(hone_graph *graph, const char *function, hone_value x, const extreme_args *args)
{
    const hone_value y = hone_internal_reduce_axes(graph, function, x, args->axis, args->keepdims);
    return isnan(args->initial) || y < 0
               ? y
               : hone_op_binary(graph, function, y, hone_graph_constant(graph, args->initial));
}

HONE_OPERATION_CALL(max, extreme_args, extreme_of(graph, "maximum", x, args))
HONE_OPERATION(max, "Max", extreme_args, extreme_fields, extreme_defaults, .call = call_max);
HONE_OPERATION_CALL(min, extreme_args, extreme_of(graph, "minimum", x, args))
HONE_OPERATION(min, "Min", extreme_args, extreme_fields, extreme_defaults, .call = call_min);
REDUCTION(numpy, amax, "Amax", reduce(graph, "maximum", x, args))
REDUCTION(numpy, amin, "Amin", reduce(graph, "minimum", x, args))
REDUCTION(numpy, prod, "Prod", reduce(graph, "product", x, args))
REDUCTION(numpy, var, "Var", variance(graph, x, args))
REDUCTION(numpy, std, "Std", hone_op_sqrt(graph, variance(graph, x, args)))
REDUCTION(numpy, any, "Any", reduce(graph, "maximum", hone_internal_truth(graph, x), args))
REDUCTION(numpy, all, "All", reduce(graph, "minimum", hone_internal_truth(graph, x), args))
REDUCTION(numpy, ptp, "Ptp",
          hone_op_subtract(graph, reduce(graph, "maximum", x, args), reduce(graph, "minimum", x, args)))
REDUCTION(math, logsumexp, "Logsumexp", log_of_sum(graph, x, args->axis, args->keepdims))

/* ---- of what is a number ---- */

static hone_value lacks(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "is_nan", x, (hone_parameters){0});
}
static hone_value with(hone_graph *graph, hone_value x, double filler)
{
    return hone_op_select(graph, lacks(graph, x), hone_graph_constant(graph, filler), x);
}
/* How many there are. */
static hone_value count_numbers(hone_graph *graph, hone_value x, const int64_t *axes, bool keepdims)
{
    return hone_internal_reduce_axes(graph, "sum", hone_op_affine(graph, lacks(graph, x), -1, 1), axes,
                                     keepdims);
}
/* 0 / 0, which is not a number, where there is none. */
static hone_value mean_of_numbers(hone_graph *graph, hone_value x, const int64_t *axes, bool keepdims)
{
    return hone_op_divide(graph, hone_internal_reduce_axes(graph, "sum", with(graph, x, 0), axes, keepdims),
                          count_numbers(graph, x, axes, keepdims));
}
static hone_value variance_of_numbers(hone_graph *graph, hone_value x, const reduction_args *args)
{
    hone_value apart = hone_op_subtract(graph, x, mean_of_numbers(graph, x, args->axis, true));
    return mean_of_numbers(graph, hone_op_square(graph, apart), args->axis, args->keepdims);
}
/* Where there is no number the result is none either. */
static hone_value extreme_of_numbers(hone_graph *graph, const char *function, hone_value x, double filler,
                                     const reduction_args *args)
{
    hone_value count = count_numbers(graph, x, args->axis, args->keepdims),
               none = hone_op_unary(graph, "equal_scalar", count, (hone_parameters){0});
    return hone_op_select(graph, none, hone_graph_constant(graph, NAN),
                          reduce(graph, function, with(graph, x, filler), args));
}

REDUCTION(numpy, nansum, "Nansum", reduce(graph, "sum", with(graph, x, 0), args))
REDUCTION(numpy, nanprod, "Nanprod", reduce(graph, "product", with(graph, x, 1), args))
REDUCTION(numpy, nanmean, "Nanmean", mean_of_numbers(graph, x, args->axis, args->keepdims))
REDUCTION(numpy, nanvar, "Nanvar", variance_of_numbers(graph, x, args))
REDUCTION(numpy, nanstd, "Nanstd", hone_op_sqrt(graph, variance_of_numbers(graph, x, args)))
REDUCTION(numpy, nanmax, "Nanmax", extreme_of_numbers(graph, "maximum", x, -HUGE_VAL, args))
REDUCTION(numpy, nanmin, "Nanmin", extreme_of_numbers(graph, "minimum", x, HUGE_VAL, args))

/* ---- counts, weighted means ---- */

#define AXES_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to reduce (None: all)", .scalar_or_list = true)
HONE_OPERATION_ARGS(axes, AXES_FIELDS)

HONE_OPERATION_CALL(count_nonzero, axes_args,
                    hone_internal_reduce_axes(graph, "sum", hone_internal_truth(graph, x), args->axis, false))
HONE_OPERATION(count_nonzero, "CountNonzero", axes_args, axes_fields, axes_defaults,
               .call = call_count_nonzero);

#define WEIGHTED_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, weights, "their weights when they are a constant")
HONE_OPERATION_CALL_FIELDS(weighted, WEIGHTED_FIELDS)

/* Weights of one axis stand along the axis that is reduced. */
static hone_value along(hone_graph *graph, hone_value weights, hone_shape shape, const int64_t *axes)
{
    int resolved[HONE_MAX_RANK], count = hone_internal_axes_resolve(axes, shape, resolved);
    if (count != 1 || hone_value_shape(graph, weights).rank != 1)
        return count < 0 ? HONE_NO_VALUE : weights;
    hone_shape standing = {.rank = shape.rank};
    for (int i = 0; i < shape.rank; i++)
        standing.size[i] = i == resolved[0] ? hone_value_size(graph, weights, 0) : 1;
    return hone_op_reshape(graph, weights, standing);
}

/* sum w x / sum w */
static int call_average(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    const int64_t *axes = ((const axes_args *)hone_layer_args(layer))->axis;
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 1, x));
    if (x[1] < 0) {
        outputs[0] = hone_internal_reduce_axes(graph, "mean", x[0], axes, false);
        return 1;
    }
    hone_shape shape = hone_value_shape(graph, x[0]);
    hone_value weights = hone_op_broadcast(graph, along(graph, x[1], shape, axes), shape);
    outputs[0] = hone_op_divide(
        graph, hone_internal_reduce_axes(graph, "sum", hone_op_multiply(graph, x[0], weights), axes, false),
        hone_internal_reduce_axes(graph, "sum", weights, axes, false));
    return 1;
}
HONE_OPERATION(average, "Average", axes_args, axes_fields, axes_defaults, .call = call_average,
               HONE_OPERATION_OPERANDS(weighted_call_type, 2));
