/* How well numbers are explained: r2_score and correlations. t: targets, p: predictions. */
#include "metrics/types.h"

#include <math.h>
#include <string.h>

/* ---- r2_score ---- */

#define R2_FIELDS(F, A) \
    F(A, TEXT, class_aggregation, "uniform_average", \
      "how to average over the outputs (none: one value per output)", \
      HONE_ONE_OF("uniform_average|variance_weighted_average|none")) \
    F(A, INTEGER, num_regressors, 0, "number of predictors, for the adjusted score (0: not adjusted)", \
      HONE_AT_LEAST(0)) \
    HONE_METRIC_FIELDS(F, A, "r2_score")
HONE_METRIC_ARGS(r2_score, R2_FIELDS);

/* Weighted sums of each column: of t, of t^2, of (t - p)^2, of 1; at the end the number of samples (twice:
 * a sum and a count). */
enum { SUM, SQUARES, RESIDUAL, COUNT, PLANES };

static int64_t states(const void *args, hone_shape y_true, hone_shape y_pred)
{
    (void)args;
    if (y_pred.rank == 2 && y_pred.size[1] >= 0 &&
        (y_true.rank == 2 || (y_true.rank == 1 && y_pred.size[1] == 1)))
        return PLANES * y_pred.size[1] + 2;
    char targets[128], predictions[128];
    hone_internal_shape_to_text(y_true, targets, sizeof targets);
    hone_internal_shape_to_text(y_pred, predictions, sizeof predictions);
    return hone_fail(HONE_ERROR_SHAPE,
                     "needs targets and predictions of shape (batch, columns), not %s and %s", targets,
                     predictions);
}

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                          hone_value weights)
{
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    hone_shape shape = hone_value_shape(graph, p);
    int64_t width = shape.size[1];
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
    hone_value ones = hone_graph_filled(graph, shape, 1);
    hone_value planes[PLANES] = {t, hone_op_square(graph, t),
                                 hone_op_square(graph, hone_op_subtract(graph, t, p)), ones};
    for (int i = 0; i < PLANES; i++) {
        hone_value weighted = weights < 0 ? planes[i] : hone_op_multiply(graph, planes[i], weights);
        HONE_TRY(
            hone_internal_op_accumulate_columns(graph, metric->state + i * width, weighted, HONE_NO_VALUE));
    }
    return hone_internal_op_accumulate_mean(graph, metric->state + PLANES * width, ones, HONE_NO_VALUE, 1);
}

/* 1 - residual / variance; a column that never varies: 1 when it is predicted exactly, else 0. */
static double column_score(const double *state, int64_t width, int64_t column, double *variance)
{
    double sum = state[SUM * width + column], count = state[COUNT * width + column];
    double residual = state[RESIDUAL * width + column];
    *variance = state[SQUARES * width + column] - sum * hone_internal_ratio(sum, count);
    if (count == 0)
        return 0;
    return *variance > 0 ? 1 - residual / *variance : residual == 0 ? 1 : 0;
}

static double adjust(const r2_score_args *args, double samples, double score)
{
    double regressors = (double)args->num_regressors;
    if (regressors == 0 || regressors >= samples - 1)
        return score;
    return 1 - (1 - score) * (samples - 1) / (samples - regressors - 1);
}

static bool lists(const void *args)
{
    return strcmp(((const r2_score_args *)args)->class_aggregation, "none") == 0;
}

static int result(const hone_metric *metric, double *results, int capacity)
{
    const r2_score_args *args = metric->args;
    int64_t width = (metric->state_count - 2) / PLANES;
    double samples = metric->state[PLANES * width], sum = 0, weighted = 0, variances = 0, variance;
    bool each = lists(args);
    for (int64_t i = 0; i < width; i++) {
        double score = column_score(metric->state, width, i, &variance);
        if (each && i < capacity)
            results[i] = adjust(args, samples, score);
        sum += score;
        weighted += score * variance;
        variances += variance;
    }
    if (each)
        return (int)width;
    bool by_variance = strcmp(args->class_aggregation, "variance_weighted_average") == 0;
    double score =
        by_variance ? hone_internal_ratio(weighted, variances) : hone_internal_ratio(sum, (double)width);
    if (capacity > 0)
        results[0] = adjust(args, samples, score);
    return 1;
}

HONE_METRIC_TYPE(r2_score, "R2Score", "Fraction of the targets' variance that the predictions explain.", "r2",
                 "1 - sum w (t - p)^2 / (sum w t^2 - (sum w t)^2 / sum w) for each column",
                 .state_count = states, .update = update, .result = result, .lists = lists, .direction = 1);

/* ---- correlations along an axis of each sample ---- */

#define PEARSON_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "pearson_correlation") \
    F(A, INTEGER, axis, -1, "axis along which to compare")
#define CONCORDANCE_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "concordance_correlation") \
    F(A, INTEGER, axis, -1, "axis along which to compare")
HONE_METRIC_ARGS(pearson_correlation, PEARSON_FIELDS);
HONE_METRIC_ARGS(concordance_correlation, CONCORDANCE_FIELDS);

static hone_value mean_along(hone_graph *graph, hone_value x, int axis)
{
    return hone_op_reduce(graph, "mean", x, &axis, 1, true);
}

/* Means, differences from them, and (co)variances of t and p along an axis. */
typedef struct moments {
    hone_value mean_t, mean_p, variance_t, variance_p, covariance;
} moments;

static moments moments_of(hone_graph *graph, hone_value t, hone_value p, int axis)
{
    hone_value mean_t = mean_along(graph, t, axis), mean_p = mean_along(graph, p, axis);
    hone_value apart_t = hone_op_subtract(graph, t, mean_t), apart_p = hone_op_subtract(graph, p, mean_p);
    return (moments){mean_t, mean_p, mean_along(graph, hone_op_square(graph, apart_t), axis),
                     mean_along(graph, hone_op_square(graph, apart_p), axis),
                     mean_along(graph, hone_op_multiply(graph, apart_t, apart_p), axis)};
}

static hone_status checked_axis(const hone_graph *graph, hone_value t, hone_value p, int64_t axis,
                                int *result)
{
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    *result = hone_internal_shape_axis(hone_value_shape(graph, p), axis, "axis");
    return *result < 0 ? hone_error_status() : HONE_OK;
}

static hone_status update_pearson(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                  hone_value weights)
{
    int axis;
    HONE_TRY(checked_axis(graph, t, p, ((const pearson_correlation_args *)metric->args)->axis, &axis));
    moments m = moments_of(graph, t, p, axis);
    hone_value deviations =
        hone_op_multiply(graph, hone_op_sqrt(graph, m.variance_t), hone_op_sqrt(graph, m.variance_p));
    hone_value values = hone_op_squeeze(graph, hone_op_divide(graph, m.covariance, deviations), axis);
    return hone_internal_metric_add_mean(graph, metric, values, weights);
}

HONE_METRIC_TYPE(pearson_correlation, "PearsonCorrelation",
                 "Linear correlation of targets and predictions within each sample.", NULL,
                 "cov(t, p) / (sd(t) sd(p)) along the axis, then the mean", .type.since = 307,
                 .update = update_pearson, .direction = 1, HONE_METRIC_MEAN);

static hone_status update_concordance(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                      hone_value weights)
{
    int axis;
    HONE_TRY(checked_axis(graph, t, p, ((const concordance_correlation_args *)metric->args)->axis, &axis));
    moments m = moments_of(graph, t, p, axis);
    hone_value shift = hone_op_square(graph, hone_op_subtract(graph, m.mean_t, m.mean_p));
    hone_value spread = hone_op_add(graph, hone_op_add(graph, m.variance_t, m.variance_p), shift);
    hone_value share = hone_op_divide(graph, hone_op_affine(graph, m.covariance, 2, 0),
                                      hone_op_affine(graph, spread, 1, 1e-7));
    return hone_internal_metric_add_mean(graph, metric, hone_op_squeeze(graph, share, axis), weights);
}

HONE_METRIC_TYPE(
    concordance_correlation, "ConcordanceCorrelation",
    "Agreement of targets and predictions within each sample.", NULL,
    "2 cov(t, p) / (var(t) + var(p) + (mean(t) - mean(p))^2 + 1e-7) along the axis, then the mean",
    .type.since = 307, .update = update_concordance, .direction = 1, HONE_METRIC_MEAN);
