/* softmax: e^x / sum e^x along one axis, or several together, the batch too; masked elements are left out of
 * the sum and get 0. */
#include "layers/axes.h"

HONE_FIELD_TABLE(hone_softmax_args, HONE_SOFTMAX_FIELDS);

static const double masked_logit = -1e9; /* Keras's for float32 */

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_softmax_args *args = hone_layer_args(layer);
    int axes[HONE_MAX_RANK], found = hone_internal_axes_resolve(args->axis, inputs[0], axes);
    return found < 0    ? (hone_status)found
           : found == 0 ? hone_fail(HONE_ERROR_ARGUMENT, "axis is empty")
                        : HONE_OK;
}

/* A mask of lower rank applies to the leading axes. */
static hone_value fit_mask(hone_graph *graph, hone_value mask, hone_shape shape)
{
    while (mask >= 0 && hone_value_shape(graph, mask).rank < shape.rank)
        mask = hone_op_expand(graph, mask, -1);
    return hone_op_broadcast(graph, mask, shape);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_softmax_args *args = hone_layer_args(layer);
    hone_value x = inputs[0], mask = hone_value_mask(graph, x);
    int axes[HONE_MAX_RANK], found = hone_internal_axes_resolve(args->axis, hone_value_shape(graph, x), axes);
    if (found < 0)
        return found;
    HONE_TRY(hone_internal_axes_step(graph, axes, found, hone_value_shape(graph, x).rank));
    if (mask >= 0) {
        if (hone_call_value(graph, "mask", 0) >= 0) /* given by hand: any numbers */
            mask = hone_op_binary(graph, "greater", mask, hone_graph_constant(graph, 0.5));
        mask = fit_mask(graph, mask, hone_value_shape(graph, x));
        x = hone_op_select(graph, mask, x, hone_graph_constant(graph, masked_logit));
    }
    outputs[0] = hone_internal_axes_softmax(graph, x, axes, found);
    if (mask >= 0)
        outputs[0] = hone_op_multiply(graph, outputs[0], mask);
    return 1;
}

const hone_layer_type hone_internal_softmax_layer = {
    .goes_step_by_step = true,
    .type = {.name = "softmax",
             .class_name = "Softmax",
             .module = "keras.layers",
             .summary = "Turns numbers along an axis into probabilities.",
             HONE_TYPE_FIELDS(hone_softmax_args)},
    .build = build,
    .call = call,
    .call_fields = &hone_internal_mask_call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(softmax)
