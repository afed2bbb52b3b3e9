/* Pools: the largest number or the mean under a window, channel by channel. */
#include "ops/window.h"

#include <inttypes.h>

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    return hone_internal_window_infer("pool", node->attributes, &outputs[0]);
}

/* Numbers that a tile looks at. */
enum { NUMBERS = 16 * 1024 };

static hone_status fill(hone_step *step, const hone_node *node, hone_shape x, hone_shape y,
                        hone_kernel_index kernel)
{
    hone_window *window = hone_internal_step_family(step, sizeof *window);
    if (window == NULL)
        return HONE_ERROR_MEMORY;
    *window = hone_internal_window_of(node->attributes, x, y);
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_window_attributes *attributes = node->attributes;
    const hone_shape x = hone_value_shape(graph, node->inputs[0]),
                     y = hone_value_shape(graph, node->outputs[0]);
    HONE_TRY(
        fill(step, node, x, y, attributes->average ? HONE_KERNEL_pool_average : HONE_KERNEL_pool_maximum));
    const hone_window *window = step->args.family;
    const int64_t looked_at = hone_window_count(window->size) * window->channels;
    step->items = window->batch * hone_window_count(window->output);
    step->grain = looked_at < NUMBERS ? NUMBERS / (looked_at > 0 ? looked_at : 1) : 1;
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    const hone_window_attributes *attributes = node->attributes;
    int64_t count = hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
    for (int axis = 0; axis < attributes->axes; axis++)
        count *= attributes->size[axis];
    return count;
}

/* ---- back: inputs x, y, dy of a maximum; dy of a mean, whose gradient is a mean again ---- */

static hone_status infer_back(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const hone_window_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_status prepare_back(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_window_attributes *attributes = node->attributes;
    const hone_shape y = hone_value_shape(graph, node->inputs[node->input_count - 1]);
    HONE_TRY(
        fill(step, node, attributes->shape, y,
             attributes->average ? HONE_KERNEL_pool_average_gradient : HONE_KERNEL_pool_maximum_gradient));
    step->items = y.size[0];
    step->grain = 1;
    step->traits.elements = hone_internal_shape_count(attributes->shape);
    step->traits.runs_chain = true;
    return HONE_OK;
}

static hone_value record_pool(hone_graph *graph, hone_value x, const hone_window_attributes *attributes);

static hone_status average_back_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                         const bool *wanted, hone_value *gradients)
{
    const hone_window_attributes attributes = *(const hone_window_attributes *)node->attributes;
    (void)wanted;
    gradients[0] = record_pool(graph, outputs[0], &attributes);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op average_back_op = {.name = "pool_average_gradient",
                                        .infer = infer_back,
                                        .gradient = average_back_gradient,
                                        .prepare = prepare_back};
static const hone_op maximum_back_op = {
    .name = "pool_maximum_gradient", .infer = infer_back, .prepare = prepare_back};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    hone_window_attributes attributes = *(const hone_window_attributes *)node->attributes;
    (void)wanted;
    attributes.shape = hone_value_shape(graph, node->inputs[0]);
    if (attributes.average)
        gradients[0] = hone_internal_graph_node(graph, &average_back_op, &outputs[0], 1, &attributes,
                                                sizeof attributes, NULL);
    else
        gradients[0] = hone_internal_graph_node(graph, &maximum_back_op,
                                                (hone_value[]){node->inputs[0], node->outputs[0], outputs[0]},
                                                3, &attributes, sizeof attributes, NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op pool_op = {
    .name = "pool", .infer = infer, .gradient = gradient, .prepare = prepare, .flops = flops};

static hone_value record_pool(hone_graph *graph, hone_value x, const hone_window_attributes *attributes)
{
    return hone_internal_graph_node(graph, &pool_op, &x, 1, attributes, sizeof *attributes, NULL);
}

static hone_value pool(hone_graph *graph, hone_value x, const hone_pool *how, bool average)
{
    if (x < 0)
        return HONE_NO_VALUE;
    const hone_shape shape = hone_value_shape(graph, x);
    if (shape.rank < 3 || shape.rank > HONE_WINDOW_AXES + 2) {
        hone_fail(HONE_ERROR_SHAPE,
                  "pool: one to %d spatial axes between batch and channels are needed, not %d",
                  HONE_WINDOW_AXES, shape.rank - 2);
        return HONE_NO_VALUE;
    }
    hone_window_attributes attributes = {.axes = shape.rank - 2, .groups = 1, .average = average};
    for (int axis = 0; axis < attributes.axes; axis++) {
        attributes.size[axis] = how->sizes[axis];
        attributes.stride[axis] = how->strides[axis] == 0 ? how->sizes[axis] : how->strides[axis];
        attributes.dilation[axis] = 1;
        attributes.before[axis] = how->before[axis];
        attributes.after[axis] = how->after[axis];
        if (attributes.size[axis] < 1 || attributes.stride[axis] < 1 || attributes.before[axis] < 0 ||
            attributes.after[axis] < 0) {
            hone_fail(HONE_ERROR_ARGUMENT, "pool: sizes and strides must be at least 1, padding at least 0");
            return HONE_NO_VALUE;
        }
    }
    return record_pool(graph, x, &attributes);
}

hone_value hone_op_pool_maximum(hone_graph *graph, hone_value x, const hone_pool *how)
{
    return pool(graph, x, how, false);
}

hone_value hone_op_pool_average(hone_graph *graph, hone_value x, const hone_pool *how)
{
    return pool(graph, x, how, true);
}
