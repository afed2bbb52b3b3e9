/* A step of an optimizer: inputs the variable, its gradient, its slots. */
#include "ops/optimizer.h"

typedef struct step_attributes {
    hone_kernel_index kernel;
    const double *numbers;
} step_attributes;

static hone_status prepare_step(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const step_attributes *attributes = node->attributes;
    hone_internal_step_elementwise(step, attributes->kernel,
                                   hone_internal_shape_count(hone_value_shape(graph, node->inputs[0])));
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        step->operands[i] = i < node->input_count ? node->inputs[i] : HONE_NO_VALUE;
    step->written = ((1u << node->input_count) - 1u) & ~2u;
    step->numbers = attributes->numbers;
    step->traits.rate = 40; /* a third of a nanosecond for a weight under Adam in the first cache */
    return HONE_OK;
}

static int64_t step_flops(const hone_graph *graph, const hone_node *node)
{
    return 4 * node->input_count * hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
}

static const hone_op step_op = {.name = "optimizer_step",
                                .optional = 2,
                                .infer = hone_internal_infer_same,
                                .prepare = prepare_step,
                                .effect = true,
                                .view = true,
                                .chains = true,
                                .constant_in_gradient = true,
                                .flops = step_flops};

hone_status hone_internal_op_optimizer_step(hone_graph *graph, hone_kernel_index kernel,
                                            hone_variable *variable, hone_value gradient,
                                            hone_variable *const *slots, int slot_count,
                                            const double *numbers)
{
    hone_value operands[HONE_NODE_INPUTS] = {hone_graph_variable(graph, variable), gradient};
    for (int i = 0; i < slot_count; i++)
        operands[2 + i] = hone_graph_variable(graph, slots[i]);
    if (gradient >= 0 && !hone_internal_shape_equal(hone_value_shape(graph, gradient), variable->shape))
        return hone_internal_fail_shapes("gradient of a variable", variable->shape,
                                         hone_value_shape(graph, gradient));
    step_attributes attributes = {kernel, numbers};
    hone_value done = hone_internal_graph_node(graph, &step_op, operands, 2 + slot_count, &attributes,
                                               sizeof attributes, NULL);
    return done < 0 ? hone_error_status() : HONE_OK;
}
