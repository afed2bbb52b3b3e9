/* What the kernels of metrics are given beside sizes. */
#ifndef HONE_KERNELS_METRIC_H
#define HONE_KERNELS_METRIC_H

#include <stdint.h>

/* The host's function over rows, and its first argument. */
typedef struct hone_metric_rows {
    void (*add)(void *context, const float *y_true, int64_t true_count, const float *y_pred,
                int64_t pred_count, double weight);
    void *context;
} hone_metric_rows;

enum {
    HONE_METRIC_ROW = 4096
}; /* numbers of a row in the double precision reference, which has to convert them */

#endif
