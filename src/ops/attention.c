/* Attention, of queries q [n, t, h, d], keys k [n, s, g, d] and values v [n, s, g, e]; h is a multiple of g:
 *
 *     p = softmax over keys of (allowed ? scale q k^T + bias : least)    [n, h, t, s]
 *     y = p v                                                             [n, t, h, e]
 *
 * One op, whose kernel has the scores of some queries at a time, and whose gradient makes them again. As
 * products and a softmax of their own with a bias, and for forms of a model that have no attention. */
#include "ops/attention.h"
#include "kernels/attention.h"
#include "ops/ops.h"

#include <float.h>
#include <math.h>

/* ---- as products and a softmax ---- */

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

static hone_value attend_openly(hone_graph *graph, hone_value q, hone_value k, hone_value v, hone_value bias,
                                hone_value mask, const hone_attend *how)
{
    static const int back[] = {0, 2, 1, 3};
    hone_shape shape = hone_value_shape(graph, q);
    int64_t heads = shape.size[2], keys = hone_value_size(graph, k, 1);
    hone_value scores =
        scores_of(graph, by_head(graph, q, heads), by_head(graph, k, heads), bias, how->scale);
    hone_value open = allowed(graph, mask, shape.size[1], keys, how);
    if (open >= 0)
        scores = hone_op_select(graph, open, scores, hone_graph_constant(graph, -0.7 * (double)FLT_MAX));
    hone_value weights = hone_op_softmax(graph, scores, -1);
    if (open >= 0 && how->nothing_is_zero)
        weights = hone_op_multiply(graph, weights, open);
    return hone_op_transpose(graph, hone_op_matmul(graph, weights, by_head(graph, v, heads), false, false),
                             back);
}

/* ---- as one op ---- */

typedef struct attention_attributes {
    hone_attend how;
    bool bfloat16;
} attention_attributes;

enum { Q, K, V, MASK, OPERANDS }; /* inputs of the op */

static bool differ(int64_t a, int64_t b)
{
    return a != b && a != HONE_ANY && b != HONE_ANY;
}

static hone_status check(const hone_graph *graph, const hone_node *node)
{
    hone_shape q = hone_value_shape(graph, node->inputs[Q]), k = hone_value_shape(graph, node->inputs[K]),
               v = hone_value_shape(graph, node->inputs[V]);
    if (q.rank != 4 || k.rank != 4 || differ(q.size[0], k.size[0]) || q.size[3] != k.size[3] ||
        k.size[2] <= 0 || q.size[2] % k.size[2] != 0)
        return hone_internal_fail_shapes("attention", q, k);
    for (int axis = 0; axis < 3; axis++)
        if (v.rank != 4 || differ(k.size[axis], v.size[axis]))
            return hone_internal_fail_shapes("attention", k, v);
    if (node->inputs[MASK] < 0)
        return HONE_OK;
    hone_shape mask = hone_value_shape(graph, node->inputs[MASK]),
               scores = HONE_SHAPE(q.size[0], q.size[2], q.size[1], k.size[1]);
    for (int axis = 0; axis < 4; axis++)
        if (mask.rank != 4 || (mask.size[axis] != 1 && differ(mask.size[axis], scores.size[axis])))
            return hone_internal_fail_shapes("attention: the mask", scores, mask);
    return HONE_OK;
}

/* Outputs: y; the logarithms of the sums of exponentials [n, h, t]. */
static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    HONE_TRY(check(graph, node));
    hone_shape q = hone_value_shape(graph, node->inputs[Q]), v = hone_value_shape(graph, node->inputs[V]);
    outputs[0] = q;
    outputs[0].size[3] = v.size[3];
    outputs[1] = HONE_SHAPE(q.size[0], q.size[2], q.size[1]);
    return HONE_OK;
}

enum { VECTOR = 16, MOST_VECTORS = 3 }; /* queries side by side; vectors of a tile */

/* Tiles are cut at whole vectors, by the shape alone, evenly: the first of `count` have one more where it
 * does not divide. Gives where tile `index` begins. */
static int64_t tile_begin(const hone_attention *family, int64_t index)
{
    int64_t vectors = (family->queries + VECTOR - 1) / VECTOR, each = vectors / family->tile_count,
            more = vectors % family->tile_count;
    return (index * each + (index < more ? index : more)) * VECTOR;
}

static hone_attention_tile tile_of(const hone_attention *family, int64_t index)
{
    int64_t begin = tile_begin(family, index), end = tile_begin(family, index + 1);
    end = end < family->queries ? end : family->queries;
    return (hone_attention_tile){.first = begin,
                                 .rows = end - begin,
                                 /* what its last query may read */
                                 .keys = family->causal && end < family->keys ? end : family->keys,
                                 .lanes =
                                     family->queries == 1 ? 1 : (end - begin + VECTOR - 1) / VECTOR * VECTOR};
}

static hone_attention_product make_product(const hone_step *step, hone_product product, bool bfloat16,
                                           size_t *scratch)
{
    hone_attention_product made = {.product = product};
    made.product.bfloat16 = bfloat16;
    hone_tiles tiles = step->kernels->tiling[HONE_KERNEL_matmul](&made.product);
    made.tiles = tiles.count;
    *scratch = tiles.scratch > *scratch ? tiles.scratch : *scratch;
    return made;
}

/* A product whose operands and result have rows so far apart. */
static hone_product apart(int64_t m, int64_t n, int64_t k, bool turn_a, bool turn_b, int64_t lda, int64_t ldb,
                          int64_t ldc)
{
    hone_product product = hone_product_of(m, n, k, turn_a, turn_b);
    product.lda = lda;
    product.ldb = ldb;
    product.ldc = ldc;
    return product;
}

static void fill_tile(const hone_step *step, const hone_attention *family, hone_attention_tile *tile,
                      bool bfloat16, size_t *scratch)
{
    const bool one = tile->lanes == 1;
    int64_t rows = tile->rows, keys = tile->keys, lanes = tile->lanes, d = family->key_size,
            e = family->value_size, q_apart = family->heads * d, y_apart = family->heads * e,
            k_apart = family->groups * d, v_apart = family->groups * e;
    const struct {
        hone_attention_product *made;
        hone_product product;
    } products[] = {
        {&tile->scores, one ? apart(1, keys, d, false, true, q_apart, k_apart, keys)
                            : apart(keys, rows, d, false, true, k_apart, q_apart, lanes)},
        {&tile->read, apart(rows, e, keys, true, false, lanes, v_apart, y_apart)},
        {&tile->weights, one ? apart(1, keys, e, false, true, y_apart, v_apart, keys)
                             : apart(keys, rows, e, false, true, v_apart, y_apart, lanes)},
        {&tile->values, apart(keys, e, rows, false, false, lanes, y_apart, v_apart)},
        {&tile->queries, apart(rows, d, keys, true, false, lanes, k_apart, q_apart)},
        {&tile->key_sum, apart(keys, d, rows, false, false, lanes, q_apart, k_apart)},
    };
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        *products[i].made = make_product(step, products[i].product, bfloat16, scratch);
}

static hone_status fill_tiles(hone_step *step, hone_attention *family, bool bfloat16, size_t *scratch)
{
    int64_t vectors = (family->queries + VECTOR - 1) / VECTOR;
    family->tile_count = (vectors + MOST_VECTORS - 1) / MOST_VECTORS;
    hone_attention_tile *tiles =
        hone_internal_arena_allocate(step->arena, sizeof *tiles * (size_t)(family->tile_count + 1));
    if (tiles == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < family->tile_count; i++) {
        tiles[i] = tile_of(family, i);
        family->lanes = tiles[i].lanes > family->lanes ? tiles[i].lanes : family->lanes;
        fill_tile(step, family, &tiles[i], bfloat16, scratch);
    }
    family->tiles = tiles;
    return HONE_OK;
}

static void fill_mask(hone_attention *family, hone_shape mask)
{
    int64_t stride = 1;
    for (int axis = 3; axis >= 0; axis--) {
        family->mask[axis] = mask.size[axis] == 1 ? 0 : stride;
        stride *= mask.size[axis];
    }
}

/* Of both kernels: the struct, and scratch for the scores of a tile, once or twice, and two numbers of a
 * lane. */
static hone_status prepare_family(const hone_graph *graph, const hone_node *node, hone_step *step,
                                  const hone_value *inputs, hone_value mask, bool backward)
{
    const attention_attributes *attributes = node->attributes;
    hone_shape q = hone_value_shape(graph, inputs[Q]), v = hone_value_shape(graph, inputs[V]);
    hone_attention *family = hone_internal_step_family(step, sizeof *family);
    if (family == NULL)
        return HONE_ERROR_MEMORY;
    *family = (hone_attention){.samples = q.size[0],
                               .queries = q.size[1],
                               .keys = v.size[1],
                               .heads = q.size[2],
                               .groups = v.size[2],
                               .key_size = q.size[3],
                               .value_size = v.size[3],
                               .scale = attributes->how.scale,
                               .causal = attributes->how.causal,
                               .nothing_is_zero = attributes->how.nothing_is_zero,
                               .window = attributes->how.window,
                               .multiply = step->kernels->kernel[HONE_KERNEL_matmul]};
    if (mask >= 0)
        fill_mask(family, hone_value_shape(graph, mask));
    size_t scratch = 0;
    HONE_TRY(fill_tiles(step, family, attributes->bfloat16, &scratch));
    int64_t own = family->lanes * ((backward ? 2 : 1) * family->keys + 2);
    family->product_at = ((size_t)own * step->kernels->element_size + 63) / 64 * 64;
    hone_internal_step_operands(step, node);
    step->items = family->samples * (backward ? family->groups : family->heads * family->tile_count);
    step->grain = 1;
    step->scratch = family->product_at + scratch;
    step->traits = (hone_step_traits){.tiles_share_operands = true, .rate = 30};
    return HONE_OK;
}

static int64_t products_flops(const hone_graph *graph, const hone_value *inputs, int64_t products)
{
    hone_shape q = hone_value_shape(graph, inputs[Q]), v = hone_value_shape(graph, inputs[V]);
    return products * hone_internal_shape_count(q) / q.size[3] * v.size[1] * (q.size[3] + v.size[3] + 8);
}

/* ---- gradient ---- */

enum { OF_Y = V + 1, OF_SUMS, OF_DY, OF_MASK, GRADIENT_OPERANDS }; /* behind q, k, v */

static hone_status infer_gradient(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    for (int i = Q; i <= V; i++)
        outputs[i] = hone_value_shape(graph, node->inputs[i]);
    return HONE_OK;
}

static hone_status prepare_gradient(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    step->kernel = HONE_KERNEL_attention_gradient;
    return prepare_family(graph, node, step, node->inputs, node->inputs[OF_MASK], true);
}

static int64_t gradient_flops(const hone_graph *graph, const hone_node *node)
{
    return products_flops(graph, node->inputs, 5);
}

static const hone_op gradient_op = {.name = "attention_gradient",
                                    .outputs = 3,
                                    .optional = 1u << OF_MASK,
                                    .infer = infer_gradient,
                                    .prepare = prepare_gradient,
                                    .flops = gradient_flops};

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_value inputs[GRADIENT_OPERANDS] = {
        [Q] = node->inputs[Q],         [K] = node->inputs[K],        [V] = node->inputs[V],
        [OF_Y] = node->outputs[0],     [OF_SUMS] = node->outputs[1], [OF_DY] = outputs[0],
        [OF_MASK] = node->inputs[MASK]};
    hone_value results[3];
    if (hone_internal_graph_node(graph, &gradient_op, inputs, GRADIENT_OPERANDS, node->attributes,
                                 sizeof(attention_attributes), results) < 0)
        return hone_error_status();
    for (int i = Q; i <= V; i++)
        if (wanted[i])
            gradients[i] = results[i];
    return HONE_OK;
}

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    step->kernel = HONE_KERNEL_attention;
    return prepare_family(graph, node, step, node->inputs, node->inputs[MASK], false);
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return products_flops(graph, node->inputs, 2);
}

static const hone_op attention_op = {.name = "attention",
                                     .outputs = 2,
                                     .optional = 1u << MASK,
                                     .infer = infer,
                                     .gradient = gradient,
                                     .prepare = prepare,
                                     .flops = flops};

hone_value hone_op_attention(hone_graph *graph, hone_value q, hone_value k, hone_value v, hone_value bias,
                             hone_value mask, const hone_attend *how)
{
    attention_attributes attributes = {*how, graph->half == HONE_HALF_BFLOAT16};
    if (q < 0 || k < 0 || v < 0)
        return HONE_NO_VALUE;
    if (graph->half == HONE_HALF_FLOAT16) /* which no kernel does by itself */
        q = hone_op_round_float16(graph, q), k = hone_op_round_float16(graph, k),
        v = hone_op_round_float16(graph, v);
    if (how->scale == 0)
        attributes.how.scale = 1 / sqrt((double)hone_value_size(graph, q, 3));
    while (mask >= 0 && hone_value_shape(graph, mask).rank < 4)
        mask = hone_op_expand(graph, mask, 0);
    if (bias >= 0 || graph->plain)
        return attend_openly(graph, q, k, v, bias, mask, &attributes.how);
    const hone_value inputs[OPERANDS] = {q, k, v, mask};
    return hone_internal_graph_node(graph, &attention_op, inputs, OPERANDS, &attributes, sizeof attributes,
                                    NULL);
}

/* ---- steps more ---- */

enum { KEPT_KEYS, KEPT_VALUES, OF_QUERY, OF_KEY, OF_VALUE, POSITION, KEPT_OPERANDS };

static hone_status infer_kept(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const hone_shape keys = hone_value_shape(graph, node->inputs[KEPT_KEYS]),
                     values = hone_value_shape(graph, node->inputs[KEPT_VALUES]),
                     q = hone_value_shape(graph, node->inputs[OF_QUERY]),
                     k = hone_value_shape(graph, node->inputs[OF_KEY]);
    if (q.rank != 4 || k.rank != 4 || q.size[1] != k.size[1] || keys.size[0] != q.size[0] ||
        keys.size[1] != k.size[2] || q.size[2] % k.size[2] != 0 || keys.size[3] != q.size[3])
        return hone_internal_fail_shapes("attention_kept", q, k);
    outputs[0] = q;
    outputs[0].size[3] = values.size[3];
    return HONE_OK;
}

static hone_status prepare_kept(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_attend *how = node->attributes;
    const hone_shape keys = hone_value_shape(graph, node->inputs[KEPT_KEYS]),
                     q = hone_value_shape(graph, node->inputs[OF_QUERY]);
    hone_attention_kept *family = hone_internal_step_family(step, sizeof *family);
    if (family == NULL)
        return HONE_ERROR_MEMORY;
    *family = (hone_attention_kept){.steps = q.size[1],
                                    .room = keys.size[2],
                                    .heads = q.size[2],
                                    .groups = keys.size[1],
                                    .key_size = q.size[3],
                                    .value_size = hone_value_size(graph, node->inputs[KEPT_VALUES], 3),
                                    .scale = how->scale,
                                    .window = how->window};
    hone_internal_step_operands(step, node);
    step->written |= 1u << (1 + KEPT_KEYS) | 1u << (1 + KEPT_VALUES);
    step->kernel = HONE_KERNEL_attention_kept;
    step->items = keys.size[0] * keys.size[1];
    step->grain = 1;
    step->scratch = (size_t)family->room * step->kernels->element_size;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static int64_t kept_flops(const hone_graph *graph, const hone_node *node)
{
    const hone_shape keys = hone_value_shape(graph, node->inputs[KEPT_KEYS]),
                     y = hone_value_shape(graph, node->outputs[0]);
    return y.size[0] * y.size[1] * y.size[2] * keys.size[2] * (2 * keys.size[3] + 2 * y.size[3] + 8);
}

static const hone_op kept_op = {.name = "attention_kept",
                                .infer = infer_kept,
                                .prepare = prepare_kept,
                                .flops = kept_flops,
                                .effect = true};

hone_value hone_internal_attend_kept(hone_graph *graph, hone_value q, hone_value k, hone_value v,
                                     hone_variable *keys, hone_variable *values, const hone_attend *how)
{
    const hone_value inputs[KEPT_OPERANDS] = {[KEPT_KEYS] = hone_graph_variable(graph, keys),
                                              [KEPT_VALUES] = hone_graph_variable(graph, values),
                                              [OF_QUERY] = q,
                                              [OF_KEY] = k,
                                              [OF_VALUE] = v,
                                              [POSITION] = hone_internal_graph_position(graph)};
    return hone_internal_graph_node(graph, &kept_op, inputs, KEPT_OPERANDS, how, sizeof *how, NULL);
}
