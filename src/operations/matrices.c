/* Operations on the places of two axes as those of matrices: diagonals and their sums, quarter turns;
 * products of vectors in space; distances of points; whether a class is among the likeliest. */
#include "layers/axes.h"
#include "operations/constant.h"
#include "operations/get_item.h"
#include "operations/operations.h"

#include <math.h>

#define ON_MATRICES(thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION(thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                   .call = call_##thing);
#define OF_TWO(place, thing, class, arguments, operands, result) \
    HONE_OPERATION_CALL_OF_TWO(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, HONE_OPERATION_OPERANDS(operands, 2));

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* Two different axes behind that of the batch; false with a message. */
static bool find_axes(hone_graph *graph, hone_value x, int64_t one, int64_t other, int *axes)
{
    hone_shape shape = hone_value_shape(graph, x);
    axes[0] = hone_internal_shape_axis(shape, one, "axis");
    axes[1] = axes[0] < 0 ? -1 : hone_internal_shape_axis(shape, other, "axis");
    if (axes[1] < 0)
        return false;
    if (axes[0] == axes[1])
        hone_fail(HONE_ERROR_ARGUMENT, "axis %d is given twice", axes[0]);
    else if (hone_internal_is_batch(shape, axes[0]) || hone_internal_is_batch(shape, axes[1]))
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "it would mix the samples of a batch; give two axes after the first");
    else
        return true;
    return false;
}

/* ---- diagonals ---- */

#define DIAGONAL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, offset, 0, "which diagonal, counted upward", HONE_BETWEEN(-(1 << 30), 1 << 30)) \
    F(A, INTEGER, axis1, 0, "the axis of rows") F(A, INTEGER, axis2, 1, "the axis of columns")
HONE_OPERATION_ARGS(diagonal, DIAGONAL_FIELDS)

/* The axes of the matrices last, as one: [..., rows * columns]. */
static hone_value as_rows(hone_graph *graph, hone_value x, const int *axes)
{
    int order[HONE_MAX_RANK], place = 0;
    hone_shape shape = hone_value_shape(graph, x), flat = {.rank = shape.rank - 1};
    for (int axis = 0; axis < shape.rank; axis++)
        if (axis != axes[0] && axis != axes[1]) {
            flat.size[place] = shape.size[axis];
            order[place++] = axis;
        }
    order[place] = axes[0];
    order[place + 1] = axes[1];
    flat.size[place] = hone_internal_size_product(shape.size[axes[0]], shape.size[axes[1]]);
    return hone_op_reshape(graph, hone_internal_axes_move(graph, x, order), flat);
}

/* In rows * columns numbers each number of the diagonal is columns + 1 behind the one before it. */
static hone_value diagonal_of(hone_graph *graph, hone_value x, const diagonal_args *args)
{
    int axes[2];
    if (!find_axes(graph, x, args->axis1, args->axis2, axes))
        return HONE_NO_VALUE;
    const int64_t rows = hone_value_size(graph, x, axes[0]), columns = hone_value_size(graph, x, axes[1]),
                  right = args->offset > 0 ? args->offset : 0, down = args->offset < 0 ? -args->offset : 0,
                  length = rows - down < columns - right ? rows - down : columns - right;
    if (rows == HONE_ANY || columns == HONE_ANY || length < 1) {
        hone_fail(HONE_ERROR_SHAPE, "matrices of %lld x %lld have no diagonal %lld", (long long)rows,
                  (long long)columns, (long long)args->offset);
        return HONE_NO_VALUE;
    }
    const int last = hone_value_shape(graph, x).rank - 2;
    const int64_t first = down * columns + right, beyond = first + (length - 1) * (columns + 1) + 1;
    x = hone_op_slice(graph, as_rows(graph, x, axes), last, first, beyond);
    return x < 0 ? x : hone_internal_every_place(graph, x, last, columns + 1);
}
ON_MATRICES(diagonal, "Diagonal", diagonal, diagonal_of(graph, x, args))

static hone_value trace_of(hone_graph *graph, hone_value x, const diagonal_args *args)
{
    hone_value numbers = diagonal_of(graph, x, args);
    return numbers < 0 ? numbers : hone_op_sum(graph, numbers, hone_value_shape(graph, numbers).rank - 1);
}
ON_MATRICES(trace, "Trace", diagonal, trace_of(graph, x, args))

#define DIAG_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, k, 0, "which diagonal, counted upward", HONE_BETWEEN(-(1 << 13), 1 << 13))
HONE_OPERATION_ARGS(diag, DIAG_FIELDS)
enum { MOST_DIAGONAL = 1 << 13 };

/* A square matrix of zeros with x [n] on its diagonal k. */
static hone_value on_diagonal(hone_graph *graph, const hone_layer *layer, hone_value x, int64_t k)
{
    const int64_t n = hone_value_size(graph, x, 0), down = k < 0 ? -k : 0, right = k > 0 ? k : 0,
                  size = n + down + right;
    hone_constant there = {.shape = HONE_SHAPE(size, size), .count = size * size};
    if (n == HONE_ANY || size > MOST_DIAGONAL) {
        hone_fail(HONE_ERROR_SHAPE, "a diagonal must have a fixed number of places, at most %d",
                  (int)MOST_DIAGONAL);
        return HONE_NO_VALUE;
    }
    there.numbers = hone_internal_arena_allocate(&graph->arena, sizeof *there.numbers * (size_t)there.count);
    if (there.numbers == NULL)
        return HONE_NO_VALUE;
    for (int64_t i = 0; i < there.count; i++)
        there.numbers[i] = i % size - i / size == k;
    x = hone_op_expand(graph, hone_op_pad(graph, x, &down, &right, 0), 1);
    return hone_op_select(graph, hone_internal_constant_value(graph, layer, &there), x,
                          hone_graph_constant(graph, 0));
}

static hone_value diag_of(hone_graph *graph, const hone_layer *layer, hone_value x, int64_t k)
{
    const int rank = hone_value_shape(graph, x).rank;
    const diagonal_args first_axes = {.offset = k, .axis1 = 0, .axis2 = 1};
    if (rank == 1)
        return on_diagonal(graph, layer, x, k);
    if (rank == 2)
        return diagonal_of(graph, x, &first_axes);
    hone_fail(HONE_ERROR_SHAPE, "an input of one axis or two is needed, not of %d", rank);
    return HONE_NO_VALUE;
}
ON_MATRICES(diag, "Diag", diag, diag_of(graph, layer, x, args->k))

static hone_value flat_on_diagonal(hone_graph *graph, const hone_layer *layer, hone_value x, int64_t k)
{
    if (hone_internal_is_batch(hone_value_shape(graph, x), 0)) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "it would mix the samples of a batch whose size is not fixed");
        return HONE_NO_VALUE;
    }
    return on_diagonal(graph, layer, hone_op_reshape(graph, x, HONE_SHAPE(HONE_ANY)), k);
}
ON_MATRICES(diagflat, "Diagflat", diag, flat_on_diagonal(graph, layer, x, args->k))

/* Correlations of the rows of x [n, m]: products of what is left without their means, by their lengths. */
static hone_value correlations(hone_graph *graph, hone_value x)
{
    if (hone_value_shape(graph, x).rank != 2) {
        hone_fail(HONE_ERROR_SHAPE, "an input of two axes is needed, a row for each variable, not of %d",
                  hone_value_shape(graph, x).rank);
        return HONE_NO_VALUE;
    }
    const hone_value mean = hone_op_expand(graph, hone_op_mean(graph, x, 1), 1),
                     centred = hone_op_subtract(graph, x, mean),
                     length = hone_op_sqrt(graph, hone_op_sum(graph, hone_op_square(graph, centred), 1)),
                     products = hone_op_matmul(graph, centred, centred, false, true),
                     lengths = hone_op_multiply(graph, hone_op_expand(graph, length, 1),
                                                hone_op_expand(graph, length, 0));
    return hone_op_clip(graph, hone_op_divide(graph, products, lengths), -1, 1);
}
ON_MATRICES(corrcoef, "Corrcoef", plain, correlations(graph, x))

/* ---- quarter turns ---- */

#define TURN_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, k, 1, "how many quarters, from the first axis to the second") \
    F(A, INTEGERS, axes, HONE_NO_INTEGERS, "the two axes (None: the first two)", .scalar_or_list = true, \
      .always_list = true)
HONE_OPERATION_ARGS(turn, TURN_FIELDS)

/* One quarter: the axes exchanged, then the first one turned round. */
static hone_value turned(hone_graph *graph, hone_value x, const turn_args *args)
{
    int axes[2], order[HONE_MAX_RANK];
    const bool given = args->axes[0] != HONE_NONE_INTEGER && args->axes[1] != HONE_NONE_INTEGER;
    if (!find_axes(graph, x, given ? args->axes[0] : 0, given ? args->axes[1] : 1, axes))
        return HONE_NO_VALUE;
    for (int axis = 0; axis < HONE_MAX_RANK; axis++)
        order[axis] = axis == axes[0] ? axes[1] : axis == axes[1] ? axes[0] : axis;
    for (int64_t quarter = ((args->k % 4) + 4) % 4; quarter > 0; quarter--)
        x = hone_op_reverse(graph, hone_op_transpose(graph, x, order), axes[0]);
    return x;
}
ON_MATRICES(rot90, "Rot90", turn, turned(graph, x, args))

/* ---- vectors in space ---- */

#define CROSS_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, axisa, -1, "the axis of the first vectors") \
    F(A, INTEGER, axisb, -1, "the axis of the second ones") \
    F(A, INTEGER, axisc, -1, "the axis of the result") \
    F(A, INTEGER, axis, HONE_NONE_INTEGER, "all three axes (None: each its own)")
HONE_OPERATION_ARGS(cross, CROSS_FIELDS)

/* The coordinates of vectors along an axis, where they have two the third is 0; how many there are, or 0. */
static int coordinates(hone_graph *graph, hone_value x, int64_t along, hone_value *parts)
{
    hone_shape shape = hone_value_shape(graph, x);
    int axis = hone_internal_shape_axis(shape, along, "axis");
    if (axis < 0)
        return 0;
    const int count = (int)shape.size[axis];
    if (shape.size[axis] != 2 && shape.size[axis] != 3) {
        hone_fail(HONE_ERROR_SHAPE, "vectors must have 2 or 3 coordinates along axis %d, not %lld", axis,
                  (long long)shape.size[axis]);
        return 0;
    }
    for (int i = 0; i < count; i++)
        parts[i] = hone_op_squeeze(graph, hone_op_slice(graph, x, axis, i, i + 1), axis);
    if (count == 2)
        parts[2] = hone_graph_constant(graph, 0);
    return count;
}

/* c_i = a_(i+1) b_(i+2) - a_(i+2) b_(i+1); of two vectors in a plane c_2 alone, without an axis. */
static hone_value crossed(hone_graph *graph, const hone_value *x, const cross_args *args)
{
    const bool same = args->axis != HONE_NONE_INTEGER;
    hone_value a[3], b[3], c[3];
    const int of_a = coordinates(graph, x[0], same ? args->axis : args->axisa, a),
              of_b = of_a == 0 ? 0 : coordinates(graph, x[1], same ? args->axis : args->axisb, b);
    if (of_b == 0)
        return HONE_NO_VALUE;
    for (int i = of_a + of_b == 4 ? 2 : 0; i < 3; i++)
        c[i] = hone_op_subtract(graph, hone_op_multiply(graph, a[(i + 1) % 3], b[(i + 2) % 3]),
                                hone_op_multiply(graph, a[(i + 2) % 3], b[(i + 1) % 3]));
    if (of_a + of_b == 4 || c[2] < 0)
        return c[2];
    hone_shape shape = hone_value_shape(graph, c[0]);
    shape.rank++;
    int axis = hone_internal_shape_axis(shape, same ? args->axis : args->axisc, "axis");
    for (int i = 0; i < 3 && axis >= 0; i++)
        c[i] = hone_op_expand(graph, c[i], axis);
    return axis < 0 ? HONE_NO_VALUE : hone_op_concatenate(graph, c, 3, axis);
}
OF_TWO(numpy, cross, "Cross", cross, hone_internal_two_operands, crossed(graph, x, args))

/* ---- points and classes ---- */

/* Of points [..., p, m] and [..., r, m]: [..., p, r]. Where samples are points, the others are constants. */
static hone_value distances(hone_graph *graph, hone_value x, hone_value y)
{
    const hone_shape shape = hone_value_shape(graph, x), others = hone_value_shape(graph, y);
    const int rank = shape.rank;
    if (rank < 2 || others.rank < 2 ||
        (others.rank == 2 && hone_internal_is_batch(others, 0) && hone_internal_is_batch(shape, 0))) {
        hone_fail(HONE_ERROR_SHAPE,
                  "several points a sample are needed, an input of shape (batch, n, m), or constants");
        return HONE_NO_VALUE;
    }
    hone_value apart = hone_op_subtract(graph, hone_op_expand(graph, x, rank - 1),
                                        hone_op_expand(graph, y, hone_value_shape(graph, y).rank - 2));
    return hone_op_sqrt(graph, hone_op_sum(graph, hone_op_square(graph, apart), rank));
}
#define POINTS_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the first points when they are a constant") \
    HONE_OPERAND(F, A, y, "the other points when they are a constant")
HONE_OPERATION_CALL_FIELDS(points, POINTS_FIELDS)
OF_TWO(math, cdist, "CDist", plain, points_call_type, distances(graph, x[0], x[1]))

#define TOP_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, k, HONE_NONE_INTEGER, "how many", HONE_REQUIRED, HONE_BETWEEN(1, 1 << 24))
HONE_OPERATION_ARGS(top, TOP_FIELDS)
#define CLASSES_FIELDS(F, A) \
    HONE_OPERAND(F, A, targets, "the classes when they are a constant") \
    HONE_OPERAND(F, A, predictions, "the numbers of all classes when they are a constant")
HONE_OPERATION_CALL_FIELDS(classes, CLASSES_FIELDS)

/* Whether fewer than k classes have a greater number than the target's; what is no number is the least. */
static hone_value among_greatest(hone_graph *graph, hone_value targets, hone_value predictions, int64_t k)
{
    hone_shape shape = hone_value_shape(graph, predictions);
    int last = shape.rank - 1;
    shape.size[last] = 1;
    hone_value places = hone_op_broadcast(graph, hone_op_expand(graph, targets, last), shape),
               own = hone_op_gather_along(graph, predictions, places);
    if (own < 0)
        return own;
    own = hone_op_select(graph, hone_op_unary(graph, "is_nan", own, (hone_parameters){0}),
                         hone_graph_constant(graph, -HUGE_VAL), own);
    hone_value greater = hone_op_sum(graph, hone_op_binary(graph, "greater", predictions, own), last);
    return hone_op_unary(graph, "less_scalar", greater, (hone_parameters){(double)k, 0, 0, 0});
}
OF_TWO(math, in_top_k, "InTopK", top, classes_call_type, among_greatest(graph, x[0], x[1], args->k))
