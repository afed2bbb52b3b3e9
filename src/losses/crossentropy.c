/* Cross-entropies: of class ids, of rows of target weights, and of independent yes-or-no targets. */
#include "losses/types.h"
#include "ops/crossentropy.h"
#include "ops/softmax.h"
#include "ops/unary.h"

#define CROSSENTROPY_OPTIONS(F, A) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") \
    F(A, NUMBER, label_smoothing, 0, "fraction of each target that is spread over all classes", \
      HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, axis, -1, "axis of the classes")

/* The value with `axis` moved to the end. */
static hone_value move_last(hone_graph *graph, hone_value x, int64_t axis, const char *what)
{
    if (x < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, x);
    int from = hone_internal_shape_axis(shape, axis, what), order[HONE_MAX_RANK];
    if (from < 0)
        return HONE_NO_VALUE;
    if (from == shape.rank - 1)
        return x;
    for (int i = 0; i < shape.rank; i++)
        order[i] = i < from ? i : i + 1;
    order[shape.rank - 1] = from;
    return hone_op_transpose(graph, x, order);
}

/* Targets that another loss would take: the usual mistake. */
static hone_value fail_towards(const hone_graph *graph, hone_value y_true, hone_value y_pred,
                               const char *hint)
{
    char targets[128], predictions[128];
    hone_internal_shape_to_text(hone_value_shape(graph, y_true), targets, sizeof targets);
    hone_internal_shape_to_text(hone_value_shape(graph, y_pred), predictions, sizeof predictions);
    hone_fail(HONE_ERROR_SHAPE, "targets of shape %s do not match predictions of shape %s; %s", targets,
              predictions, hint);
    return HONE_NO_VALUE;
}

/* ---- class ids ---- */

#define SPARSE_FIELDS(F, A) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") \
    F(A, INTEGER, ignore_class, HONE_NONE_INTEGER, "targets of this class are ignored") \
    HONE_LOSS_FIELDS(F, A, "sparse_categorical_crossentropy") \
    F(A, INTEGER, axis, -1, "axis of the classes", .newer = true)
HONE_LOSS_ARGS(sparse_categorical_crossentropy, SPARSE_FIELDS);

/* -log softmax(z)[id]: no clip, whatever the logits. */
static hone_value sparse_from_logits(hone_graph *graph, hone_value ids, hone_value logits)
{
    hone_value hit = hone_op_one_hot(graph, ids, hone_value_size(graph, logits, -1));
    hone_value logs =
        hone_op_select(graph, hit, hone_op_log_softmax(graph, logits, -1), hone_graph_constant(graph, 0));
    return hone_op_negative(graph, hone_op_sum(graph, logs, -1));
}

/* Values of the ignored class are 0, and the mask of the rest goes with the values. */
static hone_value leave_out(hone_graph *graph, hone_value values, hone_value valid)
{
    values = hone_op_select(graph, valid, values, hone_graph_constant(graph, 0));
    hone_value_set_mask(graph, values, valid);
    return values;
}

/* Class ids (..., 1) lose the class axis where it is not the last one; the last has been dropped already. */
static hone_value drop_axis(hone_graph *graph, hone_value ids, hone_value y_pred, int64_t axis)
{
    hone_shape shape = hone_value_shape(graph, ids);
    if (shape.rank != hone_value_shape(graph, y_pred).rank)
        return ids;
    int at = hone_internal_shape_axis(shape, axis, "axis");
    return at >= 0 && shape.size[at] == 1 ? hone_op_squeeze(graph, ids, at) : ids;
}

static bool ids_fit(const hone_graph *graph, hone_value ids, hone_value y_pred)
{
    hone_shape shape = hone_value_shape(graph, y_pred);
    if (shape.rank < 1)
        return false;
    shape.rank--;
    return hone_internal_shape_equal(hone_value_shape(graph, ids), shape);
}

static hone_value sparse_values(hone_graph *graph, hone_value ids, hone_value y_pred, const void *args_)
{
    const sparse_categorical_crossentropy_args *args = args_;
    hone_value last = move_last(graph, y_pred, args->axis, "axis");
    ids = drop_axis(graph, ids, y_pred, args->axis);
    if (last < 0 || ids < 0)
        return HONE_NO_VALUE;
    if (!ids_fit(graph, ids, last))
        return fail_towards(graph, ids, y_pred,
                            "it takes class ids; use categorical_crossentropy for one-hot targets");
    bool ignores = args->ignore_class != HONE_NONE_INTEGER;
    hone_value valid = HONE_NO_VALUE;
    if (ignores) {
        valid =
            hone_op_unary(graph, "not_equal_scalar", ids, (hone_parameters){.a = (double)args->ignore_class});
        ids = hone_op_select(graph, valid, ids, hone_graph_constant(graph, 0));
    } else
        hone_internal_check_classes(graph, ids, hone_value_size(graph, last, -1));
    hone_value values = args->from_logits ? sparse_from_logits(graph, ids, last)
                                          : hone_op_sparse_crossentropy(graph, last, ids);
    return ignores ? leave_out(graph, values, valid) : values;
}

HONE_LOSS_TYPE(sparse_categorical_crossentropy, "SparseCategoricalCrossentropy",
               "Cross-entropy of class probabilities (or logits), for targets that are class ids.", NULL,
               "-log p[id], p divided by its sum and clipped to [1e-7, 1 - 1e-7]; targets (...) or (..., "
               "1), predictions (..., classes).\n"
               "With ignore_class the mean is over the other targets.",
               .values = sparse_values, .class_ids = true);

/* ---- rows of target weights ---- */

#define CATEGORICAL_FIELDS(F, A) CROSSENTROPY_OPTIONS(F, A) HONE_LOSS_FIELDS(F, A, "categorical_crossentropy")
HONE_LOSS_ARGS(categorical_crossentropy, CATEGORICAL_FIELDS);

/* -sum(t log(clip(p / sum p))); where p = softmax(z) the gradient goes straight to z, unclipped. */
static hone_value categorical_from_probabilities(hone_graph *graph, hone_value targets, hone_value p)
{
    hone_value share = hone_op_divide(graph, p, hone_op_reduce(graph, "sum", p, (int[]){-1}, 1, true));
    hone_value logs = hone_op_log(graph, HONE_CLIP_PROBABILITY(graph, share));
    hone_value values =
        hone_op_negative(graph, hone_op_sum(graph, hone_op_multiply(graph, targets, logs), -1));
    hone_value logits = hone_internal_op_softmax_input(graph, p);
    return logits < 0 ? values : hone_internal_op_softmax_crossentropy(graph, logits, p, targets, values);
}

static hone_value categorical_values(hone_graph *graph, hone_value y_true, hone_value y_pred,
                                     const void *args_)
{
    const categorical_crossentropy_args *args = args_;
    if (y_true >= 0 && y_pred >= 0 &&
        hone_value_shape(graph, y_true).rank < hone_value_shape(graph, y_pred).rank)
        return fail_towards(graph, y_true, y_pred, "use sparse_categorical_crossentropy for class ids");
    if (hone_internal_same_targets(graph, y_true, y_pred) < 0)
        return HONE_NO_VALUE;
    hone_value targets = move_last(graph, y_true, args->axis, "axis"),
               p = move_last(graph, y_pred, args->axis, "axis");
    double smoothing = args->label_smoothing, classes = (double)hone_value_size(graph, y_true, -1);
    if (smoothing != 0)
        targets = hone_op_affine(graph, targets, 1 - smoothing, smoothing / classes);
    if (!args->from_logits)
        return categorical_from_probabilities(graph, targets, p);
    hone_value logs = hone_op_multiply(graph, targets, hone_op_log_softmax(graph, p, -1));
    return hone_op_negative(graph, hone_op_sum(graph, logs, -1));
}

HONE_LOSS_TYPE(categorical_crossentropy, "CategoricalCrossentropy",
               "Cross-entropy of class probabilities (or logits), for targets that are one-hot.", NULL,
               "-sum(t log p) over the classes, p divided by its sum and clipped to [1e-7, 1 - 1e-7].",
               .values = categorical_values, .shares = true);

/* ---- independent targets between 0 and 1 ---- */

#define BINARY_FIELDS(F, A) CROSSENTROPY_OPTIONS(F, A) HONE_LOSS_FIELDS(F, A, "binary_crossentropy")
HONE_LOSS_ARGS(binary_crossentropy, BINARY_FIELDS);

/* log(1 + e^z) - z t, which is -(t log p + (1 - t) log(1 - p)) for p = sigmoid(z). */
static hone_value binary_from_logits(hone_graph *graph, hone_value targets, hone_value logits)
{
    return hone_op_subtract(graph, hone_op_softplus(graph, logits), hone_op_multiply(graph, logits, targets));
}

static hone_value binary_from_probabilities(hone_graph *graph, hone_value targets, hone_value p)
{
    p = HONE_CLIP_PROBABILITY(graph, p);
    hone_value yes = hone_op_multiply(graph, targets, hone_op_log(graph, p));
    hone_value no = hone_op_multiply(graph, hone_op_affine(graph, targets, -1, 1),
                                     hone_op_log(graph, hone_op_affine(graph, p, -1, 1)));
    return hone_op_negative(graph, hone_op_add(graph, yes, no));
}

static hone_value binary_values(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args_)
{
    const binary_crossentropy_args *args = args_;
    if (hone_internal_same_targets(graph, y_true, y_pred) < 0)
        return HONE_NO_VALUE;
    double smoothing = args->label_smoothing;
    hone_value targets =
        smoothing != 0 ? hone_op_affine(graph, y_true, 1 - smoothing, smoothing / 2) : y_true;
    hone_value logits =
        args->from_logits ? y_pred : hone_internal_op_unary_input(graph, y_pred, HONE_KERNEL_sigmoid);
    hone_value values = logits >= 0 ? binary_from_logits(graph, targets, logits)
                                    : binary_from_probabilities(graph, targets, y_pred);
    return hone_op_mean(graph, values, (int)args->axis);
}

HONE_LOSS_TYPE(
    binary_crossentropy, "BinaryCrossentropy",
    "Cross-entropy of probabilities (or logits), for targets between 0 and 1.", "bce|BCE",
    "-mean(t log p + (1 - t) log(1 - p)) over the last axis, p clipped to [1e-7, 1 - 1e-7]. Where p is "
    "straight from a sigmoid\n"
    "its logits are taken, so that nothing is clipped.",
    .values = binary_values, .shares = true);

/* ---- whichever of the three the shapes ask for ---- */

#define EITHER_FIELDS(F, A) \
    F(A, BOOLEAN, from_logits, false, "the predictions are logits, not probabilities") \
    HONE_LOSS_FIELDS(F, A, "crossentropy")
HONE_LOSS_ARGS(crossentropy, EITHER_FIELDS);

/* Found out when the shapes are known, in loss.c. */
static hone_value either_values(hone_graph *graph, hone_value y_true, hone_value y_pred, const void *args)
{
    (void)args;
    hone_internal_fail_targets(graph, y_true, y_pred);
    return HONE_NO_VALUE;
}

HONE_LOSS_TYPE(crossentropy, "crossentropy", "The cross-entropy that fits the shapes.", "ce",
               "Predictions (..., 1): binary_crossentropy. Targets with one axis less, or (..., 1): "
               "sparse_categorical_crossentropy.\n"
               "Otherwise: categorical_crossentropy.",
               .values = either_values);
