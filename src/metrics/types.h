/* The built-in metrics, and what their files share. */
#ifndef HONE_METRICS_TYPES_H
#define HONE_METRICS_TYPES_H

#include "metrics/metric.h"
#include "ops/metric.h"
#include "ops/targets.h"

#define HONE_METRIC(name) extern const hone_metric_type hone_internal_metric_##name;
#include "metrics/metrics.def"
#undef HONE_METRIC

/* Args structs of metrics are private to their files: HONE_METRIC_ARGS(auc, HONE_AUC_FIELDS) declares
 * auc_args and its table. */
#define HONE_METRIC_ARGS(name, FIELDS) \
    HONE_ARGS_STRUCT(name##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name##_args, FIELDS, name##_fields, name##_defaults)

/* HONE_METRIC_TYPE(auc, "AUC", "...", aliases, details, .update = update, ...) */
#define HONE_METRIC_TYPE(name_, class_name_, summary_, aliases_, details_, ...) \
    const hone_metric_type hone_internal_metric_##name_ = { \
        .type = {.name = #name_, \
                 .class_name = class_name_, \
                 .module = "keras.metrics", \
                 .summary = summary_, \
                 .aliases = aliases_, \
                 .details = details_, \
                 HONE_TYPE_FIELDS_NAMED(name_##_args, name_##_fields, name_##_defaults)}, \
        __VA_ARGS__}

/* The members of a mean: two doubles, the weighted sum of values and the sum of weights. */
#define HONE_METRIC_MEAN .state_count = hone_internal_metric_two, .result = hone_internal_metric_mean_result
int64_t hone_internal_metric_two(const void *args, hone_shape y_true, hone_shape y_pred);
int hone_internal_metric_mean_result(const hone_metric *metric, double *results, int capacity);
/* Adds values to such a mean: a sample counts 1 (or its weight), whatever its number of values. */
hone_status hone_internal_metric_add_mean(hone_graph *graph, hone_metric *metric, hone_value values,
                                          hone_value weights);

/* The values of a loss, by its name, with the options of the metric that have the same names in the loss. */
hone_value hone_internal_metric_loss_values(const hone_metric *metric, const char *loss, hone_graph *graph,
                                            hone_value y_true, hone_value y_pred);

/* Weights as values of `shape`, one each; HONE_NO_VALUE with HONE_OK when there are none. */
hone_status hone_internal_metric_spread_weights(hone_graph *graph, hone_value *weights, hone_shape shape);

/* Counts of true positives, false positives, true negatives and false negatives at thresholds: state
 * [4][labels][thresholds]. */
enum { HONE_TRUE_POSITIVES, HONE_FALSE_POSITIVES, HONE_TRUE_NEGATIVES, HONE_FALSE_NEGATIVES };
hone_status hone_internal_metric_add_confusion(hone_graph *graph, hone_metric *metric, hone_value y_true,
                                               hone_value y_pred, hone_value weights,
                                               const double *thresholds, int64_t count, bool per_label);
/* n thresholds from 0 to 1 at equal distances, in the metric's memory, rounded to float; NULL on failure. */
double *hone_internal_metric_even_thresholds(hone_metric *metric, int64_t count);

/* a / b, or 0 where b is 0. */
double hone_internal_ratio(double a, double b);

#endif
