/* category_encoding: ids (batch, n) to vectors of num_tokens numbers. An id outside 0 .. num_tokens - 1
 * counts for none. A second input beside the ids, in mode count: what each of them counts. */
#include "layers/categories.h"

#include <string.h>

HONE_FIELD_TABLE(hone_category_encoding_args, HONE_CATEGORY_ENCODING_FIELDS);

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

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_category_encoding_args *args = hone_layer_args(layer);
    HONE_TRY(hone_internal_categories_check(args->output_mode, inputs[0]));
    if (count == 1)
        return HONE_OK;
    if (strcmp(args->output_mode, "count") != 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "count_weights need output_mode \"count\", not \"%s\"",
                         args->output_mode);
    if (hone_internal_shape_equal(inputs[0], inputs[1]))
        return HONE_OK;
    char ids[128], weights[128];
    hone_internal_shape_to_text(inputs[0], ids, sizeof ids);
    hone_internal_shape_to_text(inputs[1], weights, sizeof weights);
    return hone_fail(HONE_ERROR_SHAPE, "weights of shape %s do not match ids of shape %s", weights, ids);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_category_encoding_args *args = hone_layer_args(layer);
    outputs[0] = hone_internal_categories_encode(graph, inputs[0], count > 1 ? inputs[1] : HONE_NO_VALUE,
                                                 args->output_mode, args->num_tokens);
    return 1;
}

const hone_layer_type hone_internal_category_encoding_layer = {
    .type = {.name = "category_encoding",
             .class_name = "CategoryEncoding",
             .module = "keras.layers",
             .summary = "Encodes ids as one-hot, multi-hot or count vectors.",
             HONE_TYPE_FIELDS(hone_category_encoding_args)},
    .inputs_max = 2,
    .inputs_min = 1,
    .takes_ids = true,
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(category_encoding)
