/* embedding: ids (batch, ...) to rows of a table (input_dim, output_dim). Its gradient is the true, dense
 * one: rows of an id that occurs twice are added. */
#include "layers/quantized.h"
#include "ops/targets.h"

HONE_FIELD_TABLE(hone_embedding_args, HONE_EMBEDDING_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)inputs, (void)count;
    const hone_embedding_args *args = hone_layer_args(layer);
    const hone_quantized_weight quantized = {.name = "embeddings",
                                             .shape = HONE_SHAPE(args->input_dim, args->output_dim),
                                             .packed = 2,
                                             .by_row = true,
                                             .zero_is_whole = true};
    HONE_TRY(hone_internal_quantization_check(layer));
    if (hone_internal_layer_quantization(layer).bits > 0) {
        HONE_TRY(hone_internal_quantized_add(layer, &quantized));
        return hone_internal_quantized_add_scales(layer, &quantized);
    }
    hone_weight table = HONE_LAYER_WEIGHT(args, embeddings, HONE_SHAPE(args->input_dim, args->output_dim));
    return hone_layer_add_weight(layer, &table) == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_embedding_args *args = hone_layer_args(layer);
    hone_internal_check_classes(graph, inputs[0], args->input_dim);
    outputs[0] = hone_internal_layer_adapted_rows(layer, graph, inputs[0]);
    if (args->mask_zero)
        hone_value_set_mask(graph, outputs[0],
                            hone_op_unary(graph, "not_equal_scalar", inputs[0], (hone_parameters){0}));
    return 1;
}

const hone_layer_type hone_internal_embedding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "embedding",
             .class_name = "Embedding",
             .ignored = "input_length|sparse",
             .module = "keras.layers",
             .summary = "Maps each id to a learned vector.",
             HONE_TYPE_FIELDS(hone_embedding_args)},
    .takes_ids = true,
    .build = build,
    .call = call,
    .uses_mask = true,
    .shapes_vary = true,
    .adapted = "embeddings",
};
HONE_DEFINE_LAYER(embedding)
