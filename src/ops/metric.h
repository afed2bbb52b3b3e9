/* Sums of metrics, as metrics record them. */
#ifndef HONE_OPS_METRIC_H
#define HONE_OPS_METRIC_H

#include "kernels/metric.h"
#include "ops/ops.h"

/* Metrics: adds to a state of doubles at a fixed address. weights may be HONE_NO_VALUE. */
hone_status hone_internal_op_accumulate_mean(hone_graph *graph, double *state, hone_value values,
                                             hone_value weights, double factor);
hone_status hone_internal_op_accumulate_columns(hone_graph *graph, double *state, hone_value values,
                                                hone_value weights);
hone_status hone_internal_op_accumulate_confusion(hone_graph *graph, double *state, hone_value targets,
                                                  hone_value predictions, hone_value weights,
                                                  const double *thresholds, int64_t threshold_count,
                                                  bool per_label);
hone_status hone_internal_op_accumulate_classes(hone_graph *graph, double *state, hone_value targets,
                                                hone_value predictions, hone_value weights, int64_t classes);

/* The host's function for each row of the last axis of the predictions; `rows` outlives the plan. */
hone_status hone_internal_op_accumulate_rows(hone_graph *graph, double *state, hone_value targets,
                                             hone_value predictions, hone_value weights,
                                             const hone_metric_rows *rows);

#endif
