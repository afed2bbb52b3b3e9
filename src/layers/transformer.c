/* Blocks of transformers: attention, then two dense layers, each as norm(x + f(x)), or x + f(norm(x)) with
 * normalize_first. */
#include "layers/transformer.h"

static hone_layer *part_of(const hone_layer *layer, hone_transformer_part part)
{
    return ((const hone_transformer *)layer->state)->parts[part];
}

static void free_parts(hone_transformer *own)
{
    for (int part = 0; part < HONE_TRANSFORMER_PARTS; part++) {
        hone_layer_free(own->parts[part]);
        own->parts[part] = NULL;
    }
}

void hone_internal_transformer_free(hone_layer *layer)
{
    free_parts(hone_layer_state(layer));
}

/* ---- building ---- */

static hone_status put(hone_layer *layer, hone_transformer_part part, const hone_layer_type *type,
                       const void *args, const hone_shape *inputs, int count)
{
    hone_transformer *own = hone_layer_state(layer);
    own->parts[part] = hone_internal_layer_inner(layer, type, args, inputs, count);
    return own->parts[part] == NULL ? hone_error_status() : HONE_OK;
}

static hone_status put_attention(hone_layer *layer, const hone_transformer_settings *settings,
                                 hone_transformer_part part, const char *name, hone_shape query,
                                 hone_shape value)
{
    hone_multi_head_attention_args args = HONE_INNER_ARGS(multi_head_attention);
    args.name = name;
    args.dtype = settings->dtype;
    args.num_heads = settings->num_heads;
    args.key_dim = query.size[2] / settings->num_heads;
    args.dropout = settings->dropout;
    args.kernel_initializer = settings->kernel_initializer;
    args.bias_initializer = settings->bias_initializer;
    args.kernel_regularizer = settings->kernel_regularizer;
    args.bias_regularizer = settings->bias_regularizer;
    return put(layer, part, &hone_internal_multi_head_attention_layer, &args, (hone_shape[]){query, value},
               2);
}

static hone_status put_norm(hone_layer *layer, const hone_transformer_settings *settings,
                            hone_transformer_part part, const char *name, hone_shape shape)
{
    hone_layer_normalization_args args = HONE_INNER_ARGS(layer_normalization);
    args.name = name;
    args.dtype = settings->dtype;
    args.epsilon = settings->epsilon;
    return put(layer, part, &hone_internal_layer_normalization_layer, &args, &shape, 1);
}

static hone_status put_dense(hone_layer *layer, const hone_transformer_settings *settings,
                             hone_transformer_part part, const char *name, hone_shape shape, int64_t units)
{
    hone_dense_args args = HONE_INNER_ARGS(dense);
    args.name = name;
    args.dtype = settings->dtype;
    args.units = units;
    args.activation = part == HONE_TRANSFORMER_WIDE ? settings->activation : NULL;
    args.kernel_initializer = settings->kernel_initializer;
    args.bias_initializer = settings->bias_initializer;
    args.kernel_regularizer = settings->kernel_regularizer;
    args.bias_regularizer = settings->bias_regularizer;
    return put(layer, part, &hone_internal_dense_layer, &args, &shape, 1);
}

static hone_status check(const hone_transformer_settings *settings, hone_shape sequence)
{
    char text[128];
    hone_internal_shape_to_text(sequence, text, sizeof text);
    if (sequence.rank != 3 || sequence.size[2] == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "needs a sequence of shape (batch, steps, n), n known, not %s",
                         text);
    if (sequence.size[2] < settings->num_heads)
        return hone_fail(HONE_ERROR_ARGUMENT, "its %lld features do not do for %lld heads",
                         (long long)sequence.size[2], (long long)settings->num_heads);
    return HONE_OK;
}

hone_status hone_internal_transformer_build(hone_layer *layer, const hone_transformer_settings *settings,
                                            hone_shape sequence, const hone_shape *encoder,
                                            const char *self_name)
{
    hone_shape wide = sequence;
    HONE_TRY(check(settings, sequence));
    free_parts(hone_layer_state(layer));
    wide.size[2] = settings->intermediate_dim;
    HONE_TRY(put_attention(layer, settings, HONE_TRANSFORMER_SELF, self_name, sequence, sequence));
    HONE_TRY(put_norm(layer, settings, HONE_TRANSFORMER_SELF_NORM, "self_attention_layer_norm", sequence));
    if (encoder != NULL) {
        HONE_TRY(
            put_attention(layer, settings, HONE_TRANSFORMER_CROSS, "cross_attention", sequence, *encoder));
        HONE_TRY(
            put_norm(layer, settings, HONE_TRANSFORMER_CROSS_NORM, "cross_attention_layer_norm", sequence));
    }
    HONE_TRY(put_norm(layer, settings, HONE_TRANSFORMER_NORM, "feedforward_layer_norm", sequence));
    HONE_TRY(put_dense(layer, settings, HONE_TRANSFORMER_WIDE, "feedforward_intermediate_dense", sequence,
                       settings->intermediate_dim));
    return put_dense(layer, settings, HONE_TRANSFORMER_NARROW, "feedforward_output_dense", wide,
                     sequence.size[2]);
}

/* ---- the call ---- */

hone_value hone_internal_transformer_mask(hone_graph *graph, hone_value x, const char *padding,
                                          const char *attention)
{
    hone_value steps = hone_call_value(graph, padding, 0), given = hone_call_value(graph, attention, 0);
    if (steps < 0)
        steps = hone_value_mask(graph, x);
    if (steps >= 0)
        steps = hone_op_expand(graph, steps, 1);
    return steps < 0 ? given : given < 0 ? steps : hone_op_minimum(graph, steps, given);
}

static hone_value normalize(hone_layer *layer, hone_graph *graph, hone_transformer_part part, hone_value x)
{
    return x < 0 ? x : hone_internal_layer_through(part_of(layer, part), graph, &x, 1, NULL);
}

/* x + dropout(y), normalised unless x was before. */
static hone_value join(hone_layer *layer, const hone_transformer_settings *settings, hone_graph *graph,
                       hone_transformer_part norm, hone_value x, hone_value y)
{
    if (hone_graph_training(graph) && settings->dropout > 0)
        y = hone_op_dropout(graph, y, settings->dropout);
    hone_value sum = hone_op_add(graph, y, x);
    return settings->normalize_first ? sum : normalize(layer, graph, norm, sum);
}

/* Without the mask that it carries, where only those of the call count. */
static hone_value bare(const hone_transformer_settings *settings, hone_graph *graph, hone_value x)
{
    return !settings->bare || hone_value_mask(graph, x) < 0
               ? x
               : hone_op_squeeze(graph, hone_op_expand(graph, x, 0), 0);
}

hone_value hone_internal_transformer_attend(hone_layer *layer, const hone_transformer_settings *settings,
                                            hone_graph *graph, hone_transformer_part part, hone_value x,
                                            hone_value value, hone_value mask, const hone_heads_call *how,
                                            hone_value *scores)
{
    hone_transformer_part norm = part + 1;
    hone_value query = settings->normalize_first ? normalize(layer, graph, norm, x) : x;
    if (query < 0)
        return query;
    query = bare(settings, graph, query);
    const hone_value inputs[] = {query, value < 0 ? query : bare(settings, graph, value)};
    const hone_given_value given_mask = {"attention_mask", 0, mask};
    const hone_given given = {.args = how, .values = &given_mask, .count = mask >= 0};
    hone_value results[HONE_MAX_OUTPUTS] = {HONE_NO_VALUE, HONE_NO_VALUE};
    if (inputs[0] < 0 || inputs[1] < 0 ||
        hone_internal_layer_call(part_of(layer, part), graph, inputs, 2, &given, results, graph->scope_call,
                                 graph->seed) < 1)
        return HONE_NO_VALUE;
    if (scores != NULL)
        *scores = results[1];
    return join(layer, settings, graph, norm, x, results[0]);
}

hone_value hone_internal_transformer_feed(hone_layer *layer, const hone_transformer_settings *settings,
                                          hone_graph *graph, hone_value x)
{
    hone_value y = settings->normalize_first ? normalize(layer, graph, HONE_TRANSFORMER_NORM, x) : x;
    y = y < 0 ? y : hone_internal_layer_through(part_of(layer, HONE_TRANSFORMER_WIDE), graph, &y, 1, NULL);
    y = y < 0 ? y : hone_internal_layer_through(part_of(layer, HONE_TRANSFORMER_NARROW), graph, &y, 1, NULL);
    return y < 0 ? y : join(layer, settings, graph, HONE_TRANSFORMER_NORM, x, y);
}
