/* stochastic_depth: in training, y = x keep / (1 - rate) with keep (0 or 1) drawn once for each sample; else
 * y = x. At the end of the branch of a residual block it leaves the branch out. Keras has it in its ConvNeXt
 * models. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_stochastic_depth_args, HONE_STOCHASTIC_DEPTH_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_stochastic_depth_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    outputs[0] = inputs[0];
    if (!hone_graph_training(graph) || args->drop_path_rate == 0)
        return 1;
    for (int axis = 1; axis < shape.rank; axis++)
        shape.size[axis] = 1;
    hone_value keep = hone_op_random_keep(graph, shape, args->drop_path_rate, "mask");
    double scale = args->drop_path_rate < 1 ? 1 / (1 - args->drop_path_rate) : 0;
    outputs[0] = hone_op_multiply(graph, inputs[0], hone_op_affine(graph, keep, scale, 0));
    return 1;
}

const hone_layer_type hone_internal_stochastic_depth_layer = {
    .type = {.name = "stochastic_depth",
             .class_name = "StochasticDepth",
             .module = "keras.src.applications.convnext",
             .summary = "Sets random samples to 0 during training and scales up the others.",
             HONE_TYPE_FIELDS(hone_stochastic_depth_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(stochastic_depth)
