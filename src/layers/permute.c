/* permute: another order of the axes after the batch axis. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_permute_args, HONE_PERMUTE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_permute_args *args = hone_layer_args(layer);
    int given = 0;
    unsigned seen = 0;
    for (; given < HONE_MAX_RANK && args->dims[given] != HONE_NONE_INTEGER; given++)
        if (args->dims[given] < HONE_MAX_RANK)
            seen |= 1u << args->dims[given];
    if (given == inputs[0].rank - 1 && seen == (1u << inputs[0].rank) - 2)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "dims must name each of the axes 1 to %d once", inputs[0].rank - 1);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_permute_args *args = hone_layer_args(layer);
    int order[HONE_MAX_RANK] = {0};
    for (int axis = 1; axis < hone_value_shape(graph, inputs[0]).rank; axis++)
        order[axis] = (int)args->dims[axis - 1];
    outputs[0] = hone_op_transpose(graph, inputs[0], order);
    return 1;
}

const hone_layer_type hone_internal_permute_layer = {
    .type = {.name = "permute",
             .class_name = "Permute",
             .module = "keras.layers",
             .summary = "Reorders the axes after the batch axis.",
             HONE_TYPE_FIELDS(hone_permute_args)},
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(permute)
