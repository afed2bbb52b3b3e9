/* Products of tensors: matmul by NumPy's rules, and einsum, "bij,bjk->bik": the sum over the letters that the
 * result lacks of the products of the operands. */
#include "operations/constant.h"
#include "operations/operations.h"
#include "ops/einsum.h"

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* [..., m, k] x [..., k, n]; an operand of one axis is a row or a column, which the result lacks. */
static hone_value multiply(hone_graph *graph, hone_value a, hone_value b)
{
    bool row = hone_value_shape(graph, a).rank == 1, column = hone_value_shape(graph, b).rank == 1;
    a = row ? hone_op_expand(graph, a, 0) : a;
    b = column ? hone_op_expand(graph, b, -1) : b;
    if (hone_value_shape(graph, b).rank != 2 && !hone_internal_broadcast_leading(graph, &a, &b))
        return HONE_NO_VALUE;
    hone_value result = hone_op_matmul(graph, a, b, false, false);
    result = row ? hone_op_squeeze(graph, result, -2) : result;
    return column ? hone_op_squeeze(graph, result, -1) : result;
}

static int call_matmul(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    outputs[0] = multiply(graph, x[0], x[1]);
    return 1;
}
HONE_OPERATION(matmul, "Matmul", plain_args, plain_fields, plain_defaults, .call = call_matmul,
               HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2));

/* ---- einsum ---- */

#define EINSUM_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, subscripts, NULL, "letters of the axes, \"bij,bjk->bik\"", HONE_REQUIRED)
HONE_OPERATION_ARGS(einsum, EINSUM_FIELDS)

#define OPERAND(F, A, name) HONE_OPERAND(F, A, name, "an operand when it is a constant")
#define EINSUM_CALL_FIELDS(F, A) \
    OPERAND(F, A, x1) \
    OPERAND(F, A, x2) \
    OPERAND(F, A, x3) \
    OPERAND(F, A, x4) OPERAND(F, A, x5) OPERAND(F, A, x6) OPERAND(F, A, x7) OPERAND(F, A, x8)
HONE_OPERATION_CALL_FIELDS(einsum, EINSUM_CALL_FIELDS)

static int call_einsum(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                       hone_value *outputs)
{
    const einsum_args *args = hone_layer_args(layer);
    hone_value x[HONE_EINSUM_OPERANDS];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 1, x));
    for (count = 0; count < HONE_EINSUM_OPERANDS && x[count] >= 0; count++)
        ;
    outputs[0] = hone_op_einsum(graph, args->subscripts, x, count);
    return 1;
}
HONE_OPERATION(einsum, "Einsum", einsum_args, einsum_fields, einsum_defaults, .call = call_einsum,
               HONE_OPERATION_OPERANDS(einsum_call_type, HONE_EINSUM_OPERANDS));
