/* stacked_rnn_cells: cells that stand on each other, as one cell. */
#include "layers/recurrent.h"

HONE_FIELD_TABLE(hone_stacked_rnn_cells_args, HONE_STACKED_RNN_CELLS_FIELDS);

static hone_layer *cell_at(const hone_layer *layer, int index)
{
    const hone_layer_list *cells = ((const hone_stacked_rnn_cells_args *)hone_layer_args(layer))->cells;
    return (size_t)index < cells->count ? cells->items[index] : NULL;
}

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    *attribute = "cells/";
    return cell_at(layer, index);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_layer *cell = cell_at(layer, 0);
    hone_shape step = inputs[0], outputs[HONE_MAX_OUTPUTS];
    if (cell == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "cells must not be empty");
    for (int i = 0; (cell = cell_at(layer, i)) != NULL; i++) {
        hone_internal_layer_limit(cell, layer->allowance);
        HONE_TRY(hone_internal_layer_build(cell, &step, 1));
        if (!hone_layer_trainable(layer))
            hone_internal_layer_set_trainable(cell, false);
        hone_walker walker; /* refuses what is no cell */
        HONE_TRY(hone_internal_walker_of_cell(&walker, cell, step));
        int given = hone_internal_layer_most_outputs(cell) > HONE_MAX_OUTPUTS
                        ? hone_fail(HONE_ERROR_ARGUMENT, "a stack within a stack")
                        : hone_internal_layer_output_shapes(cell, &step, 1, NULL, outputs);
        if (given < 0)
            return (hone_status)given;
        step = outputs[0];
    }
    return HONE_OK;
}

/* One step as a call of its own: each cell takes its part of the states. */
static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_walker walker;
    hone_value states[HONE_WALK_STATES], x = inputs[0];
    HONE_TRY(hone_internal_walker_of_cell(&walker, layer, hone_value_shape(graph, x)));
    HONE_TRY(hone_internal_walk_take_states(graph, &walker, "states", &x, 1, states));
    hone_internal_walk_fill_states(graph, &walker, states, 0, walker.state_count);
    for (int i = 0, first = 0; i < walker.cell_count; first += walker.states_of[i++]) {
        hone_given_value values[HONE_WALK_STATES];
        hone_value results[HONE_MAX_OUTPUTS];
        for (int j = 0; j < walker.states_of[i]; j++)
            values[j] = (hone_given_value){"states", j, states[first + j]};
        hone_given given = {.values = values, .count = walker.states_of[i]};
        int made = hone_internal_layer_call(walker.cells[i], graph, &x, 1, &given, results, graph->scope_call,
                                            graph->seed);
        if (made < 0)
            return made;
        x = results[0];
        for (int j = 0; j < walker.states_of[i]; j++)
            outputs[1 + first + j] = results[1 + j];
    }
    outputs[0] = x;
    return 1 + walker.state_count;
}

static int outputs_max(const hone_layer *layer)
{
    (void)layer;
    return 1 + HONE_WALK_STATES;
}

const hone_layer_type hone_internal_stacked_rnn_cells_layer = {
    .type = {.name = "stacked_rnn_cells",
             .class_name = "StackedRNNCells",
             .module = "keras.layers",
             .summary = "Cells that stand on each other, as one cell for rnn.",
             HONE_TYPE_FIELDS(hone_stacked_rnn_cells_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_cell_call_fields,
    .outputs_max = outputs_max,
    .inner = inner,
};
HONE_DEFINE_LAYER(stacked_rnn_cells)
