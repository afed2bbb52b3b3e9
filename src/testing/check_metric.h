/* For tests of metrics: golden files, batches by hand, what is refused, settings, failing allocations. What
 * fails fails the cmocka test. */
#ifndef HONE_TESTING_CHECK_METRIC_H
#define HONE_TESTING_CHECK_METRIC_H

#include "metrics/metric.h"
#include "testing/golden.h"

/* tests/golden/metrics/NAME.json for each name (up to NULL), with every kind of kernel table: the results
 * after each batch, and again after a reset. */
void check_metric_golden(const char *const *names);

/* From text, for targets and predictions of these shapes. */
hone_metric *metric_of_text(const char *text, hone_shape y_true, hone_shape y_pred);
/* Adds a batch; weights may have rank 0: none. With `as_mask` they are the mask of the predictions. */
void metric_add(hone_metric *metric, hone_shape of_targets, const double *targets, hone_shape of_predictions,
                const double *predictions, hone_shape of_weights, const double *weights, bool as_mask);
/* The result after one batch without weights. */
double metric_once(const char *text, hone_shape of_targets, const double *targets, hone_shape of_predictions,
                   const double *predictions);

/* Refused when it is made, or when a batch of these shapes is recorded, with a message that holds `words`. */
void check_metric_refused(const char *text, hone_shape y_true, hone_shape y_pred, const char *words);
void check_metric_unfit(const char *text, hone_shape of_targets, hone_shape of_predictions,
                        const char *words);

/* How it is saved, for rows of three, and that it comes back as it was. */
void check_metric_json(const char *text, const char *name, const char *json);

/* No allocation that fails leaves anything behind, for rows of three. */
void check_metric_allocations(const char *text);

#endif
