/* Sums over shards: inputs x, and the sum recorded before this one, which comes before it in any order of the
 * plan's. */
#include "ops/sum_over_shards.h"
#include "ops/ops.h"

static const hone_op sum_over_shards_op;

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_copy,
                                   hone_internal_shape_count(hone_value_shape(graph, node->inputs[0])));
    return HONE_OK;
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    (void)node, (void)wanted;
    gradients[0] = hone_internal_op_sum_over_shards(graph, outputs[0]);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op sum_over_shards_op = {.name = "sum_over_shards",
                                           .optional = 2,
                                           .infer = hone_internal_infer_same,
                                           .gradient = gradient,
                                           .prepare = prepare,
                                           .stops = true};

static hone_value last_sum(const hone_graph *graph)
{
    for (size_t n = graph->node_count; n-- > 0;)
        if (graph->nodes[n].op == &sum_over_shards_op)
            return graph->nodes[n].outputs[0];
    return HONE_NO_VALUE;
}

hone_value hone_internal_op_sum_over_shards(hone_graph *graph, hone_value x)
{
    const hone_value operands[2] = {x, last_sum(graph)};
    return hone_internal_graph_node(graph, &sum_over_shards_op, operands, 2, NULL, 0, NULL);
}
