/* Assignment: inputs the variable, x; the output stands for "done" and has no memory of its own. */
#include "ops/ops.h"

static hone_status infer_assign(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape variable = hone_value_shape(graph, node->inputs[0]),
               x = hone_value_shape(graph, node->inputs[1]);
    if (!hone_internal_shape_equal(variable, x))
        return hone_internal_fail_shapes("assign", variable, x);
    outputs[0] = variable;
    return HONE_OK;
}

static hone_status prepare_assign(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_elementwise(step, HONE_KERNEL_copy,
                                   hone_internal_shape_count(hone_value_shape(graph, node->inputs[0])));
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        step->operands[i] = HONE_NO_VALUE;
    step->operands[0] = node->inputs[0];
    step->operands[1] = node->inputs[1];
    step->written = 1;
    return HONE_OK;
}

static const hone_op assign_op = {.name = "assign",
                                  .infer = infer_assign,
                                  .prepare = prepare_assign,
                                  .effect = true,
                                  .view = true,
                                  .constant_in_gradient = true};

hone_status hone_op_assign(hone_graph *graph, hone_variable *variable, hone_value x)
{
    hone_value operands[2] = {hone_graph_variable(graph, variable), x};
    return hone_internal_graph_node(graph, &assign_op, operands, 2, NULL, 0, NULL) < 0 ? hone_error_status()
                                                                                       : HONE_OK;
}
