/* transformer_encoder: attention of a sequence to itself, then two dense layers, each with a sum and a
 * normalisation; transformer.h. */
#include "layers/transformer.h"

HONE_FIELD_TABLE(hone_transformer_encoder_args, HONE_TRANSFORMER_ENCODER_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_encoder_call, HONE_ENCODER_CALL_FIELDS, call_fields, call_defaults);
static const hone_type encoder_call = {.name = "call",
                                       .class_name = "call",
                                       HONE_TYPE_FIELDS_NAMED(hone_encoder_call, call_fields, call_defaults)};

static hone_transformer_settings settings_of(const hone_layer *layer)
{
    const hone_transformer_encoder_args *args = hone_layer_args(layer);
    return HONE_TRANSFORMER_SETTINGS(args, false, args->kernel_regularizer, args->bias_regularizer);
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    static const struct {
        hone_transformer_part part;
        const char *attribute;
    } order[] = {{HONE_TRANSFORMER_SELF, "_self_attention_layer"},
                 {HONE_TRANSFORMER_SELF_NORM, "_self_attention_layer_norm"},
                 {HONE_TRANSFORMER_NORM, "_feedforward_layer_norm"},
                 {HONE_TRANSFORMER_WIDE, "_feedforward_intermediate_dense"},
                 {HONE_TRANSFORMER_NARROW, "_feedforward_output_dense"}};
    if (index >= (int)(sizeof order / sizeof *order))
        return NULL;
    *attribute = order[index].attribute;
    return ((const hone_transformer *)layer->state)->parts[order[index].part];
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_transformer_settings settings = settings_of(layer);
    return hone_internal_transformer_build(layer, &settings, inputs[0], NULL, "self_attention_layer");
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_transformer_settings settings = settings_of(layer);
    const hone_encoder_call *call = hone_call_args(graph);
    hone_heads_call how =
        *(const hone_heads_call *)hone_internal_multi_head_attention_layer.call_fields->defaults;
    how.return_attention_scores = call->return_attention_scores;
    const hone_value steps = hone_value_mask(graph, inputs[0]); /* the attention takes it off */
    hone_value mask = hone_internal_transformer_mask(graph, inputs[0], "padding_mask", "attention_mask");
    hone_value x = hone_internal_transformer_attend(layer, &settings, graph, HONE_TRANSFORMER_SELF, inputs[0],
                                                    HONE_NO_VALUE, mask, &how, &outputs[1]);
    outputs[0] = hone_internal_transformer_feed(layer, &settings, graph, x);
    if (outputs[0] >= 0)
        hone_value_set_mask(graph, outputs[0], steps);
    return call->return_attention_scores ? 2 : 1;
}

const hone_layer_type hone_internal_transformer_encoder_layer = {
    .type = {.name = "transformer_encoder",
             .class_name = "TransformerEncoder",
             .module = "keras_hub.layers",
             .summary = "A block of attention and two dense layers with sums and normalisations (keras_hub).",
             HONE_TYPE_FIELDS(hone_transformer_encoder_args)},
    .state_bytes = sizeof(hone_transformer),
    .build = build,
    .call = call,
    .free_state = hone_internal_transformer_free,
    .uses_mask = true,
    .call_fields = &encoder_call,
    .inner = inner,
};
HONE_DEFINE_LAYER(transformer_encoder)
