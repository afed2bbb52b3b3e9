/* Losses of overlap: dice and tversky. t: targets, p: predictions, sums over the listed axes, or over all. */
#include "losses/types.h"

static hone_value sum_over(hone_graph *graph, hone_value x, const int64_t *axes)
{
    int list[HONE_MAX_RANK], count = 0;
    hone_shape shape = hone_value_shape(graph, x);
    if (x < 0)
        return HONE_NO_VALUE;
    while (count < HONE_MAX_RANK && axes[count] != HONE_NONE_INTEGER) {
        if ((list[count] = hone_internal_shape_axis(shape, axes[count], "axis")) < 0)
            return HONE_NO_VALUE;
        count++;
    }
    return hone_op_reduce(graph, "sum", x, list, count, false);
}

#define AXIS_FIELD(F, A) \
    F(A, INTEGERS, axis, HONE_NO_INTEGERS, "axes to sum over (default: all, including the batch)", \
      .scalar_or_list = true)

/* ---- dice ---- */

#define DICE_FIELDS(F, A) AXIS_FIELD(F, A) HONE_LOSS_FIELDS(F, A, "dice")
HONE_LOSS_ARGS(dice, DICE_FIELDS);

static hone_value dice(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const dice_args *args = args_;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value both = sum_over(graph, hone_op_multiply(graph, t, p), args->axis);
    hone_value all = hone_op_add(graph, sum_over(graph, t, args->axis), sum_over(graph, p, args->axis));
    hone_value share = hone_op_divide(graph, both, hone_op_affine(graph, all, 1, HONE_EPSILON));
    return hone_op_affine(graph, share, -2, 1);
}

HONE_LOSS_TYPE(dice, "Dice",
               "1 minus the Dice coefficient: twice the overlap divided by the sum of both sizes.", NULL,
               "1 - 2 sum(t p) / (sum t + sum p + 1e-7)", .type.since = 302, .values = dice);

/* ---- tversky ---- */

#define TVERSKY_FIELDS(F, A) \
    F(A, NUMBER, alpha, 0.5, "weight of what is only in the target", HONE_AT_LEAST(0)) \
    F(A, NUMBER, beta, 0.5, "weight of what is only in the prediction", HONE_AT_LEAST(0)) \
    AXIS_FIELD(F, A) HONE_LOSS_FIELDS(F, A, "tversky")
HONE_LOSS_ARGS(tversky, TVERSKY_FIELDS);

/* sum(x (1 - y)) */
static hone_value alone(hone_graph *graph, hone_value x, hone_value y, const int64_t *axes)
{
    return sum_over(graph, hone_op_multiply(graph, x, hone_op_affine(graph, y, -1, 1)), axes);
}

static hone_value tversky(hone_graph *graph, hone_value t, hone_value p, const void *args_)
{
    const tversky_args *args = args_;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value both = sum_over(graph, hone_op_multiply(graph, t, p), args->axis);
    hone_value targets = hone_op_affine(graph, alone(graph, t, p, args->axis), args->alpha, HONE_EPSILON);
    hone_value predictions = hone_op_affine(graph, alone(graph, p, t, args->axis), args->beta, 0);
    hone_value all = hone_op_add(graph, both, hone_op_add(graph, targets, predictions));
    return hone_op_affine(graph, hone_op_divide(graph, both, all), -1, 1);
}

HONE_LOSS_TYPE(
    tversky, "Tversky", "1 minus the Tversky index: an overlap with weights for what is on one side only.",
    NULL,
    "1 - I / (I + alpha sum(t (1 - p)) + beta sum(p (1 - t)) + 1e-7), I = sum(t p): alpha weighs what was "
    "missed, as in Keras.",
    .type.since = 303, .values = tversky);
