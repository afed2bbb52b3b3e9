/* Rows by number, for what reads a recorded graph. */
#ifndef HONE_OPS_LOOKUP_H
#define HONE_OPS_LOOKUP_H

#include "ops/ops.h"

/* Of the op "gather_rows". */
typedef struct hone_gathered_rows {
    bool coded; /* the ids are codes (tensor/ids.h) */
} hone_gathered_rows;

/* Of the op "scatter_add_rows". */
typedef struct hone_added_rows {
    hone_shape table;
    bool coded;
} hone_added_rows;

#endif
