/* lstm: gates i, f, o and candidate g, in columns i f g o; c' = f c + i g; h' = o activation(c'). */
#include "layers/recurrent.h"

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

HONE_RECURRENT_LAYER(lstm, LSTM, "LSTM", 3,
                     "Long short-term memory: a state from step to step of a sequence, behind gates.")
