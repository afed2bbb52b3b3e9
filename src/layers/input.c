/* input: where data enter a model. Its shape is that of the data; calling it gives the value it was given. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_input_args, HONE_INPUT_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)layer, (void)graph, (void)count;
    outputs[0] = inputs[0];
    return 1;
}

const hone_layer_type hone_internal_input_layer = {
    .goes_step_by_step = true,
    .type = {.name = "input",
             .class_name = "InputLayer",
             .module = "keras.layers",
             .summary = "An input of the model, with the shape of one sample.",
             .aliases = "input_layer|Input",
             HONE_TYPE_FIELDS(hone_input_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(input)
