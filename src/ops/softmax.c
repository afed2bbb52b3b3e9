/* Softmax and cross-entropy. */
#include "ops/attributes.h"

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    return HONE_OK;
}

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
static const hone_op softmax_gradient_op = {
    .name = "softmax_gradient", .infer = infer, .prepare = prepare_gradient, .in_place = 2, .flops = flops};

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
                                   .infer = infer,
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

/* ---- cross-entropy with class ids: rows of p [rows, C], t [rows] ---- */

static hone_status fill_rows(const hone_graph *graph, const hone_node *node, hone_step *step,
                             hone_kernel_index kernel, hone_value probabilities)
{
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    step->args.size[1] = hone_value_size(graph, probabilities, -1);
    int64_t count = hone_internal_shape_count(hone_value_shape(graph, probabilities));
    step->args.size[0] = step->args.size[1] > 0 ? count / step->args.size[1] : 0;
    step->items = step->args.size[0];
    step->grain = 256;
    return HONE_OK;
}

typedef struct row_gradient {
    hone_kernel_index kernel;
} row_gradient;

static hone_status prepare_row_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return fill_rows(graph, node, step, ((const row_gradient *)node->attributes)->kernel, node->inputs[0]);
}

/* Inputs: p, t, dloss; output: dp or dz. */
static const hone_op row_gradient_op = {
    .name = "crossentropy_gradient", .infer = infer, .prepare = prepare_row_gradient};

static hone_value record_row_gradient(hone_graph *graph, hone_kernel_index kernel, hone_value p, hone_value t,
                                      hone_value dloss)
{
    row_gradient attributes = {kernel};
    return hone_internal_graph_node(graph, &row_gradient_op, (hone_value[]){p, t, dloss}, 3, &attributes,
                                    sizeof attributes, NULL);
}

/* Inputs: p, t, and z when p = softmax(z): then the gradient goes straight to z, as p - onehot(t). */
static hone_status infer_sparse(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape p = hone_value_shape(graph, node->inputs[0]), t = hone_value_shape(graph, node->inputs[1]);
    if (p.rank < 1)
        return hone_internal_fail_shapes("sparse_crossentropy", p, t);
    outputs[0] = p;
    outputs[0].rank--;
    hone_shape both;
    if (t.rank != outputs[0].rank || !hone_internal_shape_broadcast(t, outputs[0], &both))
        return hone_internal_fail_shapes("sparse_crossentropy", p, t);
    return HONE_OK;
}

static hone_status sparse_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                   const bool *wanted, hone_value *gradients)
{
    hone_value p = node->inputs[0], t = node->inputs[1];
    int target = node->inputs[2] >= 0 ? 2 : 0;
    if (!wanted[target])
        return HONE_OK;
    hone_kernel_index kernel = target == 2 ? HONE_KERNEL_sparse_softmax_crossentropy_gradient
                                           : HONE_KERNEL_sparse_crossentropy_gradient;
    gradients[target] = record_row_gradient(graph, kernel, p, t, outputs[0]);
    return gradients[target] < 0 ? hone_error_status() : HONE_OK;
}

static hone_status prepare_sparse(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_status status = fill_rows(graph, node, step, HONE_KERNEL_sparse_crossentropy, node->inputs[0]);
    step->operands[3] = HONE_NO_VALUE; /* z is only for the gradient */
    return status;
}

static const hone_op sparse_op = {.name = "sparse_crossentropy",
                                  .infer = infer_sparse,
                                  .gradient = sparse_gradient,
                                  .prepare = prepare_sparse,
                                  .optional = 4,
                                  .flops = flops};

hone_value hone_op_sparse_crossentropy(hone_graph *graph, hone_value probabilities, hone_value ids)
{
    hone_value operands[3] = {probabilities, ids, hone_internal_op_softmax_input(graph, probabilities)};
    return hone_internal_graph_node(graph, &sparse_op, operands, 3, NULL, 0, NULL);
}

/* ---- the same with rows of target weights; the values come from elsewhere ---- */

static hone_status infer_values(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    return HONE_OK;
}

/* Inputs: values, z, p, t. */
static hone_status weighted_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                     const bool *wanted, hone_value *gradients)
{
    if (!wanted[1])
        return HONE_OK;
    gradients[1] = record_row_gradient(graph, HONE_KERNEL_softmax_crossentropy_gradient, node->inputs[2],
                                       node->inputs[3], outputs[0]);
    return gradients[1] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op weighted_op = {
    .name = "softmax_crossentropy", .infer = infer_values, .gradient = weighted_gradient, .view = true};

hone_value hone_internal_op_softmax_crossentropy(hone_graph *graph, hone_value logits,
                                                 hone_value probabilities, hone_value targets,
                                                 hone_value values)
{
    hone_value operands[4] = {hone_op_stop_gradient(graph, values), logits, probabilities, targets};
    return hone_internal_graph_node(graph, &weighted_op, operands, 4, NULL, 0, NULL);
}
