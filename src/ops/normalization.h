/* Normalisation, for what reads a recorded graph. */
#ifndef HONE_OPS_NORMALIZATION_H
#define HONE_OPS_NORMALIZATION_H

#include "ops/ops.h"

/* Of the ops "batch_normalization" and "normalize". */
typedef struct hone_batch_attributes {
    int axis;
    double momentum, epsilon;
} hone_batch_attributes;

/* Of the op "row_normalization": over the last `axes` axes. */
typedef struct hone_row_attributes {
    int axes;
    double epsilon;
    bool centre;
} hone_row_attributes;

#endif
