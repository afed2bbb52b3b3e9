/* Losses of numbers: differences, their squares, sizes and logarithms; likeness of directions. t: targets,
 * p: predictions; the mean is over the last axis. */
#include "losses/types.h"

static hone_value last_mean(hone_graph *graph, hone_value x)
{
    return hone_op_mean(graph, x, -1);
}

/* p - t, both of one shape. */
static hone_value difference(hone_graph *graph, hone_value t, hone_value p)
{
    return hone_internal_same_targets(graph, t, p) < 0 ? HONE_NO_VALUE : hone_op_subtract(graph, p, t);
}

static hone_value at_least(hone_graph *graph, hone_value x, double lowest)
{
    return hone_op_unary(graph, "maximum_scalar", x, (hone_parameters){.a = lowest});
}

/* ---- mean_squared_error ---- */

#define SQUARED_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "mean_squared_error")
HONE_LOSS_ARGS(mean_squared_error, SQUARED_FIELDS);

static hone_value mean_squared_error(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    return last_mean(graph, hone_op_square(graph, difference(graph, t, p)));
}

HONE_LOSS_TYPE(mean_squared_error, "MeanSquaredError", "Mean of squared differences.", "mse|MSE",
               "mean((t - p)^2)", .values = mean_squared_error);

/* ---- mean_absolute_error ---- */

#define ABSOLUTE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "mean_absolute_error")
HONE_LOSS_ARGS(mean_absolute_error, ABSOLUTE_FIELDS);

static hone_value mean_absolute_error(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    return last_mean(graph, hone_op_absolute(graph, difference(graph, t, p)));
}

HONE_LOSS_TYPE(mean_absolute_error, "MeanAbsoluteError", "Mean of absolute differences.", "mae|MAE",
               "mean(|t - p|)", .values = mean_absolute_error);

/* ---- mean_absolute_percentage_error ---- */

#define PERCENTAGE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "mean_absolute_percentage_error")
HONE_LOSS_ARGS(mean_absolute_percentage_error, PERCENTAGE_FIELDS);

static hone_value mean_absolute_percentage_error(hone_graph *graph, hone_value t, hone_value p,
                                                 const void *args)
{
    (void)args;
    hone_value size = at_least(graph, hone_op_absolute(graph, t), HONE_EPSILON);
    hone_value share = hone_op_absolute(graph, hone_op_divide(graph, difference(graph, t, p), size));
    return hone_op_affine(graph, last_mean(graph, share), 100, 0);
}

HONE_LOSS_TYPE(mean_absolute_percentage_error, "MeanAbsolutePercentageError",
               "Mean of absolute differences in percent of the target.", "mape|MAPE",
               "100 mean(|t - p| / max(|t|, 1e-7))", .values = mean_absolute_percentage_error);

/* ---- mean_squared_logarithmic_error ---- */

#define LOGARITHMIC_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "mean_squared_logarithmic_error")
HONE_LOSS_ARGS(mean_squared_logarithmic_error, LOGARITHMIC_FIELDS);

static hone_value log_of_one_more(hone_graph *graph, hone_value x)
{
    return hone_op_log(graph, hone_op_affine(graph, at_least(graph, x, HONE_EPSILON), 1, 1));
}

static hone_value mean_squared_logarithmic_error(hone_graph *graph, hone_value t, hone_value p,
                                                 const void *args)
{
    (void)args;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value apart = hone_op_subtract(graph, log_of_one_more(graph, p), log_of_one_more(graph, t));
    return last_mean(graph, hone_op_square(graph, apart));
}

HONE_LOSS_TYPE(mean_squared_logarithmic_error, "MeanSquaredLogarithmicError",
               "Mean of squared differences of logarithms.", "msle|MSLE",
               "mean((log(1 + t) - log(1 + p))^2), both at least 1e-7",
               .values = mean_squared_logarithmic_error);

/* ---- huber ---- */

#define HUBER_FIELDS(F, A) \
    F(A, NUMBER, delta, 1.0, "differences above this count linearly", HONE_ABOVE(0), .newer = true) \
    HONE_LOSS_FIELDS(F, A, "huber_loss")
HONE_LOSS_ARGS(huber, HUBER_FIELDS);

/* With d = |t - p| and m = min(d, delta): m (d - m / 2), which is d^2 / 2 below delta and delta d -
 * delta^2 / 2 above. */
static hone_value huber(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const huber_args *args = args_;
    hone_value size = hone_op_absolute(graph, difference(graph, t, p));
    hone_value near = hone_op_unary(graph, "minimum_scalar", size, (hone_parameters){.a = args->delta});
    hone_value rest = hone_op_subtract(graph, size, hone_op_affine(graph, near, 0.5, 0));
    return last_mean(graph, hone_op_multiply(graph, near, rest));
}

HONE_LOSS_TYPE(huber, "Huber", "Squared differences, but linear beyond delta, so that outliers weigh less.",
               "huber_loss", "mean(d^2 / 2 where d = |t - p| <= delta, else delta d - delta^2 / 2)",
               .values = huber);

/* ---- log_cosh ---- */

#define LOG_COSH_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "log_cosh")
HONE_LOSS_ARGS(log_cosh, LOG_COSH_FIELDS);

/* log((e^x + e^-x) / 2) = x + log(1 + e^-2x) - log 2 */
static hone_value log_cosh(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    hone_value x = difference(graph, t, p);
    hone_value tail = hone_op_softplus(graph, hone_op_affine(graph, x, -2, 0));
    return last_mean(graph, hone_op_affine(graph, hone_op_add(graph, x, tail), 1, -log(2)));
}

HONE_LOSS_TYPE(log_cosh, "LogCosh", "Logarithm of the hyperbolic cosine of differences.", "logcosh",
               "mean(log(cosh(p - t)))", .values = log_cosh);

/* ---- poisson ---- */

#define POISSON_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "poisson")
HONE_LOSS_ARGS(poisson, POISSON_FIELDS);

static hone_value poisson(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value logs = hone_op_log(graph, hone_op_affine(graph, p, 1, HONE_EPSILON));
    return last_mean(graph, hone_op_subtract(graph, p, hone_op_multiply(graph, t, logs)));
}

HONE_LOSS_TYPE(poisson, "Poisson", "Poisson loss, for counts that are predicted by their rate.", NULL,
               "mean(p - t log(p + 1e-7))", .values = poisson);

/* ---- kl_divergence ---- */

#define DIVERGENCE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "kl_divergence")
HONE_LOSS_ARGS(kl_divergence, DIVERGENCE_FIELDS);

static hone_value kl_divergence(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    t = hone_op_clip(graph, t, HONE_EPSILON, 1);
    hone_value logs = hone_op_log(graph, hone_op_divide(graph, t, hone_op_clip(graph, p, HONE_EPSILON, 1)));
    return hone_op_sum(graph, hone_op_multiply(graph, t, logs), -1);
}

HONE_LOSS_TYPE(kl_divergence, "KLDivergence",
               "Kullback-Leibler divergence of the predicted distribution from the target.",
               "kld|KLD|kullback_leibler_divergence", "sum(t log(t / p)), both clipped to [1e-7, 1]",
               .values = kl_divergence);

/* ---- cosine_similarity ---- */

#define COSINE_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "axis of the vectors", .newer = true) \
    HONE_LOSS_FIELDS(F, A, "cosine_similarity")
HONE_LOSS_ARGS(cosine_similarity, COSINE_FIELDS);

/* x / sqrt(max(sum x^2, 1e-14)) along an axis */
static hone_value direction(hone_graph *graph, hone_value x, int axis)
{
    hone_value squares = hone_op_reduce(graph, "sum_squares", x, &axis, 1, true);
    return hone_op_multiply(graph, x,
                            hone_op_rsqrt(graph, at_least(graph, squares, HONE_EPSILON * HONE_EPSILON)));
}

static hone_value cosine_similarity(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const cosine_similarity_args *args = args_;
    int axis = hone_internal_shape_axis(hone_value_shape(graph, p), args->axis, "axis");
    if (axis < 0 || hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value product = hone_op_multiply(graph, direction(graph, t, axis), direction(graph, p, axis));
    return hone_op_negative(graph, hone_op_sum(graph, product, axis));
}

HONE_LOSS_TYPE(cosine_similarity, "CosineSimilarity",
               "Negative cosine similarity: -1 for the same direction, 0 at right angles, 1 for opposite "
               "directions.",
               NULL, "-sum(t / |t| p / |p|)", .values = cosine_similarity);
