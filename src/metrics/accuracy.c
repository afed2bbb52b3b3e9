/* Accuracies: the share of predictions that hit their targets. */
#include "metrics/types.h"

/* 1 where both are equal, which must be of one shape. */
static hone_value hits(hone_graph *graph, hone_value t, hone_value p) {
    return hone_internal_same_targets(graph, t, p) < 0 ? HONE_NO_VALUE : hone_op_binary(graph, "equal", t, p);
}

#define ACCURACY_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "accuracy")
HONE_METRIC_ARGS(accuracy, ACCURACY_FIELDS);

static hone_status update_equal(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p, hone_value weights) {
    return hone_internal_metric_add_mean(graph, metric, hits(graph, t, p), weights);
}

HONE_METRIC_TYPE(accuracy, "Accuracy", "Share of predictions equal to their targets.", "exact_accuracy",
                 "As a plain name \"accuracy\" stands for binary_, sparse_categorical_ or categorical_accuracy, by the shapes.",
                 .update = update_equal, .direction = 1, HONE_METRIC_MEAN);

#define BINARY_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "binary_accuracy") \
    F(A, NUMBER, threshold, 0.5, "predictions above this are taken as 1")
HONE_METRIC_ARGS(binary_accuracy, BINARY_FIELDS);

static hone_status update_binary(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p, hone_value weights) {
    const binary_accuracy_args *args = metric->args;
    hone_value yes = hone_op_unary(graph, "greater_scalar", p, (hone_parameters){.a = (float)args->threshold});
    return hone_internal_metric_add_mean(graph, metric, hits(graph, t, yes), weights);
}

HONE_METRIC_TYPE(binary_accuracy, "BinaryAccuracy", "Share of targets of 0 or 1 on the side of the threshold where the prediction is.",
                 NULL, "mean(t == (p > threshold))", .update = update_binary, .direction = 1, HONE_METRIC_MEAN);

#define CATEGORICAL_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "categorical_accuracy")
HONE_METRIC_ARGS(categorical_accuracy, CATEGORICAL_FIELDS);

static hone_status update_categorical(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p, hone_value weights) {
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    hone_value hit = hits(graph, hone_op_argmax(graph, t, -1), hone_op_argmax(graph, p, -1));
    return hone_internal_metric_add_mean(graph, metric, hit, weights);
}

HONE_METRIC_TYPE(categorical_accuracy, "CategoricalAccuracy", "Share of rows whose largest prediction is where the largest target is.",
                 NULL, "mean(argmax t == argmax p)", .update = update_categorical, .direction = 1, HONE_METRIC_MEAN);

#define SPARSE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "sparse_categorical_accuracy")
HONE_METRIC_ARGS(sparse_categorical_accuracy, SPARSE_FIELDS);

static hone_status update_sparse(hone_graph *graph, hone_metric *metric, hone_value ids, hone_value p, hone_value weights) {
    return hone_internal_metric_add_mean(graph, metric, hits(graph, ids, hone_op_argmax(graph, p, -1)), weights);
}

HONE_METRIC_TYPE(sparse_categorical_accuracy, "SparseCategoricalAccuracy", "Share of class ids at which the prediction is largest.",
                 NULL, "mean(t == argmax p)", .update = update_sparse, .direction = 1, .class_ids = true, HONE_METRIC_MEAN);
