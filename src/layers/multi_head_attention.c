/* multi_head_attention: y = sum over heads of softmax(q k^T / sqrt(key_dim)) v output, with q = query kernel
 * + bias (n, t, heads, key_dim) and so on; attention.h. */
#include "layers/attention.h"
#include "layers/axes.h"

#include <string.h>

HONE_FIELD_TABLE(hone_multi_head_attention_args, HONE_MULTI_HEAD_ATTENTION_FIELDS);

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    static const char *const attributes[] = {"query_dense", "key_dense", "_gate_dense", "value_dense",
                                             "output_dense"};
    return hone_internal_heads_part(layer, index, attributes, attribute);
}

static hone_heads_settings settings_of(const hone_multi_head_attention_args *args)
{
    int64_t value_dim = args->value_dim == HONE_NONE_INTEGER ? args->key_dim : args->value_dim;
    return HONE_HEADS_SETTINGS(args, args->num_heads, args->num_heads, args->key_dim, value_dim);
}

/* The axes to attend over, counted from 0; all between the batch and the last unless given. */
static int find_axes(const hone_multi_head_attention_args *args, hone_shape query, int *axes)
{
    int count = 0;
    if (args->attention_axes[0] == HONE_NONE_INTEGER) {
        for (int axis = 1; axis < query.rank - 1; axis++)
            axes[count++] = axis;
        return count;
    }
    count = hone_internal_axes_resolve(args->attention_axes, query, axes);
    for (int i = 0; i < count; i++)
        if (axes[i] == 0 || axes[i] == query.rank - 1)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "attention_axes must lie between the batch and the last axis, 1 to %d, not be %d",
                query.rank - 2, axes[i]);
    return count;
}

/* What follows from other arguments stands in files as it is. */
static void settle(hone_multi_head_attention_args *args, const int *axes, int count)
{
    if (args->value_dim == HONE_NONE_INTEGER)
        args->value_dim = args->key_dim;
    for (int i = 0; i < HONE_MAX_RANK; i++)
        args->attention_axes[i] = i < count ? axes[i] : HONE_NONE_INTEGER;
}

static hone_status check_scores(hone_shape query, int axes)
{
    int rank = query.rank + axes;
    return rank <= HONE_MAX_RANK
               ? HONE_OK
               : hone_fail(HONE_ERROR_SHAPE, "its scores would have %d axes; at most are %d", rank,
                           HONE_MAX_RANK);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    hone_multi_head_attention_args *args = layer->args;
    hone_heads_settings settings = settings_of(args);
    bool shaped = args->output_shape[0] != HONE_NONE_INTEGER;
    HONE_TRY(hone_internal_heads_build(layer, &settings, inputs, count, shaped ? args->output_shape : NULL));
    int axes[HONE_MAX_RANK], found = find_axes(args, inputs[0], axes);
    if (found < 0)
        return (hone_status)found;
    HONE_TRY(check_scores(inputs[0], found));
    settle(args, axes, found);
    return HONE_OK;
}

/* Keras takes the masks off what this layer reads: a layer called later on the same tensors finds none. */
static void forget_masks(hone_graph *graph, const hone_value *inputs, int count)
{
    for (int i = 0; i < count; i++)
        if (inputs[i] >= 0)
            hone_value_set_mask(graph, inputs[i], HONE_NO_VALUE);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_multi_head_attention_args *args = hone_layer_args(layer);
    hone_heads_settings settings = settings_of(args);
    int axes[HONE_MAX_RANK], found = find_axes(args, hone_value_shape(graph, inputs[0]), axes);
    if (found < 0)
        return found;
    const int output_count = hone_internal_heads_call(layer, &settings, graph, inputs, count, axes, found,
                                                      hone_value_mask(graph, inputs[0]), outputs);
    forget_masks(graph, inputs, count);
    return output_count;
}

const hone_layer_type hone_internal_multi_head_attention_layer = {
    .goes_step_by_step = true,
    .type = {.name = "multi_head_attention",
             .class_name = "MultiHeadAttention",
             .ignored = "query_shape|key_shape|value_shape",
             .module = "keras.layers",
             .summary = "Several attentions side by side, each on projections of its own.",
             HONE_TYPE_FIELDS(hone_multi_head_attention_args)},
    .state_bytes = sizeof(hone_heads),
    .build = build,
    .call = call,
    .free_state = hone_internal_heads_free,
    .inputs_min = 2,
    .inputs_max = 3,
    .uses_mask = true,
    .call_fields = &hone_internal_heads_call_fields,
    .inputs_apart = true,
    .inner = inner,
    .input_names = "query|value|key",
    .regularizes_inside = true,
};
HONE_DEFINE_LAYER(multi_head_attention)
