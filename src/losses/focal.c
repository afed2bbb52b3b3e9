/* Focal and generalised cross-entropies: what is predicted well already weighs less. t: targets, p:
 * predictions. */
#include "losses/types.h"

static hone_value power(hone_graph *graph, hone_value x, double exponent)
{
    return hone_op_unary(graph, "power_scalar", x, (hone_parameters){.a = exponent});
}

static hone_value one_minus(hone_graph *graph, hone_value x)
{
    return hone_op_affine(graph, x, -1, 1);
}

static hone_value log_of_clipped(hone_graph *graph, hone_value p)
{
    return hone_op_log(graph, HONE_CLIP_PROBABILITY(graph, p));
}

#define FOCAL_OPTIONS(F, A) \
    F(A, NUMBER, gamma, 2.0, "how strongly well-classified samples are down-weighted", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") \
    F(A, NUMBER, label_smoothing, 0, "fraction of each target that is spread over all classes", \
      HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, axis, -1, "axis of the classes")

/* ---- binary ---- */

#define BINARY_FIELDS(F, A) \
    F(A, BOOLEAN, apply_class_balancing, false, "weight targets of 1 by alpha, those of 0 by 1 - alpha") \
    F(A, NUMBER, alpha, 0.25, "weight of targets of 1", HONE_BETWEEN(0, 1)) \
    FOCAL_OPTIONS(F, A) HONE_LOSS_FIELDS(F, A, "binary_focal_crossentropy")
HONE_LOSS_ARGS(binary_focal_crossentropy, BINARY_FIELDS);

/* t a + (1 - t) b */
static hone_value blend(hone_graph *graph, hone_value t, hone_value a, hone_value b)
{
    return hone_op_add(graph, hone_op_multiply(graph, t, a), hone_op_multiply(graph, one_minus(graph, t), b));
}

static hone_value binary_values(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const binary_focal_crossentropy_args *args = args_;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    double smoothing = args->label_smoothing, alpha = args->alpha;
    if (smoothing != 0)
        t = hone_op_affine(graph, t, 1 - smoothing, smoothing / 2);
    if (args->from_logits)
        p = hone_op_sigmoid(graph, p);
    hone_value clipped = HONE_CLIP_PROBABILITY(graph, p);
    hone_value logs =
        blend(graph, t, hone_op_log(graph, clipped), hone_op_log(graph, one_minus(graph, clipped)));
    hone_value missed = one_minus(graph, blend(graph, t, p, one_minus(graph, p)));
    hone_value values =
        hone_op_negative(graph, hone_op_multiply(graph, power(graph, missed, args->gamma), logs));
    if (args->apply_class_balancing)
        values = hone_op_multiply(graph, values, hone_op_affine(graph, t, 2 * alpha - 1, 1 - alpha));
    return hone_op_mean(graph, values, (int)args->axis);
}

HONE_LOSS_TYPE(binary_focal_crossentropy, "BinaryFocalCrossentropy",
               "Binary cross-entropy in which well-classified samples count less.", NULL,
               "mean((1 - q)^gamma * binary cross-entropy), q = t p + (1 - t)(1 - p)",
               .values = binary_values, .shares = true);

/* ---- categorical ---- */

#define CATEGORICAL_FIELDS(F, A) \
    F(A, NUMBER, alpha, 0.25, "factor of the loss", HONE_AT_LEAST(0)) \
    FOCAL_OPTIONS(F, A) HONE_LOSS_FIELDS(F, A, "categorical_focal_crossentropy")
HONE_LOSS_ARGS(categorical_focal_crossentropy, CATEGORICAL_FIELDS);

static hone_value categorical_values(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const categorical_focal_crossentropy_args *args = args_;
    int axis = hone_internal_shape_axis(hone_value_shape(graph, p), args->axis, "axis");
    if (axis < 0 || hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    double smoothing = args->label_smoothing, classes = (double)hone_value_size(graph, t, -1);
    if (smoothing != 0)
        t = hone_op_affine(graph, t, 1 - smoothing, smoothing / classes);
    if (args->from_logits)
        p = hone_op_softmax(graph, p, axis);
    p = hone_op_divide(graph, p, hone_op_reduce(graph, "sum", p, &axis, 1, true));
    p = HONE_CLIP_PROBABILITY(graph, p);
    hone_value logs = hone_op_multiply(graph, t, log_of_clipped(graph, p));
    hone_value weighted = hone_op_multiply(graph, power(graph, one_minus(graph, p), args->gamma), logs);
    return hone_op_affine(graph, hone_op_sum(graph, weighted, axis), -args->alpha, 0);
}

HONE_LOSS_TYPE(categorical_focal_crossentropy, "CategoricalFocalCrossentropy",
               "Categorical cross-entropy in which well-classified samples count less.", NULL,
               "-alpha sum((1 - p)^gamma t log p), p divided by its sum and clipped to [1e-7, 1 - 1e-7]",
               .values = categorical_values, .shares = true);

/* ---- generalised ---- */

#define GENERALIZED_FIELDS(F, A) \
    F(A, NUMBER, q, 0.5, \
      "near 0: like cross-entropy; near 1: like the absolute error, which is less sensitive to wrong labels", \
      HONE_BETWEEN_OPEN(0, 1)) \
    HONE_LOSS_FIELDS(F, A, "categorical_generalized_cross_entropy")
HONE_LOSS_ARGS(categorical_generalized_cross_entropy, GENERALIZED_FIELDS);

static hone_value generalized_values(hone_graph *graph, hone_value ids, hone_value p, const void *args_)
{
    const categorical_generalized_cross_entropy_args *args = args_;
    hone_shape shape = hone_value_shape(graph, p);
    if (shape.rank != hone_value_shape(graph, ids).rank + 1) {
        hone_internal_fail_targets(graph, ids, p);
        return HONE_NO_VALUE;
    }
    int64_t classes = shape.size[shape.rank - 1];
    hone_internal_check_classes(graph, ids, classes);
    hone_value hit = hone_op_multiply(graph, p, hone_op_one_hot(graph, ids, classes));
    hone_value right = power(graph, hone_op_sum(graph, hit, -1), args->q);
    return hone_op_affine(graph, right, -1 / args->q, 1 / args->q);
}

HONE_LOSS_TYPE(categorical_generalized_cross_entropy, "CategoricalGeneralizedCrossEntropy",
               "Between cross-entropy and absolute error of the correct class; tolerates wrong labels.", NULL,
               "(1 - p[id]^q) / q; targets are class ids", .type.since = 310, .values = generalized_values,
               .class_ids = true);
