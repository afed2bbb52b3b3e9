/* gru: gates z, r and candidate a, in columns z r a; h' = z h + (1 - z) a. */
#include "layers/recurrent.h"

HONE_FIELD_TABLE_NAMED(hone_gru_cell_args, HONE_GRU_CELL_FIELDS, cell_fields, cell_defaults);
HONE_FIELD_TABLE(hone_gru_args, HONE_GRU_FIELDS);

hone_cell hone_internal_gru_cell(const hone_layer *layer)
{
    const hone_gru_cell_args *args = hone_layer_args(layer);
    return HONE_CELL(args, args->reset_after ? HONE_RECURRENCE_GRU : HONE_RECURRENCE_GRU_RESET_BEFORE,
                     args->recurrent_activation);
}

static hone_status build_cell(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_cell cell = hone_internal_gru_cell(layer);
    return hone_internal_cell_build(layer, &cell, HONE_CELL_WEIGHTS((const hone_gru_cell_args *)layer->args),
                                    inputs[0]);
}

static int call_cell(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                     hone_value *outputs)
{
    (void)count;
    hone_cell cell = hone_internal_gru_cell(layer);
    return hone_internal_cell_call(layer, &cell, graph, inputs[0], outputs);
}

const hone_layer_type hone_internal_gru_cell_layer = {
    .type = {.name = "gru_cell",
             .class_name = "GRUCell",
             .module = "keras.layers",
             .summary = "One step of gru: the output, then the states.",
             HONE_TYPE_FIELDS_NAMED(hone_gru_cell_args, cell_fields, cell_defaults)},
    .build = build_cell,
    .call = call_cell,
    .call_fields = &hone_internal_cell_call_fields,
};
HONE_DEFINE_LAYER(gru_cell)

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_gru_args *args = hone_layer_args(layer);
    hone_gru_cell_args cell = {.base = {sizeof cell, NULL},
                               HONE_GRU_CELL_FIELDS(HONE_CELL_COPY, hone_gru_cell_args)};
    cell.name = "gru_cell";
    cell.activity_regularizer = NULL;
    return hone_internal_recurrent_build(layer, hone_gru_cell_with(&cell), inputs, count);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_gru_args *args = hone_layer_args(layer);
    hone_layer *own = ((hone_own_cell *)hone_layer_state(layer))->layer;
    hone_cell cell = hone_internal_gru_cell(own);
    return hone_internal_recurrent_call(own, &cell, HONE_WALK(args), graph, inputs, count, outputs);
}

const hone_layer_type hone_internal_gru_layer = {
    .type = {.name = "gru",
             .class_name = "GRU",
             .module = "keras.layers",
             .summary = "Gated recurrent unit: a state from step to step of a sequence, behind two gates.",
             HONE_TYPE_FIELDS(hone_gru_args)},
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
HONE_DEFINE_LAYER(gru)
