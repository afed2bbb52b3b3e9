/* identity: gives what it gets. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_identity_args, HONE_IDENTITY_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)layer, (void)graph, (void)count;
    outputs[0] = inputs[0];
    return 1;
}

const hone_layer_type hone_internal_identity_layer = {
    .goes_step_by_step = true,
    .type = {.name = "identity",
             .class_name = "Identity",
             .module = "keras.layers",
             .aliases = "TFDIdentity", /* of FeatureSpace */
             .summary = "Returns its input unchanged.",
             HONE_TYPE_FIELDS(hone_identity_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(identity)
