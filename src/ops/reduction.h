/* Reductions over axes, for what reads a recorded graph and for other ops. */
#ifndef HONE_OPS_REDUCTION_H
#define HONE_OPS_REDUCTION_H

#include "ops/ops.h"

/* Of the op "reduce". */
typedef struct hone_reduction_attributes {
    hone_kernel_index kernel;
    int first, count; /* adjacent axes first .. first + count - 1 are reduced, and dropped */
} hone_reduction_attributes;

/* Sums x over the axes along which `shape` was broadcast to x's shape: the gradient of a broadcast. */
hone_value hone_internal_op_reduce_to(hone_graph *graph, hone_value x, hone_shape shape);

#endif
