/* concatenate: the inputs one after the other along an axis. Masks follow: a missing one counts as all
 * unmasked. */
#include "layers/axes.h"

HONE_FIELD_TABLE(hone_concatenate_args, HONE_CONCATENATE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const hone_concatenate_args *args = hone_layer_args(layer);
    int axis = hone_internal_shape_axis(inputs[0], args->axis, "axis");
    if (axis < 0)
        return hone_error_status();
    if (axis == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "axis must not be the batch axis");
    for (int i = 1; i < count; i++) {
        bool fits = inputs[i].rank == inputs[0].rank;
        for (int j = 1; fits && j < inputs[0].rank; j++)
            fits = j == axis || inputs[i].size[j] == inputs[0].size[j] || inputs[i].size[j] == HONE_ANY ||
                   inputs[0].size[j] == HONE_ANY;
        if (fits)
            continue;
        char first[128], other[128];
        hone_internal_shape_to_text(inputs[0], first, sizeof first);
        hone_internal_shape_to_text(inputs[i], other, sizeof other);
        return hone_fail(HONE_ERROR_SHAPE, "inputs of shapes %s and %s may differ only on axis %d", first,
                         other, axis);
    }
    return HONE_OK;
}

/* A mask spread over its value's shape: 1 where there is none. */
static hone_value spread_mask(hone_graph *graph, hone_value x)
{
    hone_shape shape = hone_value_shape(graph, x);
    hone_value mask = hone_value_mask(graph, x);
    if (mask < 0)
        return hone_graph_filled(graph, shape, 1);
    while (mask >= 0 && hone_value_shape(graph, mask).rank < shape.rank)
        mask = hone_op_expand(graph, mask, -1);
    return hone_op_broadcast(graph, mask, shape);
}

static hone_value joined_mask(hone_graph *graph, const hone_value *inputs, int count, int axis)
{
    hone_value *masks = hone_internal_arena_allocate(&graph->arena, sizeof *masks * (size_t)count);
    bool any = false;
    for (int i = 0; i < count; i++)
        any = any || hone_value_mask(graph, inputs[i]) >= 0;
    if (!any || graph->symbolic || masks == NULL)
        return HONE_NO_VALUE;
    for (int i = 0; i < count; i++)
        masks[i] = spread_mask(graph, inputs[i]);
    int last = -1;
    return hone_op_reduce(graph, "maximum", hone_op_concatenate(graph, masks, count, axis), &last, 1, false);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_concatenate_args *args = hone_layer_args(layer);
    const int rank = hone_value_shape(graph, inputs[0]).rank,
              axis = (int)args->axis + (args->axis < 0 ? rank : 0);
    HONE_TRY(hone_internal_axes_step(graph, &axis, 1, rank));
    outputs[0] = hone_op_concatenate(graph, inputs, count, axis);
    hone_value mask = outputs[0] < 0 ? HONE_NO_VALUE : joined_mask(graph, inputs, count, axis);
    if (mask >= 0)
        hone_value_set_mask(graph, outputs[0], mask);
    return 1;
}

const hone_layer_type hone_internal_concatenate_layer = {
    .goes_step_by_step = true,
    .type = {.name = "concatenate",
             .class_name = "Concatenate",
             .module = "keras.layers",
             .aliases = "TFDConcat", /* of FeatureSpace */
             .summary = "Concatenates its inputs along an axis.",
             HONE_TYPE_FIELDS(hone_concatenate_args)},
    .build = build,
    .call = call,
    .inputs_min = 1,
    .inputs_max = HONE_MANY_INPUTS,
    .uses_mask = true,
};
HONE_DEFINE_LAYER(concatenate)
