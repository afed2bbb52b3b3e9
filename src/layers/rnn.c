/* rnn: a cell (simple_rnn_cell, lstm_cell, gru_cell) over a sequence. */
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

static hone_cell_function *find_cell(const hone_layer *cell)
{
    static const struct {
        const hone_layer_type *type;
        hone_cell_function *function;
    } cells[] = {{&hone_internal_simple_rnn_cell_layer, hone_internal_simple_rnn_cell},
                 {&hone_internal_lstm_cell_layer, hone_internal_lstm_cell},
                 {&hone_internal_gru_cell_layer, hone_internal_gru_cell}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        if (cells[i].type == cell->type)
            return cells[i].function;
    return NULL;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_layer *cell = cell_layer(layer);
    if (find_cell(cell) == NULL)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "the cell \"%s\" is none of simple_rnn_cell, lstm_cell, gru_cell",
                         hone_internal_layer_label(cell));
    return hone_internal_recurrent_build_cell(layer, cell, inputs[0]);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_rnn_args *args = hone_layer_args(layer);
    hone_cell cell = find_cell(args->cell)(args->cell);
    return hone_internal_recurrent_call(args->cell, &cell, HONE_WALK(args), graph, inputs, count, outputs);
}

const hone_layer_type hone_internal_rnn_layer = {
    .type = {.name = "rnn",
             .class_name = "RNN",
             .module = "keras.layers",
             .summary = "Takes a cell from step to step of a sequence.",
             HONE_TYPE_FIELDS(hone_rnn_args)},
    .build = build,
    .call = call,
    .inputs_min = 1,
    .inputs_max = 3,
    .call_fields = &hone_internal_recurrent_call_fields,
    .uses_mask = true,
    .inner = inner,
};
HONE_DEFINE_LAYER(rnn)
