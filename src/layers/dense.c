/* dense: y = activation(x kernel + bias) over the last axis; x (batch, ..., n), kernel (n, units), bias
 * (units). */
#include "layers/quantized.h"

HONE_FIELD_TABLE(hone_dense_args, HONE_DENSE_FIELDS);

/* Kernel and bias; of a quantised kernel the scales behind them. */
static hone_status add_weights(hone_layer *layer, int64_t n)
{
    const hone_dense_args *args = hone_layer_args(layer);
    const hone_quantized_weight quantized = {
        .name = "kernel", .shape = HONE_SHAPE(n, args->units), .packed = 2, .zero_is_whole = true};
    hone_weight kernel = HONE_LAYER_WEIGHT(args, kernel, HONE_SHAPE(n, args->units));
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, HONE_SHAPE(args->units));
    const bool whole = hone_internal_layer_quantization(layer).bits > 0;
    if (whole)
        HONE_TRY(hone_internal_quantized_add(layer, &quantized));
    else if (hone_layer_add_weight(layer, &kernel) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return whole ? hone_internal_quantized_add_scales(layer, &quantized) : HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_shape x = inputs[0];
    char text[128];
    hone_internal_shape_to_text(x, text, sizeof text);
    if (x.rank < 2)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, ..., n), not %s", text);
    int64_t n = x.size[x.rank - 1];
    if (n == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "the last size of its input %s must be known", text);
    HONE_TRY(hone_internal_quantization_check(layer));
    return add_weights(layer, n);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_dense_args *args = hone_layer_args(layer);
    hone_value y = hone_internal_layer_quantization(layer).bits > 0
                       ? hone_internal_quantized_product(layer, graph, inputs[0], "kernel", false)
                       : hone_op_matmul(graph, inputs[0], hone_layer_adapted(layer, graph), false, false);
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
