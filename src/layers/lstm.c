/* lstm: gates i, f, o and candidate g, in columns i f g o; c' = f c + i g; h' = o activation(c'). */
#include "layers/recurrent.h"

HONE_FIELD_TABLE_NAMED(hone_lstm_cell_args, HONE_LSTM_CELL_FIELDS, cell_fields, cell_defaults);
HONE_FIELD_TABLE(hone_lstm_args, HONE_LSTM_FIELDS);

hone_cell hone_internal_lstm_cell(const hone_layer *layer)
{
    const hone_lstm_cell_args *args = hone_layer_args(layer);
    return HONE_CELL(args, HONE_RECURRENCE_LSTM, args->recurrent_activation);
}

static hone_status build_cell(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_cell cell = hone_internal_lstm_cell(layer);
    const hone_lstm_cell_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_cell_build(layer, &cell, HONE_CELL_WEIGHTS(args), inputs[0]));
    hone_variable *bias = hone_layer_weight(layer, "bias");
    if (bias != NULL && args->unit_forget_bias)
        bias->ones_begin = args->units, bias->ones_end = 2 * args->units;
    return HONE_OK;
}

static int call_cell(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)count;
    hone_cell cell = hone_internal_lstm_cell(layer);
    return hone_internal_cell_call(layer, &cell, graph, inputs[0], outputs);
}

const hone_layer_type hone_internal_lstm_cell_layer = {
    .type = {.name = "lstm_cell",
             .class_name = "LSTMCell",
             .module = "keras.layers",
             .summary = "One step of lstm: the output, then the states.",
             HONE_TYPE_FIELDS_NAMED(hone_lstm_cell_args, cell_fields, cell_defaults)},
    .build = build_cell,
    .call = call_cell,
    .call_fields = &hone_internal_cell_call_fields,
};
HONE_DEFINE_LAYER(lstm_cell)

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_lstm_args *args = hone_layer_args(layer);
    hone_lstm_cell_args cell = {.base = {sizeof cell, NULL},
                                HONE_LSTM_CELL_FIELDS(HONE_CELL_COPY, hone_lstm_cell_args)};
    cell.name = "lstm_cell";
    cell.activity_regularizer = NULL;
    return hone_internal_recurrent_build(layer, hone_lstm_cell_with(&cell), inputs, count);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_lstm_args *args = hone_layer_args(layer);
    hone_layer *own = ((hone_own_cell *)hone_layer_state(layer))->layer;
    hone_cell cell = hone_internal_lstm_cell(own);
    return hone_internal_recurrent_call(own, &cell, HONE_WALK(args), graph, inputs, count, outputs);
}

const hone_layer_type hone_internal_lstm_layer = {
    .type = {.name = "lstm",
             .class_name = "LSTM",
             .module = "keras.layers",
             .summary = "Long short-term memory: a state from step to step of a sequence, behind gates.",
             HONE_TYPE_FIELDS(hone_lstm_args)},
    .state_bytes = sizeof(hone_own_cell),
    .build = build,
    .call = call,
    .free_state = hone_internal_own_cell_free,
    .inputs_min = 1,
    .inputs_max = 3,
    .call_fields = &hone_internal_recurrent_call_fields,
    .uses_mask = true,
    .inner = hone_internal_own_cell,
};
HONE_DEFINE_LAYER(lstm)
