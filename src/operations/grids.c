/* Operations that put numbers on grids: all products of two tensors, powers, ranges between two numbers, the
 * coordinates of a grid, constants of a shape; and numbers of a whole tensor. */
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

enum { MOST_PLACES = 1 << 24, MOST_GRIDS = 8 };

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define OF_TWO(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL_OF_TWO(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));

/* ---- products of all numbers with all ---- */

/* All numbers of x along one axis, which the batch alone may make of unknown size. */
static hone_value in_a_row(hone_graph *graph, hone_value x)
{
    return hone_value_shape(graph, x).rank == 1 ? x
                                                : hone_internal_in_a_row(graph, x, "all numbers in a row");
}

static hone_value outer_product(hone_graph *graph, hone_value x1, hone_value x2)
{
    return hone_op_multiply(graph, hone_op_expand(graph, in_a_row(graph, x1), 1),
                            hone_op_expand(graph, in_a_row(graph, x2), 0));
}
OF_TWO(numpy, outer, "Outer", plain, outer_product(graph, x[0], x[1]))
OF_TWO(numpy, vdot, "Vdot", plain,
       hone_op_total(graph, hone_op_multiply(graph, in_a_row(graph, x[0]), in_a_row(graph, x[1]))))

/* Axis i has the sizes of both together: x1 [.., a, 1, ..] times x2 [.., 1, b, ..], joined to [.., a b, ..].
 */
static hone_value kronecker_product(hone_graph *graph, hone_value x1, hone_value x2)
{
    while (x1 >= 0 && hone_value_shape(graph, x1).rank < hone_value_shape(graph, x2).rank)
        x1 = hone_op_expand(graph, x1, 0);
    while (x2 >= 0 && hone_value_shape(graph, x2).rank < hone_value_shape(graph, x1).rank)
        x2 = hone_op_expand(graph, x2, 0);
    hone_shape shape = hone_value_shape(graph, x1), other = hone_value_shape(graph, x2);
    if (2 * shape.rank > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "its operands may have %d axes, not %d", HONE_MAX_RANK / 2, shape.rank);
        return HONE_NO_VALUE;
    }
    for (int axis = 0; axis < shape.rank; axis++) {
        x1 = hone_op_expand(graph, x1, 2 * axis + 1);
        x2 = hone_op_expand(graph, x2, 2 * axis);
        const bool known = shape.size[axis] != HONE_ANY && other.size[axis] != HONE_ANY;
        shape.size[axis] = known ? hone_internal_size_product(shape.size[axis], other.size[axis]) : HONE_ANY;
    }
    return hone_op_reshape(graph, hone_op_multiply(graph, x1, x2), shape);
}
OF_TWO(numpy, kron, "Kron", plain, kronecker_product(graph, x[0], x[1]))

/* ---- powers ---- */

#define VANDER_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, N, HONE_NONE_INTEGER, "how many powers (None: as many as numbers)", HONE_BETWEEN(1, 4096)) \
    F(A, BOOLEAN, increasing, false, "the power 0 first")
HONE_OPERATION_ARGS(vander, VANDER_FIELDS)

static hone_value powers(hone_graph *graph, hone_value x, const vander_args *args)
{
    const hone_shape shape = hone_value_shape(graph, x);
    const int64_t count = args->N != HONE_NONE_INTEGER || shape.rank != 1 ? args->N : shape.size[0];
    if (shape.rank != 1 || count < 1 || count > 4096) {
        hone_fail(HONE_ERROR_SHAPE, "an input of one axis is needed, and N where its size is not fixed");
        return HONE_NO_VALUE;
    }
    hone_value *columns = hone_internal_arena_allocate(&graph->arena, sizeof *columns * (size_t)count);
    if (columns == NULL)
        return HONE_NO_VALUE;
    const hone_value column = hone_op_expand(graph, x, 1);
    hone_value power = hone_op_unary(graph, "power_scalar", column, (hone_parameters){0});
    for (int64_t i = 0; i < count; i++) {
        columns[args->increasing ? i : count - 1 - i] = power;
        power = i + 1 == count ? power : i == 0 ? column : hone_op_multiply(graph, power, column);
    }
    return hone_op_concatenate(graph, columns, (int)count, 1);
}
HONE_OPERATION_CALL(vander, vander_args, powers(graph, x, args))
HONE_OPERATION(vander, "Vander", vander_args, vander_fields, vander_defaults, .call = call_vander);

/* ---- between two numbers ---- */

/* The field is not named as its key: an operation has no dtype policy. */
#define TYPE_FIELDS(F, A) \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype") \
    F(A, INTEGER, axis, 0, "where the axis of the results goes")
#define NUM_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGER, num, 50, "how many numbers", HONE_BETWEEN(1, MOST_PLACES)) \
    F(A, BOOLEAN, endpoint, true, "stop is one of them")
#define LINEAR_FIELDS(F, A) \
    NUM_FIELDS(F, A) F(A, BOOLEAN, retstep, false, "a second result: the step") TYPE_FIELDS(F, A)
HONE_OPERATION_ARGS(linear, LINEAR_FIELDS)
#define POWERS_FIELDS(F, A) \
    NUM_FIELDS(F, A) F(A, NUMBER, radix, 10, "base of the powers", .key = "base") TYPE_FIELDS(F, A)
HONE_OPERATION_ARGS(powers, POWERS_FIELDS)
#define RATIO_FIELDS(F, A) NUM_FIELDS(F, A) TYPE_FIELDS(F, A)
HONE_OPERATION_ARGS(ratio, RATIO_FIELDS)
#define ENDS_FIELDS(F, A) \
    HONE_OPERAND(F, A, start, "the first numbers when they are a constant") \
    HONE_OPERAND(F, A, stop, "the last numbers when they are a constant")
HONE_OPERATION_CALL_FIELDS(ends, ENDS_FIELDS)

/* What lies between: the ends as they are given, then with an axis of size 1, and the places from 0 to 1
 * along it. */
typedef struct range {
    hone_value ends[2], start, stop, places;
} range;

static hone_status prepare_range(hone_graph *graph, hone_layer *layer, const hone_value *inputs, int count,
                                 int64_t num, bool endpoint, int64_t along, range *r)
{
    hone_constant places = {.count = num};
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, r->ends));
    r->start = r->ends[0];
    r->stop = r->ends[1];
    while (r->start >= 0 && hone_value_shape(graph, r->start).rank < hone_value_shape(graph, r->stop).rank)
        r->start = hone_op_expand(graph, r->start, 0);
    while (r->stop >= 0 && hone_value_shape(graph, r->stop).rank < hone_value_shape(graph, r->start).rank)
        r->stop = hone_op_expand(graph, r->stop, 0);
    if (r->start < 0 || r->stop < 0)
        return hone_error_status();
    hone_shape shape = hone_value_shape(graph, r->start);
    shape.rank++;
    const int axis = shape.rank > HONE_MAX_RANK ? -1 : hone_internal_shape_axis(shape, along, "axis");
    places.numbers =
        axis < 0 ? NULL : hone_internal_arena_allocate(&graph->arena, sizeof *places.numbers * (size_t)num);
    if (places.numbers == NULL)
        return hone_error_status();
    const double steps = endpoint ? (double)num - 1 : (double)num;
    for (int64_t i = 0; i < num; i++)
        places.numbers[i] = steps > 0 ? (double)i / steps : 0;
    places.shape.rank = shape.rank;
    for (int i = 0; i < shape.rank; i++)
        places.shape.size[i] = i == axis ? num : 1;
    r->start = hone_op_expand(graph, r->start, axis);
    r->stop = hone_op_expand(graph, r->stop, axis);
    r->places = hone_internal_constant_value(graph, layer, &places);
    return r->start >= 0 && r->stop >= 0 && r->places >= 0 ? HONE_OK : hone_error_status();
}

/* (1 - p) start + p stop */
static hone_value between(hone_graph *graph, const range *r)
{
    return hone_op_add(graph, hone_op_multiply(graph, r->start, hone_op_affine(graph, r->places, -1, 1)),
                       hone_op_multiply(graph, r->stop, r->places));
}

/* Whole numbers are those below. */
static hone_value of_type(hone_graph *graph, hone_value x, const char *type)
{
    const bool whole = type != NULL && strstr(type, "int") != NULL;
    return whole ? hone_op_unary(graph, "floor", x, (hone_parameters){0}) : x;
}

static int call_linspace(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                         hone_value *outputs)
{
    const linear_args *args = hone_layer_args(layer);
    range r;
    HONE_TRY(prepare_range(graph, layer, inputs, count, args->num, args->endpoint, args->axis, &r));
    outputs[0] = of_type(graph, between(graph, &r), args->type);
    const double steps = (double)(args->endpoint ? args->num - 1 : args->num);
    if (args->retstep)
        outputs[1] = hone_op_affine(graph, hone_op_subtract(graph, r.ends[1], r.ends[0]), 1 / steps, 0);
    return args->retstep ? 2 : 1;
}
HONE_OPERATION(linspace, "Linspace", linear_args, linear_fields, linear_defaults, .call = call_linspace,
               HONE_OPERATION_OPERANDS(ends_call_type, 2));

static int call_logspace(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                         hone_value *outputs)
{
    const powers_args *args = hone_layer_args(layer);
    range r;
    HONE_TRY(prepare_range(graph, layer, inputs, count, args->num, args->endpoint, args->axis, &r));
    outputs[0] = hone_op_binary(graph, "power", hone_graph_constant(graph, args->radix), between(graph, &r));
    outputs[0] = of_type(graph, outputs[0], args->type);
    return 1;
}
HONE_OPERATION(logspace, "Logspace", powers_args, powers_fields, powers_defaults, .call = call_logspace,
               HONE_OPERATION_OPERANDS(ends_call_type, 2));

/* start (stop / start)^p */
static int call_geomspace(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    const ratio_args *args = hone_layer_args(layer);
    range r;
    HONE_TRY(prepare_range(graph, layer, inputs, count, args->num, args->endpoint, args->axis, &r));
    const hone_value ratio = hone_op_divide(graph, r.stop, r.start);
    outputs[0] = hone_op_multiply(graph, r.start, hone_op_binary(graph, "power", ratio, r.places));
    outputs[0] = of_type(graph, outputs[0], args->type);
    return 1;
}
HONE_OPERATION(geomspace, "Geomspace", ratio_args, ratio_fields, ratio_defaults, .call = call_geomspace,
               HONE_OPERATION_OPERANDS(ends_call_type, 2));

/* ---- coordinates ---- */

#define GRID_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, indexing, "xy", "the first of the tensors along columns (xy) or rows (ij)", \
      HONE_ONE_OF("xy|ij"))
HONE_OPERATION_ARGS(grid, GRID_FIELDS)
#define TENSOR(F, A, number) HONE_OPERAND(F, A, x##number, "this tensor when it is a constant")
#define TENSOR_FIELDS(F, A) \
    TENSOR(F, A, 1) \
    TENSOR(F, A, 2) \
    TENSOR(F, A, 3) \
    TENSOR(F, A, 4) \
    TENSOR(F, A, 5) \
    TENSOR(F, A, 6) \
    TENSOR(F, A, 7) \
    TENSOR(F, A, 8)
HONE_OPERATION_CALL_FIELDS(tensors, TENSOR_FIELDS)

/* Each tensor along an axis of its own, repeated along the others. */
static int call_meshgrid(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                         hone_value *outputs)
{
    hone_value x[MOST_GRIDS], rows[MOST_GRIDS];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 1, x));
    for (count = 0; count < MOST_GRIDS && x[count] >= 0;)
        count++;
    const bool exchanged = ((const grid_args *)hone_layer_args(layer))->indexing[0] == 'x' && count > 1;
    hone_shape shape = {.rank = count};
    for (int i = 0; i < count; i++) {
        const int axis = exchanged && i < 2 ? 1 - i : i;
        if ((rows[i] = in_a_row(graph, x[i])) < 0)
            return hone_error_status();
        if ((shape.size[axis] = hone_value_size(graph, rows[i], 0)) == HONE_ANY)
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "a grid over the samples of a batch, whose number is not fixed, is not supported");
    }
    for (int i = 0; i < count; i++) {
        const int axis = exchanged && i < 2 ? 1 - i : i;
        hone_shape own = {.rank = count};
        for (int other = 0; other < count; other++)
            own.size[other] = other == axis ? shape.size[axis] : 1;
        outputs[i] = hone_op_broadcast(graph, hone_op_reshape(graph, rows[i], own), shape);
        if (outputs[i] < 0)
            return hone_error_status();
    }
    return count;
}
HONE_OPERATION(meshgrid, "Meshgrid", grid_args, grid_fields, grid_defaults, .call = call_meshgrid,
               HONE_OPERATION_OPERANDS(tensors_call_type, MOST_GRIDS));

#define SHAPE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "sizes of the result", HONE_REQUIRED, HONE_AT_LEAST(1), \
      .scalar_or_list = true, .always_list = true) \
    F(A, TEXT, type, NULL, "dtype in Keras; Hone always uses floats", .key = "dtype")
HONE_OPERATION_ARGS(shape, SHAPE_FIELDS)

static hone_value repeated(hone_graph *graph, hone_value x, const int64_t *sizes)
{
    hone_shape shape = {.rank = 0};
    while (shape.rank < HONE_MAX_RANK && sizes[shape.rank] != HONE_NONE_INTEGER) {
        shape.size[shape.rank] = sizes[shape.rank];
        shape.rank++;
    }
    return hone_op_broadcast(graph, x, shape);
}
HONE_OPERATION_CALL(full, shape_args, repeated(graph, x, args->shape))
HONE_OPERATION(full, "Full", shape_args, shape_fields, shape_defaults, .call = call_full);

/* ---- numbers of a whole tensor ---- */

#define PEAK_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, max_val, HONE_NONE, "the greatest number there may be", HONE_REQUIRED)
HONE_OPERATION_ARGS(peak, PEAK_FIELDS)

/* 20 log10(greatest) - 10 log10(mean of squared differences) */
static hone_value noise_ratio(hone_graph *graph, hone_value x1, hone_value x2, double greatest)
{
    const hone_value apart = hone_op_square(graph, hone_op_subtract(graph, x1, x2)),
                     mean = hone_op_reduce(graph, "mean", apart, NULL, 0, false);
    return hone_op_affine(graph, hone_op_log(graph, mean), -10 / log(10), 20 * log10(greatest));
}
OF_TWO(nn, psnr, "PSNR", peak, noise_ratio(graph, x[0], x[1], args->max_val))
