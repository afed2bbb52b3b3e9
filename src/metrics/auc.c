/* auc: the area under a curve through thresholds: ROC (true against false positive rate), PR (precision
 * against recall) or PR-gain. */
#include "metrics/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AUC_FIELDS(F, A) \
    F(A, INTEGER, num_thresholds, 200, "number of thresholds from 0 to 1", HONE_BETWEEN(2, 100000)) \
    F(A, TEXT, curve, "ROC", "which curve", HONE_ONE_OF("ROC|PR|PRGAIN")) \
    F(A, TEXT, summation_method, "interpolation", "how to sum the area between thresholds", \
      HONE_ONE_OF("interpolation|minoring|majoring")) \
    HONE_METRIC_FIELDS(F, A, "auc") \
    F(A, NUMBERS, thresholds, HONE_NO_NUMBERS, "thresholds, in place of evenly spaced ones", \
      HONE_BETWEEN(0, 1), .newer = true) \
    F(A, BOOLEAN, multi_label, false, "compute one curve per label, then average them") \
    F(A, INTEGER, num_labels, HONE_NONE_INTEGER, "number of labels, with multi_label", HONE_AT_LEAST(1)) \
    F(A, NUMBERS, label_weights, HONE_NO_NUMBERS, "weights of the labels", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities")
HONE_METRIC_ARGS(auc, AUC_FIELDS);

static int64_t threshold_count(const auc_args *args)
{
    return args->thresholds_count > 0 ? (int64_t)args->thresholds_count + 2 : args->num_thresholds;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The first is a little below 0 and the last a little above 1, so that all and none of the predictions are
 * above them. */
static double *make_thresholds(hone_metric *metric, int64_t count)
{
    const auc_args *args = metric->args;
    int64_t own = (int64_t)args->thresholds_count;
    double *thresholds = hone_internal_metric_even_thresholds(metric, count);
    if (thresholds == NULL)
        return NULL;
    for (int64_t i = 0; i < own; i++)
        thresholds[1 + i] = (float)args->thresholds_list[i];
    if (own > 0)
        qsort(thresholds + 1, (size_t)own, sizeof *thresholds, by_size);
    thresholds[0] = -1e-7;
    thresholds[count - 1] = 1 + 1e-7;
    return thresholds;
}

static int64_t labels_of(const auc_args *args, hone_shape y_pred)
{
    return args->multi_label && y_pred.rank == 2 ? y_pred.size[1] : 1;
}

static int64_t states(const void *args_, hone_shape y_true, hone_shape y_pred)
{
    (void)y_true;
    const auc_args *args = args_;
    char text[128];
    hone_internal_shape_to_text(y_pred, text, sizeof text);
    int64_t labels = labels_of(args, y_pred), weights = (int64_t)args->label_weights_count;
    int64_t width = y_pred.rank > 1 ? y_pred.size[y_pred.rank - 1] : 1;
    if (args->multi_label && (y_pred.rank != 2 || labels < 0))
        return hone_fail(HONE_ERROR_SHAPE, "multi_label needs predictions of shape (batch, labels), not %s",
                         text);
    if (!args->multi_label && args->num_labels != HONE_NONE_INTEGER)
        return hone_fail(HONE_ERROR_ARGUMENT, "num_labels needs multi_label=true");
    if (args->multi_label && args->num_labels != HONE_NONE_INTEGER && args->num_labels != labels)
        return hone_fail(HONE_ERROR_SHAPE, "num_labels is %lld, but the predictions have shape %s",
                         (long long)args->num_labels, text);
    if (weights > 0 && weights != width)
        return hone_fail(HONE_ERROR_ARGUMENT, "%lld label_weights for predictions of shape %s",
                         (long long)weights, text);
    return 4 * labels * threshold_count(args);
}

/* label_weights as a value that broadcasts over rows, when there is one curve for all columns. */
static hone_value column_weights(hone_graph *graph, const auc_args *args)
{
    hone_value joined = HONE_NO_VALUE;
    for (size_t i = 0; i < args->label_weights_count; i++) {
        hone_value weight = hone_graph_filled(graph, HONE_SHAPE(1), args->label_weights_list[i]);
        joined = i == 0 ? weight : hone_op_concatenate(graph, (hone_value[]){joined, weight}, 2, 0);
    }
    return joined;
}

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                          hone_value weights)
{
    const auc_args *args = metric->args;
    int64_t count = threshold_count(args);
    bool own = args->thresholds_count > 0;
    hone_value columns = args->multi_label ? HONE_NO_VALUE : column_weights(graph, args);
    if (args->from_logits)
        p = hone_op_sigmoid(graph, p);
    if (!own)
        p = hone_op_clip(graph, p, 0, 1);
    if (p < 0)
        return hone_error_status();
    if (columns >= 0) {
        hone_shape shape = hone_value_shape(graph, p);
        HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
        weights = weights < 0 ? hone_op_broadcast(graph, columns, shape)
                              : hone_op_multiply(graph, weights, columns);
        if (weights < 0)
            return hone_error_status();
    }
    double *thresholds = make_thresholds(metric, count);
    return hone_internal_metric_add_confusion(graph, metric, t, p, weights, thresholds, count,
                                              args->multi_label);
}

/* ---- the area ---- */

/* The counts of one label at each threshold. */
typedef struct counts {
    const double *tp, *fp, *tn, *fn;
    int64_t count;
} counts;

typedef struct point {
    double x, y;
} point;

static point roc_point(const counts *c, int64_t i)
{
    return (point){hone_internal_ratio(c->fp[i], c->fp[i] + c->tn[i]),
                   hone_internal_ratio(c->tp[i], c->tp[i] + c->fn[i])};
}

static point pr_point(const counts *c, int64_t i)
{
    return (point){hone_internal_ratio(c->tp[i], c->tp[i] + c->fn[i]),
                   hone_internal_ratio(c->tp[i], c->tp[i] + c->fp[i])};
}

/* Flach and Kull, Precision-Recall-Gain Curves, 2015; recall gains below 0 count as 0. */
static point gain_point(const counts *c, int64_t i)
{
    double scale = hone_internal_ratio(c->tp[i] + c->fn[i], c->tn[i] + c->fp[i]);
    if (c->tp[i] == 0)
        return (point){0, 1};
    return (point){fmax(1 - scale * c->fn[i] / c->tp[i], 0), 1 - scale * c->fp[i] / c->tp[i]};
}

static double between(double a, double b)
{
    return (a + b) / 2;
}

static double riemann(const counts *c, point (*at)(const counts *, int64_t), double (*height)(double, double))
{
    double area = 0;
    for (int64_t i = 0; i + 1 < c->count; i++) {
        point here = at(c, i), next = at(c, i + 1);
        area += (here.x - next.x) * height(here.y, next.y);
    }
    return area;
}

/* Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006: between two
 * thresholds true positives grow linearly with all positives P. */
static double interpolated(const counts *c)
{
    double area = 0;
    for (int64_t i = 0; i + 1 < c->count; i++) {
        double here = c->tp[i] + c->fp[i], next = c->tp[i + 1] + c->fp[i + 1], rise = c->tp[i] - c->tp[i + 1];
        double slope = hone_internal_ratio(rise, fmax(here - next, 0)), start = c->tp[i + 1] - slope * next;
        double ratio = here > 0 && next > 0 ? here / next : 1;
        area +=
            hone_internal_ratio(slope * (rise + start * log(ratio)), fmax(c->tp[i + 1] + c->fn[i + 1], 0));
    }
    return area;
}

static double area(const auc_args *args, const counts *c)
{
    bool plain = strcmp(args->summation_method, "interpolation") == 0;
    double (*height)(double, double) = plain                                             ? between
                                       : strcmp(args->summation_method, "minoring") == 0 ? fmin
                                                                                         : fmax;
    if (strcmp(args->curve, "ROC") == 0)
        return riemann(c, roc_point, height);
    if (strcmp(args->curve, "PRGAIN") == 0)
        return riemann(c, gain_point, height);
    return plain ? interpolated(c) : riemann(c, pr_point, height);
}

static int result(const hone_metric *metric, double *results, int capacity)
{
    const auc_args *args = metric->args;
    int64_t count = threshold_count(args), labels = metric->state_count / (4 * count), plane = labels * count;
    bool weighted = args->multi_label && args->label_weights_count > 0;
    double sum = 0, weights = 0;
    for (int64_t label = 0; label < labels; label++) {
        const double *first = metric->state + label * count;
        counts c = {first, first + plane, first + 2 * plane, first + 3 * plane, count};
        double weight = weighted ? args->label_weights_list[label] : 1;
        sum += weight * area(args, &c);
        weights += weight;
    }
    if (capacity > 0)
        results[0] = hone_internal_ratio(sum, weights);
    return 1;
}

HONE_METRIC_TYPE(auc, "AUC", "Area under the ROC or precision-recall curve.", NULL,
                 "Computed from counts at the thresholds -1e-7, 1/(n-1), "
                 "..., 1 + 1e-7; more thresholds give a more exact area.",
                 .state_count = states, .update = update, .result = result, .direction = 1);
