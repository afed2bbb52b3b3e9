/* circle: metric learning. Embeddings of one class are drawn together, others pushed apart, each pair by
 * how far it is from its best. */
#include "losses/types.h"

#define CIRCLE_FIELDS(F, A) \
    F(A, NUMBER, gamma, 80.0, "scale of the similarities", HONE_ABOVE(0)) \
    F(A, NUMBER, margin, 0.4, "margin between similar and dissimilar pairs, 0 to 1", HONE_BETWEEN(0, 1)) \
    F(A, BOOLEAN, remove_diagonal, true, "do not pair a sample with itself") \
    HONE_LOSS_FIELDS(F, A, "circle")
HONE_LOSS_ARGS(circle, CIRCLE_FIELDS);

/* What a pair that does not count has in place of its logit; its share of the sum is exactly 0. */
#define NO_PAIR -1e30

/* 1 on the diagonal [n, n]: running numbers along rows against those along columns. */
static hone_value diagonal(hone_graph *graph, int64_t n)
{
    hone_value numbers = hone_op_cumulative_sum(graph, hone_graph_filled(graph, HONE_SHAPE(n), 1), 0);
    return hone_op_binary(graph, "equal", hone_op_expand(graph, numbers, 1),
                          hone_op_expand(graph, numbers, 0));
}

/* log sum exp over the pairs [n, n] of a row that count. */
static hone_value log_sum_exp(hone_graph *graph, hone_value pairs, hone_value x)
{
    x = hone_op_select(graph, pairs, x, hone_graph_constant(graph, NO_PAIR));
    hone_value most = hone_op_stop_gradient(graph, hone_op_reduce(graph, "maximum", x, (int[]){1}, 1, true));
    hone_value sum = hone_op_reduce(graph, "sum", hone_op_exp(graph, hone_op_subtract(graph, x, most)),
                                    (int[]){1}, 1, true);
    return hone_op_squeeze(graph, hone_op_add(graph, most, hone_op_log(graph, sum)), 1);
}

/* factor * max(weight, 0) * (near - d), with the weight given. */
static hone_value logits(hone_graph *graph, hone_value weight, hone_value distances, double near,
                         double factor)
{
    hone_value positive = hone_op_unary(graph, "maximum_scalar", weight, (hone_parameters){.a = 0});
    hone_value apart = hone_op_affine(graph, distances, -factor, factor * near);
    return hone_op_multiply(graph, positive, apart);
}

static hone_value circle(hone_graph *graph, hone_value ids, hone_value p, const void *args_)
{
    const circle_args *args = args_;
    if (ids < 0 || p < 0)
        return HONE_NO_VALUE;
    if (hone_value_shape(graph, ids).rank != 1 || hone_value_shape(graph, p).rank != 2 ||
        hone_value_size(graph, ids, 0) != hone_value_size(graph, p, 0)) {
        hone_internal_fail_targets(graph, ids, p);
        return HONE_NO_VALUE;
    }
    hone_value distances = hone_op_affine(graph, hone_op_matmul(graph, p, p, false, true), -1, 1);
    distances = hone_op_unary(graph, "maximum_scalar", distances, (hone_parameters){.a = 0});
    hone_value same =
        hone_op_binary(graph, "equal", hone_op_expand(graph, ids, 1), hone_op_expand(graph, ids, 0));
    hone_value other = hone_op_unary(graph, "logical_not", same, (hone_parameters){0});
    if (args->remove_diagonal)
        same = hone_op_multiply(graph, same,
                                hone_op_unary(graph, "logical_not",
                                              diagonal(graph, hone_value_size(graph, p, 0)),
                                              (hone_parameters){0}));
    double margin = args->margin, gamma = args->gamma;
    hone_value near = logits(graph, hone_op_affine(graph, distances, 1, margin), distances, margin, -gamma);
    hone_value far =
        logits(graph, hone_op_affine(graph, distances, -1, 1 + margin), distances, 1 - margin, gamma);
    hone_value sum = hone_op_add(graph, log_sum_exp(graph, same, near), log_sum_exp(graph, other, far));
    hone_value values = hone_op_softplus(graph, sum);
    hone_value_set_mask(graph, values,
                        hone_op_unary(graph, "greater_scalar", values, (hone_parameters){.a = 0}));
    return values;
}

HONE_LOSS_TYPE(
    circle, "Circle", "Metric learning: pulls embeddings of the same class together and pushes others apart.",
    NULL,
    "Targets: class ids; predictions: embeddings [batch, n] of length 1. softplus(lse(gamma a (d - "
    "margin)) + lse(gamma b (1 - margin - d)))\n"
    "over pairs of one class and of two, d = 1 - cosine, a = max(margin + d, 0), b = max(1 + margin - d, "
    "0). Rows with a loss of 0 do not count.",
    .type.since = 307, .values = circle, .class_ids = true);
