/* gaussian_noise: x + N(0, stddev); gaussian_dropout: x N(1, sqrt(rate / (1 - rate))); in training only. */
#include "layers/layer.h"

#include <math.h>

HONE_FIELD_TABLE_NAMED(hone_gaussian_noise_args, HONE_GAUSSIAN_NOISE_FIELDS, noise_fields, noise_defaults);
HONE_FIELD_TABLE_NAMED(hone_gaussian_dropout_args, HONE_GAUSSIAN_DROPOUT_FIELDS, dropout_fields,
                       dropout_defaults);

static int call_noise(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)count;
    const hone_gaussian_noise_args *args = hone_layer_args(layer);
    outputs[0] = inputs[0];
    if (!hone_graph_training(graph) || args->stddev == 0)
        return 1;
    hone_value noise =
        hone_op_random_normal(graph, hone_value_shape(graph, inputs[0]), 0, args->stddev, "noise");
    outputs[0] = hone_op_add(graph, inputs[0], noise);
    return 1;
}

static int call_dropout(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                        hone_value *outputs)
{
    (void)count;
    const hone_gaussian_dropout_args *args = hone_layer_args(layer);
    outputs[0] = inputs[0];
    if (!hone_graph_training(graph) || args->rate == 0)
        return 1;
    double deviation = sqrt(args->rate / (1 - args->rate));
    hone_value factor =
        hone_op_random_normal(graph, hone_value_shape(graph, inputs[0]), 1, deviation, "factor");
    outputs[0] = hone_op_multiply(graph, inputs[0], factor);
    return 1;
}

const hone_layer_type hone_internal_gaussian_noise_layer = {
    .goes_step_by_step = true,
    .type = {.name = "gaussian_noise",
             .class_name = "GaussianNoise",
             .module = "keras.layers",
             .summary = "Adds Gaussian noise during training.",
             HONE_TYPE_FIELDS_NAMED(hone_gaussian_noise_args, noise_fields, noise_defaults)},
    .call = call_noise,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(gaussian_noise)
const hone_layer_type hone_internal_gaussian_dropout_layer = {
    .goes_step_by_step = true,
    .type = {.name = "gaussian_dropout",
             .class_name = "GaussianDropout",
             .module = "keras.layers",
             .summary = "Multiplies by Gaussian noise with mean 1 during training.",
             HONE_TYPE_FIELDS_NAMED(hone_gaussian_dropout_args, dropout_fields, dropout_defaults)},
    .call = call_dropout,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(gaussian_dropout)
