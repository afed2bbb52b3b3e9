/* Matrix products, for what reads a recorded graph. */
#ifndef HONE_OPS_PRODUCT_H
#define HONE_OPS_PRODUCT_H

#include "ops/ops.h"

/* Of the op "matmul". */
typedef struct hone_matmul_attributes {
    bool transpose_a, transpose_b;
    bool bfloat16; /* operands are rounded to it */
} hone_matmul_attributes;

#endif
