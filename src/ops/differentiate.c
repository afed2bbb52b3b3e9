/* Gradients: back through the nodes that lead to a loss, each op recording those of its own inputs. */
#include "ops/differentiate.h"
#include <hone/ops.h>

/* Marks what the loss may have to be differentiated through: everything that depends on a wanted value. */
static void mark_differentiable(hone_graph *graph, const hone_value *wanted, int count)
{
    for (size_t i = 0; i < graph->value_count; i++) {
        graph->values[i].differentiable = false;
        graph->values[i].gradient = HONE_NO_VALUE;
    }
    for (int i = 0; i < count; i++)
        if (wanted[i] >= 0)
            graph->values[wanted[i]].differentiable = true;
    for (size_t n = 0; n < graph->node_count; n++) {
        hone_node *node = &graph->nodes[n];
        bool depends = false;
        for (int i = 0; i < node->input_count; i++)
            depends |= node->inputs[i] >= 0 && graph->values[node->inputs[i]].differentiable;
        if (!depends || (node->op->gradient == NULL && node->op->constant_in_gradient))
            continue;
        for (int i = 0; i < node->output_count; i++)
            graph->values[node->outputs[i]].differentiable = true;
    }
}

static hone_status add_gradient(hone_graph *graph, hone_value value, hone_value gradient)
{
    hone_value sum = graph->values[value].gradient;
    sum = sum < 0 ? gradient : hone_op_add(graph, sum, gradient);
    if (sum < 0)
        return hone_error_status();
    graph->values[value].gradient = sum;
    return HONE_OK;
}

/* One node: the gradients of its inputs from those of its outputs, added to what the inputs have. */
static hone_status differentiate_node(hone_graph *graph, size_t index)
{
    hone_node node = graph->nodes[index]; /* a copy: recording moves the nodes */
    hone_value outputs[HONE_NODE_OUTPUTS], gradients[HONE_NODE_INPUTS];
    bool wanted[HONE_NODE_INPUTS] = {false}, reached = false, any = false;
    for (int i = 0; i < node.output_count; i++) {
        outputs[i] = graph->values[node.outputs[i]].gradient;
        reached |= outputs[i] >= 0;
    }
    for (int i = 0; i < node.input_count; i++) {
        gradients[i] = HONE_NO_VALUE;
        wanted[i] = node.inputs[i] >= 0 && graph->values[node.inputs[i]].differentiable;
        any |= wanted[i];
    }
    if (!reached || !any)
        return HONE_OK;
    if (node.op->gradient == NULL) {
        if (node.op->constant_in_gradient)
            return HONE_OK;
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the operation \"%s\" has no gradient", node.op->name);
    }
    graph->scope = node.scope;
    graph->path = node.path;
    HONE_TRY(node.op->gradient(graph, &node, outputs, wanted, gradients));
    for (int i = 0; i < node.input_count; i++)
        if (wanted[i] && gradients[i] >= 0)
            HONE_TRY(add_gradient(graph, node.inputs[i], gradients[i]));
    return HONE_OK;
}

hone_status hone_internal_differentiate(hone_graph *graph, hone_value loss, const hone_value *wanted,
                                        int count, hone_value *gradients)
{
    if (loss < 0)
        return hone_error_status();
    mark_differentiable(graph, wanted, count);
    const char *scope = graph->scope, *path = graph->path;
    size_t forward_nodes = graph->node_count;
    graph->backward = true;
    hone_value one = hone_graph_filled(graph, graph->values[loss].shape, 1.0);
    if (one < 0)
        return hone_error_status();
    graph->values[loss].gradient = one;
    hone_status status = HONE_OK;
    for (size_t i = forward_nodes; i-- > 0 && status == HONE_OK;)
        status = differentiate_node(graph, i);
    graph->backward = false;
    graph->scope = scope;
    graph->path = path;
    for (int i = 0; i < count; i++)
        gradients[i] = wanted[i] < 0 ? HONE_NO_VALUE : graph->values[wanted[i]].gradient;
    return status;
}
