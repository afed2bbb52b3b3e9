/* repeat_vector: (batch, features) to (batch, n, features). */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_repeat_vector_args, HONE_REPEAT_VECTOR_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer, (void)count;
    if (inputs[0].rank == 2)
        return HONE_OK;
    char text[128];
    hone_internal_shape_to_text(inputs[0], text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE, "needs an input of shape (batch, features), not %s", text);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_repeat_vector_args *args = hone_layer_args(layer);
    hone_shape shape = hone_value_shape(graph, inputs[0]);
    outputs[0] = hone_op_broadcast(graph, hone_op_expand(graph, inputs[0], 1),
                                   HONE_SHAPE(shape.size[0], args->n, shape.size[1]));
    return 1;
}

const hone_layer_type hone_internal_repeat_vector_layer = {
    .type = {.name = "repeat_vector",
             .class_name = "RepeatVector",
             .module = "keras.layers",
             .summary = "Repeats each sample's vector n times.",
             HONE_TYPE_FIELDS(hone_repeat_vector_args)},
    .build = build,
    .call = call,
};
HONE_DEFINE_LAYER(repeat_vector)
