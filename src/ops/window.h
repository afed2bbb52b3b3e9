/* Windows over spatial axes: what convolutions and pools share, and what reads a recorded graph. */
#ifndef HONE_OPS_WINDOW_H
#define HONE_OPS_WINDOW_H

#include "kernels/window.h"
#include "ops/ops.h"

/* Of the ops "convolution", "convolution_data", "convolution_kernel", "pool" and its gradients: a number for
 * each spatial axis. Inputs of convolution_data: dy, W with its filters in front, W. */
typedef struct hone_window_attributes {
    int axes; /* spatial ones */
    int64_t size[3], stride[3], dilation[3], before[3], after[3];
    int64_t groups;
    hone_half half;   /* to which operands are rounded */
    bool average;     /* of a pool */
    hone_shape shape; /* of the result, where the operands do not tell it */
} hone_window_attributes;
/* The window with which y is made from x, for kernels. */
hone_window hone_internal_window_of(const hone_window_attributes *attributes, hone_shape x, hone_shape y);
/* Turns the spatial sizes of x into those of y; an error when the window does not fit. */
hone_status hone_internal_window_infer(const char *what, const hone_window_attributes *attributes,
                                       hone_shape *shape);

#endif
