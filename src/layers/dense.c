/* dense: y = activation(x kernel + bias) over the last axis; x (batch, ..., n), kernel (n, units), bias
 * (units). */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_dense_args, HONE_DENSE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_dense_args *args = hone_layer_args(layer);
    hone_shape x = inputs[0];
    char text[128];
    hone_internal_shape_to_text(x, text, sizeof text);
    if (x.rank < 2)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, ..., n), not %s", text);
    int64_t n = x.size[x.rank - 1];
    if (n == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "the last size of its input %s must be known", text);
    hone_weight kernel = HONE_LAYER_WEIGHT(args, kernel, HONE_SHAPE(n, args->units));
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, HONE_SHAPE(args->units));
    if (hone_layer_add_weight(layer, &kernel) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_dense_args *args = hone_layer_args(layer);
    hone_value kernel = hone_layer_adapted(layer, graph);
    hone_value y = hone_op_matmul(graph, inputs[0], kernel, false, false);
    if (args->use_bias)
        y = hone_op_bias_add(graph, y, hone_graph_variable(graph, hone_layer_weight(layer, "bias")));
    outputs[0] = hone_internal_activation_apply(graph, args->activation, y);
    return 1;
}

const hone_layer_type hone_internal_dense_layer = {
    .goes_step_by_step = true,
    .type = {.name = "dense",
             .class_name = "Dense",
             .module = "keras.layers",
             .summary = "activation(x kernel + bias) over the last axis: the fully connected layer.",
             HONE_TYPE_FIELDS(hone_dense_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
    .adapted = "kernel",
};
HONE_DEFINE_LAYER(dense)
