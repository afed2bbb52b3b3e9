/* simple_rnn: h' = activation(x kernel + h recurrent_kernel + bias), step after step. */
#include "layers/recurrent.h"

HONE_FIELD_TABLE_NAMED(hone_simple_rnn_cell_args, HONE_SIMPLE_RNN_CELL_FIELDS, cell_fields, cell_defaults);
HONE_FIELD_TABLE(hone_simple_rnn_args, HONE_SIMPLE_RNN_FIELDS);

hone_cell hone_internal_simple_rnn_cell(const hone_layer *layer)
{
    const hone_simple_rnn_cell_args *args = hone_layer_args(layer);
    return HONE_CELL(args, HONE_RECURRENCE_SIMPLE, NULL);
}

static hone_status build_cell(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_cell cell = hone_internal_simple_rnn_cell(layer);
    return hone_internal_cell_build(
        layer, &cell, HONE_CELL_WEIGHTS((const hone_simple_rnn_cell_args *)layer->args), inputs[0]);
}

static int call_cell(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)count;
    hone_cell cell = hone_internal_simple_rnn_cell(layer);
    return hone_internal_cell_call(layer, &cell, graph, inputs[0], outputs);
}

const hone_layer_type hone_internal_simple_rnn_cell_layer = {
    .type = {.name = "simple_rnn_cell",
             .class_name = "SimpleRNNCell",
             .module = "keras.layers",
             .summary = "One step of simple_rnn: the output, then the states.",
             HONE_TYPE_FIELDS_NAMED(hone_simple_rnn_cell_args, cell_fields, cell_defaults)},
    .build = build_cell,
    .call = call_cell,
    .call_fields = &hone_internal_cell_call_fields,
};
HONE_DEFINE_LAYER(simple_rnn_cell)

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_simple_rnn_args *args = hone_layer_args(layer);
    hone_simple_rnn_cell_args cell = {.base = {sizeof cell, NULL},
                                      HONE_SIMPLE_RNN_CELL_FIELDS(HONE_CELL_COPY, hone_simple_rnn_cell_args)};
    cell.name = "simple_rnn_cell";
    cell.activity_regularizer = NULL;
    return hone_internal_recurrent_build(layer, hone_simple_rnn_cell_with(&cell), inputs, count);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_simple_rnn_args *args = hone_layer_args(layer);
    hone_layer *own = ((hone_own_cell *)hone_layer_state(layer))->layer;
    hone_cell cell = hone_internal_simple_rnn_cell(own);
    return hone_internal_recurrent_call(own, &cell, HONE_WALK(args), graph, inputs, count, outputs);
}

const hone_layer_type hone_internal_simple_rnn_layer = {
    .type = {.name = "simple_rnn",
             .class_name = "SimpleRNN",
             .module = "keras.layers",
             .summary =
                 "h' = activation(x kernel + h recurrent_kernel + bias) from step to step of a sequence.",
             HONE_TYPE_FIELDS(hone_simple_rnn_args)},
    .state_bytes = sizeof(hone_own_cell),
    .build = build,
    .call = call,
    .free_state = hone_internal_own_cell_free,
    .inputs_min = 1,
    .inputs_max = 2,
    .call_fields = &hone_internal_recurrent_call_fields,
    .uses_mask = true,
    .inner = hone_internal_own_cell,
};
HONE_DEFINE_LAYER(simple_rnn)
