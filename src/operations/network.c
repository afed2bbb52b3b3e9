/* Operations of keras.ops.nn over spatial axes: convolutions by kernels that are operands, pooling. */
#include "layers/convolution.h"
#include "base/plural.h"
#include "operations/constant.h"
#include "operations/operations.h"

#include <inttypes.h>
#include <string.h>

/* The same number for each axis, or one for each. */
static hone_status spread(const int64_t *given, int axes, const char *name, int64_t *sizes)
{
    int count = 0;
    while (count < HONE_MAX_RANK && given[count] != HONE_NONE_INTEGER)
        count++;
    if (count != 1 && count != axes)
        return hone_fail(HONE_ERROR_SHAPE, "%s must be one number or %d for the spatial axes, not %d", name,
                         axes, count);
    for (int axis = 0; axis < axes; axis++)
        sizes[axis] = given[count == 1 ? 0 : axis];
    return HONE_OK;
}

/* ---- convolutions ---- */

#define SPREAD HONE_AT_LEAST(1), .scalar_or_list = true
#define ONE \
    { \
        1, HONE_NONE_INTEGER \
    }
#define COMMON_FIELDS(F, A) \
    F(A, INTEGERS, strides, ONE, "steps between windows", SPREAD) \
    F(A, TEXT, padding, "valid", "what stands around the input", HONE_ONE_OF("valid|same|causal"))
#define FORMAT_FIELDS(F, A) \
    F(A, TEXT, data_format, NULL, "where the channels are (None: last)", \
      HONE_ONE_OF("channels_last|channels_first"))
#define DILATION_FIELDS(F, A) \
    F(A, INTEGERS, dilation_rate, ONE, "steps between the places of a window", SPREAD)

#define CONV_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) COMMON_FIELDS(F, A) FORMAT_FIELDS(F, A) DILATION_FIELDS(F, A)
HONE_OPERATION_ARGS(conv, CONV_FIELDS)

/* A window that moves as `args` says, of the kernel's size: its arrays are in `own`. */
typedef struct own_window {
    hone_window_arguments window;
    int64_t size[HONE_SPACE_AXES], strides[HONE_SPACE_AXES], dilation[HONE_SPACE_AXES];
} own_window;

static hone_status read_window(const conv_args *args, hone_shape x, hone_shape kernel, own_window *own)
{
    int axes = x.rank - 2;
    if (axes < 1 || axes > HONE_SPACE_AXES || kernel.rank != x.rank) {
        char input[128], size[128];
        hone_internal_shape_to_text(x, input, sizeof input);
        hone_internal_shape_to_text(kernel, size, sizeof size);
        return hone_fail(
            HONE_ERROR_SHAPE,
            "an input of shape %s needs 1 to 3 spatial axes and a kernel of as many axes, not of shape %s",
            input, size);
    }
    HONE_TRY(spread(args->strides, axes, "strides", own->strides));
    HONE_TRY(spread(args->dilation_rate, axes, "dilation_rate", own->dilation));
    memcpy(own->size, kernel.size, sizeof *own->size * (size_t)axes);
    own->window = (hone_window_arguments){
        axes,          own->size,     own->strides,
        own->dilation, args->padding, hone_internal_space_channels_first(args->data_format)};
    return HONE_OK;
}

static hone_status fail_channels(const char *what, int64_t of_kernel, int64_t channels)
{
    return hone_fail(HONE_ERROR_SHAPE,
                     "%s for %" PRId64 " channel%s does not fit an input of %" PRId64 " channel%s", what,
                     of_kernel, hone_internal_plural(of_kernel), channels, hone_internal_plural(channels));
}

/* kernel [size..., channels / groups, filters] */
static hone_value convolve(hone_graph *graph, const hone_window_arguments *window, hone_value x,
                           hone_value kernel, int64_t channels)
{
    int64_t each = hone_value_size(graph, kernel, -2), filters = hone_value_size(graph, kernel, -1);
    if (channels % each != 0 || filters % (channels / each) != 0)
        return fail_channels("a kernel", each, channels) < 0 ? HONE_NO_VALUE : x;
    return hone_internal_convolution_record(graph, window, x, kernel, channels / each);
}

static hone_value convolve_depthwise(hone_graph *graph, const hone_window_arguments *window, hone_value x,
                                     hone_value kernel, int64_t channels)
{
    int64_t own = hone_value_size(graph, kernel, -2);
    if (own != channels)
        return fail_channels("a depthwise kernel", own, channels) < 0 ? HONE_NO_VALUE : x;
    return hone_internal_convolution_record_depthwise(graph, window, x, kernel);
}

typedef hone_value way_to_convolve(hone_graph *, const hone_window_arguments *, hone_value, hone_value,
                                   int64_t);

/* x (as the caller has it) by a kernel; with `pointwise` also by that, a kernel of size 1. */
static hone_value convolution(hone_graph *graph, const conv_args *args, const hone_value *x,
                              way_to_convolve *way)
{
    own_window own;
    int64_t channels;
    if (read_window(args, hone_value_shape(graph, x[0]), hone_value_shape(graph, x[1]), &own) < 0 ||
        hone_internal_convolution_check(&own.window, hone_value_shape(graph, x[0]), &channels) < 0)
        return HONE_NO_VALUE;
    hone_value inner = hone_internal_space_enter(graph, x[0], own.window.channels_first),
               y = way(graph, &own.window, inner, x[1], channels);
    return hone_internal_space_leave(graph, y, own.window.channels_first);
}

#define KERNEL_FIELDS(F, A) \
    HONE_OPERAND(F, A, inputs, "the input when it is a constant") \
    HONE_OPERAND(F, A, kernel, "the kernel when it is a constant")
HONE_OPERATION_CALL_FIELDS(kernel, KERNEL_FIELDS)

static int convolution_call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                            hone_value *outputs, way_to_convolve *way)
{
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    outputs[0] = convolution(graph, hone_layer_args(layer), x, way);
    return 1;
}

#define CONVOLUTION(thing, class, way) \
    static int call_##thing(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                            hone_value *outputs) \
    { \
        return convolution_call(layer, graph, inputs, count, outputs, way); \
    } \
    HONE_OPERATION_OF(nn, thing, class, conv_args, conv_fields, conv_defaults, .call = call_##thing, \
                      HONE_OPERATION_OPERANDS(kernel_call_type, 2));
CONVOLUTION(conv, "Conv", convolve)
CONVOLUTION(depthwise_conv, "DepthwiseConv", convolve_depthwise)

/* ---- each channel by itself, then all of each place ---- */

#define KERNELS_FIELDS(F, A) \
    HONE_OPERAND(F, A, inputs, "the input when it is a constant") \
    HONE_OPERAND(F, A, depthwise_kernel, "the kernel of each channel when it is a constant") \
    HONE_OPERAND(F, A, pointwise_kernel, "the kernel of size 1 when it is a constant")
HONE_OPERATION_CALL_FIELDS(kernels, KERNELS_FIELDS)

static int call_separable_conv(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                               hone_value *outputs)
{
    const conv_args *args = hone_layer_args(layer);
    conv_args plain = conv_defaults;
    hone_value x[3];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 3, x));
    plain.data_format = args->data_format;
    x[1] = convolution(graph, args, x, convolve_depthwise);
    if (x[1] < 0)
        return hone_error_status();
    outputs[0] = convolution(graph, &plain, &x[1], convolve);
    return 1;
}
HONE_OPERATION_OF(nn, separable_conv, "SeparableConv", conv_args, conv_fields, conv_defaults,
                  .call = call_separable_conv, HONE_OPERATION_OPERANDS(kernels_call_type, 3));

/* ---- transposed ---- */

#define TRANSPOSE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    COMMON_FIELDS(F, A) \
    F(A, INTEGERS, output_padding, HONE_NO_INTEGERS, "further places of the result (None: by the padding)", \
      HONE_AT_LEAST(0), .scalar_or_list = true) \
    FORMAT_FIELDS(F, A) DILATION_FIELDS(F, A)
HONE_OPERATION_ARGS(transpose, TRANSPOSE_FIELDS)

/* kernel [size..., filters, channels] */
static hone_value convolve_back(hone_graph *graph, const transpose_args *args, const hone_value *x)
{
    conv_args plain = conv_defaults;
    own_window own;
    int64_t padding[HONE_SPACE_AXES] = {HONE_NONE_INTEGER}, channels;
    memcpy(plain.strides, args->strides, sizeof plain.strides);
    memcpy(plain.dilation_rate, args->dilation_rate, sizeof plain.dilation_rate);
    plain.padding = args->padding;
    plain.data_format = args->data_format;
    hone_shape shape = hone_value_shape(graph, x[0]);
    if (read_window(&plain, shape, hone_value_shape(graph, x[1]), &own) < 0 ||
        hone_internal_space_channels(shape, own.window.channels_first, &channels) < 0)
        return HONE_NO_VALUE;
    if (hone_value_size(graph, x[1], -1) != channels)
        return fail_channels("a kernel", hone_value_size(graph, x[1], -1), channels) < 0 ? HONE_NO_VALUE
                                                                                         : x[0];
    if (args->output_padding[0] != HONE_NONE_INTEGER &&
        spread(args->output_padding, own.window.axes, "output_padding", padding) < 0)
        return HONE_NO_VALUE;
    if (hone_internal_convolution_check_transpose(&own.window, padding) < 0)
        return HONE_NO_VALUE;
    hone_value inner = hone_internal_space_enter(graph, x[0], own.window.channels_first),
               y = hone_internal_convolution_record_transpose(graph, &own.window, padding, inner, x[1]);
    return hone_internal_space_leave(graph, y, own.window.channels_first);
}

static int call_conv_transpose(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                               hone_value *outputs)
{
    hone_value x[2];
    HONE_TRY(hone_internal_operands(layer, graph, inputs, count, 2, x));
    outputs[0] = convolve_back(graph, hone_layer_args(layer), x);
    return 1;
}
HONE_OPERATION_OF(nn, conv_transpose, "ConvTranspose", transpose_args, transpose_fields, transpose_defaults,
                  .call = call_conv_transpose, HONE_OPERATION_OPERANDS(kernel_call_type, 2));

/* ---- pooling ---- */

#define POOL_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, pool_size, HONE_NO_INTEGERS, "sizes of a window", SPREAD) \
    F(A, INTEGERS, strides, HONE_NO_INTEGERS, "steps between windows (None: pool_size)", SPREAD) \
    F(A, TEXT, padding, "valid", "what stands around the input", HONE_ONE_OF("valid|same")) \
    FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(pool, POOL_FIELDS)

static hone_value pool(hone_graph *graph, hone_value x, const pool_args *args, bool average)
{
    hone_shape shape = hone_value_shape(graph, x);
    const bool first = hone_internal_space_channels_first(args->data_format);
    int64_t sizes[HONE_SPACE_AXES], strides[HONE_SPACE_AXES] = {HONE_NONE_INTEGER};
    const int axes = shape.rank - 2;
    if (axes < 1 || axes > HONE_SPACE_AXES) {
        hone_fail(HONE_ERROR_SHAPE, "pooling needs 1 to 3 spatial axes; its input has %d %s", shape.rank,
                  hone_internal_number_word(shape.rank, "axis", "axes"));
        return HONE_NO_VALUE;
    }
    if (spread(args->pool_size, axes, "pool_size", sizes) < 0 ||
        (args->strides[0] != HONE_NONE_INTEGER && spread(args->strides, axes, "strides", strides) < 0))
        return HONE_NO_VALUE;
    for (int axis = 0; axis < axes; axis++)
        if (hone_internal_space_fit(args->padding, shape, axis, first, sizes[axis]) < 0)
            return HONE_NO_VALUE;
    const hone_space_pool how = {axes, sizes, strides, args->padding, first, average};
    return hone_internal_space_pool(graph, x, &how);
}
HONE_OPERATION_CALL(max_pool, pool_args, pool(graph, x, args, false))
HONE_OPERATION_OF(nn, max_pool, "MaxPool", pool_args, pool_fields, pool_defaults, .call = call_max_pool);
HONE_OPERATION_CALL(average_pool, pool_args, pool(graph, x, args, true))
HONE_OPERATION_OF(nn, average_pool, "AveragePool", pool_args, pool_fields, pool_defaults,
                  .call = call_average_pool);

/* ---- pooling to a given size ---- */

#define ADAPTIVE_FIELDS(F, A) \
    HONE_OPERATION_FIELDS(F, A) \
    F(A, INTEGERS, output_size, HONE_NO_INTEGERS, "sizes of the result", HONE_REQUIRED, SPREAD) \
    FORMAT_FIELDS(F, A)
HONE_OPERATION_ARGS(adaptive, ADAPTIVE_FIELDS)

static hone_value pool_adaptive(hone_graph *graph, hone_value x, const adaptive_args *args, bool average)
{
    const hone_shape shape = hone_value_shape(graph, x);
    const bool first = hone_internal_space_channels_first(args->data_format);
    int64_t sizes[HONE_SPACE_AXES];
    if (shape.rank < 3 || shape.rank > HONE_SPACE_AXES + 2) {
        hone_fail(HONE_ERROR_SHAPE, "pooling needs 1 to 3 spatial axes; its input has %d %s", shape.rank,
                  hone_internal_number_word(shape.rank, "axis", "axes"));
        return HONE_NO_VALUE;
    }
    if (spread(args->output_size, shape.rank - 2, "output_size", sizes) < 0)
        return HONE_NO_VALUE;
    return hone_internal_space_pool_adaptive(graph, x, shape.rank - 2, sizes, first, average);
}
HONE_OPERATION_CALL(adaptive_max_pool, adaptive_args, pool_adaptive(graph, x, args, false))
HONE_OPERATION_OF(nn, adaptive_max_pool, "AdaptiveMaxPool", adaptive_args, adaptive_fields, adaptive_defaults,
                  .call = call_adaptive_max_pool);
HONE_OPERATION_CALL(adaptive_average_pool, adaptive_args, pool_adaptive(graph, x, args, true))
HONE_OPERATION_OF(nn, adaptive_average_pool, "AdaptiveAveragePool", adaptive_args, adaptive_fields,
                  adaptive_defaults, .call = call_adaptive_average_pool);
