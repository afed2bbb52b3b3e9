/* gru: gates z, r and candidate a, in columns z r a; h' = z h + (1 - z) a. */
#include "layers/recurrent.h"

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

HONE_RECURRENT_LAYER(gru, GRU, "GRU", 2,
                     "Gated recurrent unit: a state from step to step of a sequence, behind two gates.")
