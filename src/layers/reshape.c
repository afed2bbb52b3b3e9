/* reshape: (batch, ...) to (batch, target_shape...), one size worked out where it is -1. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_reshape_args, HONE_RESHAPE_FIELDS);

/* The wanted shape with the batch in front; -1 worked out when the input's sizes are known. False when they
 * do not fit. */
static bool target(const hone_reshape_args *args, hone_shape input, hone_shape *shape)
{
    int64_t rest = 1, known = 1;
    int open = -1;
    *shape = (hone_shape){.rank = 1, .size = {input.size[0]}};
    for (int axis = 1; axis < input.rank; axis++)
        rest = hone_internal_size_product(rest, input.size[axis]);
    for (int i = 0; i < HONE_MAX_RANK && args->target_shape[i] != HONE_NONE_INTEGER; i++) {
        if (shape->rank == HONE_MAX_RANK || (args->target_shape[i] == -1 && open >= 0))
            return false;
        if (args->target_shape[i] == -1)
            open = shape->rank;
        else
            known = hone_internal_size_product(known, args->target_shape[i]);
        shape->size[shape->rank++] = args->target_shape[i];
    }
    if (rest == HONE_ANY)
        return true;
    if (open < 0)
        return known == rest;
    if (known < 1 || rest % known != 0)
        return false;
    shape->size[open] = rest / known;
    return true;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    hone_shape shape;
    if (target(hone_layer_args(layer), inputs[0], &shape))
        return HONE_OK;
    char from[128], to[128];
    hone_internal_shape_to_text(inputs[0], from, sizeof from);
    hone_internal_shape_to_text(shape, to, sizeof to);
    return hone_fail(HONE_ERROR_SHAPE, "an input of shape %s cannot be reshaped to %s", from, to);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_shape shape;
    target(hone_layer_args(layer), hone_value_shape(graph, inputs[0]), &shape);
    outputs[0] = hone_op_reshape(graph, inputs[0], shape);
    return 1;
}

const hone_layer_type hone_internal_reshape_layer = {
    .type = {.name = "reshape",
             .class_name = "Reshape",
             .module = "keras.layers",
             .summary = "Reshapes each sample.",
             HONE_TYPE_FIELDS(hone_reshape_args)},
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(reshape)
