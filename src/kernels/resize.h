/* Another number of places along one axis, told to its kernel. */
#ifndef HONE_KERNELS_RESIZE_H
#define HONE_KERNELS_RESIZE_H

#include <stdint.h>

/* Of [outer, columns, inner] to [outer, rows, inner]: row i of y is the sum of weight[k] times row place[k]
 * of x over k from start[i] to start[i + 1] - 1. */
typedef struct hone_resize {
    int64_t rows, columns, inner;
    const int64_t *start, *place;
    const double *weight;
} hone_resize;

#endif
