/* p_re_lu: relu(x) - alpha relu(-x) with a learned alpha for each element, or one along each shared axis. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_p_re_lu_args, HONE_P_RE_LU_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_p_re_lu_args *args = hone_layer_args(layer);
    hone_shape shape = {.rank = inputs[0].rank - 1};
    for (int axis = 1; axis < inputs[0].rank; axis++)
        shape.size[axis - 1] = inputs[0].size[axis];
    for (int i = 0; i < HONE_MAX_RANK && args->shared_axes[i] != HONE_NONE_INTEGER; i++) {
        if (args->shared_axes[i] >= inputs[0].rank)
            return hone_fail(HONE_ERROR_ARGUMENT, "shared_axes: there is no axis %lld",
                             (long long)args->shared_axes[i]);
        shape.size[args->shared_axes[i] - 1] = 1;
    }
    hone_weight alpha = HONE_LAYER_WEIGHT(args, alpha, shape);
    return hone_layer_add_weight(layer, &alpha) == NULL ? hone_error_status() : HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    hone_value alpha = hone_graph_variable(graph, hone_layer_weight(layer, "alpha"));
    hone_value above = hone_op_unary(graph, "relu_plain", inputs[0], (hone_parameters){0});
    hone_value below =
        hone_op_unary(graph, "relu_plain", hone_op_negative(graph, inputs[0]), (hone_parameters){0});
    outputs[0] = hone_op_subtract(graph, above, hone_op_multiply(graph, below, alpha));
    return 1;
}

const hone_layer_type hone_internal_p_re_lu_layer = {
    .type = {.name = "p_re_lu",
             .class_name = "PReLU",
             .module = "keras.layers",
             .aliases = "prelu",
             .summary = "x above 0, a learned multiple of x below.",
             HONE_TYPE_FIELDS(hone_p_re_lu_args)},
    .build = build,
    .call = call,
    .passes_mask = true,
};
HONE_DEFINE_LAYER(p_re_lu)
