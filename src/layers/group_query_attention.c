/* group_query_attention: multi_head_attention in which num_query_heads / num_key_value_heads heads of the
 * query at a time share a head of key and value; attention.h. */
#include "layers/attention.h"

HONE_FIELD_TABLE(hone_group_query_attention_args, HONE_GROUP_QUERY_ATTENTION_FIELDS);

static hone_layer *inner(const hone_layer *layer, int index, const char **attribute)
{
    static const char *const attributes[] = {"_query_dense", "_key_dense", "_gate_dense", "_value_dense",
                                             "_output_dense"};
    return hone_internal_heads_part(layer, index, attributes, attribute);
}

static hone_heads_settings settings_of(const hone_group_query_attention_args *args)
{
    return HONE_HEADS_SETTINGS(args, args->num_query_heads, args->num_key_value_heads, args->head_dim,
                               args->head_dim);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_group_query_attention_args *args = hone_layer_args(layer);
    hone_heads_settings settings = settings_of(args);
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    if (args->num_query_heads % args->num_key_value_heads != 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "num_query_heads, %lld, must be a multiple of num_key_value_heads, %lld",
                         (long long)args->num_query_heads, (long long)args->num_key_value_heads);
    if (inputs[0].rank != 3)
        return hone_fail(HONE_ERROR_SHAPE, "needs a query of shape (batch, steps, n), not %s", text);
    return hone_internal_heads_build(layer, &settings, inputs, count, NULL);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    static const int axis = 1;
    hone_heads_settings settings = settings_of(hone_layer_args(layer));
    hone_value query_mask = hone_call_value(graph, "query_mask", 0);
    if (query_mask < 0)
        query_mask = hone_value_mask(graph, inputs[0]);
    return hone_internal_heads_call(layer, &settings, graph, inputs, count, &axis, 1, query_mask, outputs);
}

const hone_layer_type hone_internal_group_query_attention_layer = {
    .goes_step_by_step = true,
    .type = {.name = "group_query_attention",
             .class_name = "GroupQueryAttention",
             .module = "keras.layers",
             .aliases = "grouped_query_attention|GroupedQueryAttention",
             .summary = "Multi-head attention whose heads share keys and values in groups.",
             HONE_TYPE_FIELDS(hone_group_query_attention_args)},
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
    .python_class = "GroupedQueryAttention",
};
HONE_DEFINE_LAYER(group_query_attention)
