/* custom_scale_layer: y = x1 + scale x2, the end of a residual block. Keras has it in InceptionResNetV2. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_custom_scale_layer_args, HONE_CUSTOM_SCALE_LAYER_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_custom_scale_layer_args *args = hone_layer_args(layer);
    outputs[0] = hone_op_add(graph, inputs[0], hone_op_affine(graph, inputs[1], args->scale, 0));
    return 1;
}

const hone_layer_type hone_internal_custom_scale_layer_layer = {
    .type = {.name = "custom_scale_layer",
             .class_name = "CustomScaleLayer",
             .module = "keras.src.applications.inception_resnet_v2",
             .summary = "Adds a multiple of the second input to the first.",
             HONE_TYPE_FIELDS(hone_custom_scale_layer_args)},
    .call = call,
    .inputs_min = 2,
    .inputs_max = 2,
};
HONE_DEFINE_LAYER(custom_scale_layer)
