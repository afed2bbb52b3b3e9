/* Operations of two operands, tensors of broadcastable shapes or numbers: z = f(x1, x2). */
#include "operations/operations.h"

HONE_ARGS_STRUCT(plain_args, HONE_OPERATION_FIELDS);
HONE_FIELD_TABLE(plain_args, HONE_OPERATION_FIELDS);

#define OPERAND_FIELDS(F, A) \
    F(A, NUMBER, x1, HONE_NONE, "the first operand when it is a number") \
    F(A, NUMBER, x2, HONE_NONE, "the second operand when it is a number")
HONE_ARGS_STRUCT(operands, OPERAND_FIELDS);
HONE_FIELD_TABLE_NAMED(operands, OPERAND_FIELDS, operand_fields, no_operands);
static const hone_type operand_call = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(operands, operand_fields, no_operands)};

/* The next operand: a number that the call was given, else the next input. */
static hone_value operand(hone_graph *graph, double number, const hone_value **inputs)
{
    return isnan(number) ? *(*inputs)++ : hone_graph_constant(graph, number);
}

/* The two operands of the call that is being recorded. */
static hone_status find_operands(hone_graph *graph, const hone_value *inputs, int count, hone_value *x1,
                                 hone_value *x2)
{
    const operands *numbers = hone_call_args(graph);
    if (count != (isnan(numbers->x1) != 0) + (isnan(numbers->x2) != 0))
        return hone_fail(HONE_ERROR_SHAPE, "takes two operands");
    *x1 = operand(graph, numbers->x1, &inputs);
    *x2 = operand(graph, numbers->x2, &inputs);
    return HONE_OK;
}

#define FORMULA(thing, class, result) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        hone_value x1, x2; \
        (void)layer; \
        HONE_TRY(find_operands(graph, inputs, count, &x1, &x2)); \
        outputs[0] = (result); \
        return 1; \
    } \
    HONE_OPERATION(thing, class, plain_args, fields, defaults, .call = call_##thing, \
                   .call_fields = &operand_call, .inputs_apart = true, .inputs_min = 1, .inputs_max = 2);
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
static hone_value truth(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "not_equal_scalar", x, (hone_parameters){0});
}
/* log(e^x1 + e^x2) = max + log(1 + e^-|x1 - x2|). */
static hone_value sum_of_exponentials(hone_graph *graph, hone_value x1, hone_value x2)
{
    hone_value apart = hone_op_absolute(graph, hone_op_subtract(graph, x1, x2)),
               rest = hone_op_softplus(graph, hone_op_negative(graph, apart));
    return hone_op_add(graph, hone_op_maximum(graph, x1, x2), rest);
}

BINARY(power, "Power", "power")
FORMULA(floor_divide, "FloorDivide", floor_of_quotient(graph, x1, x2))
FORMULA(mod, "Mod", remainder_of(graph, x1, x2))
FORMULA(logical_xor, "LogicalXor", hone_op_binary(graph, "not_equal", truth(graph, x1), truth(graph, x2)))
FORMULA(logaddexp, "Logaddexp", sum_of_exponentials(graph, x1, x2))
FORMULA(squared_difference, "SquaredDifference", hone_op_square(graph, hone_op_subtract(graph, x1, x2)))

/* ---- one of two ---- */

#define CHOICE_FIELDS(F, A) \
    F(A, NUMBER, condition, HONE_NONE, "what chooses when it is a number") \
    OPERAND_FIELDS(F, A)
HONE_ARGS_STRUCT(choice, CHOICE_FIELDS);
HONE_FIELD_TABLE_NAMED(choice, CHOICE_FIELDS, choice_fields, no_choice);
static const hone_type choice_call = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(choice, choice_fields, no_choice)};

static int call_where(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    const choice *numbers = hone_call_args(graph);
    (void)layer;
    if (count != (isnan(numbers->condition) != 0) + (isnan(numbers->x1) != 0) + (isnan(numbers->x2) != 0))
        return hone_fail(HONE_ERROR_SHAPE, "takes a condition and two operands");
    hone_value condition = operand(graph, numbers->condition, &inputs),
               x1 = operand(graph, numbers->x1, &inputs), x2 = operand(graph, numbers->x2, &inputs);
    outputs[0] = hone_op_select(graph, condition, x1, x2);
    return 1;
}
HONE_OPERATION(where, "Where", plain_args, fields, defaults, .call = call_where, .call_fields = &choice_call,
               .inputs_apart = true, .inputs_min = 1, .inputs_max = 3);
