/* Softmax and its logarithm. */
#include "ops/softmax.h"

static void fill_lines(const hone_graph *graph, const hone_node *node, hone_step *step, int axis)
{
    int64_t *size = step->args.size;
    hone_internal_step_operands(step, node);
    hone_internal_shape_split(hone_value_shape(graph, node->outputs[0]), axis, &size[0], &size[1], &size[2]);
    step->items = size[0] * size[2];
    step->grain = 64;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return 8 * hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_softmax_attributes *attributes = node->attributes;
    fill_lines(graph, node, step, attributes->axis);
    step->kernel = attributes->kernel + 1;
    return HONE_OK;
}

/* Inputs: y, dy. */
static const hone_op softmax_gradient_op = {.name = "softmax_gradient",
                                            .infer = hone_internal_infer_same,
                                            .prepare = prepare_gradient,
                                            .in_place = 2,
                                            .flops = flops};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    gradients[0] =
        hone_internal_graph_node(graph, &softmax_gradient_op, (hone_value[]){node->outputs[0], outputs[0]}, 2,
                                 node->attributes, sizeof(hone_softmax_attributes), NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_softmax_attributes *attributes = node->attributes;
    fill_lines(graph, node, step, attributes->axis);
    step->kernel = attributes->kernel;
    return HONE_OK;
}

static const hone_op softmax_op = {.name = "softmax",
                                   .infer = hone_internal_infer_same,
                                   .gradient = gradient,
                                   .prepare = prepare,
                                   .in_place = 1,
                                   .flops = flops};

static hone_value record(hone_graph *graph, hone_kernel_index kernel, hone_value x, int axis)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_softmax_attributes attributes = {
        kernel, hone_internal_shape_axis(hone_value_shape(graph, x), axis, "softmax")};
    if (attributes.axis < 0)
        return HONE_NO_VALUE;
    return hone_internal_graph_node(graph, &softmax_op, &x, 1, &attributes, sizeof attributes, NULL);
}

hone_value hone_op_softmax(hone_graph *graph, hone_value x, int axis)
{
    return record(graph, HONE_KERNEL_softmax, x, axis);
}

hone_value hone_op_log_softmax(hone_graph *graph, hone_value x, int axis)
{
    return record(graph, HONE_KERNEL_log_softmax, x, axis);
}

hone_value hone_internal_op_softmax_input(const hone_graph *graph, hone_value value)
{
    const hone_node *node = hone_internal_graph_producer(graph, value);
    if (node == NULL || node->op != &softmax_op)
        return HONE_NO_VALUE;
    const hone_softmax_attributes *attributes = node->attributes;
    bool last = attributes->axis == hone_value_shape(graph, value).rank - 1;
    return attributes->kernel == HONE_KERNEL_softmax && last ? node->inputs[0] : HONE_NO_VALUE;
}
