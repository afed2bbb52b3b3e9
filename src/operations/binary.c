/* Operations of two operands, tensors or constants of broadcastable shapes: z = f(x1, x2). */
#include "operations/constant.h"
#include "operations/operations.h"

#include <math.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* Where steps come in pieces: of numbers for each step, [t, c] or [1, t, c], beside a piece [n, p, c] those
 * for the steps that come. */
static hone_value for_step(hone_graph *graph, hone_value x, hone_value other)
{
    const hone_shape shape = hone_value_shape(graph, x);
    const int64_t steps = shape.rank > 1 ? shape.size[shape.rank - 2] : 1;
    if (graph->kept == NULL || hone_value_shape(graph, other).rank != 3 ||
        hone_value_size(graph, other, 1) != graph->kept->steps || steps <= graph->kept->steps ||
        shape.rank > 3 || (shape.rank == 3 && shape.size[0] != 1))
        return x;
    if (steps < graph->kept->most)
        graph->kept->most = steps;
    return hone_op_gather_rows(graph,
                               hone_op_reshape(graph, x, HONE_SHAPE(steps, shape.size[shape.rank - 1])),
                               hone_internal_positions_now(graph));
}

#define FORMULA(thing, class, result) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        hone_value x[2]; \
        HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x)); \
        const hone_value x1 = for_step(graph, x[0], x[1]), x2 = for_step(graph, x[1], x[0]); \
        outputs[0] = (result); \
        return 1; \
    } \
    HONE_OPERATION(thing, class, plain_args, plain_fields, plain_defaults, .call = call_##thing, \
                   .goes_step_by_step = true, HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));
#define BINARY(thing, class, function) FORMULA(thing, class, hone_op_binary(graph, function, x1, x2))

BINARY(add, "Add", "add")
BINARY(subtract, "Subtract", "subtract")
BINARY(multiply, "Multiply", "multiply")
BINARY(divide, "Divide", "divide")
BINARY(true_divide, "TrueDivide", "divide")
BINARY(maximum, "Maximum", "maximum")
BINARY(minimum, "Minimum", "minimum")
BINARY(equal, "Equal", "equal")
BINARY(not_equal, "NotEqual", "not_equal")
BINARY(greater, "Greater", "greater")
BINARY(greater_equal, "GreaterEqual", "greater_equal")
BINARY(less, "Less", "less")
BINARY(less_equal, "LessEqual", "less_equal")
BINARY(logical_and, "LogicalAnd", "logical_and")
BINARY(logical_or, "LogicalOr", "logical_or")

/* x1 divided by x2, the whole number below that; and what remains, with the sign of x2. */
static hone_value floor_of_quotient(hone_graph *graph, hone_value x1, hone_value x2)
{
    return hone_op_unary(graph, "floor", hone_op_divide(graph, x1, x2), (hone_parameters){0});
}
static hone_value remainder_of(hone_graph *graph, hone_value x1, hone_value x2)
{
    return hone_op_subtract(graph, x1, hone_op_multiply(graph, x2, floor_of_quotient(graph, x1, x2)));
}
/* log(e^x1 + e^x2) = max + log(1 + e^-|x1 - x2|). */
static hone_value sum_of_exponentials(hone_graph *graph, hone_value x1, hone_value x2)
{
    hone_value apart = hone_op_absolute(graph, hone_op_subtract(graph, x1, x2)),
               rest = hone_op_softplus(graph, hone_op_negative(graph, apart));
    return hone_op_add(graph, hone_op_maximum(graph, x1, x2), rest);
}

/* 0 where x2 is 0. */
static hone_value quotient_or_zero(hone_graph *graph, hone_value x1, hone_value x2)
{
    hone_value there = hone_internal_truth(graph, x2),
               safe = hone_op_select(graph, there, x2, hone_graph_constant(graph, 1));
    return hone_op_select(graph, there, hone_op_divide(graph, x1, safe), hone_graph_constant(graph, 0));
}
static hone_value hypotenuse(hone_graph *graph, hone_value x1, hone_value x2)
{
    return hone_op_sqrt(graph, hone_op_add(graph, hone_op_square(graph, x1), hone_op_square(graph, x2)));
}
/* The other where one is not a number. */
static hone_value of_numbers(hone_graph *graph, hone_value x1, hone_value x2, const char *function)
{
    hone_value lacks1 = hone_op_unary(graph, "is_nan", x1, (hone_parameters){0}),
               lacks2 = hone_op_unary(graph, "is_nan", x2, (hone_parameters){0});
    return hone_op_binary(graph, function, hone_op_select(graph, lacks1, x2, x1),
                          hone_op_select(graph, lacks2, x1, x2));
}

/* x1 without whole multiples of x2, with the sign of x1. */
static hone_value remainder_toward_zero(hone_graph *graph, hone_value x1, hone_value x2)
{
    hone_value quotient = hone_op_divide(graph, x1, x2),
               size = hone_op_unary(graph, "floor", hone_op_absolute(graph, quotient), (hone_parameters){0}),
               sign = hone_op_unary(graph, "sign", quotient, (hone_parameters){0});
    return hone_op_subtract(graph, x1, hone_op_multiply(graph, x2, hone_op_multiply(graph, sign, size)));
}

/* The angle of the point (x, y): a = atan of the smaller side by the greater one, pi / 2 - a where y is the
 * greater, pi less that left of 0, with the sign of y. */
static hone_value angle_of(hone_graph *graph, hone_value y, hone_value x)
{
    static const double pi = 3.14159265358979323846;
    hone_value tall = hone_op_absolute(graph, y), wide = hone_op_absolute(graph, x),
               ratio = quotient_or_zero(graph, hone_op_minimum(graph, tall, wide),
                                        hone_op_maximum(graph, tall, wide)),
               angle = hone_op_unary(graph, "atan", ratio, (hone_parameters){0});
    angle = hone_op_select(graph, hone_op_binary(graph, "greater", tall, wide),
                           hone_op_affine(graph, angle, -1, pi / 2), angle);
    angle = hone_op_select(graph, hone_op_unary(graph, "less_scalar", x, (hone_parameters){0}),
                           hone_op_affine(graph, angle, -1, pi), angle);
    return hone_op_select(graph, hone_op_unary(graph, "less_scalar", y, (hone_parameters){0}),
                          hone_op_negative(graph, angle), angle);
}

/* 0 below 0, 1 above it, x2 at 0; what is not a number stays so. */
static hone_value step_of(hone_graph *graph, hone_value x1, hone_value x2)
{
    hone_value sign = hone_op_unary(graph, "sign", x1, (hone_parameters){0});
    return hone_op_select(graph, hone_internal_truth(graph, x1),
                          hone_op_unary(graph, "maximum_scalar", sign, (hone_parameters){0}), x2);
}

/* log2(2^x1 + 2^x2) */
static hone_value sum_of_powers(hone_graph *graph, hone_value x1, hone_value x2)
{
    static const double log_two = 0.69314718055994530942;
    hone_value sum = sum_of_exponentials(graph, hone_op_affine(graph, x1, log_two, 0),
                                         hone_op_affine(graph, x2, log_two, 0));
    return hone_op_affine(graph, sum, 1 / log_two, 0);
}

BINARY(power, "Power", "power")
FORMULA(fmod, "Fmod", remainder_toward_zero(graph, x1, x2))
FORMULA(arctan2, "Arctan2", angle_of(graph, x1, x2))
FORMULA(heaviside, "Heaviside", step_of(graph, x1, x2))
FORMULA(logaddexp2, "Logaddexp2", sum_of_powers(graph, x1, x2))
FORMULA(ldexp, "Ldexp",
        hone_op_multiply(graph, x1, hone_op_binary(graph, "power", hone_graph_constant(graph, 2), x2)))
BINARY(nextafter, "Nextafter", "next_number")
FORMULA(divide_no_nan, "DivideNoNan", quotient_or_zero(graph, x1, x2))
FORMULA(hypot, "Hypot", hypotenuse(graph, x1, x2))
FORMULA(fmax, "Fmax", of_numbers(graph, x1, x2, "maximum"))
FORMULA(fmin, "Fmin", of_numbers(graph, x1, x2, "minimum"))
FORMULA(floor_divide, "FloorDivide", floor_of_quotient(graph, x1, x2))
FORMULA(mod, "Mod", remainder_of(graph, x1, x2))
FORMULA(logical_xor, "LogicalXor",
        hone_op_binary(graph, "not_equal", hone_internal_truth(graph, x1), hone_internal_truth(graph, x2)))
FORMULA(logaddexp, "Logaddexp", sum_of_exponentials(graph, x1, x2))
FORMULA(squared_difference, "SquaredDifference", hone_op_square(graph, hone_op_subtract(graph, x1, x2)))

/* ---- one of two ---- */

#define CHOICE_FIELDS(F, A) \
    HONE_OPERAND(F, A, condition, "what chooses when it is a constant") \
    HONE_OPERAND(F, A, x1, "the first operand when it is a constant") \
    HONE_OPERAND(F, A, x2, "the second operand when it is a constant")
HONE_OPERATION_CALL_FIELDS(choice, CHOICE_FIELDS)

static int call_where(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    hone_value x[3];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 1, x));
    if (x[1] < 0 && x[2] < 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "without x1 and x2 its result is as long as the condition holds; give both");
    if (x[1] < 0 || x[2] < 0)
        return hone_fail(HONE_ERROR_SHAPE, "takes 3 operands; x%d is missing", x[1] < 0 ? 1 : 2);
    outputs[0] = hone_op_select(graph, x[0], x[1], x[2]);
    return 1;
}
HONE_OPERATION(where, "Where", plain_args, plain_fields, plain_defaults, .call = call_where,
               HONE_OPERATION_OPERANDS(choice_call_type, 3));

/* ---- nearly equal ---- */

#define NEAR_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, equal_nan, false, "whether what is not a number equals what is none either")
HONE_OPERATION_ARGS(near, NEAR_FIELDS)
#define BOUND_FIELDS(F, A) \
    HONE_OPERAND(F, A, x1, "the first operand when it is a constant") \
    HONE_OPERAND(F, A, x2, "the second operand when it is a constant") \
    F(A, TEXT, rtol, "1e-05", "the distance allowed, as a part of |x2|", HONE_SPECS(HONE_LITERAL)) \
    F(A, TEXT, atol, "1e-08", "and the distance allowed in any case", HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_CALL_FIELDS(bound, BOUND_FIELDS)

/* |x1 - x2| <= atol + rtol |x2|, or equal, as infinities are. */
static hone_value close_to(hone_graph *graph, hone_value x1, hone_value x2, hone_value rtol, hone_value atol,
                           bool equal_nan)
{
    hone_value apart = hone_op_absolute(graph, hone_op_subtract(graph, x1, x2)),
               allowed = hone_op_add(graph, atol, hone_op_multiply(graph, rtol, hone_op_absolute(graph, x2))),
               there = hone_op_unary(graph, "less_scalar", allowed, (hone_parameters){HUGE_VAL, 0, 0, 0}),
               near = hone_op_binary(graph, "logical_and", there,
                                     hone_op_binary(graph, "less_equal", apart, allowed));
    near = hone_op_binary(graph, "logical_or", near, hone_op_binary(graph, "equal", x1, x2));
    if (!equal_nan)
        return near;
    return hone_op_binary(graph, "logical_or", near,
                          hone_op_binary(graph, "logical_and",
                                         hone_op_unary(graph, "is_nan", x1, (hone_parameters){0}),
                                         hone_op_unary(graph, "is_nan", x2, (hone_parameters){0})));
}

static hone_value all_of(hone_graph *graph, hone_value x)
{
    return hone_op_reduce(graph, "minimum", x, NULL, 0, false);
}

static int call_isclose(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    hone_value x[4];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 4, x));
    outputs[0] =
        close_to(graph, x[0], x[1], x[2], x[3], ((const near_args *)hone_layer_args(layer))->equal_nan);
    return 1;
}
HONE_OPERATION(isclose, "Isclose", near_args, near_fields, near_defaults, .call = call_isclose,
               HONE_OPERATION_OPERANDS(bound_call_type, 2));

#define ALL_NEAR_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, NUMBER, rtol, 1e-5, "the distance allowed, as a part of |x2|") \
    F(A, NUMBER, atol, 1e-8, "and the distance allowed in any case") \
    F(A, BOOLEAN, equal_nan, false, "whether what is not a number equals what is none either")
HONE_OPERATION_ARGS(all_near, ALL_NEAR_FIELDS)
HONE_OPERATION_CALL_OF_TWO(all_close, all_near_args,
                           all_of(graph, close_to(graph, x[0], x[1], hone_graph_constant(graph, args->rtol),
                                                  hone_graph_constant(graph, args->atol), args->equal_nan)))
HONE_OPERATION(all_close, "AllClose", all_near_args, all_near_fields, all_near_defaults,
               .call = call_all_close, HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));
