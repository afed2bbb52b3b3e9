/* position_embedding: (batch, steps, n) to the first vectors of a table (sequence_length, n), one for each
 * step, repeated for each sample. With P the table and a = hierarchical_alpha, a longer sequence has at step
 * i, with E = (P - a P[0]) / (1 - a) and L = sequence_length, a E[i / L] + (1 - a) E[i % L]. Su, 2020. */
#include "layers/positions.h"

#include "ops/ops.h"

HONE_FIELD_TABLE(hone_position_embedding_args, HONE_POSITION_EMBEDDING_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_positions_call, HONE_POSITIONS_CALL_FIELDS, call_fields, call_defaults);
const hone_type hone_internal_positions_call_fields = {
    .name = "call",
    .class_name = "call",
    HONE_TYPE_FIELDS_NAMED(hone_positions_call, call_fields, call_defaults)};

hone_status hone_internal_positions_check(hone_shape input)
{
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    if (input.rank < 3 || input.size[input.rank - 1] == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, ..., steps, n), n known, not %s",
                         text);
    return HONE_OK;
}

hone_status hone_internal_positions_step(const hone_graph *graph, int axis)
{
    if (graph->kept == NULL || axis == 1)
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "numbers axis %d, not the steps", axis);
}

hone_value hone_internal_positions_repeat(hone_graph *graph, hone_value rows, hone_shape shape)
{
    while (rows >= 0 && hone_value_shape(graph, rows).rank < shape.rank)
        rows = hone_op_expand(graph, rows, 0);
    return hone_op_broadcast(graph, rows, shape);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_position_embedding_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_positions_check(inputs[0]));
    hone_weight table = {.name = "embeddings",
                         .shape = HONE_SHAPE(args->sequence_length, inputs[0].size[inputs[0].rank - 1]),
                         .initializer = args->initializer};
    return hone_layer_add_weight(layer, &table) == NULL ? hone_error_status() : HONE_OK;
}

/* The vectors of more steps than the table has. */
static hone_value beyond(hone_graph *graph, hone_value table, double alpha, int64_t length, int64_t steps)
{
    hone_value first = hone_op_affine(graph, hone_op_slice(graph, table, 0, 0, 1), alpha, 0),
               own = hone_op_affine(graph, hone_op_subtract(graph, table, first), 1 / (1 - alpha), 0),
               share = hone_op_affine(graph, own, 1 - alpha, 0);
    int64_t blocks = (steps + length - 1) / length;
    hone_value *rows = hone_internal_arena_allocate(&graph->arena, sizeof *rows * (size_t)blocks);
    for (int64_t i = 0; rows != NULL && i < blocks; i++)
        rows[i] = hone_op_add(graph, share,
                              hone_op_affine(graph, hone_op_slice(graph, own, 0, i, i + 1), alpha, 0));
    if (rows == NULL)
        return HONE_NO_VALUE;
    return hone_op_slice(graph, hone_op_concatenate(graph, rows, (int)blocks, 0), 0, 0, steps);
}

static hone_value rows_for(const hone_position_embedding_args *args, hone_graph *graph, hone_value table,
                           int64_t steps, int64_t start)
{
    int64_t length = args->sequence_length;
    if (steps < length && start + steps <= length)
        return hone_op_slice(graph, table, 0, start, start + steps);
    if (steps == length && start == 0)
        return table;
    if (start == 0 && steps <= length * length)
        return beyond(graph, table, args->hierarchical_alpha, length, steps);
    hone_fail(HONE_ERROR_SHAPE, "has %lld positions, not the %lld from %lld on", (long long)length,
              (long long)steps, (long long)start);
    return HONE_NO_VALUE;
}

/* The rows for the steps that come, as far as the table goes. */
static hone_value rows_now(const hone_position_embedding_args *args, hone_graph *graph, hone_value table,
                           int64_t start)
{
    if (args->sequence_length - start < graph->kept->most)
        graph->kept->most = args->sequence_length - start;
    return hone_op_gather_rows(graph, table,
                               hone_op_affine(graph, hone_internal_positions_now(graph), 1, (double)start));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_position_embedding_args *args = hone_layer_args(layer);
    const hone_positions_call *how = hone_call_args(graph);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    HONE_TRY(hone_internal_positions_step(graph, shape.rank - 2));
    int64_t steps = shape.size[shape.rank - 2];
    if (steps == HONE_ANY) {
        outputs[0] = hone_internal_graph_input(graph, shape, NULL);
        return 1;
    }
    hone_value table = hone_graph_variable(graph, hone_layer_weight(layer, "embeddings"));
    hone_value rows = graph->kept != NULL ? rows_now(args, graph, table, how->start_index)
                                          : rows_for(args, graph, table, steps, how->start_index);
    outputs[0] = hone_internal_positions_repeat(graph, rows, shape);
    return 1;
}

const hone_layer_type hone_internal_position_embedding_layer = {
    .goes_step_by_step = true,
    .type = {.name = "position_embedding",
             .class_name = "PositionEmbedding",
             .module = "keras_hub.layers",
             .summary = "A learned vector for each step of a sequence (keras_hub).",
             HONE_TYPE_FIELDS(hone_position_embedding_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_positions_call_fields,
};
HONE_DEFINE_LAYER(position_embedding)
