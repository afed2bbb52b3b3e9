/* conv1d, conv2d, conv3d: activation(x * kernel + bias) over the spatial axes; kernel (kernel_size...,
 * channels / groups, filters), bias (filters). */
#include "layers/convolution.h"

#include <inttypes.h>

HONE_FIELD_TABLE_NAMED(hone_conv1d_args, HONE_CONV1D_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_conv2d_args, HONE_CONV2D_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_conv3d_args, HONE_CONV3D_FIELDS, fields_3d, defaults_3d);

/* ---- what all layers that convolve share ---- */

static int64_t reach(const hone_window_arguments *window, int axis)
{
    return (window->kernel_size[axis] - 1) * window->dilation_rate[axis] + 1;
}

hone_status hone_internal_convolution_check(const hone_window_arguments *window, hone_shape input,
                                            int64_t *channels)
{
    HONE_TRY(hone_internal_space_check(input, window->axes, window->channels_first));
    HONE_TRY(hone_internal_space_channels(input, window->channels_first, channels));
    for (int axis = 0; axis < window->axes; axis++)
        HONE_TRY(hone_internal_space_fit(window->padding, input, axis, window->channels_first,
                                         reach(window, axis)));
    return HONE_OK;
}

hone_status hone_internal_convolution_check_strides(const hone_window_arguments *window)
{
    bool strided = false, dilated = false;
    for (int axis = 0; axis < window->axes; axis++) {
        strided = strided || window->strides[axis] > 1;
        dilated = dilated || window->dilation_rate[axis] > 1;
    }
    if (strided && dilated)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "strides above 1 and a dilation_rate above 1 cannot be combined");
    return HONE_OK;
}

hone_shape hone_internal_convolution_kernel_shape(const hone_window_arguments *window, int64_t a, int64_t b)
{
    hone_shape shape = {.rank = window->axes + 2};
    for (int axis = 0; axis < window->axes; axis++)
        shape.size[axis] = window->kernel_size[axis];
    shape.size[window->axes] = a;
    shape.size[window->axes + 1] = b;
    return shape;
}

hone_value hone_internal_convolution_record(hone_graph *graph, const hone_window_arguments *window,
                                            hone_value x, hone_value kernel, int64_t groups)
{
    hone_convolution how = {.groups = groups};
    for (int axis = 0; axis < window->axes; axis++) {
        how.strides[axis] = window->strides[axis];
        how.dilations[axis] = window->dilation_rate[axis];
        hone_internal_space_pad(window->padding, hone_value_size(graph, x, axis + 1), reach(window, axis),
                                window->strides[axis], &how.before[axis], &how.after[axis]);
    }
    return hone_op_convolution(graph, x, kernel, &how);
}

hone_value hone_internal_convolution_record_depthwise(hone_graph *graph, const hone_window_arguments *window,
                                                      hone_value x, hone_value kernel)
{
    const int64_t channels = hone_value_size(graph, kernel, -2), each = hone_value_size(graph, kernel, -1);
    kernel =
        hone_op_reshape(graph, kernel, hone_internal_convolution_kernel_shape(window, 1, channels * each));
    return hone_internal_convolution_record(graph, window, x, kernel, channels);
}

hone_value hone_internal_convolution_finish(hone_layer *layer, hone_graph *graph, hone_value y, bool use_bias,
                                            const char *activation, bool channels_first)
{
    if (use_bias)
        y = hone_op_bias_add(graph, y, hone_graph_variable(graph, hone_layer_weight(layer, "bias")));
    y = hone_internal_space_leave(graph, y, channels_first);
    return hone_internal_activation_apply(graph, activation, y);
}

/* ---- the three layers: their structs differ in nothing but the number of axes ---- */

static hone_status fail_groups(hone_shape input, int64_t groups, int64_t channels, int64_t filters)
{
    char text[128];
    int64_t divisor = groups < filters ? groups : filters; /* the greatest that does, below it */
    divisor = divisor < channels ? divisor : channels;
    while (channels % divisor != 0 || filters % divisor != 0)
        divisor--;
    hone_internal_shape_to_text(input, text, sizeof text);
    return hone_fail(HONE_ERROR_SHAPE,
                     "groups must divide the channels of the input and the filters: %" PRId64
                     " does not divide %" PRId64 " channels and %" PRId64
                     " filters; of its input %s, %" PRId64 " groups do",
                     groups, channels, filters, text, divisor);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    int64_t channels;
    HONE_TRY(hone_internal_convolution_check(&window, inputs[0], &channels));
    HONE_TRY(hone_internal_convolution_check_strides(&window));
    if (args->filters % args->groups != 0 || channels % args->groups != 0)
        return fail_groups(inputs[0], args->groups, channels, args->filters);
    hone_weight kernel = HONE_LAYER_WEIGHT(
        args, kernel,
        hone_internal_convolution_kernel_shape(&window, channels / args->groups, args->filters));
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, HONE_SHAPE(args->filters));
    if (hone_layer_add_weight(layer, &kernel) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return HONE_OK;
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_conv2d_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    hone_value x = hone_internal_space_enter(graph, inputs[0], window.channels_first);
    hone_value kernel = hone_layer_adapted(layer, graph);
    hone_value y = hone_internal_convolution_record(graph, &window, x, kernel, args->groups);
    outputs[0] = hone_internal_convolution_finish(layer, graph, y, args->use_bias, args->activation,
                                                  window.channels_first);
    return 1;
}

#define CONVOLUTION(axes, words) \
    HONE_SPACE_FUNCTIONS(axes) \
    _Static_assert(sizeof(hone_conv##axes##d_args) == sizeof(hone_conv2d_args), "one struct serves all"); \
    const hone_layer_type hone_internal_conv##axes##d_layer = { \
        .type = {.name = "conv" #axes "d", \
                 .class_name = "Conv" #axes "D", \
                 .module = "keras.layers", \
                 .aliases = "Convolution" #axes "D", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_conv##axes##d_args, fields_##axes##d, defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
        .adapted = "kernel", \
    }; \
    HONE_DEFINE_LAYER(conv##axes##d)

CONVOLUTION(1, "Convolution over the steps of a sequence.")
CONVOLUTION(2, "Convolution over the rows and columns of an image.")
CONVOLUTION(3, "Convolution over the planes, rows and columns of a volume.")
