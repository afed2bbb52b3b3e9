/* Collecting: inputs the list, x. It runs on the tiles of what makes x, which then need not be anywhere else.
 */
#include "ops/collect.h"
#include "ops/ops.h"

typedef struct collect_attributes {
    int64_t place;
    const hone_collected *list;
} collect_attributes;

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const collect_attributes *attributes = node->attributes;
    hone_internal_step_elementwise(step, HONE_KERNEL_collect,
                                   hone_internal_shape_count(hone_value_shape(graph, node->inputs[1])));
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        step->operands[i] = HONE_NO_VALUE;
    step->operands[1] = node->inputs[1];
    step->written = 0;
    step->args.size[0] = attributes->place;
    step->args.family = attributes->list;
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return hone_internal_shape_count(hone_value_shape(graph, node->inputs[1]));
}

static const hone_op collect_op = {.name = "collect",
                                   .infer = hone_internal_infer_same,
                                   .prepare = prepare,
                                   .effect = true,
                                   .view = true,
                                   .chains = true,
                                   .constant_in_gradient = true,
                                   .flops = flops};

hone_status hone_internal_op_collect(hone_graph *graph, hone_value x, size_t place, hone_collected *list)
{
    const collect_attributes attributes = {(int64_t)place, list};
    const hone_value operands[2] = {hone_internal_graph_external(graph, (hone_shape){.rank = 0}, list), x};
    const hone_value done =
        hone_internal_graph_node(graph, &collect_op, operands, 2, &attributes, sizeof attributes, NULL);
    return done < 0 ? hone_error_status() : HONE_OK;
}
