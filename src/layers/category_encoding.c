/* category_encoding: ids (batch, n) to vectors of num_tokens numbers. An id outside 0 .. num_tokens - 1
 * counts for none. Mode count takes what each of them counts, count_weights
 * of the call: y[n, k] = sum_i weights[n, i] (ids[n, i] == k). */
#include "layers/categories.h"

#include <string.h>

HONE_FIELD_TABLE(hone_category_encoding_args, HONE_CATEGORY_ENCODING_FIELDS);
HONE_FIELD_TABLE_NAMED(hone_count_weights_call, HONE_COUNT_WEIGHTS_CALL_FIELDS, call_fields, no_weights);
static const hone_type count_weights_call = {
    .name = "call",
    .class_name = "call",
    HONE_TYPE_FIELDS_NAMED(hone_count_weights_call, call_fields, no_weights)};

hone_status hone_internal_categories_check(const char *mode, hone_shape shape)
{
    bool over_axis = strcmp(mode, "multi_hot") == 0 || strcmp(mode, "count") == 0;
    if (!over_axis || shape.rank >= 2)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(shape, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE, "output_mode \"%s\" needs an input of shape (batch, n), not %s", mode,
                     text);
}

hone_value hone_internal_categories_encode(hone_graph *graph, hone_value ids, hone_value weights,
                                           const char *mode, int64_t depth)
{
    if (strcmp(mode, "int") == 0)
        return ids;
    if (strcmp(mode, "one_hot") == 0) {
        bool column = hone_value_shape(graph, ids).rank > 1 && hone_value_size(graph, ids, -1) == 1;
        return hone_op_one_hot(graph, column ? hone_op_squeeze(graph, ids, -1) : ids, depth);
    }
    int along = 1;
    hone_value vectors = hone_op_one_hot(graph, ids, depth);
    if (weights >= 0)
        vectors = hone_op_multiply(graph, vectors, hone_op_expand(graph, weights, -1));
    return hone_op_reduce(graph, strcmp(mode, "count") == 0 ? "sum" : "maximum", vectors, &along, 1, false);
}

static hone_status check_weights(const hone_category_encoding_args *args, hone_shape ids, hone_shape weights)
{
    char ids_text[128], weights_text[128];
    if (strcmp(args->output_mode, "count") != 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "count_weights need output_mode \"count\", not \"%s\"",
                         args->output_mode);
    bool fits = ids.rank == weights.rank;
    for (int axis = 0; fits && axis < ids.rank; axis++)
        fits = weights.size[axis] == ids.size[axis] || weights.size[axis] == 1 ||
               weights.size[axis] == HONE_ANY || ids.size[axis] == HONE_ANY;
    if (fits)
        return HONE_OK;
    hone_internal_shape_to_text(ids, ids_text, sizeof ids_text);
    hone_internal_shape_to_text(weights, weights_text, sizeof weights_text);
    return hone_fail(HONE_ERROR_SHAPE, "weights of shape %s do not match ids of shape %s", weights_text,
                     ids_text);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_category_encoding_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_categories_check(args->output_mode, inputs[0]));
    (void)count;
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_category_encoding_args *args = hone_layer_args(layer);
    hone_value weights = hone_call_value(graph, "count_weights", 0);
    (void)count;
    if (weights >= 0)
        HONE_TRY(check_weights(args, hone_value_shape(graph, inputs[0]), hone_value_shape(graph, weights)));
    outputs[0] =
        hone_internal_categories_encode(graph, inputs[0], weights, args->output_mode, args->num_tokens);
    return 1;
}

const hone_layer_type hone_internal_category_encoding_layer = {
    .type = {.name = "category_encoding",
             .class_name = "CategoryEncoding",
             .module = "keras.layers",
             .summary = "Encodes ids as one-hot, multi-hot or count vectors.",
             HONE_TYPE_FIELDS(hone_category_encoding_args)},
    .takes_ids = true,
    .call_fields = &count_weights_call,
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(category_encoding)
