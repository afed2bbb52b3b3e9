/* global_max_pooling1d to 3d, global_average_pooling1d to 3d: the largest number or the mean of each channel.
 */
#include "layers/space.h"

HONE_FIELD_TABLE_NAMED(hone_global_max_pooling1d_args, HONE_GLOBAL_MAX_POOLING1D_FIELDS, fields, defaults);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_global_max_pooling1d_args *args = hone_layer_args(layer);
    return hone_internal_space_check(inputs[0], axes, hone_internal_space_channels_first(args->data_format));
}

/* Over the spatial axes alone. */
static hone_value reduce(hone_graph *graph, const char *name, hone_value x, int axes, bool first, bool keep)
{
    int spatial[HONE_SPACE_AXES];
    for (int axis = 0; axis < axes; axis++)
        spatial[axis] = axis + (first ? 2 : 1);
    return hone_op_reduce(graph, name, x, spatial, axes, keep);
}

/* sum(x mask) / sum(mask) over the steps, the mask [batch, steps]. */
static hone_value masked_mean(hone_graph *graph, hone_value x, hone_value mask, bool first, bool keep)
{
    const hone_value spread = hone_op_expand(graph, mask, first ? 1 : 2);
    const hone_value sum = reduce(graph, "sum", hone_op_multiply(graph, x, spread), 1, first, keep);
    return hone_op_divide(graph, sum, reduce(graph, "sum", spread, 1, first, keep));
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes,
                bool average)
{
    const hone_global_max_pooling1d_args *args = hone_layer_args(layer);
    const bool first = hone_internal_space_channels_first(args->data_format);
    const hone_value mask = hone_value_mask(graph, inputs[0]);
    if (average && axes == 1 && mask >= 0)
        outputs[0] = masked_mean(graph, inputs[0], mask, first, args->keepdims);
    else
        outputs[0] = reduce(graph, average ? "mean" : "maximum", inputs[0], axes, first, args->keepdims);
    return 1;
}

#define GLOBAL(name_, class_, alias, axes, average, words) \
    HONE_SPACE_FUNCTIONS_OF(name_, axes, average) \
    _Static_assert(sizeof(hone_global_##name_##_pooling##axes##d_args) == \
                       sizeof(hone_global_max_pooling1d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_global_##name_##_pooling##axes##d_layer = { \
        .type = {.name = "global_" #name_ "_pooling" #axes "d", \
                 .class_name = "Global" #class_ "Pooling" #axes "D", \
                 .module = "keras.layers", \
                 .aliases = "Global" #alias #axes "D", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_global_max_pooling1d_args, fields, defaults)}, \
        .build = build_##name_##_##axes##d, \
        .call_fields = (average) && (axes) == 1 ? &hone_internal_mask_call : NULL, \
        .call = call_##name_##_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(global_##name_##_pooling##axes##d)

GLOBAL(max, Max, MaxPool, 1, false, "The maximum of each channel of a sequence.")
GLOBAL(max, Max, MaxPool, 2, false, "The maximum of each channel of an image.")
GLOBAL(max, Max, MaxPool, 3, false, "The maximum of each channel of a volume.")
GLOBAL(average, Average, AvgPool, 1, true, "The mean of each channel of a sequence.")
GLOBAL(average, Average, AvgPool, 2, true, "The mean of each channel of an image.")
GLOBAL(average, Average, AvgPool, 3, true, "The mean of each channel of a volume.")
