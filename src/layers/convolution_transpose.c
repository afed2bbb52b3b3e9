/* conv1d_transpose, conv2d_transpose, conv3d_transpose: the gradient of a convolution as a layer of its own;
 * kernel (kernel_size..., filters, channels), bias (filters). */
#include "layers/convolution.h"

#include <inttypes.h>
#include <string.h>

HONE_FIELD_TABLE_NAMED(hone_conv1d_transpose_args, HONE_CONV1D_TRANSPOSE_FIELDS, fields_1d, defaults_1d);
HONE_FIELD_TABLE_NAMED(hone_conv2d_transpose_args, HONE_CONV2D_TRANSPOSE_FIELDS, fields_2d, defaults_2d);
HONE_FIELD_TABLE_NAMED(hone_conv3d_transpose_args, HONE_CONV3D_TRANSPOSE_FIELDS, fields_3d, defaults_3d);

static bool is_given(const int64_t *output_padding)
{
    return output_padding[0] != HONE_NONE_INTEGER;
}

hone_status hone_internal_convolution_check_transpose(const hone_window_arguments *window,
                                                      const int64_t *output_padding)
{
    HONE_TRY(hone_internal_convolution_check_strides(window));
    for (int axis = 0; axis < window->axes && is_given(output_padding); axis++)
        if (output_padding[axis] >= window->strides[axis])
            return hone_fail(HONE_ERROR_ARGUMENT,
                             "output_padding must be less than the stride along each axis, not %" PRId64
                             " with a stride of %" PRId64,
                             output_padding[axis], window->strides[axis]);
    return HONE_OK;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int axes)
{
    const hone_conv2d_transpose_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    int64_t channels;
    HONE_TRY(hone_internal_space_check(inputs[0], axes, window.channels_first));
    HONE_TRY(hone_internal_space_channels(inputs[0], window.channels_first, &channels));
    HONE_TRY(hone_internal_convolution_check_transpose(&window, args->output_padding));
    hone_weight kernel = HONE_LAYER_WEIGHT(
        args, kernel, hone_internal_convolution_kernel_shape(&window, args->filters, channels));
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, HONE_SHAPE(args->filters));
    if (hone_layer_add_weight(layer, &kernel) == NULL)
        return hone_error_status();
    if (args->use_bias && hone_layer_add_weight(layer, &bias) == NULL)
        return hone_error_status();
    return HONE_OK;
}

/* Along one axis: the size of the result and how many of its first positions are cropped. In `full`, of
 * (n - 1) stride + reach positions, all that any input reaches. */
static int64_t result_size(const hone_window_arguments *window, const int64_t *output_padding, int axis,
                           int64_t n, int64_t reach, int64_t *cropped)
{
    const bool same = strcmp(window->padding, "same") == 0, chosen = is_given(output_padding);
    const int64_t stride = window->strides[axis], more = chosen ? output_padding[axis] : 0;
    *cropped = 0;
    if (same) {
        const int64_t padded = chosen ? reach + reach % 2 - 2 + more : stride + reach - 2;
        const int64_t left = padded / 2 + padded % 2;
        *cropped = reach - 1 - (left < reach - 1 ? left : reach - 1);
    }
    if (n == HONE_ANY)
        return HONE_ANY;
    if (same)
        return chosen ? (n - 1) * stride + reach % 2 + more : n * stride;
    return (n - 1) * stride + (chosen ? reach + more : reach > stride ? reach : stride);
}

hone_value hone_internal_convolution_record_transpose(hone_graph *graph, const hone_window_arguments *window,
                                                      const int64_t *output_padding, hone_value x,
                                                      hone_value kernel)
{
    hone_convolution how = {.groups = 1};
    int64_t sizes[HONE_SPACE_AXES];
    for (int axis = 0; axis < window->axes && x >= 0; axis++) {
        const int64_t n = hone_value_size(graph, x, axis + 1);
        const int64_t reach = (window->kernel_size[axis] - 1) * window->dilation_rate[axis] + 1;
        how.strides[axis] = window->strides[axis];
        how.dilations[axis] = window->dilation_rate[axis];
        sizes[axis] = result_size(window, output_padding, axis, n, reach, &how.before[axis]);
        if (n != HONE_ANY && sizes[axis] < 1) {
            hone_fail(HONE_ERROR_SHAPE, "its output would be empty along axis %d", axis + 1);
            return HONE_NO_VALUE;
        }
        const int64_t after =
            n == HONE_ANY ? 0 : (n - 1) * window->strides[axis] + reach - sizes[axis] - how.before[axis];
        how.after[axis] = after > 0 ? after : 0;
    }
    return hone_op_convolution_transpose(graph, x, kernel, &how, sizes);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, hone_value *outputs, int axes)
{
    const hone_conv2d_transpose_args *args = hone_layer_args(layer);
    const hone_window_arguments window = HONE_WINDOW_ARGUMENTS(axes, args);
    hone_value x = hone_internal_space_enter(graph, inputs[0], window.channels_first);
    hone_value kernel = hone_graph_variable(graph, hone_layer_weight(layer, "kernel"));
    hone_value y =
        hone_internal_convolution_record_transpose(graph, &window, args->output_padding, x, kernel);
    outputs[0] = hone_internal_convolution_finish(layer, graph, y, args->use_bias, args->activation,
                                                  window.channels_first);
    return 1;
}

#define TRANSPOSE(axes, words) \
    HONE_SPACE_FUNCTIONS(axes) \
    _Static_assert(sizeof(hone_conv##axes##d_transpose_args) == sizeof(hone_conv2d_transpose_args), \
                   "one struct serves all"); \
    const hone_layer_type hone_internal_conv##axes##d_transpose_layer = { \
        .type = {.name = "conv" #axes "d_transpose", \
                 .class_name = "Conv" #axes "DTranspose", \
                 .module = "keras.layers", \
                 .aliases = "Convolution" #axes "DTranspose", \
                 .summary = words, \
                 HONE_TYPE_FIELDS_NAMED(hone_conv##axes##d_transpose_args, fields_##axes##d, \
                                        defaults_##axes##d)}, \
        .build = build_##axes##d, \
        .call = call_##axes##d, \
    }; \
    HONE_DEFINE_LAYER(conv##axes##d_transpose)

TRANSPOSE(1, "Transposed convolution, which makes a sequence longer.")
TRANSPOSE(2, "Transposed convolution, which makes an image larger.")
TRANSPOSE(3, "Transposed convolution, which makes a volume larger.")
