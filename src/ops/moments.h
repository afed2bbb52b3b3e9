/* Batch normalisation of many rows, in parts. */
#ifndef HONE_OPS_MOMENTS_H
#define HONE_OPS_MOMENTS_H

#include "ops/normalization.h"

/* Whether x has so many rows of channels (axis: the last) that its statistics are taken in parts. */
bool hone_internal_batch_has_parts(hone_shape x, int axis);
/* As hone_op_batch_normalization; operands: x, gamma, beta, moving mean, moving variance. */
hone_value hone_internal_batch_in_parts(hone_graph *graph, const hone_value operands[5],
                                        const hone_batch_attributes *attributes);

#endif
