/* Hinge losses: nothing is lost once a target of -1 or 1 is on its side by a margin of 1. t: targets, p:
 * predictions. */
#include "losses/types.h"

/* Targets of 0 and 1 become -1 and 1 when the whole batch is of them. */
static hone_value signs(hone_graph *graph, hone_value t)
{
    /* t (t - 1) is 0 for 0 and 1. */
    hone_value other = hone_op_multiply(graph, t, hone_op_affine(graph, t, 1, -1));
    hone_value bit = hone_op_unary(graph, "equal_scalar", other, (hone_parameters){.a = 0});
    hone_value all = hone_op_reduce(graph, "minimum", bit, NULL, 0, false);
    return hone_op_select(graph, all, hone_op_affine(graph, t, 2, -1), t);
}

/* max(x, 0) */
static hone_value positive(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "maximum_scalar", x, (hone_parameters){.a = 0});
}

/* max(1 - t p, 0) */
static hone_value margins(hone_graph *graph, hone_value t, hone_value p)
{
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    return positive(graph, hone_op_affine(graph, hone_op_multiply(graph, signs(graph, t), p), -1, 1));
}

#define HINGE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "hinge")
HONE_LOSS_ARGS(hinge, HINGE_FIELDS);

static hone_value hinge(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    return hone_op_mean(graph, margins(graph, t, p), -1);
}

HONE_LOSS_TYPE(hinge, "Hinge",
               "Hinge loss, for targets of -1 or 1: how far predictions miss the margin of 1.", NULL,
               "mean(max(1 - t p, 0)); targets that are all 0 or 1 are taken as -1 and 1", .values = hinge);

#define SQUARED_HINGE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "squared_hinge")
HONE_LOSS_ARGS(squared_hinge, SQUARED_HINGE_FIELDS);

static hone_value squared_hinge(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    return hone_op_mean(graph, hone_op_square(graph, margins(graph, t, p)), -1);
}

HONE_LOSS_TYPE(squared_hinge, "SquaredHinge", "Squared hinge loss, for targets of -1 or 1.", NULL,
               "mean(max(1 - t p, 0)^2); targets that are all 0 or 1 are taken as -1 and 1",
               .values = squared_hinge);

#define CATEGORICAL_HINGE_FIELDS(F, A) HONE_LOSS_FIELDS(F, A, "categorical_hinge")
HONE_LOSS_ARGS(categorical_hinge, CATEGORICAL_HINGE_FIELDS);

static hone_value categorical_hinge(hone_graph *graph, hone_value t, hone_value p, const void *args)
{
    (void)args;
    if (hone_internal_same_targets(graph, t, p) < 0)
        return HONE_NO_VALUE;
    hone_value right = hone_op_sum(graph, hone_op_multiply(graph, t, p), -1);
    hone_value others = hone_op_multiply(graph, hone_op_affine(graph, t, -1, 1), p);
    hone_value wrong = hone_op_reduce(graph, "maximum", others, (int[]){-1}, 1, false);
    return positive(graph, hone_op_affine(graph, hone_op_subtract(graph, wrong, right), 1, 1));
}

HONE_LOSS_TYPE(categorical_hinge, "CategoricalHinge",
               "How far the score of the correct class misses a margin of 1 over the best wrong one.", NULL,
               "max(max((1 - t) p) - sum(t p) + 1, 0)", .values = categorical_hinge);
