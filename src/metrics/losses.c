/* Metrics that are the mean of a loss's values. */
#include "metrics/types.h"

#include <math.h>

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                          hone_value weights)
{
    hone_value values = hone_internal_metric_loss_values(metric, metric->type->type.name, graph, t, p);
    return hone_internal_metric_add_mean(graph, metric, values, weights);
}

#define MEAN_OF_LOSS(name_, class_name, summary, aliases) \
    HONE_METRIC_TYPE(name_, class_name, summary, aliases, "The mean of the loss of this name.", \
                     .update = update, .direction = -1, HONE_METRIC_MEAN)

/* ---- without options ---- */

#define SQUARED_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean_squared_error")
HONE_METRIC_ARGS(mean_squared_error, SQUARED_FIELDS);
MEAN_OF_LOSS(mean_squared_error, "MeanSquaredError", "Mean of squared differences.", "mse|MSE");

#define ABSOLUTE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean_absolute_error")
HONE_METRIC_ARGS(mean_absolute_error, ABSOLUTE_FIELDS);
MEAN_OF_LOSS(mean_absolute_error, "MeanAbsoluteError", "Mean of absolute differences.", "mae|MAE");

#define PERCENTAGE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean_absolute_percentage_error")
HONE_METRIC_ARGS(mean_absolute_percentage_error, PERCENTAGE_FIELDS);
MEAN_OF_LOSS(mean_absolute_percentage_error, "MeanAbsolutePercentageError",
             "Mean of absolute differences in percent of the target.", "mape|MAPE");

#define LOGARITHMIC_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "mean_squared_logarithmic_error")
HONE_METRIC_ARGS(mean_squared_logarithmic_error, LOGARITHMIC_FIELDS);
MEAN_OF_LOSS(mean_squared_logarithmic_error, "MeanSquaredLogarithmicError",
             "Mean of squared differences of logarithms.", "msle|MSLE");

#define DIVERGENCE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "kl_divergence")
HONE_METRIC_ARGS(kl_divergence, DIVERGENCE_FIELDS);
MEAN_OF_LOSS(kl_divergence, "KLDivergence",
             "Kullback-Leibler divergence of the predicted distribution from the target.",
             "kld|KLD|kullback_leibler_divergence");

#define POISSON_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "poisson")
HONE_METRIC_ARGS(poisson, POISSON_FIELDS);
MEAN_OF_LOSS(poisson, "Poisson", "Poisson loss, for counts that are predicted by their rate.", NULL);

#define HINGE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "hinge")
HONE_METRIC_ARGS(hinge, HINGE_FIELDS);
MEAN_OF_LOSS(hinge, "Hinge", "Hinge loss, for targets of -1 or 1: how far predictions miss the margin of 1.",
             NULL);

#define SQUARED_HINGE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "squared_hinge")
HONE_METRIC_ARGS(squared_hinge, SQUARED_HINGE_FIELDS);
MEAN_OF_LOSS(squared_hinge, "SquaredHinge", "Squared hinge loss, for targets of -1 or 1.", NULL);

#define CATEGORICAL_HINGE_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "categorical_hinge")
HONE_METRIC_ARGS(categorical_hinge, CATEGORICAL_HINGE_FIELDS);
MEAN_OF_LOSS(categorical_hinge, "CategoricalHinge",
             "How far the score of the correct class misses a margin of 1 over the best wrong one.", NULL);

/* ---- cross-entropies ---- */

#define LOGITS(F, A) F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities")
#define SMOOTHING(F, A) \
    F(A, NUMBER, label_smoothing, 0, "fraction of each target that is spread over all classes", \
      HONE_BETWEEN(0, 1))
#define CLASS_AXIS(F, A) F(A, INTEGER, axis, -1, "axis of the classes")

#define BINARY_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "binary_crossentropy") LOGITS(F, A) SMOOTHING(F, A)
HONE_METRIC_ARGS(binary_crossentropy, BINARY_FIELDS);
MEAN_OF_LOSS(binary_crossentropy, "BinaryCrossentropy",
             "Cross-entropy of probabilities, for targets between 0 and 1.", "bce|BCE");

#define CATEGORICAL_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "categorical_crossentropy") LOGITS(F, A) SMOOTHING(F, A) CLASS_AXIS(F, A)
HONE_METRIC_ARGS(categorical_crossentropy, CATEGORICAL_FIELDS);
MEAN_OF_LOSS(categorical_crossentropy, "CategoricalCrossentropy",
             "Cross-entropy of class probabilities, for one-hot targets.", NULL);

#define SPARSE_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "sparse_categorical_crossentropy") \
    LOGITS(F, A) \
    F(A, INTEGER, ignore_class, HONE_NONE_INTEGER, "targets of this class are ignored") CLASS_AXIS(F, A)
HONE_METRIC_ARGS(sparse_categorical_crossentropy, SPARSE_FIELDS);
MEAN_OF_LOSS(sparse_categorical_crossentropy, "SparseCategoricalCrossentropy",
             "Cross-entropy of class probabilities, for class ids.", NULL);

/* ---- under other names, or with another sign ---- */

#define LOG_COSH_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "logcosh")
HONE_METRIC_ARGS(log_cosh_error, LOG_COSH_FIELDS);

static hone_status update_log_cosh(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                   hone_value weights)
{
    return hone_internal_metric_add_mean(
        graph, metric, hone_internal_metric_loss_values(metric, "log_cosh", graph, t, p), weights);
}

HONE_METRIC_TYPE(log_cosh_error, "LogCoshError", "Logarithm of the hyperbolic cosine of differences.",
                 "logcosh|log_cosh", "The mean of the loss log_cosh.", .update = update_log_cosh,
                 .direction = -1, HONE_METRIC_MEAN);

#define COSINE_FIELDS(F, A) \
    HONE_METRIC_FIELDS(F, A, "cosine_similarity") \
    F(A, INTEGER, axis, -1, "axis of the vectors", .newer = true)
HONE_METRIC_ARGS(cosine_similarity, COSINE_FIELDS);

static hone_status update_cosine(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                                 hone_value weights)
{
    hone_value values = hone_internal_metric_loss_values(metric, "cosine_similarity", graph, t, p);
    return hone_internal_metric_add_mean(graph, metric, hone_op_negative(graph, values), weights);
}

HONE_METRIC_TYPE(cosine_similarity, "CosineSimilarity",
                 "Cosine similarity: 1 for the same direction, -1 for opposite directions.", NULL,
                 "mean(sum(t / |t| p / |p|)): the loss of this name has the opposite sign.",
                 .update = update_cosine, .direction = 1, HONE_METRIC_MEAN);

#define ROOT_FIELDS(F, A) HONE_METRIC_FIELDS(F, A, "root_mean_squared_error")
HONE_METRIC_ARGS(root_mean_squared_error, ROOT_FIELDS);

static hone_status update_root(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                               hone_value weights)
{
    HONE_TRY(hone_internal_same_targets(graph, t, p));
    hone_value squares = hone_op_square(graph, hone_op_subtract(graph, p, t));
    return hone_internal_metric_add_mean(graph, metric, squares, weights);
}

static int root_result(const hone_metric *metric, double *results, int capacity)
{
    if (capacity > 0)
        results[0] = sqrt(hone_internal_ratio(metric->state[0], metric->state[1]));
    return 1;
}

HONE_METRIC_TYPE(root_mean_squared_error, "RootMeanSquaredError",
                 "Square root of the mean of all squared differences.", "rmse|RMSE",
                 "sqrt(mean((t - p)^2)), the mean over the whole epoch", .update = update_root,
                 .result = root_result, .direction = -1, .state_count = hone_internal_metric_two);
