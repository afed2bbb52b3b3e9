/* Operations on whole numbers, which Hone keeps as floats (model/whole_numbers.c): bits, divisors; places
 * among sorted numbers; whether a number is among others; places of arrays by their number. */
#include "operations/constant.h"
#include "operations/operations.h"

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* ---- bits ---- */

#define BITS_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the first operand when it is a constant") \
    HONE_OPERAND(F, A, y, "the second operand when it is a constant")
HONE_OPERATION_CALL_FIELDS(bits, BITS_FIELDS)
#define OF_TWO(thing, class, operands, result) \
    HONE_OPERATION_CALL_OF_TWO(thing, plain_args, result) \
    HONE_OPERATION(thing, class, plain_args, plain_fields, plain_defaults, .call = call_##thing, \
                   .goes_step_by_step = true, HONE_OPERATION_OPERANDS(operands, 2));
#define BITS(thing, class, function) \
    OF_TWO(thing, class, bits_call_type, hone_op_binary(graph, function, x[0], x[1]))

BITS(bitwise_and, "BitwiseAnd", "bits_and")
BITS(bitwise_or, "BitwiseOr", "bits_or")
BITS(bitwise_xor, "BitwiseXor", "bits_xor")
BITS(bitwise_left_shift, "BitwiseLeftShift", "shift_left")
BITS(left_shift, "LeftShift", "shift_left")

/* The whole number below x / 2^y. */
static hone_value shifted_right(hone_graph *graph, hone_value x, hone_value y)
{
    const hone_value power = hone_op_binary(graph, "power", hone_graph_constant(graph, 2), y);
    return hone_op_unary(graph, "floor", hone_op_divide(graph, x, power), (hone_parameters){0});
}
OF_TWO(bitwise_right_shift, "BitwiseRightShift", bits_call_type, shifted_right(graph, x[0], x[1]))
OF_TWO(right_shift, "RightShift", bits_call_type, shifted_right(graph, x[0], x[1]))

/* Of numbers with a sign -1 - x. */
HONE_OPERATION_CALL(bitwise_invert, plain_args, hone_op_affine(graph, x, -1, -1))
HONE_OPERATION(bitwise_invert, "BitwiseInvert", plain_args, plain_fields, plain_defaults,
               .call = call_bitwise_invert, .goes_step_by_step = true);
HONE_OPERATION_CALL(bitwise_not, plain_args, hone_op_affine(graph, x, -1, -1))
HONE_OPERATION(bitwise_not, "BitwiseNot", plain_args, plain_fields, plain_defaults, .call = call_bitwise_not,
               .goes_step_by_step = true);

/* ---- divisors ---- */

static hone_value least_multiple(hone_graph *graph, hone_value x1, hone_value x2)
{
    const hone_value divisor = hone_op_binary(graph, "greatest_divisor", x1, x2);
    return hone_op_absolute(graph,
                            hone_op_multiply(graph, x1, hone_op_binary(graph, "divide_no_nan", x2, divisor)));
}
OF_TWO(gcd, "Gcd", hone_internal_two_operands, hone_op_binary(graph, "greatest_divisor", x[0], x[1]))
OF_TWO(lcm, "Lcm", hone_internal_two_operands, least_multiple(graph, x[0], x[1]))

/* ---- among sorted numbers ---- */

/* How many numbers of a row stand before each of x: those for which f(number, x). What is not a number stands
 * behind all. */
static hone_value count_before(hone_graph *graph, hone_value row, hone_value x, const char *holds)
{
    if (hone_value_shape(graph, row).rank != 1) {
        hone_fail(HONE_ERROR_SHAPE, "the sorted numbers must have one axis, not %d",
                  hone_value_shape(graph, row).rank);
        return HONE_NO_VALUE;
    }
    const hone_value wide = hone_op_expand(graph, x, -1), before = hone_op_binary(graph, holds, row, wide),
                     none = hone_op_unary(graph, "is_nan", wide, (hone_parameters){0});
    return hone_op_sum(graph, hone_op_binary(graph, "logical_or", before, none), -1);
}

/* As many as are at most x; of descending bins those that are above x. */
static hone_value bin_of(hone_graph *graph, hone_value x, hone_value bins)
{
    if (hone_value_shape(graph, bins).rank != 1)
        return count_before(graph, bins, x, "less_equal");
    const int64_t last = hone_value_size(graph, bins, 0);
    const hone_value descend = hone_op_binary(graph, "greater", hone_op_slice(graph, bins, 0, 0, 1),
                                              hone_op_slice(graph, bins, 0, last - 1, last));
    return hone_op_select(graph, descend, count_before(graph, bins, x, "greater"),
                          count_before(graph, bins, x, "less_equal"));
}
#define BINS_FIELDS(F, A) \
    HONE_OPERAND(F, A, x, "the numbers when they are a constant") \
    HONE_OPERAND(F, A, bins, "where bins begin, sorted")
HONE_OPERATION_CALL_FIELDS(bins, BINS_FIELDS)
OF_TWO(digitize, "Digitize", bins_call_type, bin_of(graph, x[0], x[1]))

#define SIDE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, side, "left", "before or behind equal numbers", HONE_ONE_OF("left|right"))
HONE_OPERATION_ARGS(side, SIDE_FIELDS)
#define SORTED_FIELDS(F, A) \
    HONE_OPERAND(F, A, sorted_sequence, "the sorted numbers when they are a constant") \
    HONE_OPERAND(F, A, values, "what is to be put among them when it is a constant")
HONE_OPERATION_CALL_FIELDS(sorted, SORTED_FIELDS)
HONE_OPERATION_CALL_OF_TWO(search_sorted, side_args,
                           count_before(graph, x[0], x[1], args->side[0] == 'l' ? "less" : "less_equal"))
HONE_OPERATION(search_sorted, "SearchSorted", side_args, side_fields, side_defaults,
               .call = call_search_sorted, HONE_OPERATION_OPERANDS(sorted_call_type, 2));

/* ---- among any numbers ---- */

#define AMONG_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, BOOLEAN, assume_unique, false, "no number occurs twice; it makes no difference") \
    F(A, BOOLEAN, invert, false, "1 where it is not among them")
HONE_OPERATION_ARGS(among, AMONG_FIELDS)

/* 1 where x1 equals one of x2, all of whose numbers count. */
static hone_value is_among(hone_graph *graph, hone_value x1, hone_value x2, bool invert)
{
    const hone_shape shape = hone_value_shape(graph, x2);
    if (hone_internal_is_batch(shape, 0)) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "the numbers to look among would be those of all samples; give a constant");
        return HONE_NO_VALUE;
    }
    const hone_value row = hone_op_reshape(graph, x2, HONE_SHAPE(hone_internal_shape_count(shape))),
                     equal = hone_op_binary(graph, "equal", hone_op_expand(graph, x1, -1), row),
                     any = hone_op_unary(graph, "greater_scalar", hone_op_sum(graph, equal, -1),
                                         (hone_parameters){0});
    return invert ? hone_op_affine(graph, any, -1, 1) : any;
}
HONE_OPERATION_CALL_OF_TWO(is_in, among_args, is_among(graph, x[0], x[1], args->invert))
HONE_OPERATION(is_in, "IsIn", among_args, among_fields, among_defaults, .call = call_is_in,
               HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));

/* ---- places by number ---- */

#define UNRAVEL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "sizes of the array", HONE_REQUIRED, HONE_AT_LEAST(1), \
      .scalar_or_list = true, .always_list = true)
HONE_OPERATION_ARGS(unravel, UNRAVEL_FIELDS)

static int axes_of(const hone_layer *layer)
{
    const unravel_args *args = hone_layer_args(layer);
    int count = 0;
    while (count < HONE_MAX_RANK && args->shape[count] != HONE_NONE_INTEGER)
        count++;
    return count;
}

static hone_value whole_quotient(hone_graph *graph, hone_value x, int64_t size)
{
    const hone_value quotient = hone_op_divide(graph, x, hone_graph_constant(graph, (double)size));
    return hone_op_unary(graph, "floor", quotient, (hone_parameters){0});
}

/* A result for each axis, the last one from what remains first; beyond the ends the nearest place, those
 * below 0 from the end. */
static int call_unravel_index(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                              hone_value *outputs)
{
    const unravel_args *args = hone_layer_args(layer);
    const int axes = axes_of(layer);
    double all = 1;
    hone_value x = inputs[0];
    (void)count;
    for (int axis = 0; axis < axes; axis++)
        all *= (double)args->shape[axis];
    x = hone_op_clip(graph, hone_internal_from_the_end(graph, x, all), 0, all - 1);
    for (int axis = axes - 1; axis >= 0; axis--) {
        const hone_value rest = whole_quotient(graph, x, args->shape[axis]);
        outputs[axis] = hone_op_subtract(graph, x, hone_op_affine(graph, rest, (double)args->shape[axis], 0));
        x = rest;
    }
    return axes;
}
HONE_OPERATION(unravel_index, "UnravelIndex", unravel_args, unravel_fields, unravel_defaults,
               .call = call_unravel_index, .outputs_max = axes_of);
