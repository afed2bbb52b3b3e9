/* What the layers that convolve share. */
#ifndef HONE_SRC_LAYERS_CONVOLUTION_H
#define HONE_SRC_LAYERS_CONVOLUTION_H

#include "layers/space.h"

/* The arguments that tell how a window moves, from any of the layers' structs. */
typedef struct hone_window_arguments {
    int axes;
    const int64_t *kernel_size, *strides, *dilation_rate;
    const char *padding;
    bool channels_first;
} hone_window_arguments;
#define HONE_WINDOW_ARGUMENTS(axes, args) \
    ((hone_window_arguments){axes, (args)->kernel_size, (args)->strides, (args)->dilation_rate, \
                             (args)->padding, hone_internal_space_channels_first((args)->data_format)})

/* The input has the axes, known channels (this many), and room for the window. */
hone_status hone_internal_convolution_check(const hone_window_arguments *window, hone_shape input,
                                            int64_t *channels);
/* Keras refuses strides and dilations that are both above 1. */
hone_status hone_internal_convolution_check_strides(const hone_window_arguments *window);
/* [kernel_size..., a, b] */
hone_shape hone_internal_convolution_kernel_shape(const hone_window_arguments *window, int64_t a, int64_t b);
/* x (channels last) convolved by a kernel. */
hone_value hone_internal_convolution_record(hone_graph *graph, const hone_window_arguments *window,
                                            hone_value x, hone_value kernel, int64_t groups);
/* Each channel by its own filters: kernel [kernel_size..., channels, m]. */
hone_value hone_internal_convolution_record_depthwise(hone_graph *graph, const hone_window_arguments *window,
                                                      hone_value x, hone_value kernel);
/* A transposed convolution: kernel [kernel_size..., filters, channels]; output_padding begins with
 * HONE_NONE_INTEGER when it is left to the padding. */
hone_status hone_internal_convolution_check_transpose(const hone_window_arguments *window,
                                                      const int64_t *output_padding);
hone_value hone_internal_convolution_record_transpose(hone_graph *graph, const hone_window_arguments *window,
                                                      const int64_t *output_padding, hone_value x,
                                                      hone_value kernel);
/* activation(y + bias), with the channels where the layer's user has them. */
hone_value hone_internal_convolution_finish(hone_layer *layer, hone_graph *graph, hone_value y, bool use_bias,
                                            const char *activation, bool channels_first);

#endif
