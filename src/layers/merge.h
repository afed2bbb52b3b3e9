/* What the layers that join several inputs share. */
#ifndef HONE_LAYERS_MERGE_INTERNAL_H
#define HONE_LAYERS_MERGE_INTERNAL_H

#include "layers/layer.h"

/* Axes of size 1 after the batch, until the value has `rank` axes. */
hone_value hone_internal_merge_align(hone_graph *graph, hone_value value, int rank);
/* The mask of an element-wise merge: where any input counts, if all have a mask; else none. */
hone_value hone_internal_merge_mask(hone_graph *graph, const hone_value *inputs, int count);

#endif
