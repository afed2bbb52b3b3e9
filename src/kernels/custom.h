/* What the kernels of the host's functions over rows are given beside their operands. */
#ifndef HONE_KERNELS_CUSTOM_H
#define HONE_KERNELS_CUSTOM_H

#include <stddef.h>
#include <stdint.h>

enum { HONE_CUSTOM_INPUTS = 4 };
typedef struct hone_custom_rows {
    void (*forward)(const void *context, const double *const *x, const int64_t *x_counts, double *y,
                    int64_t y_count);
    void (*backward)(const void *context, const double *const *x, const int64_t *x_counts, const double *y,
                     const double *dy, int64_t y_count, double *const *dx);
    const void *context;
    int inputs;
    int64_t widths[HONE_CUSTOM_INPUTS], width; /* of the inputs, of the result */
} hone_custom_rows;

/* Numbers of a row of all inputs and the result. */
static inline int64_t hone_internal_custom_numbers(const hone_custom_rows *rows)
{
    int64_t count = rows->width;
    for (int i = 0; i < rows->inputs; i++)
        count += rows->widths[i];
    return count;
}

/* Bytes of scratch: a row of everything, and of its gradients, in double. */
static inline size_t hone_internal_custom_scratch(const hone_custom_rows *rows)
{
    return 2 * (size_t)hone_internal_custom_numbers(rows) * sizeof(double);
}

#endif
