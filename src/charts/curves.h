/* The picture of a training: its history as curves, a panel for each metric. */
#ifndef HONE_CHARTS_CURVES_H
#define HONE_CHARTS_CURVES_H

#include "base/error.h"
#include <stdint.h>

typedef struct hone_history_plot {
    const char *title; /* NULL: none */
    const char *const
        *names; /* as in the history: "accuracy", "loss", "val_accuracy", "val_loss", "learning_rate" */
    const double *const *values; /* values[name][i]; NaN where there is none (validation every few epochs) */
    size_t name_count;
    const int64_t *epochs; /* from 0, as in the history; NULL: 0, 1, 2, ... (they are shown from 1) */
    size_t epoch_count;
    int64_t best_epoch; /* from 0, to be marked; below zero: that of the least val_loss, else loss */
} hone_history_plot;

/* A panel a metric, loss first, training solid and validation dashed, the best epoch marked; the first twelve
 * metrics. */
hone_status hone_internal_plot_history(const char *path, const hone_history_plot *history);

#endif
