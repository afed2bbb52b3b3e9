/* What the layers of positions share. */
#ifndef HONE_LAYERS_POSITIONS_H
#define HONE_LAYERS_POSITIONS_H

#include "layers/layer.h"

hone_status hone_internal_positions_check(hone_shape input); /* (batch, ..., steps, n) */
/* HONE_ERROR_UNSUPPORTED where steps come one at a time and are not on axis 1. */
hone_status hone_internal_positions_step(const hone_graph *graph, int axis);
/* Rows [steps, n] for each sample: of this shape. */
hone_value hone_internal_positions_repeat(hone_graph *graph, hone_value rows, hone_shape shape);
extern const hone_type hone_internal_positions_call_fields;

/* The state of layers with waves: what the number of a step is multiplied by, for each feature [1, n]. */
typedef struct hone_waves {
    hone_variable *rates;
} hone_waves;
/* rates[i] = max_wavelength^(-2 (i / 2) / denominator), n of them, or of the first half twice where they are
 * `halved`. */
hone_status hone_internal_waves_build(hone_layer *layer, double max_wavelength, int64_t n,
                                      int64_t denominator, bool halved);
void hone_internal_waves_free(hone_layer *layer);
/* (start + step) * factor * rates [steps, n]. */
hone_value hone_internal_waves_angles(hone_layer *layer, hone_graph *graph, int64_t steps, double start,
                                      double factor);

#endif
