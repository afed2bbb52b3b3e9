/* Metrics that are the mean of a loss's values. */
#include "metrics/types.h"

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p, hone_value weights) {
    hone_value values = hone_internal_metric_loss_values(metric, metric->type->type.name, graph, t, p);
    return hone_internal_metric_add_mean(graph, metric, values, weights);
}

#define MEAN_OF_LOSS(name_, class_name, summary, aliases) \
    HONE_METRIC_TYPE(name_, class_name, summary, aliases, "The mean of the loss of this name.", .update = update, .direction = -1, \
                     HONE_METRIC_MEAN)

#define MSE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean_squared_error")
HONE_METRIC_ARGS(mean_squared_error, MSE_FIELDS);
MEAN_OF_LOSS(mean_squared_error, "MeanSquaredError", "Mean of squared differences.", "mse|MSE");

#define LOGITS_AND_SMOOTHING(F, A) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") \
    F(A, NUMBER, label_smoothing, 0, "share of each target that is spread over all classes", HONE_BETWEEN(0, 1))
#define CLASS_AXIS(F, A) F(A, INTEGER, axis, -1, "axis of the classes")

#define BINARY_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "binary_crossentropy") LOGITS_AND_SMOOTHING(F, A)
HONE_METRIC_ARGS(binary_crossentropy, BINARY_FIELDS);
MEAN_OF_LOSS(binary_crossentropy, "BinaryCrossentropy", "Cross-entropy of probabilities with targets between 0 and 1.", "bce|BCE");

#define CATEGORICAL_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "categorical_crossentropy") LOGITS_AND_SMOOTHING(F, A) CLASS_AXIS(F, A)
HONE_METRIC_ARGS(categorical_crossentropy, CATEGORICAL_FIELDS);
MEAN_OF_LOSS(categorical_crossentropy, "CategoricalCrossentropy", "Cross-entropy of class probabilities with rows of target weights.",
             NULL);

#define SPARSE_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "sparse_categorical_crossentropy") \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") CLASS_AXIS(F, A)
HONE_METRIC_ARGS(sparse_categorical_crossentropy, SPARSE_FIELDS);
MEAN_OF_LOSS(sparse_categorical_crossentropy, "SparseCategoricalCrossentropy", "Cross-entropy of class probabilities with class ids.",
             NULL);
