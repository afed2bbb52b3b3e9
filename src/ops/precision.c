/* Rounding to bfloat16. The gradient passes it unchanged, as it passes a cast. */
#include "ops/ops.h"

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    return HONE_OK;
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    (void)graph, (void)node, (void)wanted;
    gradients[0] = outputs[0];
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_round_bfloat16,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    return HONE_OK;
}

static const hone_op round_op = {.name = "round_bfloat16",
                                 .infer = infer,
                                 .gradient = gradient,
                                 .prepare = prepare,
                                 .chains = true,
                                 .in_place = 1};

hone_value hone_op_round_bfloat16(hone_graph *graph, hone_value x)
{
    if (x >= 0) {
        const hone_node *producer = hone_internal_graph_producer(graph, x);
        if (producer != NULL && producer->op == &round_op)
            return x;
    }
    return hone_internal_graph_node(graph, &round_op, &x, 1, NULL, 0, NULL);
}
