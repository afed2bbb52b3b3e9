/* depthwise_conv1d, depthwise_conv2d: each channel by its own filters; kernel (kernel_size..., channels, m),
 * bias (channels m). */
#include "layers/convolution.h"

HONE_FIELD_TABLE_NAMED(hone_depthwise_conv1d_args, HONE_DEPTHWISE_CONV1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_depthwise_conv2d_args, HONE_DEPTHWISE_CONV2D_FIELDS, fields_2d, defaults_2d);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_depthwise_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    int64_t channels;
    HONE_TRY(hone_internal_convolution_check(&window, inputs[0], &channels));
    hone_weight kernel = {"kernel",
                          hone_internal_convolution_kernel_shape(&window, channels, args->depth_multiplier),
                          args->depthwise_initializer,
                          args->depthwise_regularizer,
                          args->depthwise_constraint,
                          false};
    hone_weight bias = HONE_LAYER_WEIGHT(
        args, bias, (HONE_SHAPE(hone_internal_size_product(channels, args->depth_multiplier))));
    if (hone_layer_add_weight(layer, &kernel) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_depthwise_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    hone_value x = hone_internal_space_enter(graph, inputs[0], window.channels_first);
    hone_value kernel = hone_graph_variable(graph, hone_layer_weight(layer, "kernel"));
    hone_value y = hone_internal_convolution_record_depthwise(graph, &window, x, kernel);
    outputs[0] = hone_internal_convolution_finish(layer, graph, y, args->use_bias, args->activation,
                                                  window.channels_first);
    return 1;
}

#define DEPTHWISE(axes, words) \
    HONE_SPACE_FUNCTIONS(axes) \
    _Static_assert(sizeof(hone_depthwise_conv##axes##d_args) == sizeof(hone_depthwise_conv2d_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_depthwise_conv##axes##d_layer = { \
        .type = {.name = "depthwise_conv" #axes "d", \
                 .class_name = "DepthwiseConv" #axes "D", \
                 .module = "keras.layers", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_depthwise_conv##axes##d_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(depthwise_conv##axes##d)

DEPTHWISE(1, "Convolution of each channel of a sequence separately.")
DEPTHWISE(2, "Convolution of each channel of an image separately.")
