/* Cross-entropy with class ids, and with rows of target weights. */
#include "ops/crossentropy.h"
#include "ops/softmax.h"

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return 8 * hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
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
    .name = "crossentropy_gradient", .infer = hone_internal_infer_same, .prepare = prepare_row_gradient};

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

static const hone_op weighted_op = {.name = "softmax_crossentropy",
                                    .infer = hone_internal_infer_same,
                                    .gradient = weighted_gradient,
                                    .view = true};

hone_value hone_internal_op_softmax_crossentropy(hone_graph *graph, hone_value logits,
                                                 hone_value probabilities, hone_value targets,
                                                 hone_value values)
{
    hone_value operands[4] = {hone_op_stop_gradient(graph, values), logits, probabilities, targets};
    return hone_internal_graph_node(graph, &weighted_op, operands, 4, NULL, 0, NULL);
}
