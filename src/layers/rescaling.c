/* rescaling: x scale + offset. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_rescaling_args, HONE_RESCALING_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_rescaling_args *args = hone_layer_args(layer);
    double scale = hone_internal_layer_round_number(graph, args->scale),
           offset = hone_internal_layer_round_number(graph, args->offset);
    if (graph->bfloat16)
        outputs[0] = hone_op_affine(
            graph, hone_internal_layer_round(graph, hone_op_affine(graph, inputs[0], scale, 0)), 1, offset);
    else
        outputs[0] = hone_op_affine(graph, inputs[0], scale, offset);
    return 1;
}

const hone_layer_type hone_internal_rescaling_layer = {
    .type = {.name = "rescaling",
             .class_name = "Rescaling",
             .module = "keras.layers",
             .summary = "x scale + offset.",
             HONE_TYPE_FIELDS(hone_rescaling_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(rescaling)
