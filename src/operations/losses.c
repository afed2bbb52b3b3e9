/* Operations that compare predictions with targets as losses do, before any mean over samples. */
#include "operations/constant.h"
#include "operations/operations.h"

static const double epsilon = 1e-7;

#define PAIR_FIELDS(F, A) \
    HONE_OPERAND(F, A, target, "the targets when they are a constant") \
    HONE_OPERAND(F, A, output, "the predictions when they are a constant")
HONE_OPERATION_CALL_FIELDS(pair, PAIR_FIELDS)

/* `result` is an expression of the target x[0], of the output x[1] and of args. */
#define COMPARISON(thing, class, arguments, result) \
    HONE_OPERATION_CALL_OF_TWO(thing, arguments##_args, result) \
    HONE_OPERATION_OF(nn, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, HONE_OPERATION_OPERANDS(pair_call_type, 2));

#define BINARY_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, from_logits, false, "whether the predictions are logits")
HONE_OPERATION_ARGS(binary, BINARY_FIELDS)
#define CATEGORICAL_FIELDS(F, A) BINARY_FIELDS(F, A) F(A, INTEGER, axis, -1, "the axis of classes")
HONE_OPERATION_ARGS(categorical, CATEGORICAL_FIELDS)

static hone_value opposite(hone_graph *graph, hone_value x)
{
    return hone_op_affine(graph, x, -1, 1);
}

/* -t log p - (1 - t) log(1 - p); of logits x log p = log_sigmoid(x), log(1 - p) = log_sigmoid(-x). */
static hone_value of_two_classes(hone_graph *graph, hone_value target, hone_value output,
                                 const binary_args *args)
{
    hone_value yes, no;
    if (args->from_logits) {
        yes = hone_op_unary(graph, "log_sigmoid", output, (hone_parameters){0});
        no = hone_op_unary(graph, "log_sigmoid", hone_op_negative(graph, output), (hone_parameters){0});
    } else {
        hone_value p = hone_op_clip(graph, output, epsilon, 1 - epsilon);
        yes = hone_op_log(graph, p);
        no = hone_op_log(graph, opposite(graph, p));
    }
    return hone_op_negative(graph, hone_op_add(graph, hone_op_multiply(graph, target, yes),
                                               hone_op_multiply(graph, opposite(graph, target), no)));
}
COMPARISON(binary_crossentropy, "BinaryCrossentropy", binary, of_two_classes(graph, x[0], x[1], args))

/* Logarithms of the probabilities, which are divided by their sum when they are given. */
static hone_value logarithms(hone_graph *graph, hone_value output, const categorical_args *args, int axis)
{
    if (args->from_logits)
        return hone_op_log_softmax(graph, output, axis);
    hone_value sum = hone_op_reduce(graph, "sum", output, &axis, 1, true);
    return hone_op_log(graph, hone_op_clip(graph, hone_op_divide(graph, output, sum), epsilon, 1 - epsilon));
}

/* - sum t log p over the axis of classes */
static hone_value of_classes(hone_graph *graph, hone_value target, hone_value output,
                             const categorical_args *args)
{
    int axis = hone_internal_shape_axis(hone_value_shape(graph, output), args->axis, "axis");
    if (axis < 0)
        return HONE_NO_VALUE;
    hone_value products = hone_op_multiply(graph, target, logarithms(graph, output, args, axis));
    return hone_op_negative(graph, hone_op_sum(graph, products, axis));
}
COMPARISON(categorical_crossentropy, "CategoricalCrossentropy", categorical,
           of_classes(graph, x[0], x[1], args))

/* The same for class ids, of shape (...) or (..., 1). */
static hone_value of_ids(hone_graph *graph, hone_value ids, hone_value output, const categorical_args *args)
{
    hone_shape own = hone_value_shape(graph, ids), shape = hone_value_shape(graph, output);
    if (shape.rank < 2 || hone_internal_shape_axis(shape, args->axis, "axis") != shape.rank - 1) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "the classes must be along the last axis");
        return HONE_NO_VALUE;
    }
    if (own.rank == shape.rank && own.size[own.rank - 1] == 1)
        ids = hone_op_squeeze(graph, ids, own.rank - 1);
    return of_classes(graph, hone_op_one_hot(graph, ids, shape.size[shape.rank - 1]), output, args);
}
COMPARISON(sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", categorical,
           of_ids(graph, x[0], x[1], args))
