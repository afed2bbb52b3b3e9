/* mean and sum of the predictions themselves. */
#include "metrics/types.h"

#define MEAN_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean")
HONE_METRIC_ARGS(mean, MEAN_FIELDS);

static hone_status update_mean(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                               hone_value weights)
{
    (void)t;
    return hone_internal_metric_add_mean(graph, metric, p, weights);
}

HONE_METRIC_TYPE(mean, "Mean", "Mean of the predictions.", NULL, "Targets are ignored.",
                 .update = update_mean, HONE_METRIC_MEAN);

#define SUM_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "sum")
HONE_METRIC_ARGS(sum, SUM_FIELDS);

static hone_status update_sum(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                              hone_value weights)
{
    (void)t;
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, hone_value_shape(graph, p)));
    return hone_internal_op_accumulate_mean(graph, metric->state, p, weights, 1);
}

static int sum_result(const hone_metric *metric, double *results, int capacity)
{
    if (capacity > 0)
        results[0] = metric->state[0];
    return 1;
}

HONE_METRIC_TYPE(sum, "Sum", "Sum of the predictions.", NULL, "Targets are ignored.", .update = update_sum,
                 .result = sum_result, .state_count = hone_internal_metric_two);
