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

static hone_value operand(hone_graph *graph, double number, const hone_value *inputs, int count, int *next)
{
    if (!isnan(number))
        return hone_graph_constant(graph, number);
    return *next < count ? inputs[(*next)++] : HONE_NO_VALUE;
}

static int record(hone_graph *graph, const char *function, const hone_value *inputs, int count,
                  hone_value *outputs)
{
    const operands *numbers = hone_call_args(graph);
    int next = 0;
    hone_value x1 = operand(graph, numbers->x1, inputs, count, &next),
               x2 = operand(graph, numbers->x2, inputs, count, &next);
    if (x1 < 0 || x2 < 0 || next < count)
        return hone_fail(HONE_ERROR_SHAPE, "takes two operands");
    outputs[0] = hone_op_binary(graph, function, x1, x2);
    return 1;
}

#define BINARY(thing, class, function) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        (void)layer; \
        return record(graph, function, inputs, count, outputs); \
    } \
    HONE_OPERATION(thing, class, plain_args, fields, defaults, .call = call_##thing, \
                   .call_fields = &operand_call, .inputs_apart = true, .inputs_min = 1, .inputs_max = 2)
BINARY(add, "Add", "add");
BINARY(subtract, "Subtract", "subtract");
BINARY(multiply, "Multiply", "multiply");
BINARY(divide, "Divide", "divide");
BINARY(true_divide, "TrueDivide", "divide");
BINARY(maximum, "Maximum", "maximum");
BINARY(minimum, "Minimum", "minimum");
BINARY(equal, "Equal", "equal");
BINARY(not_equal, "NotEqual", "not_equal");
BINARY(greater, "Greater", "greater");
BINARY(greater_equal, "GreaterEqual", "greater_equal");
BINARY(less, "Less", "less");
BINARY(less_equal, "LessEqual", "less_equal");
BINARY(logical_and, "LogicalAnd", "logical_and");
BINARY(logical_or, "LogicalOr", "logical_or");
