/* Along one axis, for what reads a recorded graph. */
#ifndef HONE_OPS_AXIS_H
#define HONE_OPS_AXIS_H

#include "ops/ops.h"

/* Of the ops "argmax", "cumulative_sum" and "sort_order". */
typedef struct hone_axis_attributes {
    hone_kernel_index kernel;
    int axis;
    bool reverse;
} hone_axis_attributes;

#endif
