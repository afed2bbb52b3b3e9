/* Accuracies: the share of predictions that hit their targets. */
#include "metrics/types.h"

/* 1 where both are equal, which must be of one shape. */
static hone_value hits(hone_graph *graph, hone_value t, hone_value p)
{
    return hone_internal_same_targets(graph, t, p) < 0 ? HONE_NO_VALUE : hone_op_binary(graph, "equal", t, p);
}

#define ACCURACY_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "accuracy")
HONE_METRIC_ARGS(accuracy, ACCURACY_FIELDS);

static hone_status update_equal(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                hone_value weights)
{
    return hone_internal_metric_add_mean(graph, metric, hits(graph, t, p), weights);
}

HONE_METRIC_TYPE(accuracy, "Accuracy", "Fraction of predictions equal to their targets.", "exact_accuracy",
                 "The plain name \"accuracy\" means binary_, sparse_categorical_ "
                 "or categorical_accuracy, depending on the shapes.",
                 .update = update_equal, .direction = 1, HONE_METRIC_MEAN);

#define BINARY_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "binary_accuracy") \
    F(A, NUMBER, threshold, 0.5, "predictions above this count as 1")
HONE_METRIC_ARGS(binary_accuracy, BINARY_FIELDS);

static hone_status update_binary(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                 hone_value weights)
{
    const binary_accuracy_args *args = metric->args;
    hone_value yes = hone_op_unary(graph, "greater_scalar", p, (hone_parameters){.a = args->threshold});
    return hone_internal_metric_add_mean(graph, metric, hits(graph, t, yes), weights);
}

HONE_METRIC_TYPE(binary_accuracy, "BinaryAccuracy",
                 "Fraction of predictions on the correct side of the threshold, for targets of 0 or 1.", NULL,
                 "mean(t == (p > threshold))", .update = update_binary, .direction = 1, HONE_METRIC_MEAN);

#define CATEGORICAL_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "categorical_accuracy")
HONE_METRIC_ARGS(categorical_accuracy, CATEGORICAL_FIELDS);

static hone_status update_categorical(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                      hone_value weights)
{
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    hone_value hit = hits(graph, hone_op_argmax(graph, t, -1), hone_op_argmax(graph, p, -1));
    return hone_internal_metric_add_mean(graph, metric, hit, weights);
}

HONE_METRIC_TYPE(categorical_accuracy, "CategoricalAccuracy",
                 "Fraction of samples whose highest prediction is the correct class, for one-hot targets.",
                 NULL, "mean(argmax t == argmax p)", .update = update_categorical, .direction = 1,
                 HONE_METRIC_MEAN);

#define SPARSE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "sparse_categorical_accuracy")
HONE_METRIC_ARGS(sparse_categorical_accuracy, SPARSE_FIELDS);

static hone_status update_sparse(hone_graph *graph, hone_metric *metric, hone_value ids, hone_value p,
                                 hone_value weights)
{
    return hone_internal_metric_add_mean(graph, metric, hits(graph, ids, hone_op_argmax(graph, p, -1)),
                                         weights);
}

HONE_METRIC_TYPE(sparse_categorical_accuracy, "SparseCategoricalAccuracy",
                 "Fraction of samples whose highest prediction is the correct class, for class ids.", NULL,
                 "mean(t == argmax p)", .update = update_sparse, .direction = 1, .class_ids = true,
                 HONE_METRIC_MEAN);

/* ---- among the best k ---- */

/* 1 where an element is at least the k-th largest of its row, so that equal ones all count. */
static hone_value among_best(hone_graph *graph, hone_value p, int64_t k)
{
    int64_t width = hone_value_size(graph, p, -1);
    if (k > width)
        k = width;
    hone_value last = hone_op_slice(graph, hone_op_sort_descending(graph, p), -1, k - 1, k);
    return hone_op_binary(graph, "greater_equal", p, last);
}

/* 1 where the target's element, given as a row with a 1 there, is among them. */
static hone_value best_hits(hone_graph *graph, hone_value rows, hone_value p, int64_t k)
{
    return hone_op_sum(graph, hone_op_multiply(graph, rows, among_best(graph, p, k)), -1);
}

#define TOP_K_FIELDS(F, A) \
    F(A, INTEGER, k, 5, "number of highest predictions to consider", HONE_AT_LEAST(1)) \
    HONE_METRIC_FIELDS(F, A, "top_k_categorical_accuracy")
HONE_METRIC_ARGS(top_k_categorical_accuracy, TOP_K_FIELDS);

static hone_status update_top_k(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                hone_value weights)
{
    const top_k_categorical_accuracy_args *args = metric->args;
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    hone_value rows = hone_op_one_hot(graph, hone_op_argmax(graph, t, -1), hone_value_size(graph, p, -1));
    return hone_internal_metric_add_mean(graph, metric, best_hits(graph, rows, p, args->k), weights);
}

HONE_METRIC_TYPE(top_k_categorical_accuracy, "TopKCategoricalAccuracy",
                 "Fraction of samples whose class is among the k highest predictions, for one-hot targets.",
                 NULL, "mean(p[argmax t] >= k-th largest p)", .update = update_top_k, .direction = 1,
                 HONE_METRIC_MEAN);

#define SPARSE_TOP_K_FIELDS(F, A) \
    F(A, INTEGER, k, 5, "number of highest predictions to consider", HONE_AT_LEAST(1)) \
    HONE_METRIC_FIELDS(F, A, "sparse_top_k_categorical_accuracy") \
    F(A, BOOLEAN, from_sorted_ids, false, "the predictions are class ids, the most likely first", \
      .newer = true)
HONE_METRIC_ARGS(sparse_top_k_categorical_accuracy, SPARSE_TOP_K_FIELDS);

/* 1 where an id is among the first k of its row of ids. */
static hone_value among_ids(hone_graph *graph, hone_value ids, hone_value rows, int64_t k)
{
    int64_t width = hone_value_size(graph, rows, -1);
    hone_value first = hone_op_slice(graph, rows, -1, 0, k < width ? k : width);
    hone_value equal = hone_op_binary(graph, "equal", first, hone_op_expand(graph, ids, -1));
    return hone_op_reduce(graph, "maximum", equal, (int[]){-1}, 1, false);
}

static hone_status update_sparse_top_k(hone_graph *graph, hone_metric *metric, hone_value ids, hone_value p,
                                       hone_value weights)
{
    const sparse_top_k_categorical_accuracy_args *args = metric->args;
    hone_shape shape = hone_value_shape(graph, p);
    if (--shape.rank < 0 || !hone_internal_shape_equal(shape, hone_value_shape(graph, ids)))
        return hone_internal_fail_targets(graph, ids, p);
    hone_value rows = hone_op_one_hot(graph, ids, hone_value_size(graph, p, -1));
    hone_value hit =
        args->from_sorted_ids ? among_ids(graph, ids, p, args->k) : best_hits(graph, rows, p, args->k);
    return hone_internal_metric_add_mean(graph, metric, hit, weights);
}

HONE_METRIC_TYPE(sparse_top_k_categorical_accuracy, "SparseTopKCategoricalAccuracy",
                 "Fraction of samples whose class is among the k highest predictions, for class ids.", NULL,
                 "mean(p[t] >= k-th largest p)", .update = update_sparse_top_k, .direction = 1,
                 .class_ids = true, HONE_METRIC_MEAN);
