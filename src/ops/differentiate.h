/* Gradients of what was recorded. */
#ifndef HONE_OPS_DIFFERENTIATE_H
#define HONE_OPS_DIFFERENTIATE_H

#include "graph/op.h"

/* Records the gradients of the scalar `loss` with respect to `wanted`; HONE_NO_VALUE where the loss does not
 * depend on it. */
hone_status hone_internal_differentiate(hone_graph *graph, hone_value loss, const hone_value *wanted,
                                        int count, hone_value *gradients);

#endif
