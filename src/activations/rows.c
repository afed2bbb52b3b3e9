/* Activations along an axis: softmax, log_softmax, sparsemax, glu. */
#include "activations/rows.h"
#include "base/error.h"
#include "graph/graph.h"
#include "ops/movement.h"

#define AXIS_FIELDS(F, A) F(A, INTEGER, axis, -1, "axis along which it is computed")
HONE_ARGS_STRUCT(axis_args, AXIS_FIELDS);
HONE_FIELD_TABLE(axis_args, AXIS_FIELDS);

/* The axis counted from 0, or -1 with an error. */
static int axis_of(const hone_graph *graph, hone_value x, const void *args)
{
    if (x < 0)
        return -1;
    return hone_internal_shape_axis(hone_value_shape(graph, x), ((const axis_args *)args)->axis, "axis");
}

static hone_value softmax(hone_graph *graph, hone_value x, const void *args)
{
    int axis = axis_of(graph, x, args);
    return axis < 0 ? HONE_NO_VALUE : hone_op_softmax(graph, x, axis);
}

static hone_value log_softmax(hone_graph *graph, hone_value x, const void *args)
{
    int axis = axis_of(graph, x, args);
    return axis < 0 ? HONE_NO_VALUE : hone_op_log_softmax(graph, x, axis);
}

/* a sigmoid(b) with a and b the two halves of x. */
static hone_value glu(hone_graph *graph, hone_value x, const void *args)
{
    int axis = axis_of(graph, x, args);
    if (axis < 0)
        return HONE_NO_VALUE;
    int64_t size = hone_value_size(graph, x, axis);
    if (size < 0 || size % 2 != 0) {
        hone_fail(HONE_ERROR_SHAPE, "glu: the size of axis %d must be known and even, to be split in half",
                  axis);
        return HONE_NO_VALUE;
    }
    hone_value a = hone_op_slice(graph, x, axis, 0, size / 2),
               b = hone_op_slice(graph, x, axis, size / 2, size);
    return hone_op_multiply(graph, a, hone_op_sigmoid(graph, b));
}

static hone_value greater(hone_graph *graph, hone_value x, hone_value y)
{
    return hone_op_binary(graph, "greater", x, y);
}

/* (sum of the marked - 1) / number of the marked, keeping the axis with size 1. */
static hone_value threshold_of(hone_graph *graph, hone_value x, hone_value marked)
{
    hone_value sum = hone_op_reduce(graph, "sum", hone_op_multiply(graph, x, marked), (int[]){-1}, 1, true);
    hone_value count = hone_op_reduce(graph, "sum", marked, (int[]){-1}, 1, true);
    return hone_op_divide(graph, hone_op_affine(graph, sum, 1, -1), count);
}

/* Along the last axis, by Martins and Astudillo, "From softmax to sparsemax", 2016, algorithm 1: with z
 * sorted, the support has the k = max { j : 1 + j z_j > z_1 + ... + z_j } largest, t = (their sum - 1) / k,
 * y = max(x - t, 0). The support is fixed for the gradient, which then is that of proposition 2: dy less its
 * mean over the support, there. */
static hone_value sparsemax_of_rows(hone_graph *graph, hone_value x)
{
    hone_value sorted = hone_op_stop_gradient(graph, hone_op_sort_descending(graph, x));
    hone_value ones = hone_graph_filled(graph, HONE_SHAPE(hone_value_size(graph, x, -1)), 1);
    hone_value numbers = hone_op_cumulative_sum(graph, ones, 0); /* 1, 2, 3, ... */
    hone_value bound = hone_op_affine(graph, hone_op_multiply(graph, sorted, numbers), 1, 1);
    hone_value marked = greater(graph, bound, hone_op_cumulative_sum(graph, sorted, -1));
    hone_value support = greater(graph, hone_op_stop_gradient(graph, x), threshold_of(graph, sorted, marked));
    hone_value threshold = threshold_of(graph, x, support);
    return hone_op_multiply(graph, hone_op_subtract(graph, x, threshold), support);
}

hone_value hone_internal_sparsemax(hone_graph *graph, hone_value x, int axis)
{
    hone_value rows = hone_internal_exchange_with_last(graph, x, axis);
    return hone_internal_exchange_with_last(graph, sparsemax_of_rows(graph, rows), axis);
}

static hone_value sparsemax(hone_graph *graph, hone_value x, const void *args)
{
    int axis = axis_of(graph, x, args);
    return axis < 0 ? HONE_NO_VALUE : hone_internal_sparsemax(graph, x, axis);
}

#define DEFINE(name_, class_, module_, since_, summary_) \
    const hone_activation_type hone_internal_##name_##_activation = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = module_, \
                 .since = since_, \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS(axis_args)}, \
        .call = name_, \
    }
DEFINE(glu, "glu", "hone.activations", 307,
       "a sigmoid(b), where a and b are the two halves of an axis (Dauphin and others 2016).");
DEFINE(softmax, "Softmax", "keras.layers", 0, "e^x / sum of e^x along an axis: probabilities.");
DEFINE(log_softmax, "log_softmax", "hone.activations", 0, "The logarithm of softmax.");
DEFINE(sparsemax, "sparsemax", "hone.activations", 308,
       "The probability vector nearest to x, with many exact zeros (Martins and Astudillo 2016).");
