/* activity_regularization: gives what it gets and adds (l1 sum |x| + l2 sum x^2) / batch to the loss,
 * also in evaluation. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_activity_regularization_args, HONE_ACTIVITY_REGULARIZATION_FIELDS);

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_activity_regularization_args *args = hone_layer_args(layer);
    outputs[0] = inputs[0];
    if (graph->symbolic)
        return 1;
    double batch = (double)hone_value_size(graph, inputs[0], 0), share = batch > 0 ? 1 / batch : 1;
    hone_value sizes = hone_op_total(graph, hone_op_absolute(graph, inputs[0]));
    hone_value squares = hone_op_reduce(graph, "sum_squares", inputs[0], NULL, 0, false);
    hone_value penalty = hone_op_add(graph, hone_op_affine(graph, sizes, args->l1 * share, 0),
                                     hone_op_affine(graph, squares, args->l2 * share, 0));
    hone_status status = hone_layer_add_loss(layer, graph, penalty);
    return status < 0 ? (int)status : 1;
}

const hone_layer_type hone_internal_activity_regularization_layer = {
    .type = {.name = "activity_regularization",
             .class_name = "ActivityRegularization",
             .module = "keras.layers",
             .summary = "Adds a penalty on its input to the loss.",
             HONE_TYPE_FIELDS(hone_activity_regularization_args)},
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(activity_regularization)
