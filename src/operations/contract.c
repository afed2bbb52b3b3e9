/* Sums of products over chosen axes: dot, tensordot, inner. Of a batch of unknown size one operand is a
 * tensor whose first axis is the batch; the other is a constant, since two batches would be mixed. */
#include "operations/constant.h"
#include "operations/literal.h"
#include "operations/operations.h"

#include <string.h>

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

/* Two operands, the axes of each that are summed over, in pairs. */
typedef struct contraction {
    hone_value x[2];
    int axes[2][HONE_MAX_RANK], count;
} contraction;

static bool contracts(const contraction *product, int side, int axis)
{
    for (int i = 0; i < product->count; i++)
        if (product->axes[side][i] == axis)
            return true;
    return false;
}

/* A batch of unknown size must stay the first axis of the result, and only one operand may have one. */
static hone_status check_batch(const hone_graph *graph, const contraction *product, const bool *constant,
                               int free_of_first)
{
    bool batches = false;
    for (int i = 0; i < 2; i++)
        batches =
            batches || (!constant[i] && hone_internal_is_batch(hone_value_shape(graph, product->x[i]), 0));
    if (!batches)
        return HONE_OK;
    if (!constant[0] && !constant[1])
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "the product of all samples with all samples would mix them; one operand must be a constant "
            "(matmul and einsum keep samples apart)");
    int side = constant[0];
    if (contracts(product, side, 0))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "a sum over the first axis, that of the batch, would mix the samples");
    if (side == 1 && free_of_first > 0)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "the axes of the constant would come before that of the batch; give the tensor first");
    return HONE_OK;
}

/* The axes of an operand, those of the sum last or first; the sizes of the others follow in `sizes`. */
static hone_value as_matrix(hone_graph *graph, const contraction *product, int side, hone_shape *result)
{
    hone_shape shape = hone_value_shape(graph, product->x[side]), matrix = {.rank = 2, .size = {1, 1}};
    int order[HONE_MAX_RANK], place = side == 0 ? 0 : product->count, inner = side == 0;
    for (int axis = 0; axis < shape.rank; axis++)
        if (!contracts(product, side, axis)) {
            order[place++] = axis;
            result->size[result->rank++] = shape.size[axis];
            matrix.size[1 - inner] = hone_internal_size_product(matrix.size[1 - inner], shape.size[axis]);
        }
    for (int i = 0; i < product->count; i++) {
        order[side == 0 ? place + i : i] = product->axes[side][i];
        matrix.size[inner] =
            hone_internal_size_product(matrix.size[inner], shape.size[product->axes[side][i]]);
    }
    return hone_op_reshape(graph, hone_op_transpose(graph, product->x[side], order), matrix);
}

static hone_status check_sizes(const hone_graph *graph, const contraction *product)
{
    hone_shape a = hone_value_shape(graph, product->x[0]), b = hone_value_shape(graph, product->x[1]);
    for (int i = 0; i < product->count; i++) {
        int64_t one = a.size[product->axes[0][i]], other = b.size[product->axes[1][i]];
        if (one != other && one != HONE_ANY && other != HONE_ANY)
            return hone_internal_fail_shapes("a sum of products", a, b);
    }
    int rank = a.rank + b.rank - 2 * product->count;
    return rank <= HONE_MAX_RANK ? HONE_OK
                                 : hone_fail(HONE_ERROR_SHAPE, "the result would have %d axes, more than %d",
                                             rank, HONE_MAX_RANK);
}

static int contract(hone_graph *graph, const contraction *product, const bool *constant, hone_value *outputs)
{
    hone_shape result = {.rank = 0};
    HONE_TRY(check_sizes(graph, product));
    HONE_TRY(
        check_batch(graph, product, constant, hone_value_shape(graph, product->x[0]).rank - product->count));
    hone_value rows = as_matrix(graph, product, 0, &result), columns = as_matrix(graph, product, 1, &result);
    outputs[0] = hone_op_reshape(graph, hone_op_matmul(graph, rows, columns, false, false), result);
    return outputs[0] < 0 ? hone_error_status() : 1;
}

/* The operands of the call and which of them are constants. */
static hone_status find_operands(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                                 contraction *product, bool *constant)
{
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, product->x));
    for (int i = 0; i < 2; i++) {
        constant[i] = true;
        for (int k = 0; k < count; k++)
            constant[i] = constant[i] && product->x[i] != inputs[k];
    }
    return HONE_OK;
}

/* ---- dot, inner ---- */

/* Over the last axis of the first and an axis of the other, counted from its end (of one axis: its only one).
 */
static int dot(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, int from_end,
               hone_value *outputs)
{
    contraction product = {.count = 1};
    bool constant[2];
    HONE_TRY(find_operands(layer, graph, inputs, count, &product, constant));
    int a = hone_value_shape(graph, product.x[0]).rank, b = hone_value_shape(graph, product.x[1]).rank;
    if (a == 0 || b == 0) {
        outputs[0] = hone_op_multiply(graph, product.x[0], product.x[1]);
        return 1;
    }
    product.axes[0][0] = a - 1;
    product.axes[1][0] = b < from_end ? 0 : b - from_end;
    return contract(graph, &product, constant, outputs);
}

static int call_dot(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    return dot(layer, graph, inputs, count, 2, outputs);
}
static int call_inner(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    return dot(layer, graph, inputs, count, 1, outputs);
}
#define OF_TWO HONE_OPERATION_OPERANDS(hone_internal_two_operands, 2)
HONE_OPERATION(dot, "Dot", plain_args, plain_fields, plain_defaults, .call = call_dot, OF_TWO);
HONE_OPERATION(inner, "Inner", plain_args, plain_fields, plain_defaults, .call = call_inner, OF_TWO);

/* ---- tensordot ---- */

#define TENSORDOT_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, TEXT, axes, "2", "so many last and first axes, or a list of two lists of axes", \
      HONE_SPECS(HONE_LITERAL))
HONE_OPERATION_ARGS(tensordot, TENSORDOT_FIELDS)

static hone_status fail_axes(const char *text)
{
    return hone_fail(HONE_ERROR_ARGUMENT, "axes must be a number or two lists of as many axes, not %.60s",
                     text);
}

/* N: the last N axes of the first, the first N of the other. */
static hone_status count_axes(const hone_graph *graph, int64_t count, const char *text, contraction *product)
{
    int a = hone_value_shape(graph, product->x[0]).rank, b = hone_value_shape(graph, product->x[1]).rank;
    if (count < 0 || count > a || count > b)
        return fail_axes(text);
    product->count = (int)count;
    for (int i = 0; i < product->count; i++) {
        product->axes[0][i] = a - product->count + i;
        product->axes[1][i] = i;
    }
    return HONE_OK;
}

static hone_status list_axes(const hone_graph *graph, const hone_literal *items, int count, const char *text,
                             contraction *product)
{
    product->count = count / 2;
    if (count % 2 != 0 || product->count > HONE_MAX_RANK)
        return fail_axes(text);
    for (int i = 0; i < count; i++) {
        int side = i >= product->count, axis;
        if (items[i].kind != HONE_LITERAL_INTEGER)
            return fail_axes(text);
        axis = hone_internal_shape_axis(hone_value_shape(graph, product->x[side]), items[i].start, "axes");
        if (axis < 0)
            return (hone_status)axis;
        product->axes[side][i - side * product->count] = axis;
    }
    return HONE_OK;
}

static int call_tensordot(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                          hone_value *outputs)
{
    const char *text = ((const tensordot_args *)hone_layer_args(layer))->axes;
    contraction product = {.count = 0};
    bool constant[2];
    int places;
    HONE_TRY(find_operands(layer, graph, inputs, count, &product, constant));
    const hone_literal *items = hone_internal_literal_read(graph, text, &places);
    if (items == NULL)
        return hone_error_status();
    if (text[0] != '[' && (places != 1 || items[0].kind != HONE_LITERAL_INTEGER))
        return fail_axes(text);
    HONE_TRY(text[0] == '[' ? list_axes(graph, items, places, text, &product)
                            : count_axes(graph, items[0].start, text, &product));
    return contract(graph, &product, constant, outputs);
}
HONE_OPERATION(tensordot, "Tensordot", tensordot_args, tensordot_fields, tensordot_defaults,
               .call = call_tensordot, OF_TWO);
