/* fbeta_score and f1_score: the harmonic mean of precision and recall, for each class, or together. */
#include "metrics/types.h"

#include <math.h>
#include <string.h>

#define SHARED_FIELDS(F, A) \
    F(A, TEXT, average, NULL, "how to average over the classes (none: one value per class)", \
      HONE_ONE_OF("micro|macro|weighted")) \
    F(A, NUMBER, threshold, HONE_NONE, \
      "predictions above this count as positive (default: only the highest of each sample)", \
      .bounded = true, .lowest = 0, .highest = 1, .open_below = true)
#define FBETA_FIELDS(F, A) \
    SHARED_FIELDS(F, A) \
    F(A, NUMBER, beta, 1.0, "weight of recall relative to precision", HONE_ABOVE(0)) \
    HONE_METRIC_FIELDS(F, A, "fbeta_score")
#define F1_FIELDS(F, A) SHARED_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "f1_score")
HONE_METRIC_ARGS(fbeta_score, FBETA_FIELDS);
HONE_METRIC_ARGS(f1_score, F1_FIELDS);

/* What both begin with. */
typedef struct shared_args {
    hone_args base;
    const char *average;
    double threshold;
} shared_args;
_Static_assert(offsetof(fbeta_score_args, threshold) == offsetof(shared_args, threshold) &&
                   offsetof(f1_score_args, threshold) == offsetof(shared_args, threshold),
               "both begin alike");

static bool averages(const shared_args *args, const char *how)
{
    return args->average != NULL && strcmp(args->average, how) == 0;
}

/* true positives, false positives, false negatives and true counts, for each class or for all together. */
enum { PLANES = 4 };

/* A sample that is one yes or no: a target t[n] and a prediction p[n, 1]. */
static bool is_single(hone_shape y_true, hone_shape y_pred)
{
    return y_true.rank == 1 && y_pred.rank == 2 && y_pred.size[1] == 1;
}

static hone_status fail_shapes(hone_shape y_true, hone_shape y_pred)
{
    char targets[128], predictions[128];
    hone_internal_shape_to_text(y_true, targets, sizeof targets);
    hone_internal_shape_to_text(y_pred, predictions, sizeof predictions);
    return hone_fail(
        HONE_ERROR_SHAPE, "needs targets and predictions of shape (batch, classes), not %s and %s%s", targets,
        predictions,
        y_true.rank == 1 && y_pred.rank == 2
            ? "; class numbers become such rows by hone_dataset_one_hot, in a recipe by data: {targets: "
              "one_hot}, with the loss categorical_crossentropy"
            : "");
}

static int64_t states(const void *args, hone_shape y_true, hone_shape y_pred)
{
    const bool single = is_single(y_true, y_pred);
    if (!single && (y_true.rank != 2 || y_pred.rank != 2 || y_pred.size[1] < 0))
        return fail_shapes(y_true, y_pred);
    if (single && isnan(((const shared_args *)args)->threshold))
        return hone_fail(HONE_ERROR_ARGUMENT, "the model says one number for each sample, which is the "
                                              "largest of its row in any case: give threshold=0.5");
    return PLANES * (averages(args, "micro") ? 1 : y_pred.size[1]);
}

/* 1 where p is taken as yes: above the threshold, or the largest of its row and not 0. */
static hone_value positives(hone_graph *graph, hone_value p, double threshold)
{
    if (!isnan(threshold))
        return hone_op_unary(graph, "greater_scalar", p, (hone_parameters){.a = threshold});
    hone_value most = hone_op_reduce(graph, "maximum", p, (int[]){-1}, 1, true);
    hone_value there =
        hone_op_unary(graph, "greater_scalar", hone_op_absolute(graph, p), (hone_parameters){.a = 1e-9});
    return hone_op_multiply(graph, hone_op_binary(graph, "greater_equal", p, most), there);
}

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                          hone_value weights)
{
    const shared_args *args = metric->args;
    hone_shape shape = hone_value_shape(graph, p);
    if (is_single(hone_value_shape(graph, t), shape))
        t = hone_op_reshape(graph, t, (hone_shape){.rank = 2, .size = {HONE_ANY, 1}});
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
    hone_value yes = positives(graph, p, args->threshold);
    hone_value hits = hone_op_multiply(graph, yes, t);
    hone_value planes[PLANES] = {hits, hone_op_subtract(graph, yes, hits), hone_op_subtract(graph, t, hits),
                                 t};
    int64_t width = metric->state_count / PLANES;
    hone_shape rows = {.rank = 2, .size = {HONE_ANY, width}};
    for (int i = 0; i < PLANES; i++) {
        hone_value weighted = weights < 0 ? planes[i] : hone_op_multiply(graph, planes[i], weights);
        hone_value sums = hone_op_reshape(graph, weighted, rows);
        HONE_TRY(hone_internal_op_accumulate_columns(graph, metric->state + i * width, sums, HONE_NO_VALUE));
    }
    return HONE_OK;
}

static double score(const double *state, int64_t width, int64_t class, double beta)
{
    double tp = state[class], fp = state[width + class], fn = state[2 * width + class], square = beta * beta;
    double precision = tp / (tp + fp + 1e-7), recall = tp / (tp + fn + 1e-7);
    return (1 + square) * precision * recall / (square * precision + recall + 1e-7);
}

static int scores(const hone_metric *metric, double beta, double *results, int capacity)
{
    const shared_args *args = metric->args;
    const double *state = metric->state;
    int64_t width = metric->state_count / PLANES;
    double sum = 0, weighted = 0, count = 0;
    for (int64_t i = 0; i < width; i++) {
        double value = score(state, width, i, beta), weight = state[3 * width + i];
        if (args->average == NULL && i < capacity)
            results[i] = value;
        sum += value;
        weighted += value * weight;
        count += weight;
    }
    if (args->average == NULL)
        return (int)width;
    if (capacity > 0)
        results[0] = averages(args, "weighted") ? weighted / (count + 1e-7) : sum / (double)width;
    return 1;
}

static bool lists(const void *args)
{
    return ((const shared_args *)args)->average == NULL;
}

static int fbeta_result(const hone_metric *metric, double *results, int capacity)
{
    return scores(metric, ((const fbeta_score_args *)metric->args)->beta, results, capacity);
}

static int f1_result(const hone_metric *metric, double *results, int capacity)
{
    return scores(metric, 1, results, capacity);
}

HONE_METRIC_TYPE(fbeta_score, "FBetaScore", "Weighted harmonic mean of precision and recall.", "f_beta_score",
                 "(1 + b^2) P R / (b^2 P + R + 1e-7) with P = TP / (TP + FP + 1e-7), R = TP / (TP + FN + "
                 "1e-7)",
                 .state_count = states, .update = update, .result = fbeta_result, .direction = 1,
                 .lists = lists);
HONE_METRIC_TYPE(f1_score, "F1Score", "Harmonic mean of precision and recall.", "f1",
                 "2 P R / (P + R + 1e-7) with P = TP / (TP + FP + 1e-7), R = TP / (TP + FN + 1e-7)",
                 .state_count = states, .update = update, .result = f1_result, .direction = 1,
                 .lists = lists);
