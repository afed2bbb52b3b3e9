/* re_lu, leaky_re_lu, elu: element-wise functions with arguments, as layers. */
#include "layers/layer.h"

#include <math.h>

HONE_FIELD_TABLE_NAMED(hone_re_lu_args, HONE_RE_LU_FIELDS, re_lu_fields, re_lu_defaults);
HONE_FIELD_TABLE_NAMED(hone_leaky_re_lu_args, HONE_LEAKY_RE_LU_FIELDS, leaky_re_lu_fields,
                       leaky_re_lu_defaults);
HONE_FIELD_TABLE_NAMED(hone_elu_args, HONE_ELU_FIELDS, elu_fields, elu_defaults);

static int call_re_lu(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                      hone_value *outputs)
{
    (void)count;
    const hone_re_lu_args *args = hone_layer_args(layer);
    double most = isnan(args->max_value) ? HUGE_VAL : args->max_value;
    bool plain = args->negative_slope == 0 && args->threshold == 0 && isinf(most);
    outputs[0] = plain ? hone_op_unary(graph, "relu_plain", inputs[0], (hone_parameters){0})
                       : hone_op_unary(graph, "relu", inputs[0],
                                       (hone_parameters){args->negative_slope, most, args->threshold, 0});
    return 1;
}

static int call_leaky_re_lu(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs)
{
    (void)count;
    const hone_leaky_re_lu_args *args = hone_layer_args(layer);
    outputs[0] =
        hone_op_unary(graph, "leaky_relu", inputs[0], (hone_parameters){args->negative_slope, 0, 0, 0});
    return 1;
}

static int call_elu(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                    hone_value *outputs)
{
    (void)count;
    const hone_elu_args *args = hone_layer_args(layer);
    outputs[0] = hone_op_unary(graph, "elu", inputs[0], (hone_parameters){args->alpha, 0, 0, 0});
    return 1;
}

#define ACTIVATION_LAYER(thing, class_name_, summary_, aliases_) \
    const hone_layer_type hone_internal_##thing##_layer = { \
        .type = {.name = #thing, \
                 .class_name = class_name_, \
                 .module = "keras.layers", \
                 .summary = summary_, \
                 .aliases = aliases_, \
                 HONE_TYPE_FIELDS_NAMED(hone_##thing##_args, thing##_fields, thing##_defaults)}, \
        .call = call_##thing, \
        .goes_step_by_step = true, \
        .passes_mask = true}; \
    HONE_DEFINE_LAYER(thing)
ACTIVATION_LAYER(re_lu, "ReLU",
                 "max(x, 0), with an optional maximum, threshold and slope below the threshold.", "relu")
ACTIVATION_LAYER(leaky_re_lu, "LeakyReLU", "x above 0, a fraction of it below.", "leaky_relu")
ACTIVATION_LAYER(elu, "ELU", "x above 0, alpha (e^x - 1) below.", NULL)
