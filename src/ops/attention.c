/* Attention, of queries q [n, t, h, d], keys k [n, s, g, d] and values v [n, s, g, e], as products and a
 * softmax:
 *
 *     p = softmax over keys of (allowed ? scale q k^T + bias : least)    [n, h, t, s]
 *     y = p v                                                             [n, t, h, e]
 */
#include "ops/attention.h"
#include "ops/ops.h"

#include <float.h>
#include <math.h>

/* [n, s, g, c] as [n, h, s, c]: each group for h / g heads. */
static hone_value by_head(hone_graph *graph, hone_value x, int64_t heads)
{
    static const int order[] = {0, 2, 1, 3};
    hone_shape shape = hone_value_shape(graph, x);
    hone_value moved = hone_op_transpose(graph, x, order);
    if (shape.size[2] == heads || moved < 0)
        return moved;
    int64_t repeats = heads / shape.size[2];
    hone_value apart = hone_op_expand(graph, moved, 2);
    hone_value repeated = hone_op_broadcast(
        graph, apart, HONE_SHAPE(shape.size[0], shape.size[2], repeats, shape.size[1], shape.size[3]));
    return hone_op_reshape(graph, repeated, HONE_SHAPE(shape.size[0], heads, shape.size[1], shape.size[3]));
}

/* 1, 2, ... `count` as [count, 1] or [1, count]. */
static hone_value numbered(hone_graph *graph, int64_t count, bool column)
{
    hone_shape shape = column ? HONE_SHAPE(count, 1) : HONE_SHAPE(1, count);
    return hone_op_cumulative_sum(graph, hone_graph_filled(graph, shape, 1), column ? 0 : 1);
}

hone_value hone_internal_band(hone_graph *graph, int64_t queries, int64_t keys, bool causal, int64_t window)
{
    hone_value row = numbered(graph, queries, true), column = numbered(graph, keys, false),
               band = HONE_NO_VALUE;
    if (causal)
        band = hone_op_binary(graph, "greater_equal", row, column);
    if (window <= 0)
        return band;
    hone_value near =
        hone_op_binary(graph, "less", hone_op_absolute(graph, hone_op_subtract(graph, row, column)),
                       hone_graph_constant(graph, (double)window));
    return causal ? hone_op_multiply(graph, band, near) : near;
}

/* Where a query may read, or HONE_NO_VALUE: everywhere. */
static hone_value allowed(hone_graph *graph, hone_value mask, int64_t queries, int64_t keys,
                          const hone_attend *how)
{
    if (mask >= 0)
        mask = hone_op_unary(graph, "not_equal_scalar", mask, (hone_parameters){0});
    if (!how->causal && how->window <= 0)
        return mask;
    hone_value band = hone_internal_band(graph, queries, keys, how->causal, how->window);
    return mask < 0 ? band : hone_op_multiply(graph, mask, band);
}

static hone_value scores_of(hone_graph *graph, hone_value q, hone_value k, hone_value bias, double scale)
{
    hone_value scores = hone_op_affine(graph, hone_op_matmul(graph, q, k, false, true), scale, 0);
    return bias < 0 ? scores : hone_op_add(graph, scores, bias);
}

hone_value hone_op_attention(hone_graph *graph, hone_value q, hone_value k, hone_value v, hone_value bias,
                             hone_value mask, const hone_attend *how)
{
    static const int back[] = {0, 2, 1, 3};
    if (q < 0 || k < 0 || v < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, q);
    int64_t heads = shape.size[2], keys = hone_value_size(graph, k, 1);
    double scale = how->scale != 0 ? how->scale : 1 / sqrt((double)shape.size[3]);
    hone_value scores = scores_of(graph, by_head(graph, q, heads), by_head(graph, k, heads), bias, scale);
    hone_value open = allowed(graph, mask, shape.size[1], keys, how);
    if (open >= 0)
        scores = hone_op_select(graph, open, scores, hone_graph_constant(graph, -0.7 * (double)FLT_MAX));
    hone_value weights = hone_op_softmax(graph, scores, -1);
    if (open >= 0 && how->nothing_is_zero)
        weights = hone_op_multiply(graph, weights, open);
    return hone_op_transpose(graph, hone_op_matmul(graph, weights, by_head(graph, v, heads), false, false),
                             back);
}
