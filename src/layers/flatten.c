/* flatten: (batch, a, b, ...) to (batch, a * b * ...); (batch) to (batch, 1). */
#include "layers/layer.h"

#include <string.h>

HONE_FIELD_TABLE(hone_flatten_args, HONE_FLATTEN_FIELDS);

/* (batch, channels, ...) to (batch, ..., channels). */
static hone_value channels_last(hone_graph *graph, hone_value x)
{
    int order[HONE_MAX_RANK] = {0}, rank = hone_value_shape(graph, x).rank;
    for (int axis = 1; axis < rank; axis++)
        order[axis] = axis + 1 < rank ? axis + 1 : 1;
    return hone_op_transpose(graph, x, order);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_flatten_args *args = hone_layer_args(layer);
    hone_value x = inputs[0];
    if (strcmp(args->data_format, "channels_first") == 0 && hone_value_shape(graph, x).rank > 2)
        x = channels_last(graph, x);
    hone_shape shape = hone_value_shape(graph, x), flat = {.rank = 2, .size = {shape.size[0], 1}};
    for (int axis = 1; axis < shape.rank; axis++)
        flat.size[1] = hone_internal_size_product(flat.size[1], shape.size[axis]);
    outputs[0] = hone_op_reshape(graph, x, flat);
    return 1;
}

const hone_layer_type hone_internal_flatten_layer = {
    .type = {.name = "flatten",
             .class_name = "Flatten",
             .module = "keras.layers",
             .summary = "Flattens each sample to one vector.",
             HONE_TYPE_FIELDS(hone_flatten_args)},
    .call = call,
};
HONE_DEFINE_LAYER(flatten)
