/* token_and_position_embedding: ids (batch, steps) to token_embedding[id] + position_embedding[step]. */
#include "layers/positions.h"

HONE_FIELD_TABLE(hone_token_and_position_embedding_args, HONE_TOKEN_AND_POSITION_EMBEDDING_FIELDS);

enum { TOKENS, POSITIONS, PARTS };
typedef struct embeddings {
    hone_layer *parts[PARTS];
} embeddings;

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    const embeddings *own = layer->state;
    *attribute = index == TOKENS ? "token_embedding" : "position_embedding";
    return index < PARTS ? own->parts[index] : NULL;
}

static void free_parts(hone_layer *layer)
{
    embeddings *own = hone_layer_state(layer);
    for (int i = 0; i < PARTS; i++) {
        hone_layer_free(own->parts[i]);
        own->parts[i] = NULL;
    }
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_token_and_position_embedding_args *args = hone_layer_args(layer);
    embeddings *own = hone_layer_state(layer);
    hone_shape vectors = inputs[0];
    if (vectors.rank < 2 || vectors.rank == HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "needs ids of shape (batch, steps)");
    vectors.size[vectors.rank++] = args->embedding_dim;
    hone_reversible_embedding_args tokens = HONE_INNER_ARGS(reversible_embedding);
    hone_position_embedding_args positions = HONE_INNER_ARGS(position_embedding);
    free_parts(layer);
    tokens.name = "token_embedding";
    positions.name = "position_embedding";
    tokens.dtype = positions.dtype = args->dtype;
    tokens.input_dim = args->vocabulary_size;
    tokens.output_dim = args->embedding_dim;
    tokens.tie_weights = args->tie_weights;
    tokens.mask_zero = args->mask_zero;
    tokens.embeddings_initializer = positions.initializer = args->embeddings_initializer;
    positions.sequence_length = args->sequence_length;
    own->parts[TOKENS] =
        hone_internal_layer_inner(layer, &hone_internal_reversible_embedding_layer, &tokens, inputs, 1);
    if (own->parts[TOKENS] == NULL)
        return hone_error_status();
    own->parts[POSITIONS] =
        hone_internal_layer_inner(layer, &hone_internal_position_embedding_layer, &positions, &vectors, 1);
    return own->parts[POSITIONS] == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const embeddings *own = layer->state;
    hone_given given = {.args = hone_call_args(graph)};
    hone_value tokens = hone_internal_layer_through(own->parts[TOKENS], graph, inputs, 1, NULL),
               positions =
                   tokens < 0 ? tokens
                              : hone_internal_layer_through(own->parts[POSITIONS], graph, &tokens, 1, &given);
    outputs[0] = hone_op_add(graph, tokens, positions);
    if (outputs[0] >= 0)
        hone_value_set_mask(graph, outputs[0], hone_value_mask(graph, tokens));
    return 1;
}

const hone_layer_type hone_internal_token_and_position_embedding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "token_and_position_embedding",
             .class_name = "TokenAndPositionEmbedding",
             .module = "keras_hub.layers",
             .summary = "The sum of a learned vector for each id and one for each step (keras_hub).",
             HONE_TYPE_FIELDS(hone_token_and_position_embedding_args)},
    .state_bytes = sizeof(embeddings),
    .build = build,
    .call = call,
    .free_state = free_parts,
    .takes_ids = true,
    .uses_mask = true,
    .call_fields = &hone_internal_positions_call_fields,
    .inner = inner,
};
HONE_DEFINE_LAYER(token_and_position_embedding)
