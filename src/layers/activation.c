/* activation: a function of each element. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_activation_args, HONE_ACTIVATION_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_activation_args *args = hone_layer_args(layer);
    outputs[0] = hone_internal_activation_apply(graph, args->activation, inputs[0]);
    return 1;
}

const hone_layer_type hone_internal_activation_layer = {
    .goes_step_by_step = true,
    .type = {.name = "activation",
             .class_name = "Activation",
             .module = "keras.layers",
             .summary = "Applies an activation function.",
             HONE_TYPE_FIELDS(hone_activation_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(activation)
