/* masking: mask[n, t] = any(x[n, t, :] != mask_value); y = x where unmasked, 0 elsewhere. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_masking_args, HONE_MASKING_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_masking_args *args = hone_layer_args(layer);
    hone_value differs =
        hone_op_unary(graph, "not_equal_scalar", inputs[0], (hone_parameters){args->mask_value, 0, 0, 0});
    int last = -1;
    hone_value kept = hone_op_reduce(graph, "maximum", differs, &last, 1, true);
    outputs[0] = hone_op_multiply(graph, inputs[0], kept);
    hone_value_set_mask(graph, outputs[0], hone_op_squeeze(graph, kept, -1));
    return 1;
}

const hone_layer_type hone_internal_masking_layer = {
    .type = {.name = "masking",
             .class_name = "Masking",
             .module = "keras.layers",
             .summary = "Masks padded steps, so that later layers skip them.",
             HONE_TYPE_FIELDS(hone_masking_args)},
    .call = call,
    .uses_mask = true,
};
HONE_DEFINE_LAYER(masking)
