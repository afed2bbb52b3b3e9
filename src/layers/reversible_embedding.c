/* reversible_embedding: ids (batch, ...) to rows of a table (input_dim, output_dim), and in a call with
 * reverse vectors (batch, ..., output_dim) to scores x embeddings^T, or x reverse_embeddings where the table
 * is not shared; a soft cap c makes scores s to c tanh(s / c). */
#include "layers/quantized.h"
#include "ops/targets.h"

HONE_FIELD_TABLE(hone_reversible_embedding_args, HONE_REVERSIBLE_EMBEDDING_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_reverse_call, HONE_REVERSE_CALL_FIELDS, call_fields, call_defaults);
static const hone_type reverse_call = {.name = "call",
                                       .class_name = "call",
                                       HONE_TYPE_FIELDS_NAMED(hone_reverse_call, call_fields, call_defaults)};

/* The table with its scales, then the way back with its own. */
static hone_status add_quantized(hone_layer *layer)
{
    const hone_reversible_embedding_args *args = hone_layer_args(layer);
    const hone_quantized_weight table = {.name = "embeddings",
                                         .shape = HONE_SHAPE(args->input_dim, args->output_dim),
                                         .packed = 2,
                                         .by_row = true,
                                         .zero_is_whole = true},
                                back = {.name = "reverse_embeddings",
                                        .shape = HONE_SHAPE(args->output_dim, args->input_dim),
                                        .packed = 1};
    HONE_TRY(hone_internal_quantized_add(layer, &table));
    HONE_TRY(hone_internal_quantized_add_scales(layer, &table));
    if (args->tie_weights)
        return HONE_OK;
    HONE_TRY(hone_internal_quantized_add(layer, &back));
    return hone_internal_quantized_add_scales(layer, &back);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)inputs, (void)count;
    const hone_reversible_embedding_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_quantization_check(layer));
    if (hone_internal_layer_quantization(layer).bits > 0)
        return add_quantized(layer);
    hone_weight table = HONE_LAYER_WEIGHT(args, embeddings, HONE_SHAPE(args->input_dim, args->output_dim));
    hone_weight back = {.name = "reverse_embeddings",
                        .shape = HONE_SHAPE(args->output_dim, args->input_dim),
                        .initializer = args->embeddings_initializer};
    if (hone_layer_add_weight(layer, &table) == NULL ||
        (!args->tie_weights && hone_layer_add_weight(layer, &back) == NULL))
        return hone_error_status();
    return HONE_OK;
}

static hone_value look_up(const hone_layer *layer, hone_graph *graph, hone_value ids)
{
    const hone_reversible_embedding_args *args = hone_layer_args(layer);
    hone_internal_check_classes(graph, ids, args->input_dim);
    hone_value rows = hone_internal_layer_adapted_rows(layer, graph, ids);
    if (args->mask_zero && rows >= 0)
        hone_value_set_mask(graph, rows, hone_op_unary(graph, "not_equal_scalar", ids, (hone_parameters){0}));
    return rows;
}

static hone_value score(const hone_layer *layer, hone_graph *graph, hone_value x)
{
    const hone_reversible_embedding_args *args = hone_layer_args(layer);
    if (hone_internal_layer_quantization(layer).bits > 0)
        return args->tie_weights
                   ? hone_internal_quantized_product(layer, graph, x, "embeddings", true)
                   : hone_internal_quantized_product(layer, graph, x, "reverse_embeddings", false);
    return args->tie_weights
               ? hone_op_matmul(graph, x, hone_layer_adapted(layer, graph), false, true)
               : hone_op_matmul(graph, x,
                                hone_graph_variable(graph, hone_layer_weight(layer, "reverse_embeddings")),
                                false, false);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_reversible_embedding_args *args = hone_layer_args(layer);
    const hone_reverse_call *how = hone_call_args(graph);
    hone_value x = inputs[0];
    if (!how->reverse) {
        outputs[0] = look_up(layer, graph, x);
        return 1;
    }
    hone_shape shape = hone_value_shape(graph, x);
    int64_t last = shape.rank == 0 ? 0 : shape.size[shape.rank - 1];
    if (shape.rank < 2 || (last != HONE_ANY && last != args->output_dim))
        return hone_fail(HONE_ERROR_SHAPE, "its reverse needs vectors of output_dim %lld, not of %lld",
                         (long long)args->output_dim, (long long)last);
    hone_value scores = score(layer, graph, x);
    double cap = args->logit_soft_cap;
    if (!isnan(cap))
        scores = hone_op_affine(
            graph,
            hone_op_unary(graph, "tanh", hone_op_affine(graph, scores, 1 / cap, 0), (hone_parameters){0}),
            cap, 0);
    outputs[0] = scores;
    return 1;
}

const hone_layer_type hone_internal_reversible_embedding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "reversible_embedding",
             .class_name = "ReversibleEmbedding",
             .module = "keras.layers",
             .summary = "Maps each id to a learned vector, and vectors back to scores for each id.",
             HONE_TYPE_FIELDS(hone_reversible_embedding_args)},
    .takes_ids = true,
    .build = build,
    .call = call,
    .call_fields = &reverse_call,
    .uses_mask = true,
    .shapes_vary = true,
    .adapted = "embeddings",
};
HONE_DEFINE_LAYER(reversible_embedding)
