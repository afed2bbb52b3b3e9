/* layer_scale: y = gamma x, a learned factor for each channel, small at first, that ends the branch of a
 * residual block. Keras has it in its ConvNeXt models. */
#include "base/text.h"
#include "layers/layer.h"

#include <stdio.h>

HONE_FIELD_TABLE(hone_layer_scale_args, HONE_LAYER_SCALE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_layer_scale_args *args = hone_layer_args(layer);
    int64_t channels = inputs[0].rank < 1 ? 0 : inputs[0].size[inputs[0].rank - 1];
    if (channels != args->projection_dim && channels != HONE_ANY && args->projection_dim != 1)
        return hone_fail(HONE_ERROR_SHAPE, "projection_dim is %lld, but the input has %lld channels",
                         (long long)args->projection_dim, (long long)channels);
    char number[32], initializer[64];
    hone_internal_number_to_text(args->init_values, number, sizeof number);
    snprintf(initializer, sizeof initializer, "constant(%s)", number);
    hone_weight gamma = {
        .name = "gamma", .shape = {.rank = 1, .size = {args->projection_dim}}, .initializer = initializer};
    return hone_layer_add_weight(layer, &gamma) == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    outputs[0] =
        hone_op_multiply(graph, inputs[0], hone_graph_variable(graph, hone_layer_weight(layer, "gamma")));
    return 1;
}

const hone_layer_type hone_internal_layer_scale_layer = {
    .goes_step_by_step = true,
    .type = {.name = "layer_scale",
             .class_name = "LayerScale",
             .module = "keras.src.applications.convnext",
             .summary = "Multiplies each channel by a learned factor.",
             HONE_TYPE_FIELDS(hone_layer_scale_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(layer_scale)
