/* Counts of right and wrong yes-or-no predictions at thresholds, and what is made of them: precision,
 * recall, and the best of one where another is good enough. Predictions above a threshold are taken as
 * yes, targets other than 0 are yes. */
#include "metrics/types.h"

#include <math.h>

/* ---- shared ---- */

double *hone_internal_metric_even_thresholds(hone_metric *metric, int64_t count)
{
    double *thresholds = hone_metric_memory(metric, (size_t)count * sizeof *thresholds);
    for (int64_t i = 0; thresholds != NULL && i < count; i++)
        thresholds[i] = (float)((double)i / (double)(count - 1));
    return thresholds;
}

static hone_value flatten(hone_graph *graph, hone_value x)
{
    return hone_op_reshape(graph, x, HONE_SHAPE(hone_internal_shape_count(hone_value_shape(graph, x))));
}

/* One weight for each row of the labels. */
static hone_value row_weights(hone_graph *graph, hone_value weights, hone_shape shape)
{
    hone_shape rows = shape;
    rows.rank--;
    return hone_internal_metric_spread_weights(graph, &weights, rows) < 0 ? HONE_NO_VALUE
                                                                          : flatten(graph, weights);
}

hone_status hone_internal_metric_add_confusion(hone_graph *graph, hone_metric *metric, hone_value y_true,
                                               hone_value y_pred, hone_value weights,
                                               const double *thresholds, int64_t count, bool per_label)
{
    HONE_TRY(hone_internal_same_targets(graph, y_true, y_pred));
    if (thresholds == NULL)
        return hone_error_status();
    hone_shape shape = hone_value_shape(graph, y_pred);
    if (weights >= 0 && per_label)
        weights = row_weights(graph, weights, shape);
    else if (weights >= 0) {
        HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
        weights = flatten(graph, weights);
        y_true = flatten(graph, y_true);
        y_pred = flatten(graph, y_pred);
    }
    return hone_internal_op_accumulate_confusion(graph, metric->state, y_true, y_pred, weights, thresholds,
                                                 count, per_label);
}

static int64_t threshold_count(size_t given)
{
    return given > 0 ? (int64_t)given : 1;
}

/* The thresholds of the arguments, or the standard one. */
static double *own_thresholds(hone_metric *metric, const double *given, size_t given_count, double standard)
{
    int64_t count = threshold_count(given_count);
    double *thresholds = hone_metric_memory(metric, (size_t)count * sizeof *thresholds);
    for (int64_t i = 0; thresholds != NULL && i < count; i++)
        thresholds[i] = (float)(given_count > 0 ? given[i] : standard);
    return thresholds;
}

/* The column of one class; all of it when class_id is none. */
static hone_value column(hone_graph *graph, hone_value x, int64_t class_id)
{
    if (x < 0 || class_id == HONE_NONE_INTEGER)
        return x;
    hone_shape shape = hone_value_shape(graph, x);
    if (shape.rank < 2 || class_id >= shape.size[shape.rank - 1]) {
        char text[128];
        hone_internal_shape_to_text(shape, text, sizeof text);
        hone_fail(HONE_ERROR_SHAPE, "class_id %lld is not a column of predictions of shape %s",
                  (long long)class_id, text);
        return HONE_NO_VALUE;
    }
    return hone_op_slice(graph, x, -1, class_id, class_id + 1);
}

#define THRESHOLDS(F, A) \
    F(A, NUMBERS, thresholds, HONE_NO_NUMBERS, \
      "predictions above this count as positive (default 0.5); several thresholds give several results", \
      HONE_BETWEEN(0, 1))
#define CLASS_ID(F, A) \
    F(A, INTEGER, class_id, HONE_NONE_INTEGER, "evaluate only this class", HONE_AT_LEAST(0))

/* ---- plain counts ---- */

static hone_status update_count(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                hone_value weights, const double *given, size_t count)
{
    double *thresholds = own_thresholds(metric, given, count, 0.5);
    return hone_internal_metric_add_confusion(graph, metric, t, p, weights, thresholds,
                                              threshold_count(count), false);
}

/* Four types that differ in which of the four counts they give. */
#define COUNT_TYPE(name_, class_name_, plane, summary, direction_) \
    HONE_METRIC_ARGS(name_, name_##_FIELDS); \
    static int64_t name_##_states(const void *args, hone_shape y_true, hone_shape y_pred) \
    { \
        (void)y_true, (void)y_pred; \
        return 4 * threshold_count(((const name_##_args *)args)->thresholds_count); \
    } \
    static hone_status name_##_update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p, \
                                      hone_value weights) \
    { \
        const name_##_args *args = metric->args; \
        return update_count(graph, metric, t, p, weights, args->thresholds_list, args->thresholds_count); \
    } \
    static int name_##_result(const hone_metric *metric, double *results, int capacity) \
    { \
        int count = (int)(metric->state_count / 4); \
        for (int i = 0; i < count && i < capacity; i++) \
            results[i] = metric->state[plane * count + i]; \
        return count; \
    } \
    HONE_METRIC_TYPE(name_, class_name_, summary, NULL, NULL, .state_count = name_##_states, \
                     .update = name_##_update, .result = name_##_result, .direction = direction_)

#define true_positives_FIELDS(F, A) THRESHOLDS(F, A) HONE_METRIC_FIELDS(F, A, "true_positives")
#define false_positives_FIELDS(F, A) THRESHOLDS(F, A) HONE_METRIC_FIELDS(F, A, "false_positives")
#define true_negatives_FIELDS(F, A) THRESHOLDS(F, A) HONE_METRIC_FIELDS(F, A, "true_negatives")
#define false_negatives_FIELDS(F, A) THRESHOLDS(F, A) HONE_METRIC_FIELDS(F, A, "false_negatives")
COUNT_TYPE(true_positives, "TruePositives", HONE_TRUE_POSITIVES, "Number of true positives.", 1);
COUNT_TYPE(false_positives, "FalsePositives", HONE_FALSE_POSITIVES, "Number of false positives.", -1);
COUNT_TYPE(true_negatives, "TrueNegatives", HONE_TRUE_NEGATIVES, "Number of true negatives.", 1);
COUNT_TYPE(false_negatives, "FalseNegatives", HONE_FALSE_NEGATIVES, "Number of false negatives.", -1);

/* ---- precision and recall ---- */

#define TOP_K(F, A) \
    F(A, INTEGER, top_k, HONE_NONE_INTEGER, "only the k highest predictions of each sample can be positive", \
      HONE_AT_LEAST(1))
#define PRECISION_FIELDS(F, A) \
    THRESHOLDS(F, A) TOP_K(F, A) CLASS_ID(F, A) HONE_METRIC_FIELDS(F, A, "precision")
#define RECALL_FIELDS(F, A) THRESHOLDS(F, A) TOP_K(F, A) CLASS_ID(F, A) HONE_METRIC_FIELDS(F, A, "recall")
HONE_METRIC_ARGS(precision, PRECISION_FIELDS);
HONE_METRIC_ARGS(recall, RECALL_FIELDS);

/* What predictions outside the best k become, and the threshold that only they fail. */
#define LOWEST -1e10

/* The best k of each row as they are, of equal ones the first; the others LOWEST. */
static hone_value keep_best(hone_graph *graph, hone_value p, int64_t k)
{
    if (k == HONE_NONE_INTEGER || k >= hone_value_size(graph, p, -1))
        return p;
    hone_value last = hone_op_slice(graph, hone_op_sort_descending(graph, p), -1, k - 1, k);
    hone_value above = hone_op_binary(graph, "greater", p, last),
               equal = hone_op_binary(graph, "equal", p, last);
    hone_value place = hone_op_add(graph, hone_op_cumulative_sum(graph, equal, -1),
                                   hone_op_reduce(graph, "sum", above, (int[]){-1}, 1, true));
    hone_value within = hone_op_unary(graph, "less_equal_scalar", place, (hone_parameters){.a = (double)k});
    hone_value kept = hone_op_add(graph, above, hone_op_multiply(graph, equal, within));
    return hone_op_select(graph, kept, p, hone_graph_constant(graph, LOWEST));
}

static hone_status update_rate(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                               hone_value weights, const precision_args *args)
{
    double standard = args->top_k == HONE_NONE_INTEGER ? 0.5 : LOWEST;
    int64_t count = threshold_count(args->thresholds_count);
    double *thresholds = own_thresholds(metric, args->thresholds_list, args->thresholds_count, standard);
    t = column(graph, t, args->class_id);
    p = column(graph, keep_best(graph, p, args->top_k), args->class_id);
    return hone_internal_metric_add_confusion(graph, metric, t, p, weights, thresholds, count, false);
}

/* true positives / (true positives + those of another plane), at each threshold. */
static int rate_result(const hone_metric *metric, int plane, double *results, int capacity)
{
    int count = (int)(metric->state_count / 4);
    for (int i = 0; i < count && i < capacity; i++) {
        double hits = metric->state[i];
        results[i] = hone_internal_ratio(hits, hits + metric->state[plane * count + i]);
    }
    return count;
}

static int64_t rate_states(const void *args, hone_shape y_true, hone_shape y_pred)
{
    (void)y_true, (void)y_pred;
    return 4 * threshold_count(((const precision_args *)args)->thresholds_count);
}

static hone_status update_precision(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                    hone_value weights)
{
    return update_rate(graph, metric, t, p, weights, metric->args);
}

static int precision_result(const hone_metric *metric, double *results, int capacity)
{
    return rate_result(metric, HONE_FALSE_POSITIVES, results, capacity);
}

static int recall_result(const hone_metric *metric, double *results, int capacity)
{
    return rate_result(metric, HONE_FALSE_NEGATIVES, results, capacity);
}

HONE_METRIC_TYPE(precision, "Precision", "Fraction of predicted positives that are correct.", NULL,
                 "TP / (TP + FP), 0 when there are none, over all axes together.", .state_count = rate_states,
                 .update = update_precision, .result = precision_result, .direction = 1);
/* Both have the same arguments in the same order. */
_Static_assert(offsetof(precision_args, class_id) == offsetof(recall_args, class_id) &&
                   sizeof(precision_args) == sizeof(recall_args),
               "recall reads its arguments as precision's");
HONE_METRIC_TYPE(recall, "Recall", "Fraction of actual positives that are found.", NULL,
                 "TP / (TP + FN), 0 when there are none, over all axes together.", .state_count = rate_states,
                 .update = update_precision, .result = recall_result, .direction = 1);

/* ---- the best of one rate where another is at least a given value ---- */

#define AT_FIELDS(F, A, constraint, help, name) \
    F(A, NUMBER, constraint, HONE_NONE, help, .required = true, HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, num_thresholds, 200, "number of thresholds from 0 to 1 to try", HONE_BETWEEN(1, 100000)) \
    CLASS_ID(F, A) HONE_METRIC_FIELDS(F, A, name)
#define SENSITIVITY_FIELDS(F, A) \
    AT_FIELDS(F, A, specificity, "minimum specificity", "sensitivity_at_specificity")
#define SPECIFICITY_FIELDS(F, A) \
    AT_FIELDS(F, A, sensitivity, "minimum sensitivity", "specificity_at_sensitivity")
#define PRECISION_AT_FIELDS(F, A) AT_FIELDS(F, A, recall, "minimum recall", "precision_at_recall")
#define RECALL_AT_FIELDS(F, A) AT_FIELDS(F, A, precision, "minimum precision", "recall_at_precision")
HONE_METRIC_ARGS(sensitivity_at_specificity, SENSITIVITY_FIELDS);
HONE_METRIC_ARGS(specificity_at_sensitivity, SPECIFICITY_FIELDS);
HONE_METRIC_ARGS(precision_at_recall, PRECISION_AT_FIELDS);
HONE_METRIC_ARGS(recall_at_precision, RECALL_AT_FIELDS);

/* All four have a number, the count of thresholds and the class at the same places. */
typedef sensitivity_at_specificity_args at_args;

static int64_t at_states(const void *args, hone_shape y_true, hone_shape y_pred)
{
    (void)y_true, (void)y_pred;
    return 4 * ((const at_args *)args)->num_thresholds;
}

static hone_status update_at(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                             hone_value weights)
{
    const at_args *args = metric->args;
    int64_t count = args->num_thresholds;
    double *thresholds = hone_internal_metric_even_thresholds(metric, count);
    if (thresholds != NULL && count == 1)
        thresholds[0] = 0.5;
    t = column(graph, t, args->class_id);
    p = column(graph, p, args->class_id);
    if (count > 1)
        p = hone_op_clip(graph, p, 0, 1);
    return hone_internal_metric_add_confusion(graph, metric, t, p, weights, thresholds, count, false);
}

/* A rate from the counts at one threshold: a / (a + b), the two planes being given. */
typedef struct rate {
    int a, b;
} rate;
static const rate sensitivity = {HONE_TRUE_POSITIVES, HONE_FALSE_NEGATIVES};
static const rate specificity = {HONE_TRUE_NEGATIVES, HONE_FALSE_POSITIVES};
static const rate exactness = {HONE_TRUE_POSITIVES, HONE_FALSE_POSITIVES};

static double rate_at(const hone_metric *metric, rate which, int64_t threshold)
{
    int64_t count = metric->state_count / 4;
    double a = metric->state[which.a * count + threshold], b = metric->state[which.b * count + threshold];
    return hone_internal_ratio(a, a + b);
}

static int best_where(const hone_metric *metric, rate wanted, rate constrained, double *results, int capacity)
{
    double least = ((const at_args *)metric->args)->specificity, best = 0;
    for (int64_t i = 0; i < metric->state_count / 4; i++)
        if (rate_at(metric, constrained, i) >= least)
            best = fmax(best, rate_at(metric, wanted, i));
    if (capacity > 0)
        results[0] = best;
    return 1;
}

#define AT_TYPE(name_, class_name_, wanted, constrained, summary) \
    static int name_##_result(const hone_metric *metric, double *results, int capacity) \
    { \
        return best_where(metric, wanted, constrained, results, capacity); \
    } \
    _Static_assert(sizeof(name_##_args) == sizeof(at_args), \
                   "these read their arguments as sensitivity_at_specificity's"); \
    HONE_METRIC_TYPE(name_, class_name_, summary, NULL, "0 if no threshold reaches it.", \
                     .state_count = at_states, .update = update_at, .result = name_##_result, \
                     .direction = 1)
AT_TYPE(sensitivity_at_specificity, "SensitivityAtSpecificity", sensitivity, specificity,
        "The best sensitivity (recall) at a given specificity.");
AT_TYPE(specificity_at_sensitivity, "SpecificityAtSensitivity", specificity, sensitivity,
        "The best specificity at a given sensitivity (recall).");
AT_TYPE(precision_at_recall, "PrecisionAtRecall", exactness, sensitivity,
        "The best precision at a given recall.");
AT_TYPE(recall_at_precision, "RecallAtPrecision", sensitivity, exactness,
        "The best recall at a given precision.");
