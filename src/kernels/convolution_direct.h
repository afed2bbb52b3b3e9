/* Convolutions without copies of what lies under the window: its rows are runs of numbers that lie next to
 * each other in x already, for each position of a row of y a step further. An indirect product, as in Dukhan:
 * "The indirect convolution algorithm", 2019. Where the window reaches beyond the ends of x's rows, these are
 * copied between zeros. */
#ifndef HONE_KERNELS_CONVOLUTION_DIRECT_H
#define HONE_KERNELS_CONVOLUTION_DIRECT_H

#include "kernels/product_parts.h"
#include "kernels/window.h"

/* Whether y and the gradient of the kernel, and whether the gradient of x, is computed so: from the shape
 * alone. */
bool hone_internal_direct(const hone_window *window);
bool hone_internal_direct_data(const hone_window *window);

/* Floats of scratch: for a row of y; for the turned kernel of the gradient of x as well; for the gradient of
 * the kernel. */
int64_t hone_internal_direct_forward_scratch(const hone_window *window);
int64_t hone_internal_direct_data_scratch(const hone_window *window);
int64_t hone_internal_direct_kernel_scratch(const hone_window *window);

/* Rows of y first .. last-1, counted over all samples. */
void hone_internal_direct_forward_rows(const hone_product_parts *parts, const hone_window *window,
                                       const float *x, const float *weights, float *y, int64_t first,
                                       int64_t last, float *scratch);

/* Rows of dx first .. last-1 from dy and the kernel as [filters, taps, channels]. */
void hone_internal_direct_data_rows(const hone_product_parts *parts, const hone_window *window,
                                    const float *dy, const float *turned, float *dx, int64_t first,
                                    int64_t last, float *scratch);

/* The gradient of taps begin .. end-1, whole rows of the window, over the rows of y first .. last-1. */
void hone_internal_direct_kernel_rows(const hone_product_parts *parts, const hone_window *window,
                                      const float *x, const float *dy, float *dw, int64_t begin, int64_t end,
                                      int64_t first, int64_t last, float *scratch);

#endif
