/* Softmax, for what reads a recorded graph and for the library alone. */
#ifndef HONE_OPS_SOFTMAX_H
#define HONE_OPS_SOFTMAX_H

#include "ops/ops.h"

/* Of the op "softmax". */
typedef struct hone_softmax_attributes {
    hone_kernel_index kernel; /* its gradient's follows it */
    int axis;
} hone_softmax_attributes;

/* The value that a softmax over the last axis was applied to, when `value` comes straight from one; else
 * HONE_NO_VALUE (no error). */
hone_value hone_internal_op_softmax_input(const hone_graph *graph, hone_value value);

#endif
