/* Copies of what lies under the windows of some positions, side by side: what a product can take (im2col). */
#ifndef HONE_KERNELS_WINDOW_COPY_H
#define HONE_KERNELS_WINDOW_COPY_H

#include "kernels/window.h"

/* Rows `count` positions from `first` on, columns the taps begin .. end-1 with the channels of a group. */
void hone_internal_window_gather(const hone_window *window, const float *x, int64_t first, int64_t count,
                                 int64_t begin, int64_t end, int64_t group, float *to);

/* Adds rows as hone_internal_window_gather makes them to where they came from, inside rows of x begin ..
 * end-1 of the axis. */
void hone_internal_window_scatter(const hone_window *window, const float *from, int64_t first, int64_t count,
                                  int64_t tap_begin, int64_t tap_end, int64_t group, int axis, int64_t begin,
                                  int64_t end, float *dx);

#endif
