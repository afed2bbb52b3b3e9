/* A metric of a compiled model: its type, arguments and running state. */
#ifndef HONE_METRICS_METRIC_H
#define HONE_METRICS_METRIC_H

#include "base/error.h"
#include "base/memory.h"
#include "fields/config.h"
#include "graph/graph.h"
#include "kernels/metric.h"
#include "registry.h"

struct hone_metric {
    const hone_metric_type *type;
    const hone_loss_type *loss; /* of a metric that is only a loss ("huber"): `args` are its; else NULL */
    void *args;
    char *name; /* as it is reported: "accuracy", "mse",
        "price_mae" once the model has given the output's name */
    char *text; /* as the user wrote it, for files; NULL when it came as an object */
    double *state;
    int64_t state_count;
    double *results; /* what hone_internal_metric_results computed last */
    int result_count;
    hone_metric_rows rows; /* of a metric in plain C */
    bool list;             /* they are a list, if only of one */
    hone_arena memory;     /* of hone_metric_memory */
};

/* From text ("accuracy", "mse", "precision(thresholds=0.3)") or a Keras envelope, for targets and
 * predictions of these shapes ("accuracy" and "crossentropy" are resolved by them; batch sizes may be
 * HONE_ANY). A metric that is also a loss ("mse") is the mean of that loss's values. NULL on failure. */
hone_metric *hone_internal_metric_create(const hone_config *config, hone_shape y_true, hone_shape y_pred);
void hone_internal_metric_free(hone_metric *metric);
/* Whether there is such a metric with such arguments, before any shape is known. */
hone_status hone_internal_metric_check(const hone_config *config);
hone_config *hone_internal_metric_to_config(const hone_metric *metric);

/* Records the update by a batch; mask on y_pred and weights (HONE_NO_VALUE: none) count as weights. */
hone_status hone_internal_metric_record(hone_metric *metric, hone_graph *graph, hone_value y_true,
                                        hone_value y_pred, hone_value weights);
void hone_internal_metric_reset(hone_metric *metric);
/* Its values as they stand, result_count of them: 1 for nearly all, else one per class or threshold. */
const double *hone_internal_metric_results(hone_metric *metric);

#endif
