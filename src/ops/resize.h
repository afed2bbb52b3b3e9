/* Resizing, as its exporters see it. */
#ifndef HONE_OPS_RESIZE_H
#define HONE_OPS_RESIZE_H

#include "graph/op.h"

/* The weights of a node as a matrix [rows, columns] from `columns` places along an axis to `rows`. */
typedef struct hone_resize_matrix {
    int axis;
    int64_t rows, columns;
    float *numbers; /* to be freed */
} hone_resize_matrix;
/* HONE_ERROR_UNSUPPORTED where a size is not known. */
hone_status hone_internal_op_resize_matrix(const hone_graph *graph, const hone_node *node,
                                           hone_resize_matrix *matrix);

#endif
