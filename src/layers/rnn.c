/* rnn: a cell (simple_rnn_cell, lstm_cell, gru_cell, a stack of cells, a user's own) over a sequence. */
#include "layers/recurrent.h"

HONE_FIELD_TABLE(hone_rnn_args, HONE_RNN_FIELDS);

static hone_layer *cell_layer(const hone_layer *layer)
{
    return ((const hone_rnn_args *)hone_layer_args(layer))->cell;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "cell";
    return index == 0 ? cell_layer(layer) : NULL;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    return hone_internal_recurrent_build_cell(layer, cell_layer(layer), inputs[0]);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_rnn_args *args = hone_layer_args(layer);
    return hone_internal_recurrent_call(args->cell, HONE_WALK(layer, args), graph, inputs, count, outputs);
}

static int outputs_max(const hone_layer *layer)
{
    (void)layer;
    return 1 + HONE_WALK_STATES;
}

const hone_layer_type hone_internal_rnn_layer = {
    .goes_step_by_step = true,
    .type = {.name = "rnn",
             .class_name = "RNN",
             .module = "keras.layers",
             .summary = "Takes a cell from step to step of a sequence.",
             HONE_TYPE_FIELDS(hone_rnn_args)},
    .build = build,
    .call = call,
    .inputs_min = 1,
    .inputs_max = 1 + HONE_WALK_STATES,
    .outputs_max = outputs_max,
    .call_fields = &hone_internal_recurrent_call_fields,
    .uses_mask = true,
    .inner = inner,
};
HONE_DEFINE_LAYER(rnn)
