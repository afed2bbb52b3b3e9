/* What multi_head_attention and group_query_attention do: projections of query, key and value to heads,
 * attention in each, and a projection of what was read. Projections are einsum_dense layers. Letters: a batch
 * axis and others first, then those to attend over, heads, features. */
#include "layers/attention.h"
#include "layers/axes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_heads_call, HONE_HEADS_CALL_FIELDS, call_fields, call_defaults);
const hone_type hone_internal_heads_call_fields = {
    .name = "call",
    .class_name = "call",
    HONE_TYPE_FIELDS_NAMED(hone_heads_call, call_fields, call_defaults)};

enum { MOST_EQUATION = 8 * HONE_MAX_RANK };
static const double masked_score = -1e9; /* Keras's for float32 */

static hone_heads *heads_of(const hone_layer *layer)
{
    return hone_layer_state((hone_layer *)(uintptr_t)layer);
}

hone_layer *hone_internal_heads_part(const hone_layer *layer, int index, const char *const *attributes,
                                     const char **attribute)
{
    const hone_heads *heads = heads_of(layer);
    for (int part = 0; part < HONE_HEADS_PARTS; part++) {
        if (heads->parts[part] == NULL || index-- > 0)
            continue;
        *attribute = attributes[part];
        return heads->parts[part];
    }
    return NULL;
}

static void free_parts(hone_heads *heads)
{
    for (int part = 0; part < HONE_HEADS_PARTS; part++) {
        hone_layer_free(heads->parts[part]);
        heads->parts[part] = NULL;
    }
}

void hone_internal_heads_free(hone_layer *layer)
{
    free_parts(heads_of(layer));
}

/* ---- building ---- */

/* "abc,cde->abde" for 2 axes before the bound one and 2 behind it; bias_axes gets "de". */
static void write_equation(int free_axes, int bound_axes, int new_axes, char *text, char *bias_axes)
{
    char input[HONE_MAX_RANK + 1], bound[HONE_MAX_RANK + 1];
    int letter = 'a', count = 0;
    for (int i = 0; i < free_axes; i++)
        input[count++] = (char)letter++;
    input[count] = '\0';
    for (count = 0; count < bound_axes; count++)
        bound[count] = (char)letter++;
    bound[count] = '\0';
    for (count = 0; count < new_axes; count++)
        bias_axes[count] = (char)letter++;
    bias_axes[count] = '\0';
    snprintf(text, MOST_EQUATION, "%s%s,%s%s->%s%s", input, bound, bound, bias_axes, input, bias_axes);
}

/* A projection of the last `bound_axes` axes of an input of this shape to `sizes`. */
static hone_status build_part(hone_layer *layer, const hone_heads_settings *settings, hone_heads_part part,
                              hone_shape input, int bound_axes, const int64_t *sizes)
{
    static const char *const names[] = {"query", "key", "gate", "value", "attention_output"};
    hone_einsum_dense_args args = HONE_INNER_ARGS(einsum_dense);
    char text[MOST_EQUATION], bias_axes[HONE_MAX_RANK + 1];
    int free_axes = input.rank - bound_axes, count = 0, next = 0;
    while (count < HONE_MAX_RANK && sizes[count] != HONE_NONE_INTEGER)
        count++;
    if (free_axes + count > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "projections would have more than %d axes", HONE_MAX_RANK);
    write_equation(free_axes, bound_axes, count, text, bias_axes);
    for (int axis = 1; axis < free_axes; axis++)
        args.output_shape[next++] = HONE_ANY;
    for (int i = 0; i < count; i++)
        args.output_shape[next++] = sizes[i];
    args.name = names[part];
    args.equation = text;
    args.bias_axes = settings->use_bias ? bias_axes : NULL;
    args.activation = part == HONE_HEADS_GATE ? "sigmoid" : NULL;
    args.dtype = settings->dtype;
    args.activity_regularizer = settings->activity_regularizer;
    args.kernel_initializer = settings->kernel_initializer;
    args.bias_initializer = settings->bias_initializer;
    args.kernel_regularizer = settings->kernel_regularizer;
    args.bias_regularizer = settings->bias_regularizer;
    args.kernel_constraint = settings->kernel_constraint;
    args.bias_constraint = settings->bias_constraint;
    args.quantization_config = settings->quantization_config;
    heads_of(layer)->parts[part] =
        hone_internal_layer_inner(layer, &hone_internal_einsum_dense_layer, &args, &input, 1);
    return heads_of(layer)->parts[part] == NULL ? hone_error_status() : HONE_OK;
}

static hone_status check_inputs(const hone_shape *inputs, int count)
{
    static const char *const names[] = {"query", "value", "key"};
    hone_shape value = inputs[1], key = inputs[count - 1];
    for (int i = 0; i < count; i++) {
        char text[128];
        hone_internal_shape_to_text(inputs[i], text, sizeof text);
        if (inputs[i].rank < 3 || inputs[i].rank != inputs[0].rank)
            return hone_fail(
                HONE_ERROR_SHAPE,
                "needs query, value and key of shape (batch, ..., n) with as many axes, at least 3; "
                "its %s is %s",
                names[i], text);
        if (inputs[i].size[inputs[i].rank - 1] == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the last size of its %s %s must be known", names[i], text);
    }
    for (int axis = 1; axis < value.rank - 1; axis++)
        if (value.size[axis] != key.size[axis] && value.size[axis] != HONE_ANY && key.size[axis] != HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "value has size %lld on axis %d, but key has %lld",
                             (long long)value.size[axis], axis, (long long)key.size[axis]);
    return HONE_OK;
}

hone_status hone_internal_heads_build(hone_layer *layer, const hone_heads_settings *settings,
                                      const hone_shape *inputs, int count, const int64_t *output_shape)
{
    hone_shape query = inputs[0], value = inputs[1], key = inputs[count - 1], read = inputs[0];
    int64_t last[HONE_MAX_RANK] = {query.size[query.rank - 1], HONE_NONE_INTEGER};
    int64_t queries[] = {settings->heads, settings->key_dim, HONE_NONE_INTEGER},
            keys[] = {settings->groups, settings->key_dim, HONE_NONE_INTEGER},
            values[] = {settings->groups, settings->value_dim, HONE_NONE_INTEGER},
            gates[] = {settings->heads, settings->value_dim, HONE_NONE_INTEGER};
    if (settings->flash && settings->dropout > 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "flash_attention excludes dropout: set dropout to 0");
    HONE_TRY(check_inputs(inputs, count));
    if (query.rank == HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "takes inputs of at most %d axes", HONE_MAX_RANK - 1);
    free_parts(heads_of(layer));
    read.size[read.rank - 1] = settings->heads;
    read.size[read.rank++] = settings->value_dim;
    HONE_TRY(build_part(layer, settings, HONE_HEADS_QUERY, query, 1, queries));
    HONE_TRY(build_part(layer, settings, HONE_HEADS_KEY, key, 1, keys));
    if (settings->use_gate)
        HONE_TRY(build_part(layer, settings, HONE_HEADS_GATE, query, 1, gates));
    HONE_TRY(build_part(layer, settings, HONE_HEADS_VALUE, value, 1, values));
    return build_part(layer, settings, HONE_HEADS_OUTPUT, read, 2,
                      output_shape != NULL ? output_shape : last);
}

/* ---- the call ---- */

typedef struct heads_call {
    const hone_heads_settings *settings;
    hone_graph *graph;
    const int *axes; /* of queries, keys and values, whose last two are heads and features */
    int axis_count;
    const hone_heads_call *how;
} heads_call;

static hone_value project(hone_layer *layer, hone_graph *graph, hone_heads_part part, hone_value x)
{
    return hone_internal_layer_through(heads_of(layer)->parts[part], graph, &x, 1, NULL);
}

hone_value hone_internal_mask_truth(hone_graph *graph, hone_value mask)
{
    return mask < 0 ? mask : hone_op_unary(graph, "not_equal_scalar", mask, (hone_parameters){0});
}

static hone_value both(hone_graph *graph, hone_value a, hone_value b)
{
    return a < 0 ? b : b < 0 ? a : hone_op_multiply(graph, a, b);
}

static hone_value mask_of(hone_graph *graph, const char *name, hone_value x)
{
    hone_value given = hone_call_value(graph, name, 0);
    return hone_internal_mask_truth(graph, given >= 0 ? given : x < 0 ? x : hone_value_mask(graph, x));
}

/* With size 1 for the axes that it lacks before its last 2 `axes`, those of queries and of keys. */
static hone_value at_scores(hone_graph *graph, hone_value mask, int rank, int axes)
{
    while (mask >= 0 && hone_value_shape(graph, mask).rank < rank)
        mask = hone_op_expand(graph, mask, -2 * axes - 1);
    return mask;
}

/* 1 where a query may read a value, of the rank of the scores; HONE_NO_VALUE: everywhere. */
static hone_value find_mask(const heads_call *call, const hone_value *inputs, int count,
                            hone_value query_mask, int rank)
{
    hone_graph *graph = call->graph;
    hone_value value_mask = mask_of(graph, "value_mask", inputs[1]),
               key_mask = mask_of(graph, "key_mask", count > 2 ? inputs[2] : HONE_NO_VALUE);
    hone_value queries = hone_internal_mask_truth(graph, query_mask),
               keys = both(graph, value_mask, key_mask);
    if (queries >= 0)
        queries = hone_op_expand(graph, queries, -1);
    if (keys >= 0)
        keys = hone_op_expand(graph, keys, -2);
    hone_value mask = at_scores(graph, both(graph, queries, keys), rank, call->axis_count);
    hone_value given = hone_internal_mask_truth(graph, hone_call_value(graph, "attention_mask", 0));
    return both(graph, mask, at_scores(graph, given, rank, call->axis_count));
}

/* The letters of scores: those of a query without attended axes and features, its attended axes, those of
 * keys. */
static void write_scores(const heads_call *call, int rank, char *query, char *key, char *scores)
{
    int next = 0;
    char attended[HONE_MAX_RANK] = {0};
    for (int axis = 0; axis < rank; axis++)
        query[axis] = key[axis] = (char)('a' + axis);
    for (int i = 0; i < call->axis_count; i++) {
        attended[call->axes[i]] = 1;
        key[call->axes[i]] = (char)('a' + rank + i);
    }
    for (int axis = 0; axis < rank - 1; axis++)
        if (!attended[axis])
            scores[next++] = query[axis];
    for (int i = 0; i < call->axis_count; i++)
        scores[next++] = query[call->axes[i]];
    for (int i = 0; i < call->axis_count; i++)
        scores[next++] = key[call->axes[i]];
    query[rank] = key[rank] = scores[next] = '\0';
}

static hone_value masked_softmax(const heads_call *call, hone_value scores, hone_value mask)
{
    hone_graph *graph = call->graph;
    int axes[HONE_MAX_RANK], rank = hone_value_shape(graph, scores).rank;
    for (int i = 0; i < call->axis_count; i++)
        axes[i] = rank - call->axis_count + i;
    if (mask >= 0)
        scores = hone_op_select(graph, mask, scores, hone_graph_constant(graph, masked_score));
    hone_value weights = hone_internal_axes_softmax(graph, scores, axes, call->axis_count);
    return mask < 0 ? weights : hone_op_multiply(graph, weights, mask);
}

/* With the scores as numbers of their own: Keras's way with dropout, for the scores as an output, and over
 * several axes; what may read nothing gives 0. */
static hone_value attend_openly(const heads_call *call, hone_value query, hone_value key, hone_value value,
                                hone_value mask, hone_value *weights)
{
    hone_graph *graph = call->graph;
    char q[HONE_MAX_RANK + 1], k[HONE_MAX_RANK + 1], s[2 * HONE_MAX_RANK + 1], text[MOST_EQUATION];
    int rank = hone_value_shape(graph, query).rank;
    write_scores(call, rank, q, k, s);
    snprintf(text, sizeof text, "%s,%s->%s", q, k, s);
    query = hone_op_affine(graph, query, 1 / sqrt((double)call->settings->key_dim), 0);
    hone_value scores = hone_op_einsum(graph, text, (hone_value[]){query, key}, 2);
    if (scores < 0)
        return scores;
    if (call->how->use_causal_mask || call->settings->window > 0)
        mask =
            both(graph, mask,
                 hone_internal_band(graph, hone_value_size(graph, query, 1), hone_value_size(graph, key, 1),
                                    call->how->use_causal_mask, call->settings->window));
    *weights = masked_softmax(call, scores, mask);
    hone_value kept = *weights;
    if (hone_graph_training(graph) && call->settings->dropout > 0)
        kept = hone_op_dropout(graph, kept, call->settings->dropout);
    snprintf(text, sizeof text, "%s,%s->%s", s, k, q);
    return hone_op_einsum(graph, text, (hone_value[]){kept, value}, 2);
}

static hone_value repeat_heads(const heads_call *call, hone_value x)
{
    hone_shape shape = hone_value_shape(call->graph, x);
    int64_t repeats = call->settings->heads / call->settings->groups;
    if (repeats == 1 || x < 0)
        return x;
    hone_value wide =
        hone_op_broadcast(call->graph, hone_op_expand(call->graph, x, 3),
                          HONE_SHAPE(shape.size[0], shape.size[1], shape.size[2], repeats, shape.size[3]));
    return hone_op_reshape(call->graph, wide,
                           HONE_SHAPE(shape.size[0], shape.size[1], call->settings->heads, shape.size[3]));
}

/* One attention op where nothing asks for the scores, which it never has all at once. */
static hone_value attend(const heads_call *call, hone_value query, hone_value key, hone_value value,
                         hone_value mask, hone_value *weights)
{
    const hone_heads_settings *settings = call->settings;
    bool drops = settings->dropout > 0 && hone_graph_training(call->graph);
    if (hone_value_shape(call->graph, query).rank != 4 || call->how->return_attention_scores || drops)
        return attend_openly(call, query, repeat_heads(call, key), repeat_heads(call, value), mask, weights);
    hone_attend how = {.scale = 1 / sqrt((double)settings->key_dim),
                       .causal = call->how->use_causal_mask,
                       .window = settings->window,
                       .nothing_is_zero = settings->dropout > 0};
    return hone_op_attention(call->graph, query, key, value, HONE_NO_VALUE, mask, &how);
}

/* ---- a step at a time ---- */

/* What cannot be told from the steps before. */
static hone_status check_step(const heads_call *call, hone_value query, hone_value key, hone_value mask)
{
    const hone_shape q = hone_value_shape(call->graph, query), k = hone_value_shape(call->graph, key);
    const char *why = !call->how->use_causal_mask          ? "is not causal: it reads later steps too"
                      : mask >= 0                          ? "has a mask"
                      : call->how->return_attention_scores ? "gives its scores"
                      : q.rank != 4 || call->axes[0] != 1  ? "attends over other axes than the steps"
                      : q.size[1] != k.size[1]             ? "reads another sequence"
                                                           : NULL;
    return why == NULL ? HONE_OK : hone_fail(HONE_ERROR_UNSUPPORTED, "%s", why);
}

/* Keys and values of the steps before are kept for each use of the layer. */
static hone_variable *keep(hone_layer *layer, const hone_graph *graph, const char *what, hone_shape row)
{
    char name[48];
    snprintf(name, sizeof name, "%s %llu", what, (unsigned long long)graph->scope_call);
    return hone_layer_carry(layer, name,
                            HONE_SHAPE(row.size[0], row.size[2], graph->kept->room, row.size[3]));
}

static hone_value attend_step(hone_layer *layer, const heads_call *call, hone_value query, hone_value key,
                              hone_value value, hone_value mask)
{
    hone_graph *graph = call->graph;
    if (check_step(call, query, key, mask) < 0)
        return HONE_NO_VALUE;
    hone_variable *keys = keep(layer, graph, "keys", hone_value_shape(graph, key)),
                  *values = keep(layer, graph, "values", hone_value_shape(graph, value));
    if (keys == NULL || values == NULL)
        return HONE_NO_VALUE;
    const hone_attend how = {.scale = 1 / sqrt((double)call->settings->key_dim),
                             .window = call->settings->window};
    return hone_internal_attend_kept(graph, query, key, value, keys, values, &how);
}

int hone_internal_heads_call(hone_layer *layer, const hone_heads_settings *settings, hone_graph *graph,
                             const hone_value *inputs, int count, const int *axes, int axis_count,
                             hone_value query_mask, hone_value *outputs)
{
    heads_call call = {settings, graph, axes, axis_count, hone_call_args(graph)};
    hone_value weights = HONE_NO_VALUE, value = inputs[1], key = count > 2 ? inputs[2] : value;
    if (settings->flash && call.how->return_attention_scores)
        return hone_fail(HONE_ERROR_ARGUMENT, "flash_attention excludes return_attention_scores");
    int rank = hone_value_shape(graph, inputs[0]).rank + axis_count;
    hone_value mask = find_mask(&call, inputs, count, query_mask, rank);
    hone_value gate = settings->use_gate ? project(layer, graph, HONE_HEADS_GATE, inputs[0]) : HONE_NO_VALUE;
    hone_value queries = project(layer, graph, HONE_HEADS_QUERY, inputs[0]),
               keys = project(layer, graph, HONE_HEADS_KEY, key),
               values = project(layer, graph, HONE_HEADS_VALUE, value);
    if (queries < 0 || keys < 0 || values < 0)
        return hone_error_status();
    hone_value read = graph->kept != NULL ? attend_step(layer, &call, queries, keys, values, mask)
                                          : attend(&call, queries, keys, values, mask, &weights);
    if (settings->use_gate)
        read = hone_op_multiply(graph, read, gate);
    outputs[0] = read < 0 ? read : project(layer, graph, HONE_HEADS_OUTPUT, read);
    outputs[1] = weights;
    if (outputs[0] >= 0)
        hone_value_set_mask(graph, outputs[0], hone_value_mask(graph, inputs[0]));
    return call.how->return_attention_scores ? 2 : 1;
}
