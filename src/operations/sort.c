/* Operations that order the numbers of an axis: sorted numbers, their places, the greatest k, medians and
 * quantiles; numbers at given places of an axis. */
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/movement.h"

#include <math.h>
#include <string.h>

#define SORT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "the axis (None: all, which would mix samples)", .none_too = true)
HONE_OPERATION_ARGS(sort, SORT_FIELDS)

/* The axis, which is not that of the batch. */
static int axis_of(hone_shape shape, int64_t axis, const char *what)
{
    bool all = axis == HONE_NONE_INTEGER;
    int resolved = all ? 0 : hone_internal_shape_axis(shape, axis, "axis");
    return !all && !hone_internal_is_batch(shape, resolved)
               ? resolved
               : (int)hone_fail(HONE_ERROR_UNSUPPORTED,
                                "%s would mix the samples of a batch; give an axis after the first", what);
}

static hone_value sorted(hone_graph *graph, hone_value x, int64_t along, bool places)
{
    if ((x = hone_internal_row_without_axis(graph, x, &along, "sorting")) < 0)
        return x;
    int axis = axis_of(hone_value_shape(graph, x), along, "sorting");
    if (axis < 0)
        return HONE_NO_VALUE;
    hone_value lines = hone_internal_exchange_with_last(graph, x, axis),
               order = hone_op_sort_order(graph, lines, false);
    return hone_internal_exchange_with_last(graph, places ? order : hone_op_gather_along(graph, lines, order),
                                            axis);
}
HONE_OPERATION_CALL(sort, sort_args, sorted(graph, x, args->axis, false))
HONE_OPERATION(sort, "Sort", sort_args, sort_fields, sort_defaults, .call = call_sort);
HONE_OPERATION_CALL(argsort, sort_args, sorted(graph, x, args->axis, true))
HONE_OPERATION(argsort, "Argsort", sort_args, sort_fields, sort_defaults, .call = call_argsort);

/* ---- the greatest ---- */

#define TOP_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, k, HONE_NONE_INTEGER, "how many", HONE_REQUIRED, HONE_BETWEEN(1, 1 << 24)) \
    F(A, BOOLEAN, sorted, true, "the greatest first; they are so in any case")
HONE_OPERATION_ARGS(top, TOP_FIELDS)

/* Two results: the numbers and their places. */
static int call_top_k(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const int64_t k = ((const top_args *)hone_layer_args(layer))->k;
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    int axis = axis_of(shape, -1, "top_k");
    (void)count;
    if (axis < 0)
        return axis;
    if (shape.size[axis] != HONE_ANY && k > shape.size[axis])
        return hone_fail(HONE_ERROR_SHAPE, "the greatest %lld of an axis of size %lld cannot be taken",
                         (long long)k, (long long)shape.size[axis]);
    outputs[1] = hone_op_slice(graph, hone_op_sort_order(graph, inputs[0], true), axis, 0, k);
    outputs[0] = hone_op_gather_along(graph, inputs[0], outputs[1]);
    return 2;
}
HONE_OPERATION_OF(math, top_k, "TopK", top_args, top_fields, top_defaults, .call = call_top_k);

/* ---- the middle, and other shares ---- */

#define MEDIAN_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to reduce (None: all)", .scalar_or_list = true) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1")
HONE_OPERATION_ARGS(median, MEDIAN_FIELDS)

/* The axes after the kept ones as one. */
static hone_value joined(hone_graph *graph, hone_value x, const int *axes, int count, hone_shape *kept)
{
    int order[HONE_MAX_RANK], back[HONE_MAX_RANK];
    hone_shape shape = hone_value_shape(graph, x), lines = shape;
    hone_internal_axes_to_end(axes, count, shape.rank, order, back);
    *kept = shape;
    for (int i = 0; i < count; i++)
        kept->size[axes[i]] = 1;
    lines.rank = shape.rank - count + 1;
    for (int i = 0; i < lines.rank - 1; i++)
        lines.size[i] = shape.size[order[i]];
    lines.size[lines.rank - 1] = 1;
    for (int i = 0; i < count; i++)
        lines.size[lines.rank - 1] =
            hone_internal_size_product(lines.size[lines.rank - 1], shape.size[axes[i]]);
    return hone_op_reshape(graph, hone_internal_axes_move(graph, x, order), lines);
}

/* What a quantile is that lies between two of the sorted numbers: (1 - part) lower + part upper; `between` is
 * where it lies, from 0 at the lower one to 1. */
static double part_of(const char *method, double between)
{
    if (between == 0 || strcmp(method, "lower") == 0)
        return 0;
    if (strcmp(method, "higher") == 0)
        return 1;
    if (strcmp(method, "midpoint") == 0)
        return 0.5;
    return strcmp(method, "nearest") == 0 ? rint(between) : between;
}

/* The number of each line below which a share of the others lies. */
static hone_value quantile_of(hone_graph *graph, hone_value lines, double share, const char *method)
{
    int last = hone_value_shape(graph, lines).rank - 1;
    int64_t size = hone_value_size(graph, lines, last);
    if (lines < 0)
        return lines;
    if (size == HONE_ANY) {
        hone_fail(HONE_ERROR_SHAPE,
                  "the median or a quantile of an axis whose size is not fixed cannot be taken");
        return HONE_NO_VALUE;
    }
    double place = share * (double)(size - 1), part = part_of(method, place - floor(place));
    int64_t lower = (int64_t)floor(place), upper = lower + (part > 0);
    hone_value order = hone_op_sort_order(graph, lines, false),
               pair = hone_op_gather_along(graph, lines, hone_op_slice(graph, order, last, lower, upper + 1));
    if (upper == lower)
        return hone_op_squeeze(graph, pair, last);
    hone_value low = hone_op_slice(graph, pair, last, 0, 1), high = hone_op_slice(graph, pair, last, 1, 2);
    return hone_op_squeeze(
        graph,
        hone_op_add(graph, hone_op_affine(graph, low, 1 - part, 0), hone_op_affine(graph, high, part, 0)),
        last);
}

/* part_of for places that hang on the numbers. */
static hone_value parts_of(hone_graph *graph, const char *method, hone_value between)
{
    if (strcmp(method, "lower") == 0)
        return hone_op_affine(graph, between, 0, 0);
    if (strcmp(method, "nearest") == 0)
        return hone_op_unary(graph, "round", between, (hone_parameters){0});
    const hone_value there = hone_internal_truth(graph, between);
    if (strcmp(method, "higher") == 0)
        return there;
    return strcmp(method, "midpoint") == 0 ? hone_op_affine(graph, there, 0.5, 0) : between;
}

/* The same among what are numbers, which stand first in the order. */
static hone_value quantile_of_numbers(hone_graph *graph, hone_value lines, double share, const char *method)
{
    if (lines < 0)
        return lines;
    const int last = hone_value_shape(graph, lines).rank - 1;
    const hone_value sorted = hone_op_gather_along(graph, lines, hone_op_sort_order(graph, lines, false)),
                     none = hone_op_unary(graph, "is_nan", lines, (hone_parameters){0}),
                     count = hone_op_sum(graph, hone_op_affine(graph, none, -1, 1), last),
                     place = hone_op_unary(graph, "maximum_scalar",
                                           hone_op_affine(graph, count, share, -share), (hone_parameters){0}),
                     below = hone_op_unary(graph, "floor", place, (hone_parameters){0}),
                     above = hone_op_unary(graph, "ceil", place, (hone_parameters){0}),
                     part = parts_of(graph, method, hone_op_subtract(graph, place, below));
    const hone_value low = hone_op_squeeze(
                         graph, hone_op_gather_along(graph, sorted, hone_op_expand(graph, below, last)),
                         last),
                     high = hone_op_squeeze(
                         graph, hone_op_gather_along(graph, sorted, hone_op_expand(graph, above, last)),
                         last);
    return hone_op_add(graph, hone_op_multiply(graph, low, hone_op_affine(graph, part, -1, 1)),
                       hone_op_multiply(graph, high, part));
}

typedef hone_value quantile_finder(hone_graph *graph, hone_value lines, double share, const char *method);

/* Without axes all numbers together, which a batch of a fixed size alone can give. */
static hone_value quantile_over(hone_graph *graph, hone_value x, const int64_t *given, bool keepdims,
                                double share, const char *method, quantile_finder *find)
{
    hone_shape kept, shape = hone_value_shape(graph, x);
    int axes[HONE_MAX_RANK], count = hone_internal_axes_or_all(given, shape, axes);
    if (count < 0 || axis_of(shape, count == 0 ? 0 : axes[0], "a median or a quantile") < 0)
        return HONE_NO_VALUE;
    hone_value result = find(graph, joined(graph, x, axes, count, &kept), share, method);
    return keepdims ? hone_op_reshape(graph, result, kept) : result;
}
#define MEDIAN(thing, class, find) \
    HONE_OPERATION_CALL(thing, median_args, \
                        quantile_over(graph, x, args->axis, args->keepdims, 0.5, "midpoint", find)) \
    HONE_OPERATION(thing, class, median_args, median_fields, median_defaults, .call = call_##thing);
MEDIAN(median, "Median", quantile_of)
MEDIAN(nanmedian, "Nanmedian", quantile_of_numbers)

#define QUANTILE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to reduce (None: all)", .scalar_or_list = true) \
    F(A, TEXT, method, "linear", "what lies between two numbers", \
      HONE_ONE_OF("linear|lower|higher|midpoint|nearest")) \
    F(A, BOOLEAN, keepdims, false, "keep the reduced axes, with size 1")
HONE_OPERATION_ARGS(quantile, QUANTILE_FIELDS)
#define SHARE_FIELDS(F, A) F(A, TEXT, q, NULL, "which one, a number", HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_CALL_FIELDS(share, SHARE_FIELDS)

/* q, which runs from 0 to `most`. */
static hone_value quantile(hone_graph *graph, hone_value x, const quantile_args *args, double most,
                           quantile_finder *find)
{
    const char *text = ((const share_call *)hone_call_args(graph))->q;
    hone_constant q;
    if (text == NULL || hone_internal_constant_read(graph, text, &q) < 0)
        return text != NULL || hone_fail(HONE_ERROR_UNSUPPORTED, "q must be a constant, not a tensor") < 0
                   ? HONE_NO_VALUE
                   : x;
    if (q.shape.rank != 0) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "several quantiles at once would come before the axis of the batch; give one number");
        return HONE_NO_VALUE;
    }
    if (!(q.numbers[0] >= 0 && q.numbers[0] <= most)) {
        hone_fail(HONE_ERROR_ARGUMENT, "q must be from 0 to %g, not %g", most, q.numbers[0]);
        return HONE_NO_VALUE;
    }
    return quantile_over(graph, x, args->axis, args->keepdims, q.numbers[0] / most, args->method, find);
}
#define QUANTILE(thing, class, most, find) \
    HONE_OPERATION_CALL(thing, quantile_args, quantile(graph, x, args, most, find)) \
    HONE_OPERATION(thing, class, quantile_args, quantile_fields, quantile_defaults, .call = call_##thing, \
                   .call_fields = &share_call_type);
QUANTILE(quantile, "Quantile", 1, quantile_of)
QUANTILE(percentile, "Percentile", 100, quantile_of)
QUANTILE(nanquantile, "Nanquantile", 1, quantile_of_numbers)
QUANTILE(nanpercentile, "Nanpercentile", 100, quantile_of_numbers)

/* ---- the places of the least numbers ---- */

#define PARTITION_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, kth, 0, "the place whose number is at its own in the result", HONE_REQUIRED) \
    F(A, INTEGER, axis, -1, "the axis (None: all numbers in one row)", .none_too = true)
HONE_OPERATION_ARGS(partition, PARTITION_FIELDS)

/* Those up to the kth sorted by their numbers, the others as they stand. */
static hone_value partitioned(hone_graph *graph, hone_value x, int64_t kth, int64_t along)
{
    if ((x = hone_internal_row_without_axis(graph, x, &along, "argpartition")) < 0)
        return x;
    const int axis = axis_of(hone_value_shape(graph, x), along, "argpartition");
    const int64_t size = axis < 0 ? 0 : hone_value_size(graph, x, axis), place = kth < 0 ? kth + size : kth;
    if (axis >= 0 && (size == HONE_ANY || place < 0 || place >= size))
        hone_fail(HONE_ERROR_ARGUMENT, "kth, %lld, is not a place of an axis of size %lld", (long long)kth,
                  (long long)size);
    if (axis < 0 || size == HONE_ANY || place < 0 || place >= size)
        return HONE_NO_VALUE;
    const hone_value order =
        hone_op_sort_order(graph, hone_internal_exchange_with_last(graph, x, axis), false);
    if (place == size - 1)
        return hone_internal_exchange_with_last(graph, order, axis);
    const hone_value rest = hone_op_negative(graph, hone_op_slice(graph, order, -1, place + 1, size)),
                     both[2] = {hone_op_slice(graph, order, -1, 0, place + 1),
                                hone_op_negative(graph, hone_op_sort_descending(graph, rest))};
    return hone_internal_exchange_with_last(graph, hone_op_concatenate(graph, both, 2, -1), axis);
}
HONE_OPERATION_CALL(argpartition, partition_args, partitioned(graph, x, args->kth, args->axis))
HONE_OPERATION(argpartition, "Argpartition", partition_args, partition_fields, partition_defaults,
               .call = call_argpartition);

/* ---- numbers at places ---- */

#define ALONG_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "the axis of the places (None: all, which would mix samples)")
HONE_OPERATION_ARGS(along, ALONG_FIELDS)

#define PLACES_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, indices, "the places when they are a constant")
HONE_OPERATION_CALL_FIELDS(places, PLACES_FIELDS)

/* Both have the sizes of their broadcast but along the axis. */
static bool spread(hone_graph *graph, hone_value *x, hone_value *places, int axis)
{
    hone_shape a = hone_value_shape(graph, *x), b = hone_value_shape(graph, *places), both;
    int64_t width = a.size[axis], count = b.size[axis];
    a.size[axis] = b.size[axis] = 1;
    if (a.rank != b.rank || !hone_internal_shape_broadcast(a, b, &both)) {
        hone_internal_fail_shapes("take_along_axis", hone_value_shape(graph, *x),
                                  hone_value_shape(graph, *places));
        return false;
    }
    both.size[axis] = width;
    *x = hone_op_broadcast(graph, *x, both);
    both.size[axis] = count;
    *places = hone_op_broadcast(graph, *places, both);
    return *x >= 0 && *places >= 0;
}

static int call_take_along_axis(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                                hone_value *outputs)
{
    const along_args *args = hone_layer_args(layer);
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    int64_t given[2] = {args->axis, args->axis};
    for (int i = 0; i < 2; i++)
        if ((x[i] = hone_internal_row_without_axis(graph, x[i], &given[i], "take_along_axis")) < 0)
            return hone_error_status();
    int axis = axis_of(hone_value_shape(graph, x[0]), given[0], "take_along_axis");
    if (axis < 0)
        return axis;
    if (!spread(graph, &x[0], &x[1], axis))
        return hone_error_status();
    hone_value taken = hone_op_gather_along(graph, hone_internal_exchange_with_last(graph, x[0], axis),
                                            hone_internal_exchange_with_last(graph, x[1], axis));
    outputs[0] = hone_internal_exchange_with_last(graph, taken, axis);
    return 1;
}
HONE_OPERATION(take_along_axis, "TakeAlongAxis", along_args, along_fields, along_defaults,
               .call = call_take_along_axis, HONE_OPERATION_OPERANDS(places_call_type, 2));
