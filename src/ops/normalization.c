/* Normalisation by the statistics of the batch, by given statistics, and within each sample. */
#include "ops/moments.h"

static hone_status fill_channels(const hone_graph *graph, hone_value x, hone_step *step, int axis)
{
    int64_t *size = step->args.size;
    hone_internal_shape_split(hone_value_shape(graph, x), axis, &size[0], &size[1], &size[2]);
    step->items = size[1];
    step->grain = 64;
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return 8 * hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
}

/* ---- batch_normalization: inputs x, gamma, beta, moving mean, moving variance; outputs y, mean, inverse
 * deviation ---- */

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_batch_attributes *attributes = node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    outputs[1] = outputs[2] = (hone_shape){.rank = 1, .size = {outputs[0].size[attributes->axis]}};
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_batch_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_batch_normalization;
    step->args.scalar[0] = attributes->epsilon;
    step->args.scalar[1] = attributes->momentum;
    step->written |= 1u << 6 | 1u << 7;
    return fill_channels(graph, node->inputs[0], step, attributes->axis);
}

/* ---- its gradient: inputs x, dy, mean, inverse deviation, gamma; outputs dx, dgamma, dbeta ---- */

static hone_status infer_gradient(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    outputs[1] = outputs[2] = hone_value_shape(graph, node->inputs[2]);
    return HONE_OK;
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_batch_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_batch_normalization_gradient;
    return fill_channels(graph, node->inputs[0], step, attributes->axis);
}

static const hone_op batch_gradient_op = {.name = "batch_normalization_gradient",
                                          .outputs = 3,
                                          .optional = 16,
                                          .infer = infer_gradient,
                                          .prepare = prepare_gradient,
                                          .in_place = 2,
                                          .flops = flops};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    hone_value operands[5] = {node->inputs[0], outputs[0], node->outputs[1], node->outputs[2],
                              node->inputs[1]};
    hone_value results[3];
    if (hone_internal_graph_node(graph, &batch_gradient_op, operands, 5, node->attributes,
                                 sizeof(hone_batch_attributes), results) < 0)
        return hone_error_status();
    for (int i = 0; i < 3; i++)
        if (wanted[i])
            gradients[i] = results[i];
    return HONE_OK;
}

static const hone_op batch_op = {.name = "batch_normalization",
                                 .outputs = 3,
                                 .optional = 2 | 4 | 8 | 16,
                                 .infer = infer,
                                 .gradient = gradient,
                                 .prepare = prepare,
                                 .flops = flops};
/* The same with moving statistics: it runs even when nothing needs its output. */
static const hone_op moving_batch_op = {.name = "batch_normalization",
                                        .outputs = 3,
                                        .optional = 2 | 4 | 8 | 16,
                                        .infer = infer,
                                        .gradient = gradient,
                                        .prepare = prepare,
                                        .effect = true,
                                        .flops = flops};

hone_value hone_op_batch_normalization(hone_graph *graph, hone_value x, int axis, hone_value gamma,
                                       hone_value beta, hone_variable *moving_mean,
                                       hone_variable *moving_variance, double momentum, double epsilon)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_batch_attributes attributes = {
        hone_internal_shape_axis(hone_value_shape(graph, x), axis, "batch_normalization"), momentum, epsilon};
    if (attributes.axis < 0)
        return HONE_NO_VALUE;
    hone_value operands[5] = {x, gamma, beta, hone_graph_variable(graph, moving_mean),
                              hone_graph_variable(graph, moving_variance)};
    if (hone_internal_batch_has_parts(hone_value_shape(graph, x), attributes.axis))
        return hone_internal_batch_in_parts(graph, operands, &attributes);
    bool moves = moving_mean != NULL || moving_variance != NULL;
    return hone_internal_graph_node(graph, moves ? &moving_batch_op : &batch_op, operands, 5, &attributes,
                                    sizeof attributes, NULL);
}

/* ---- by given statistics: inputs x, mean, variance, gamma, beta ---- */

static hone_status prepare_normalize(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_batch_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_normalize_by_statistics;
    step->args.scalar[0] = attributes->epsilon;
    fill_channels(graph, node->inputs[0], step, attributes->axis);
    step->items = step->args.size[0] * step->args.size[1];
    step->grain = 4096;
    return HONE_OK;
}

/* A statistic or factor [C] as it broadcasts over x: size 1 on every other axis. */
static hone_value along(hone_graph *graph, hone_value value, hone_shape shape, int axis)
{
    hone_shape spread = {.rank = shape.rank};
    for (int i = 0; i < shape.rank; i++)
        spread.size[i] = i == axis ? hone_value_size(graph, value, 0) : 1;
    return hone_op_reshape(graph, value, spread);
}

static hone_value sum_others(hone_graph *graph, hone_value value, int axis)
{
    int axes[HONE_MAX_RANK], count = 0, rank = hone_value_shape(graph, value).rank;
    for (int i = 0; i < rank; i++)
        if (i != axis)
            axes[count++] = i;
    return count == 0 ? value : hone_op_reduce(graph, "sum", value, axes, count, false);
}

/* dx = dy gamma / s; dgamma = sum dy (x - mean) / s; dbeta = sum dy; with s = sqrt(variance + epsilon). The
 * statistics are given ones and get gradients too when asked: dmean = -sum dy gamma / s, dvariance = -sum dy
 * gamma (x - mean) / (2 s^3). */
static hone_status normalize_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                      const bool *wanted, hone_value *gradients)
{
    const hone_batch_attributes attributes = *(const hone_batch_attributes *)node->attributes;
    hone_value x = node->inputs[0], mean = node->inputs[1], gamma = node->inputs[3], dy = outputs[0];
    hone_shape shape = hone_value_shape(graph, x);
    int axis = attributes.axis;
    hone_value inverse = hone_op_rsqrt(graph, hone_op_affine(graph, node->inputs[2], 1, attributes.epsilon));
    hone_value factor = gamma >= 0 ? hone_op_multiply(graph, inverse, gamma) : inverse;
    if (wanted[0])
        gradients[0] = hone_op_multiply(graph, dy, along(graph, factor, shape, axis));
    if (wanted[4])
        gradients[4] = sum_others(graph, dy, axis);
    if (wanted[1])
        gradients[1] = hone_op_negative(graph, hone_op_multiply(graph, sum_others(graph, dy, axis), factor));
    if (!wanted[2] && !wanted[3])
        return HONE_OK;
    hone_value centred = hone_op_subtract(graph, x, along(graph, mean, shape, axis));
    hone_value moment = sum_others(graph, hone_op_multiply(graph, dy, centred), axis);
    if (wanted[3])
        gradients[3] = hone_op_multiply(graph, moment, inverse);
    if (wanted[2]) {
        hone_value squared = hone_op_affine(graph, hone_op_square(graph, inverse), -0.5, 0);
        gradients[2] = hone_op_multiply(graph, moment, hone_op_multiply(graph, factor, squared));
    }
    return HONE_OK;
}

static const hone_op normalize_op = {.name = "normalize",
                                     .optional = 8 | 16,
                                     .infer = hone_internal_infer_same,
                                     .gradient = normalize_gradient,
                                     .prepare = prepare_normalize,
                                     .in_place = 1,
                                     .flops = flops};

hone_value hone_op_normalize(hone_graph *graph, hone_value x, int axis, hone_value mean, hone_value variance,
                             hone_value gamma, hone_value beta, double epsilon)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_batch_attributes attributes = {
        hone_internal_shape_axis(hone_value_shape(graph, x), axis, "normalize"), 0, epsilon};
    if (attributes.axis < 0)
        return HONE_NO_VALUE;
    return hone_internal_graph_node(graph, &normalize_op, (hone_value[]){x, mean, variance, gamma, beta}, 5,
                                    &attributes, sizeof attributes, NULL);
}

/* ---- within each sample: input x; outputs y, mean, inverse deviation ---- */

static void fill_rows(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_row_attributes *attributes = node->attributes;
    hone_shape shape = hone_value_shape(graph, node->outputs[0]);
    hone_internal_step_operands(step, node);
    step->args.size[0] = step->args.size[1] = 1;
    for (int axis = 0; axis < shape.rank; axis++)
        step->args.size[axis >= shape.rank - attributes->axes] *= shape.size[axis];
    step->args.scalar[0] = attributes->epsilon;
    step->args.scalar[1] = attributes->centre ? 0 : 1;
    step->items = step->args.size[0];
    step->grain = 16;
}

static hone_status infer_rows(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_row_attributes *attributes = node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    outputs[1] = outputs[0];
    outputs[1].rank -= attributes->axes;
    outputs[2] = outputs[1];
    return HONE_OK;
}

static hone_status prepare_rows(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    fill_rows(graph, node, step);
    step->kernel = HONE_KERNEL_row_normalization;
    return HONE_OK;
}

static hone_status prepare_rows_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    fill_rows(graph, node, step);
    step->kernel = HONE_KERNEL_row_normalization_gradient;
    return HONE_OK;
}

/* Inputs: y, dy, inverse deviation. */
static const hone_op rows_gradient_op = {.name = "row_normalization_gradient",
                                         .infer = hone_internal_infer_same,
                                         .prepare = prepare_rows_gradient,
                                         .in_place = 2,
                                         .flops = flops};

static hone_status rows_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                 const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    hone_value operands[3] = {node->outputs[0], outputs[0], node->outputs[2]};
    gradients[0] = hone_internal_graph_node(graph, &rows_gradient_op, operands, 3, node->attributes,
                                            sizeof(hone_row_attributes), NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op rows_op = {.name = "row_normalization",
                                .outputs = 3,
                                .infer = infer_rows,
                                .gradient = rows_gradient,
                                .prepare = prepare_rows,
                                .flops = flops};

hone_value hone_op_row_normalization(hone_graph *graph, hone_value x, int axes, double epsilon, bool centre)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_row_attributes attributes = {axes, epsilon, centre};
    if (axes < 1 || axes > hone_value_shape(graph, x).rank) {
        hone_fail(HONE_ERROR_SHAPE, "row_normalization: the axes must number 1 to %d, not %d",
                  hone_value_shape(graph, x).rank, axes);
        return HONE_NO_VALUE;
    }
    return hone_internal_graph_node(graph, &rows_op, &x, 1, &attributes, sizeof attributes, NULL);
}
