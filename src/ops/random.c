/* Operations that draw: a function of the seed, the layer's name, its call, the purpose and the step. */
#include "ops/random.h"

typedef struct draw_attributes {
    hone_shape shape;
    hone_kernel_index kernel;
    double first, second; /* range, mean and deviation, or rate */
} draw_attributes;

/* Tells apart the draws of one layer's call with the same purpose. */
static void give_stream(hone_graph *graph, const char *purpose)
{
    hone_node *node = &graph->nodes[graph->node_count - 1];
    uint64_t call = graph->scope_call << 16 | graph->scope_draws++;
    node->stream =
        hone_internal_random_stream(node->scope, call, purpose) ^ graph->seed * 0x9E3779B97F4A7C15u;
}

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = ((const draw_attributes *)node->attributes)->shape;
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    const draw_attributes *attributes = node->attributes;
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, attributes->kernel, hone_internal_shape_count(attributes->shape));
    step->args.scalar[0] = attributes->first;
    step->args.scalar[1] = attributes->second;
    step->draws = true;
    return HONE_OK;
}

static const hone_op draw_op = {
    .name = "random", .infer = infer, .prepare = prepare, .constant_in_gradient = true};

static hone_value draw(hone_graph *graph, hone_shape shape, hone_kernel_index kernel, double first,
                       double second, const char *purpose)
{
    draw_attributes attributes = {shape, kernel, first, second};
    hone_value value =
        hone_internal_graph_node(graph, &draw_op, NULL, 0, &attributes, sizeof attributes, NULL);
    if (value >= 0)
        give_stream(graph, purpose);
    return value;
}

hone_value hone_op_random_uniform(hone_graph *graph, hone_shape shape, double lowest, double highest,
                                  const char *purpose)
{
    return draw(graph, shape, HONE_KERNEL_random_uniform, lowest, highest, purpose);
}

hone_value hone_op_random_normal(hone_graph *graph, hone_shape shape, double mean, double deviation,
                                 const char *purpose)
{
    return draw(graph, shape, HONE_KERNEL_random_normal, mean, deviation, purpose);
}

hone_value hone_op_random_keep(hone_graph *graph, hone_shape shape, double rate, const char *purpose)
{
    return draw(graph, shape, HONE_KERNEL_random_keep, rate, 0, purpose);
}

/* ---- logarithms of gamma numbers ---- */

static hone_status infer_log_gamma(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = *(const hone_shape *)node->attributes;
    return HONE_OK;
}

static hone_status prepare_log_gamma(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_random_log_gamma;
    step->items = hone_internal_shape_count(*(const hone_shape *)node->attributes);
    step->grain = 256;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    step->draws = true;
    return HONE_OK;
}

static const hone_op log_gamma_op = {.name = "random_log_gamma",
                                     .infer = infer_log_gamma,
                                     .prepare = prepare_log_gamma,
                                     .constant_in_gradient = true};

hone_value hone_internal_op_random_log_gamma(hone_graph *graph, hone_shape shape, hone_value alpha,
                                             const char *purpose)
{
    hone_value value = hone_internal_graph_node(graph, &log_gamma_op, &alpha, 1, &shape, sizeof shape, NULL);
    if (value >= 0)
        give_stream(graph, purpose);
    return value;
}

/* ---- dropout: outputs y and the mask (0 or 1 / (1 - rate)); dx = dy mask ---- */

static hone_status infer_dropout(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = outputs[1] = hone_value_shape(graph, node->inputs[0]);
    return HONE_OK;
}

static hone_status prepare_dropout(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    hone_internal_step_elementwise(step, HONE_KERNEL_dropout,
                                   hone_internal_shape_count(hone_value_shape(graph, node->outputs[0])));
    step->args.scalar[0] = *(const double *)node->attributes;
    step->draws = true;
    return HONE_OK;
}

static hone_status dropout_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                    const bool *wanted, hone_value *gradients)
{
    (void)wanted;
    gradients[0] = hone_op_multiply(graph, outputs[0], node->outputs[1]);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op dropout_op = {.name = "dropout",
                                   .outputs = 2,
                                   .infer = infer_dropout,
                                   .gradient = dropout_gradient,
                                   .prepare = prepare_dropout,
                                   .chains = true,
                                   .in_place = 1};

hone_value hone_op_dropout(hone_graph *graph, hone_value x, double rate)
{
    hone_value y = hone_internal_graph_node(graph, &dropout_op, &x, 1, &rate, sizeof rate, NULL);
    if (y >= 0)
        give_stream(graph, "mask");
    return y;
}
