/* additive_attention: softmax(scores) value, scores (n, t, s) = sum over c of scale tanh(query + key). */
#include "layers/attention.h"

HONE_FIELD_TABLE(hone_additive_attention_args, HONE_ADDITIVE_ATTENTION_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_additive_attention_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_attention_check(inputs, count));
    if (!args->use_scale)
        return HONE_OK;
    if (inputs[0].size[inputs[0].rank - 1] == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "the last size of its query must be known");
    hone_weight scale = {.name = "scale",
                         .shape = HONE_SHAPE(inputs[0].size[inputs[0].rank - 1]),
                         .initializer = "glorot_uniform"};
    return hone_layer_add_weight(layer, &scale) == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_additive_attention_args *args = hone_layer_args(layer);
    hone_value scale =
        args->use_scale ? hone_graph_variable(graph, hone_layer_weight(layer, "scale")) : HONE_NO_VALUE;
    hone_value scores = hone_internal_attention_sums(graph, inputs[0], inputs[count - 1], scale);
    return hone_internal_attention_apply(graph, scores, inputs, args->dropout, outputs);
}

const hone_layer_type hone_internal_additive_attention_layer = {
    .type = {.name = "additive_attention",
             .class_name = "AdditiveAttention",
             .module = "keras.layers",
             .summary = "Reads values by learned sums of tanh(query + key).",
             HONE_TYPE_FIELDS(hone_additive_attention_args)},
    .build = build,
    .call = call,
    .inputs_min = 2,
    .inputs_max = 3,
    .call_fields = &hone_internal_attention_call_fields,
    .uses_mask = true,
};
HONE_DEFINE_LAYER(additive_attention)
