/* Losses of numbers: differences, their squares, sizes and logarithms. t: targets, p: predictions, mean over the last axis. */
#include "losses/types.h"

#define MEAN_SQUARED_ERROR_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "mean_squared_error")
HONE_LOSS_ARGS(mean_squared_error, MEAN_SQUARED_ERROR_FIELDS);

static hone_value mean_squared_error(hone_graph *graph, hone_value t, hone_value p, const void *args) {
    (void)args;
    if (hone_internal_same_targets(graph, t, p) < 0) return HONE_NO_VALUE;
    return hone_op_mean(graph, hone_op_square(graph, hone_op_subtract(graph, p, t)), -1);
}

HONE_LOSS_TYPE(mean_squared_error, "MeanSquaredError", "Mean of squared differences.", "mse|MSE", "mean((t - p)^2)",
               .values = mean_squared_error);
