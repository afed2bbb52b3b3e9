/* Element-wise operations that are not formulas of unary.def or binary.def: choosing, biases, rounding. */
#include "ops/reduction.h"

/* ---- condition != 0 ? x : y ---- */

static hone_status prepare_select(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_select,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    return HONE_OK;
}

static hone_status select_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                   const bool *wanted, hone_value *gradients)
{
    hone_value condition = node->inputs[0];
    hone_value nothing = hone_graph_filled(graph, hone_value_shape(graph, outputs[0]), 0);
    if (wanted[1])
        gradients[1] = hone_op_select(graph, condition, outputs[0], nothing);
    if (wanted[2])
        gradients[2] = hone_op_select(graph, condition, nothing, outputs[0]);
    return nothing < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op select_op = {.name = "select",
                                  .infer = hone_internal_infer_same,
                                  .gradient = select_gradient,
                                  .prepare = prepare_select,
                                  .chains = true,
                                  .in_place = 7};

hone_value hone_op_select(hone_graph *graph, hone_value condition, hone_value x, hone_value y)
{
    if (condition < 0 || x < 0 || y < 0)
        return HONE_NO_VALUE;
    hone_shape shape_x = hone_value_shape(graph, x), shape_y = hone_value_shape(graph, y), shape;
    if (!hone_internal_shape_broadcast(shape_x, shape_y, &shape) ||
        !hone_internal_shape_broadcast(shape, hone_value_shape(graph, condition), &shape)) {
        hone_internal_fail_shapes("select", shape_x, shape_y);
        return HONE_NO_VALUE;
    }
    hone_value operands[3] = {hone_op_broadcast(graph, condition, shape), hone_op_broadcast(graph, x, shape),
                              hone_op_broadcast(graph, y, shape)};
    return hone_internal_graph_node(graph, &select_op, operands, 3, NULL, 0, NULL);
}

/* ---- y = x + bias, over the last axis; dbias is the sum over all others ---- */

static hone_status infer_bias(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    hone_shape bias = hone_value_shape(graph, node->inputs[1]);
    if (bias.rank != 1 || outputs[0].rank < 1 || outputs[0].size[outputs[0].rank - 1] != bias.size[0])
        return hone_internal_fail_shapes("bias_add", outputs[0], bias);
    return HONE_OK;
}

static hone_status prepare_bias(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_bias_add,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    step->args.size[0] = hone_value_size(graph, node->inputs[1], 0);
    return HONE_OK;
}

static hone_status bias_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                 const bool *wanted, hone_value *gradients)
{
    gradients[0] = outputs[0];
    if (wanted[1])
        gradients[1] =
            hone_internal_op_reduce_to(graph, outputs[0], hone_value_shape(graph, node->inputs[1]));
    return wanted[1] && gradients[1] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op bias_op = {.name = "bias_add",
                                .infer = infer_bias,
                                .gradient = bias_gradient,
                                .prepare = prepare_bias,
                                .chains = true,
                                .in_place = 1};

hone_value hone_op_bias_add(hone_graph *graph, hone_value x, hone_value bias)
{
    return hone_internal_graph_node(graph, &bias_op, (hone_value[]){x, bias}, 2, NULL, 0, NULL);
}

/* ---- rounding to numbers of two bytes: the gradient passes unchanged, as it passes a cast ---- */

static hone_status round_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                  const bool *wanted, hone_value *gradients)
{
    (void)graph, (void)node, (void)wanted;
    gradients[0] = outputs[0];
    return HONE_OK;
}

static hone_status prepare_round(const hone_graph *graph, const hone_node *node, hone_step *step,
                                 hone_kernel_index kernel)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, kernel,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    return HONE_OK;
}

/* Not again what is rounded already. */
static hone_value round_once(hone_graph *graph, hone_value x, const hone_op *op)
{
    const hone_node *producer = x < 0 ? NULL : hone_internal_graph_producer(graph, x);
    return producer != NULL && producer->op == op ? x
                                                  : hone_internal_graph_node(graph, op, &x, 1, NULL, 0, NULL);
}

#define ROUNDING(type) \
    static hone_status prepare_round_##type(const hone_graph *graph, const hone_node *node, hone_step *step) \
    { \
        return prepare_round(graph, node, step, HONE_KERNEL_round_##type); \
    } \
    static const hone_op round_##type = {.name = "round_" #type, \
                                         .infer = hone_internal_infer_same, \
                                         .gradient = round_gradient, \
                                         .prepare = prepare_round_##type, \
                                         .chains = true, \
                                         .in_place = 1}; \
    hone_value hone_op_round_##type(hone_graph *graph, hone_value x) \
    { \
        return round_once(graph, x, &round_##type); \
    }

ROUNDING(bfloat16)
ROUNDING(float16)

hone_value hone_internal_round_half(hone_graph *graph, hone_half half, hone_value x)
{
    return half == HONE_HALF_BFLOAT16  ? hone_op_round_bfloat16(graph, x)
           : half == HONE_HALF_FLOAT16 ? hone_op_round_float16(graph, x)
                                       : x;
}
