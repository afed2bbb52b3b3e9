/* Frequencies along the last axis, of complex numbers as two reals: y = W x, and xbar = W^H ybar, the same
 * with the other sign of the angle. */
#include "ops/fourier.h"

enum { MOST_PLACES = 1 << 20, POWERS = 8 };

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_shape x = hone_value_shape(graph, node->inputs[0]),
                     y = hone_value_shape(graph, node->inputs[1]);
    if (x.rank == 0 || !hone_internal_shape_equal(x, y))
        return hone_internal_fail_shapes("fourier", x, y);
    const int64_t n = x.size[x.rank - 1];
    if (n == HONE_ANY || n < 1 || n > MOST_PLACES)
        return hone_fail(HONE_ERROR_SHAPE, "the axis of a Fourier transform must have from 1 to %d places",
                         (int)MOST_PLACES);
    outputs[0] = outputs[1] = x;
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const int64_t n = hone_value_size(graph, node->inputs[0], -1);
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_fourier;
    step->args.size[0] = n;
    step->args.scalar[0] = *(const bool *)node->attributes;
    step->items = hone_internal_shape_count(hone_value_shape(graph, node->inputs[0])) / n;
    step->grain = 8 + 1024 / n;
    step->scratch = sizeof(double) * POWERS * (size_t)n;
    return HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    int64_t passes = 1;
    for (int64_t n = hone_value_size(graph, node->inputs[0], -1); n > 1; n /= 2)
        passes++;
    return 5 * passes * hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
}

/* The gradient of a part that is not used is 0. */
static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    hone_value bars[2], results[2];
    (void)wanted;
    for (int i = 0; i < 2; i++)
        bars[i] = outputs[i] >= 0 ? outputs[i]
                                  : hone_graph_filled(graph, hone_value_shape(graph, node->outputs[i]), 0);
    if (!hone_internal_op_fourier(graph, bars, !*(const bool *)node->attributes, results))
        return hone_error_status();
    gradients[0] = results[0];
    gradients[1] = results[1];
    return HONE_OK;
}

static const hone_op fourier_op = {.name = "fourier",
                                   .outputs = 2,
                                   .infer = infer,
                                   .gradient = gradient,
                                   .prepare = prepare,
                                   .flops = flops};

bool hone_internal_op_fourier(hone_graph *graph, const hone_value x[2], bool inverse, hone_value results[2])
{
    return hone_internal_graph_node(graph, &fourier_op, x, 2, &inverse, sizeof inverse, results) >= 0;
}
