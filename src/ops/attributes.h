/* The attributes of operations, for what reads a recorded graph beside the ops themselves: writers of other
 * forms. Each is what the node of the op named in front points to. */
#ifndef HONE_OPS_ATTRIBUTES_H
#define HONE_OPS_ATTRIBUTES_H

#include "ops/ops.h"

/* reshape, stop_gradient: hone_shape, of the result. concatenate: int, the axis. one_hot: int64_t, the depth.
 */

/* unary */
typedef struct hone_unary_attributes {
    int function; /* its place in unary.def */
    hone_parameters parameters;
} hone_unary_attributes;
const char *hone_internal_unary_name(int function); /* "relu" */

/* binary, binary_broadcast */
typedef struct hone_binary_attributes {
    hone_kernel_index kernel;
    bool flat; /* both operands have the result's shape */
    hone_strides strides;
} hone_binary_attributes;

/* matmul */
typedef struct hone_matmul_attributes {
    bool transpose_a, transpose_b;
    bool bfloat16; /* operands are rounded to it */
} hone_matmul_attributes;

/* reduce */
typedef struct hone_reduction_attributes {
    hone_kernel_index kernel;
    int first, count; /* adjacent axes first .. first + count - 1 are reduced, and dropped */
} hone_reduction_attributes;

/* argmax, cumulative_sum */
typedef struct hone_axis_attributes {
    hone_kernel_index kernel;
    int axis;
    bool reverse;
} hone_axis_attributes;

/* strided_copy */
typedef enum hone_walk {
    HONE_WALK_TRANSPOSE,
    HONE_WALK_BROADCAST,
    HONE_WALK_SLICE,
    HONE_WALK_REVERSE
} hone_walk;
typedef struct hone_walk_attributes {
    hone_shape shape; /* of the result */
    hone_strides strides;
    hone_walk what;
    int axis;
    int64_t begin;
    int order[HONE_MAX_RANK];
} hone_walk_attributes;

/* pad */
typedef struct hone_pad_attributes {
    hone_strides strides; /* b: where x begins on each axis; a: x's sizes */
    hone_shape shape;
    double number;
} hone_pad_attributes;

/* fill */
typedef struct hone_fill_attributes {
    hone_shape shape;
    double number;
} hone_fill_attributes;

/* batch_normalization, normalize */
typedef struct hone_batch_attributes {
    int axis;
    double momentum, epsilon;
} hone_batch_attributes;

/* row_normalization: the last `axes` axes */
typedef struct hone_row_attributes {
    int axes;
    double epsilon;
    bool centre;
} hone_row_attributes;

/* softmax */
typedef struct hone_softmax_attributes {
    hone_kernel_index kernel; /* its gradient's follows it */
    int axis;
} hone_softmax_attributes;

#endif
