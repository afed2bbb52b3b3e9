/* transformer_decoder: as transformer_encoder, but each step reads only those before it; with the sequence of
 * an encoder as a second input attention to that between the two; transformer.h. */
#include "layers/transformer.h"

HONE_FIELD_TABLE(hone_transformer_decoder_args, HONE_TRANSFORMER_DECODER_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_decoder_call, HONE_DECODER_CALL_FIELDS, call_fields, call_defaults);
static const hone_type decoder_call = {.name = "call",
                                       .class_name = "call",
                                       HONE_TYPE_FIELDS_NAMED(hone_decoder_call, call_fields, call_defaults)};

static hone_transformer_settings settings_of(const hone_layer *layer)
{
    const hone_transformer_decoder_args *args = hone_layer_args(layer);
    return HONE_TRANSFORMER_SETTINGS(args, true, NULL, NULL);
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    static const struct {
        hone_transformer_part part;
        const char *attribute;
    } order[] = {{HONE_TRANSFORMER_SELF, "_self_attention_layer"},
                 {HONE_TRANSFORMER_SELF_NORM, "_self_attention_layer_norm"},
                 {HONE_TRANSFORMER_CROSS, "_cross_attention_layer"},
                 {HONE_TRANSFORMER_CROSS_NORM, "_cross_attention_layer_norm"},
                 {HONE_TRANSFORMER_WIDE, "_feedforward_intermediate_dense"},
                 {HONE_TRANSFORMER_NARROW, "_feedforward_output_dense"},
                 {HONE_TRANSFORMER_NORM, "_feedforward_layer_norm"}};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        hone_layer *part = ((const hone_transformer *)layer->state)->parts[order[i].part];
        *attribute = order[i].attribute;
        if (part != NULL && index-- == 0)
            return part;
    }
    return NULL;
}

/* As files have it, for a program that builds the layer from its config alone. */
static void keep_shape(int64_t *list, const hone_shape *shape)
{
    for (int i = 0; i < HONE_MAX_RANK; i++)
        list[i] = shape != NULL && i < shape->rank ? shape->size[i] : HONE_NONE_INTEGER;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    hone_transformer_decoder_args *args = layer->args;
    hone_transformer_settings settings = settings_of(layer);
    const hone_shape *encoder = count > 1 ? &inputs[1] : NULL;
    HONE_TRY(hone_internal_transformer_build(layer, &settings, inputs[0], encoder, "self_attention"));
    keep_shape(args->decoder_sequence_shape, &inputs[0]);
    keep_shape(args->encoder_sequence_shape, encoder);
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    hone_transformer_settings settings = settings_of(layer);
    hone_heads_call how = *(const hone_heads_call *)
                               hone_internal_multi_head_attention_layer.call_fields->defaults,
                    across = how;
    how.use_causal_mask = ((const hone_decoder_call *)hone_call_args(graph))->use_causal_mask;
    bool crosses = ((const hone_transformer *)layer->state)->parts[HONE_TRANSFORMER_CROSS] != NULL;
    if (crosses != (count > 1))
        return hone_fail(HONE_ERROR_SHAPE, "was built for %d input%s, not %d", crosses ? 2 : 1,
                         crosses ? "s" : "", count);
    hone_value mask =
        hone_internal_transformer_mask(graph, inputs[0], "decoder_padding_mask", "decoder_attention_mask");
    hone_value x = hone_internal_transformer_attend(layer, &settings, graph, HONE_TRANSFORMER_SELF, inputs[0],
                                                    HONE_NO_VALUE, mask, &how, NULL);
    if (crosses && x >= 0) {
        mask = hone_internal_transformer_mask(graph, inputs[1], "encoder_padding_mask",
                                              "encoder_attention_mask");
        x = hone_internal_transformer_attend(layer, &settings, graph, HONE_TRANSFORMER_CROSS, x, inputs[1],
                                             mask, &across, NULL);
    }
    outputs[0] = hone_internal_transformer_feed(layer, &settings, graph, x);
    if (outputs[0] >= 0)
        hone_value_set_mask(graph, outputs[0], hone_value_mask(graph, inputs[0]));
    return 1;
}

const hone_layer_type hone_internal_transformer_decoder_layer = {
    .goes_step_by_step = true,
    .type = {.name = "transformer_decoder",
             .class_name = "TransformerDecoder",
             .module = "keras_hub.layers",
             .summary = "transformer_encoder that is causal and may read an encoder's sequence (keras_hub).",
             HONE_TYPE_FIELDS(hone_transformer_decoder_args)},
    .state_bytes = sizeof(hone_transformer),
    .build = build,
    .call = call,
    .free_state = hone_internal_transformer_free,
    .inputs_min = 1,
    .inputs_max = 2,
    .uses_mask = true,
    .call_fields = &decoder_call,
    .inputs_apart = true,
    .inner = inner,
    .input_names = "decoder_sequence|encoder_sequence",
};
HONE_DEFINE_LAYER(transformer_decoder)
