/* Along one axis: positions of extremes, running sums, sorting. */
#include "ops/axis.h"

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
}

static hone_status infer_dropped(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_axis_attributes *attributes = node->attributes;
    hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    for (int axis = 0; axis < shape.rank; axis++)
        if (axis != attributes->axis)
            outputs[0].size[outputs[0].rank++] = shape.size[axis];
    return HONE_OK;
}

static hone_status prepare_axis(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_axis_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    int64_t *size = step->args.size;
    hone_internal_shape_split(hone_value_shape(graph, node->inputs[0]), attributes->axis, &size[0], &size[1],
                              &size[2]);
    step->kernel = attributes->kernel;
    step->items = size[0] * size[2];
    step->grain = 64;
    step->args.scalar[0] = attributes->reverse;
    return HONE_OK;
}

static const hone_op position_op = {.name = "argmax",
                                    .infer = infer_dropped,
                                    .prepare = prepare_axis,
                                    .constant_in_gradient = true,
                                    .flops = flops};

static hone_status cumulative_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                       const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    hone_axis_attributes attributes = *(const hone_axis_attributes *)node->attributes;
    attributes.reverse = !attributes.reverse;
    gradients[0] =
        hone_internal_graph_node(graph, node->op, outputs, 1, &attributes, sizeof attributes, NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op cumulative_op = {.name = "cumulative_sum",
                                      .infer = hone_internal_infer_same,
                                      .gradient = cumulative_gradient,
                                      .prepare = prepare_axis,
                                      .flops = flops};

static hone_value record_axis(hone_graph *graph, const hone_op *op, hone_kernel_index kernel, hone_value x,
                              int axis)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_axis_attributes attributes = {.kernel = kernel};
    attributes.axis = hone_internal_shape_axis(hone_value_shape(graph, x), axis, op->name);
    if (attributes.axis < 0)
        return HONE_NO_VALUE;
    return hone_internal_graph_node(graph, op, &x, 1, &attributes, sizeof attributes, NULL);
}

hone_value hone_op_argmax(hone_graph *graph, hone_value x, int axis)
{
    return record_axis(graph, &position_op, HONE_KERNEL_argmax, x, axis);
}

hone_value hone_op_argmin(hone_graph *graph, hone_value x, int axis)
{
    return record_axis(graph, &position_op, HONE_KERNEL_argmin, x, axis);
}

hone_value hone_op_cumulative_sum(hone_graph *graph, hone_value x, int axis)
{
    return record_axis(graph, &cumulative_op, HONE_KERNEL_cumulative_sum, x, axis);
}

static void prepare_rows(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_shape shape = hone_value_shape(graph, node->inputs[0]);
    hone_internal_step_operands(step, node);
    step->args.size[1] = shape.rank > 0 ? shape.size[shape.rank - 1] : 1;
    step->args.size[0] = step->args.size[1] > 0 ? hone_internal_shape_count(shape) / step->args.size[1] : 0;
    step->items = step->args.size[0];
    step->grain = 16;
}

static hone_status prepare_sort(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    prepare_rows(graph, node, step);
    step->kernel = HONE_KERNEL_sort_descending;
    return HONE_OK;
}

static const hone_op sort_op = {.name = "sort_descending",
                                .infer = hone_internal_infer_same,
                                .prepare = prepare_sort,
                                .constant_in_gradient = true,
                                .flops = flops};

hone_value hone_op_sort_descending(hone_graph *graph, hone_value x)
{
    return hone_internal_graph_node(graph, &sort_op, &x, 1, NULL, 0, NULL);
}

/* Places are reals: a float holds whole numbers up to 2^24. */
static hone_status infer_order(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    const int64_t width = outputs[0].rank > 0 ? outputs[0].size[outputs[0].rank - 1] : 0;
    if (outputs[0].rank == 0 || width > 1 << 24)
        return hone_fail(HONE_ERROR_SHAPE, "sort: the last axis must have at most 16777216 places, not %lld",
                         (long long)width);
    return HONE_OK;
}

static hone_status prepare_order(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    prepare_rows(graph, node, step);
    step->kernel = HONE_KERNEL_sort_order;
    step->args.scalar[0] = ((const hone_axis_attributes *)node->attributes)->reverse;
    return HONE_OK;
}

static const hone_op order_op = {.name = "sort_order",
                                 .infer = infer_order,
                                 .prepare = prepare_order,
                                 .constant_in_gradient = true,
                                 .flops = flops};

hone_value hone_op_sort_order(hone_graph *graph, hone_value x, bool descending)
{
    const hone_axis_attributes attributes = {.kernel = HONE_KERNEL_sort_order, .reverse = descending};
    return hone_internal_graph_node(graph, &order_op, &x, 1, &attributes, sizeof attributes, NULL);
}
