/* attention: softmax(scores) value, scores (n, ..., t, s) = query key^T, or w sum tanh(scale (query + key)).
 */
#include "layers/attention.h"

#include <string.h>

HONE_FIELD_TABLE(hone_attention_args, HONE_ATTENTION_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_attention_call, HONE_ATTENTION_CALL_FIELDS, call_fields, call_defaults);
const hone_type hone_internal_attention_call_fields = {
    .name = "call",
    .class_name = "call",
    HONE_TYPE_FIELDS_NAMED(hone_attention_call, call_fields, call_defaults)};

static const double far_below = 1e9; /* what Keras takes from scores that a mask hides */

/* ---- what additive_attention has too ---- */

static bool differ(int64_t a, int64_t b)
{
    return a != b && a != HONE_ANY && b != HONE_ANY;
}

hone_status hone_internal_attention_check(const hone_shape *inputs, int count)
{
    static const char *const names[] = {"query", "value", "key"};
    char text[128];
    for (int i = 0; i < count; i++) {
        hone_internal_shape_to_text(inputs[i], text, sizeof text);
        if (inputs[i].rank < 3)
            return hone_fail(HONE_ERROR_SHAPE, "needs a %s of shape (batch, steps, n), not %s", names[i],
                             text);
        if (inputs[i].rank != inputs[0].rank)
            return hone_fail(HONE_ERROR_SHAPE, "query has %d axes, but the %s is of shape %s", inputs[0].rank,
                             names[i], text);
    }
    hone_shape query = inputs[0], value = inputs[1], key = inputs[count - 1];
    const int last = query.rank - 1;
    if (differ(query.size[last], key.size[last]))
        return hone_fail(HONE_ERROR_SHAPE, "the last sizes of query and key differ: %lld and %lld",
                         (long long)query.size[last], (long long)key.size[last]);
    if (differ(value.size[last - 1], key.size[last - 1]))
        return hone_fail(HONE_ERROR_SHAPE, "value has %lld steps, but key has %lld",
                         (long long)value.size[last - 1], (long long)key.size[last - 1]);
    return HONE_OK;
}

/* A mask given by hand may be any numbers: those that are not 0 count. */
static hone_value hide(hone_graph *graph, hone_value scores, hone_value value_mask, bool causal)
{
    hone_value open = value_mask < 0 ? value_mask : hone_op_expand(graph, value_mask, -2);
    if (causal) {
        hone_value band = hone_internal_band(graph, hone_value_size(graph, scores, -2),
                                             hone_value_size(graph, scores, -1), true, 0);
        open = open < 0 ? band : hone_op_multiply(graph, open, band);
    }
    if (open < 0)
        return scores;
    return hone_op_select(graph, open, scores, hone_op_affine(graph, scores, 1, -far_below));
}

/* The mask of an input: its own, or what a list of masks has in its place, which may be none. */
static hone_value mask_of(hone_graph *graph, const hone_value *inputs, int place)
{
    const hone_attention_call *how = hone_call_args(graph);
    return how->mask == HONE_NO_TENSORS ? hone_value_mask(graph, inputs[place])
                                        : hone_call_value(graph, "mask", place);
}

int hone_internal_attention_apply(hone_graph *graph, hone_value scores, const hone_value *inputs,
                                  double dropout, hone_value *outputs)
{
    const hone_attention_call *how = hone_call_args(graph);
    hone_value given = mask_of(graph, inputs, 0), query_mask = hone_internal_mask_truth(graph, given),
               value_mask = hone_internal_mask_truth(graph, mask_of(graph, inputs, 1));
    scores = hide(graph, scores, value_mask, how->use_causal_mask);
    hone_value weights = hone_op_softmax(graph, scores, -1);
    if (hone_graph_training(graph) && dropout > 0)
        weights = hone_op_dropout(graph, weights, dropout);
    outputs[0] = hone_op_matmul(graph, weights, inputs[1], false, false);
    if (query_mask >= 0)
        outputs[0] = hone_op_select(graph, hone_op_expand(graph, query_mask, -1), outputs[0],
                                    hone_graph_constant(graph, 0));
    if (outputs[0] >= 0)
        hone_value_set_mask(graph, outputs[0], given);
    outputs[1] = weights;
    return how->return_attention_scores ? 2 : 1;
}

hone_value hone_internal_attention_sums(hone_graph *graph, hone_value query, hone_value key,
                                        hone_value factor)
{
    hone_value sums = hone_op_add(graph, hone_op_expand(graph, query, -2), hone_op_expand(graph, key, -3));
    hone_value bent = hone_op_unary(graph, "tanh", sums, (hone_parameters){0});
    return hone_op_sum(graph, factor < 0 ? bent : hone_op_multiply(graph, bent, factor), -1);
}

/* ---- attention ---- */

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_attention_args *args = hone_layer_args(layer);
    hone_weight scale = {.name = "scale", .initializer = "ones"},
                weight = {.name = "concat_score_weight", .initializer = "ones"};
    HONE_TRY(hone_internal_attention_check(inputs, count));
    if (args->use_scale && hone_layer_add_weight(layer, &scale) == NULL)
        return hone_error_status();
    if (strcmp(args->score_mode, "concat") == 0 && hone_layer_add_weight(layer, &weight) == NULL)
        return hone_error_status();
    return HONE_OK;
}

/* w sum tanh(scale (query + key)). */
static hone_value concatenated(hone_layer *layer, hone_graph *graph, hone_value query, hone_value key)
{
    const hone_attention_args *args = hone_layer_args(layer);
    if (args->use_scale) {
        hone_value scale = hone_graph_variable(graph, hone_layer_weight(layer, "scale"));
        query = hone_op_multiply(graph, query, scale);
        key = hone_op_multiply(graph, key, scale);
    }
    hone_value sums = hone_internal_attention_sums(graph, query, key, HONE_NO_VALUE);
    return hone_op_multiply(graph, sums,
                            hone_graph_variable(graph, hone_layer_weight(layer, "concat_score_weight")));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_attention_args *args = hone_layer_args(layer);
    hone_value query = inputs[0], key = inputs[count - 1], scores;
    if (strcmp(args->score_mode, "concat") == 0) {
        scores = concatenated(layer, graph, query, key);
    } else {
        scores = hone_op_matmul(graph, query, key, false, true);
        if (args->use_scale)
            scores = hone_op_multiply(graph, scores,
                                      hone_graph_variable(graph, hone_layer_weight(layer, "scale")));
    }
    return hone_internal_attention_apply(graph, scores, inputs, args->dropout, outputs);
}

const hone_layer_type hone_internal_attention_layer = {
    .type = {.name = "attention",
             .class_name = "Attention",
             .module = "keras.layers",
             .summary = "Reads values by the dot products of queries and keys.",
             HONE_TYPE_FIELDS(hone_attention_args)},
    .build = build,
    .call = call,
    .inputs_min = 2,
    .inputs_max = 3,
    .call_fields = &hone_internal_attention_call_fields,
    .uses_mask = true,
};
HONE_DEFINE_LAYER(attention)
