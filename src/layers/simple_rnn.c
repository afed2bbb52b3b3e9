/* simple_rnn: h' = activation(x kernel + h recurrent_kernel + bias), step after step. */
#include "layers/recurrent.h"

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

HONE_RECURRENT_LAYER(simple_rnn, SIMPLE_RNN, "SimpleRNN", 2,
                     "h' = activation(x kernel + h recurrent_kernel + bias) from step to step of a sequence.")
