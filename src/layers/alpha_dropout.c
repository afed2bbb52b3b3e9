/* alpha_dropout: y = A (x keep + a (1 - keep)) + B with a = -1.7580993, A = ((1 - rate)(1 + rate a^2))^-1/2,
 * B = -A a rate, so that mean and variance stay those of a SELU network. */
#include "layers/layer.h"

#include <math.h>

HONE_FIELD_TABLE(hone_alpha_dropout_args, HONE_ALPHA_DROPOUT_FIELDS);

static const double dropped = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946;

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_alpha_dropout_args *args = hone_layer_args(layer);
    hone_shape mask = hone_value_shape(graph, inputs[0]);
    outputs[0] = inputs[0];
    if (!hone_graph_training(graph) || args->rate == 0)
        return 1;
    for (int axis = 0; axis < mask.rank && args->noise_shape[axis] != HONE_NONE_INTEGER; axis++)
        if (args->noise_shape[axis] != HONE_ANY)
            mask.size[axis] = args->noise_shape[axis];
    double rate = args->rate, scale = rate < 1 ? 1 / sqrt((1 - rate) * (1 + rate * dropped * dropped)) : 0;
    hone_value keep = hone_op_random_keep(graph, mask, rate, "mask");
    hone_value lost = hone_op_affine(graph, keep, -dropped, dropped); /* a (1 - keep) */
    hone_value mixed = hone_op_add(graph, hone_op_multiply(graph, inputs[0], keep), lost);
    outputs[0] = hone_op_affine(graph, mixed, scale, -scale * dropped * rate);
    return 1;
}

const hone_layer_type hone_internal_alpha_dropout_layer = {
    .goes_step_by_step = true,
    .type = {.name = "alpha_dropout",
             .class_name = "AlphaDropout",
             .module = "keras.layers",
             .summary = "Dropout for SELU networks, which keeps the mean and the variance.",
             HONE_TYPE_FIELDS(hone_alpha_dropout_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(alpha_dropout)
