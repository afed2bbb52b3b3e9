/* Element-wise functions of two operands, for what reads a recorded graph. */
#ifndef HONE_OPS_BINARY_H
#define HONE_OPS_BINARY_H

#include "ops/ops.h"

/* Of the ops "binary" and "binary_broadcast". */
typedef struct hone_binary_attributes {
    hone_kernel_index kernel;
    bool flat; /* both operands have the result's shape */
    hone_strides strides;
} hone_binary_attributes;

bool hone_internal_op_is_sum(const hone_node *node); /* of two values of one shape */

#endif
