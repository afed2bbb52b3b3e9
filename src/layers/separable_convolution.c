/* separable_conv1d, separable_conv2d: each channel by its own filters, then a convolution of window 1 that
 * mixes them; depthwise_kernel (kernel_size..., channels, m), pointwise_kernel (1..., channels m, filters),
 * bias (filters). */
#include "layers/convolution.h"

HONE_FIELD_TABLE_NAMED(hone_separable_conv1d_args, HONE_SEPARABLE_CONV1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_separable_conv2d_args, HONE_SEPARABLE_CONV2D_FIELDS, fields_2d, defaults_2d);

static const int64_t ones[HONE_SPACE_AXES] = {1, 1, 1};

static hone_window_arguments pointwise_window(int axes)
{
    return (hone_window_arguments){axes, ones, ones, ones, "valid", false};
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_separable_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args), point = pointwise_window(axes);
    int64_t channels;
    HONE_TRY(hone_internal_convolution_check(&window, inputs[0], &channels));
    const int64_t between = hone_internal_size_product(channels, args->depth_multiplier);
    hone_weight depthwise = {
        "depthwise_kernel",
        hone_internal_convolution_kernel_shape(&window, channels, args->depth_multiplier),
        args->depthwise_initializer,
        args->depthwise_regularizer,
        args->depthwise_constraint,
        false};
    hone_weight pointwise = {
        "pointwise_kernel",          hone_internal_convolution_kernel_shape(&point, between, args->filters),
        args->pointwise_initializer, args->pointwise_regularizer,
        args->pointwise_constraint,  false};
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, HONE_SHAPE(args->filters));
    if (hone_layer_add_weight(layer, &depthwise) == NULL || hone_layer_add_weight(layer, &pointwise) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_separable_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args), point = pointwise_window(axes);
    hone_value x = hone_internal_space_enter(graph, inputs[0], window.channels_first);
    hone_value between = hone_internal_convolution_record_depthwise(
        graph, &window, x, hone_graph_variable(graph, hone_layer_weight(layer, "depthwise_kernel")));
    hone_value y = hone_internal_convolution_record(
        graph, &point, between, hone_graph_variable(graph, hone_layer_weight(layer, "pointwise_kernel")), 1);
    outputs[0] = hone_internal_convolution_finish(layer, graph, y, args->use_bias, args->activation,
                                                  window.channels_first);
    return 1;
}

#define SEPARABLE(axes, words) \
    HONE_SPACE_FUNCTIONS(axes) \
    _Static_assert(sizeof(hone_separable_conv##axes##d_args) == sizeof(hone_separable_conv2d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_separable_conv##axes##d_layer = { \
        .type = {.name = "separable_conv" #axes "d", \
                 .class_name = "SeparableConv" #axes "D", \
                 .module = "keras.layers", \
                 .aliases = "SeparableConvolution" #axes "D", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_separable_conv##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(separable_conv##axes##d)

SEPARABLE(1, "Convolution of each channel of a sequence separately, then across the channels.")
SEPARABLE(2, "Convolution of each channel of an image separately, then across the channels.")
