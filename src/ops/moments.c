/* Batch normalisation of many rows of channels, x [n, C], in parts of some rows, so that all threads share
 * the work and each part is read while it is in cache:
 *
 *   batch_moments      of each part: mean, sum of (x - mean)^2
 *   batch_statistics   over all parts: mean, inverse = 1 / sqrt(variance + epsilon), scale = gamma inverse
 *   batch_apply        y = (x - mean) scale + beta
 *
 * and its gradient, with s = sum dy and p = sum dy (x - mean):
 *
 *   batch_slopes           of each part: s, p
 *   batch_slope            dgamma = inverse p, dbeta = s, tilt = -scale inverse^2 p / n, constant = -scale s
 * / n batch_gradient_apply   dx = scale dy + tilt (x - mean) + constant
 *
 * The gradient of batch_apply is that of the whole: x also moves mean and scale. */
#include "ops/moments.h"

enum { PART_NUMBERS = 16 * 1024, LEAST_ROWS = 32, MOST_ROWS = 128, LEAST_PARTS = 8 };

static int64_t rows_of_part(int64_t channels)
{
    const int64_t rows = channels > 0 ? PART_NUMBERS / channels : MOST_ROWS;
    return rows < LEAST_ROWS ? LEAST_ROWS : rows > MOST_ROWS ? MOST_ROWS : rows;
}

bool hone_internal_batch_has_parts(hone_shape x, int axis)
{
    int64_t rows, channels, inner;
    hone_internal_shape_split(x, axis, &rows, &channels, &inner);
    return axis == x.rank - 1 && channels > 0 && rows >= LEAST_PARTS * rows_of_part(channels);
}

/* ---- sums of each part: input x, or x, dy, mean; output [parts, 2, C] ---- */

static hone_status infer_parts(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape x = hone_value_shape(graph, node->inputs[0]);
    int64_t rows, channels, inner;
    hone_internal_shape_split(x, x.rank - 1, &rows, &channels, &inner);
    const int64_t height = rows_of_part(channels);
    outputs[0] = (hone_shape){.rank = 3, .size = {(rows + height - 1) / height, 2, channels}};
    return HONE_OK;
}

static void fill_sizes(const hone_graph *graph, hone_value x, hone_step *step)
{
    hone_shape shape = hone_value_shape(graph, x);
    int64_t *size = step->args.size, inner;
    hone_internal_shape_split(shape, shape.rank - 1, &size[0], &size[1], &inner);
    size[2] = rows_of_part(size[1]);
}

static hone_status prepare_parts(const hone_graph *graph, const hone_node *node, hone_step *step,
                                 hone_kernel_index kernel)
{
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    fill_sizes(graph, node->inputs[0], step);
    step->items = hone_value_size(graph, node->outputs[0], 0);
    step->grain = 1;
    return HONE_OK;
}

static hone_status prepare_moments(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_parts(graph, node, step, HONE_KERNEL_batch_moments);
}

static hone_status prepare_slopes(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_parts(graph, node, step, HONE_KERNEL_batch_slopes);
}

static int64_t flops_of_sums(const hone_graph *graph, const hone_node *node)
{
    return 4 * hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
}

static const hone_op moments_op = {.name = "batch_moments",
                                   .infer = infer_parts,
                                   .prepare = prepare_moments,
                                   .constant_in_gradient = true,
                                   .flops = flops_of_sums};
static const hone_op slopes_op = {
    .name = "batch_slopes", .infer = infer_parts, .prepare = prepare_slopes, .flops = flops_of_sums};

/* ---- over all parts: inputs moments, gamma, moving mean, moving variance; outputs mean, inverse, scale.
 * Inputs slopes, inverse, scale; outputs dgamma, dbeta, tilt, constant. The last input is x, for its sizes
 * ---- */

static hone_status infer_channels(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    for (int i = 0; i < node->op->outputs; i++)
        outputs[i] = (hone_shape){.rank = 1, .size = {hone_value_size(graph, node->inputs[0], 2)}};
    return HONE_OK;
}

static void fill_channels(const hone_graph *graph, const hone_node *node, hone_step *step,
                          hone_kernel_index kernel)
{
    hone_internal_step_operands(step, node);
    step->kernel = kernel;
    fill_sizes(graph, node->inputs[node->input_count - 1], step);
    step->items = step->args.size[1];
    step->grain = 16; /* floats of a cache line */
}

static hone_status prepare_statistics(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_batch_attributes *attributes = node->attributes;
    fill_channels(graph, node, step, HONE_KERNEL_batch_statistics);
    step->args.scalar[0] = attributes->epsilon;
    step->args.scalar[1] = attributes->momentum;
    step->written |= 1u << 5 | 1u << 6;
    return HONE_OK;
}

static hone_status prepare_slope(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    fill_channels(graph, node, step, HONE_KERNEL_batch_slope);
    return HONE_OK;
}

static const hone_op statistics_op = {.name = "batch_statistics",
                                      .outputs = 3,
                                      .optional = 2 | 4 | 8,
                                      .infer = infer_channels,
                                      .prepare = prepare_statistics,
                                      .constant_in_gradient = true};
/* The same with moving statistics: it runs even when nothing needs its outputs. */
static const hone_op moving_statistics_op = {.name = "batch_statistics",
                                             .outputs = 3,
                                             .optional = 2 | 4 | 8,
                                             .infer = infer_channels,
                                             .prepare = prepare_statistics,
                                             .constant_in_gradient = true,
                                             .effect = true};
static const hone_op slope_op = {
    .name = "batch_slope", .outputs = 4, .infer = infer_channels, .prepare = prepare_slope};

/* ---- element by element ---- */

static int64_t flops_of_elements(const hone_graph *graph, const hone_node *node)
{
    return 4 * hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
}

static hone_status prepare_elements(const hone_graph *graph, const hone_node *node, hone_step *step,
                                    hone_kernel_index kernel)
{
    hone_shape shape = hone_value_shape(graph, node->outputs[0]);
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, kernel, hone_internal_shape_count(shape));
    step->args.size[0] = shape.size[shape.rank - 1];
    return HONE_OK;
}

static hone_status prepare_gradient_apply(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_elements(graph, node, step, HONE_KERNEL_batch_gradient_apply);
}

static hone_status prepare_apply(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    return prepare_elements(graph, node, step, HONE_KERNEL_batch_apply);
}

/* Inputs: x, dy, mean, scale, tilt, constant. */
static const hone_op gradient_apply_op = {.name = "batch_gradient_apply",
                                          .infer = hone_internal_infer_same,
                                          .prepare = prepare_gradient_apply,
                                          .chains = true,
                                          .in_place = 2,
                                          .flops = flops_of_elements};

/* Inputs of batch_apply: x, mean, scale, beta, gamma, inverse; the last two for their gradients. */
static hone_status apply_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                  const bool *wanted, hone_value *gradients)
{
    const hone_value x = node->inputs[0], mean = node->inputs[1], scale = node->inputs[2],
                     inverse = node->inputs[5], dy = outputs[0];
    hone_value found[4];
    hone_value slopes =
        hone_internal_graph_node(graph, &slopes_op, (hone_value[]){x, dy, mean}, 3, NULL, 0, NULL);
    if (hone_internal_graph_node(graph, &slope_op, (hone_value[]){slopes, inverse, scale, x}, 4, NULL, 0,
                                 found) < 0)
        return hone_error_status();
    if (wanted[0])
        gradients[0] = hone_internal_graph_node(graph, &gradient_apply_op,
                                                (hone_value[]){x, dy, mean, scale, found[2], found[3]}, 6,
                                                NULL, 0, NULL);
    if (wanted[3])
        gradients[3] = found[1];
    if (wanted[4])
        gradients[4] = found[0];
    return wanted[0] && gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op apply_op = {.name = "batch_apply",
                                 .optional = 8 | 16,
                                 .infer = hone_internal_infer_same,
                                 .gradient = apply_gradient,
                                 .prepare = prepare_apply,
                                 .chains = true,
                                 .flops = flops_of_elements};

hone_value hone_internal_batch_in_parts(hone_graph *graph, const hone_value operands[5],
                                        const hone_batch_attributes *attributes)
{
    const hone_value x = operands[0], gamma = operands[1], beta = operands[2];
    const bool moves = operands[3] >= 0 || operands[4] >= 0;
    hone_value found[3];
    hone_value moments = hone_internal_graph_node(graph, &moments_op, &x, 1, NULL, 0, NULL);
    if (hone_internal_graph_node(graph, moves ? &moving_statistics_op : &statistics_op,
                                 (hone_value[]){moments, gamma, operands[3], operands[4], x}, 5, attributes,
                                 sizeof *attributes, found) < 0)
        return HONE_NO_VALUE;
    return hone_internal_graph_node(
        graph, &apply_op, (hone_value[]){x, found[0], found[2], beta, gamma, found[1]}, 6, NULL, 0, NULL);
}
