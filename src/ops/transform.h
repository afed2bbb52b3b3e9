/* Images seen through a projective map or a field of places (kernels/transform.h). */
#ifndef HONE_OPS_TRANSFORM_H
#define HONE_OPS_TRANSFORM_H

#include "ops/ops.h"

/* x [n, h, w, c] through matrices [n, 8] or [1, 8], or a field of places (column, row) [n, height, width, 2],
 * as an image of height x width. interpolation "nearest" or "bilinear", fill_mode "constant", "nearest",
 * "reflect", "wrap" or "mirror". The gradient in the matrices and in the field is nothing. */
typedef struct hone_sampling {
    const char *interpolation, *fill_mode;
    double fill_value;
} hone_sampling;
hone_value hone_internal_op_transform(hone_graph *graph, hone_value x, hone_value matrices, int64_t height,
                                      int64_t width, const hone_sampling *sampling);
/* The matrices [n, 8] that take four points [n, 8] to the corners of an image. No gradient. */
hone_value hone_internal_op_homography(hone_graph *graph, hone_value points, int64_t height, int64_t width);

#endif
