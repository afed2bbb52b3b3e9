/* Views, walks, padding, joining, filling, for what reads a recorded graph. Attributes of reshape and
 * stop_gradient: hone_shape, of the result; of concatenate: int, the axis. */
#ifndef HONE_OPS_MOVEMENT_H
#define HONE_OPS_MOVEMENT_H

#include "ops/ops.h"

/* Of the op "strided_copy". */
typedef enum hone_walk_kind {
    HONE_WALK_TRANSPOSE,
    HONE_WALK_BROADCAST,
    HONE_WALK_SLICE,
    HONE_WALK_REVERSE
} hone_walk_kind;

typedef struct hone_walk_attributes {
    hone_shape shape; /* of the result */
    hone_strides strides;
    hone_walk_kind what;
    int axis;
    int64_t begin;
    int order[HONE_MAX_RANK];
} hone_walk_attributes;

/* Of the op "pad". */
typedef struct hone_pad_attributes {
    hone_strides strides; /* b: where x begins on each axis; a: x's sizes */
    hone_shape shape;
    double number;
} hone_pad_attributes;

/* Of the op "fill". */
typedef struct hone_fill_attributes {
    hone_shape shape;
    double number;
} hone_fill_attributes;

/* x with an axis and the last one exchanged; the same again turns it back. */
hone_value hone_internal_exchange_with_last(hone_graph *graph, hone_value x, int axis);

#endif
