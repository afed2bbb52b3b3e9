/* Convolutions over one to three spatial axes. Included by layers.h.
 *
 * Inputs are (batch, steps, channels), (batch, rows, columns, channels) or (batch, planes, rows, columns,
 * channels); with data_format "channels_first" the channels come second. `padding`: "valid", no padding;
 * "same", zeros on both sides so that a stride of 1 keeps the size (the odd one at the end); "causal"
 * (conv1d), zeros in front alone. With n positions, a window that reaches over r = (kernel_size - 1)
 * dilation_rate + 1, the output has
 *
 *     valid: (n - r) / strides + 1        same: n / strides, rounded up        causal: (n - 1) / strides + 1
 *
 * positions along each axis. Sizes are one number for all axes or a number for each: hone_conv2d(32, 3),
 * hone_conv2d(32, .kernel_size = {3, 5}). LeCun and others: "Gradient-based learning applied to document
 * recognition", 1998. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_CONVOLUTION_H
#define HONE_LAYERS_CONVOLUTION_H

/* One number for each of the spatial axes. */
#define HONE_EACH_OF_1(number) \
    { \
        number, INT64_MIN \
    }
#define HONE_EACH_OF_2(number) \
    { \
        number, number, INT64_MIN \
    }
#define HONE_EACH_OF_3(number) \
    { \
        number, number, number, INT64_MIN \
    }

#define HONE_DATA_FORMAT_FIELD(F, A) \
    F(A, TEXT, data_format, "channels_last", "position of the channels axis in inputs and outputs", \
      HONE_ONE_OF("channels_last|channels_first"))
#define HONE_INTERPOLATION_FIELD(F, A, standard) \
    F(A, TEXT, interpolation, standard, "interpolation method", \
      HONE_ONE_OF("nearest|bilinear|bicubic|lanczos3|lanczos5"))
#define HONE_WINDOW_FIELDS(F, A, axes, paddings) \
    F(A, SIZES, kernel_size, HONE_NO_INTEGERS, "size of the window along each axis", HONE_REQUIRED, \
      HONE_AT_LEAST(1), .items = axes) \
    F(A, SIZES, strides, HONE_EACH_OF_##axes(1), "step from one window to the next along each axis", \
      HONE_AT_LEAST(1), .items = axes) \
    F(A, TEXT, padding, "valid", "valid: no padding; same: zeros around the input", HONE_ONE_OF(paddings))
#define HONE_DILATION_FIELD(F, A, axes) \
    F(A, SIZES, dilation_rate, HONE_EACH_OF_##axes(1), \
      "spacing between the elements of a window along each axis", HONE_AT_LEAST(1), .items = axes)
#define HONE_CONVOLUTION_END_FIELDS(F, A) \
    F(A, ACTIVATION, activation, NULL, "activation function") \
    F(A, BOOLEAN, use_bias, true, "whether to add a bias to each filter") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "constraint on the kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias") \
    HONE_LORA_RANK_FIELD(F, A) \
    HONE_LORA_ALPHA_FIELD(F, A)

/* y[o, f] = activation(sum of x[o strides + k dilation_rate, c] kernel[k, c, f] over the window k and the
 * channels c of the filter's group, + bias[f]); kernel (kernel_size..., channels / groups, filters), bias
 * (filters). */
#define HONE_CONVOLUTION_FIELDS(F, A, axes, paddings) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, filters, HONE_NONE_INTEGER, "number of filters, which is the number of output channels", \
      HONE_REQUIRED, HONE_AT_LEAST(1)) \
    HONE_WINDOW_FIELDS(F, A, axes, paddings) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_DILATION_FIELD(F, A, axes) \
    F(A, INTEGER, groups, 1, "number of groups of channels that are convolved separately", HONE_AT_LEAST(1)) \
    HONE_CONVOLUTION_END_FIELDS(F, A)
#define HONE_CONV1D_FIELDS(F, A) HONE_CONVOLUTION_FIELDS(F, A, 1, "valid|same|causal")
#define HONE_CONV2D_FIELDS(F, A) HONE_CONVOLUTION_FIELDS(F, A, 2, "valid|same")
#define HONE_CONV3D_FIELDS(F, A) HONE_CONVOLUTION_FIELDS(F, A, 3, "valid|same")
HONE_DECLARE_LAYER_ARGS(conv1d, HONE_CONV1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv2d, HONE_CONV2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv3d, HONE_CONV3D_FIELDS);
#define hone_conv1d(...) \
    HONE_ARGS_CALL(hone_conv1d_with, hone_conv1d_args, HONE_CONV1D_FIELDS, .filters = __VA_ARGS__)
#define hone_conv2d(...) \
    HONE_ARGS_CALL(hone_conv2d_with, hone_conv2d_args, HONE_CONV2D_FIELDS, .filters = __VA_ARGS__)
#define hone_conv3d(...) \
    HONE_ARGS_CALL(hone_conv3d_with, hone_conv3d_args, HONE_CONV3D_FIELDS, .filters = __VA_ARGS__)

/* The transposed convolution, which enlarges its input (also called deconvolution):
 * y[j strides + k dilation_rate, f] += x[j, c] kernel[k, f, c], then cropped or extended; kernel
 * (kernel_size..., filters, channels). With r as above the output has max(r, strides) - strides more
 * positions than n strides (valid), or n strides (same); with output_padding p, (n - 1) strides + r + p
 * (valid), or (n - 1) strides + r mod 2
 * + p (same). Zeiler and others: "Deconvolutional networks", 2010. */
#define HONE_CONVOLUTION_TRANSPOSE_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, filters, HONE_NONE_INTEGER, "number of filters, which is the number of output channels", \
      HONE_REQUIRED, HONE_AT_LEAST(1)) \
    HONE_WINDOW_FIELDS(F, A, axes, "valid|same") \
    F(A, SIZES, output_padding, HONE_NO_INTEGERS, \
      "size added to the output, less than the stride along each axis", HONE_AT_LEAST(0), .items = axes) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_DILATION_FIELD(F, A, axes) \
    HONE_CONVOLUTION_END_FIELDS(F, A)
#define HONE_CONV1D_TRANSPOSE_FIELDS(F, A) HONE_CONVOLUTION_TRANSPOSE_FIELDS(F, A, 1)
#define HONE_CONV2D_TRANSPOSE_FIELDS(F, A) HONE_CONVOLUTION_TRANSPOSE_FIELDS(F, A, 2)
#define HONE_CONV3D_TRANSPOSE_FIELDS(F, A) HONE_CONVOLUTION_TRANSPOSE_FIELDS(F, A, 3)
HONE_DECLARE_LAYER_ARGS(conv1d_transpose, HONE_CONV1D_TRANSPOSE_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv2d_transpose, HONE_CONV2D_TRANSPOSE_FIELDS);
HONE_DECLARE_LAYER_ARGS(conv3d_transpose, HONE_CONV3D_TRANSPOSE_FIELDS);
#define hone_conv1d_transpose(...) \
    HONE_ARGS_CALL(hone_conv1d_transpose_with, hone_conv1d_transpose_args, HONE_CONV1D_TRANSPOSE_FIELDS, \
                   .filters = __VA_ARGS__)
#define hone_conv2d_transpose(...) \
    HONE_ARGS_CALL(hone_conv2d_transpose_with, hone_conv2d_transpose_args, HONE_CONV2D_TRANSPOSE_FIELDS, \
                   .filters = __VA_ARGS__)
#define hone_conv3d_transpose(...) \
    HONE_ARGS_CALL(hone_conv3d_transpose_with, hone_conv3d_transpose_args, HONE_CONV3D_TRANSPOSE_FIELDS, \
                   .filters = __VA_ARGS__)

/* Convolves each channel with its own depth_multiplier filters: y[o, c m + i] = sum of x[o strides + k
 * dilation_rate, c] kernel[k, c, i]; kernel (kernel_size..., channels, m). */
#define HONE_DEPTHWISE_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_WINDOW_FIELDS(F, A, axes, "valid|same") \
    F(A, INTEGER, depth_multiplier, 1, "number of filters per input channel", HONE_AT_LEAST(1)) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_DILATION_FIELD(F, A, axes) \
    F(A, ACTIVATION, activation, NULL, "activation function") \
    F(A, BOOLEAN, use_bias, true, "whether to add a bias to each filter") \
    F(A, INITIALIZER, depthwise_initializer, "glorot_uniform", "initial values of the kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias") \
    F(A, REGULARIZER, depthwise_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, depthwise_constraint, NULL, "constraint on the kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias")
#define HONE_DEPTHWISE_CONV1D_FIELDS(F, A) HONE_DEPTHWISE_FIELDS(F, A, 1)
#define HONE_DEPTHWISE_CONV2D_FIELDS(F, A) HONE_DEPTHWISE_FIELDS(F, A, 2)
HONE_DECLARE_LAYER_ARGS(depthwise_conv1d, HONE_DEPTHWISE_CONV1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(depthwise_conv2d, HONE_DEPTHWISE_CONV2D_FIELDS);
#define hone_depthwise_conv1d(...) \
    HONE_ARGS_CALL(hone_depthwise_conv1d_with, hone_depthwise_conv1d_args, HONE_DEPTHWISE_CONV1D_FIELDS, \
                   .kernel_size[0] = __VA_ARGS__)
#define hone_depthwise_conv2d(...) \
    HONE_ARGS_CALL(hone_depthwise_conv2d_with, hone_depthwise_conv2d_args, HONE_DEPTHWISE_CONV2D_FIELDS, \
                   .kernel_size[0] = __VA_ARGS__)

/* A depthwise convolution, then one of window 1 that mixes its channels: depthwise_kernel (kernel_size...,
 * channels, m), pointwise_kernel (1..., channels m, filters). Chollet: "Xception", 2017. */
#define HONE_SEPARABLE_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, filters, HONE_NONE_INTEGER, "number of filters, which is the number of output channels", \
      HONE_REQUIRED, HONE_AT_LEAST(1)) \
    HONE_WINDOW_FIELDS(F, A, axes, "valid|same") \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_DILATION_FIELD(F, A, axes) \
    F(A, INTEGER, depth_multiplier, 1, "number of depthwise filters per input channel", HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, NULL, "activation function") \
    F(A, BOOLEAN, use_bias, true, "whether to add a bias to each filter") \
    F(A, INITIALIZER, depthwise_initializer, "glorot_uniform", "initial values of the depthwise kernel") \
    F(A, INITIALIZER, pointwise_initializer, "glorot_uniform", "initial values of the pointwise kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias") \
    F(A, REGULARIZER, depthwise_regularizer, NULL, "penalty on the depthwise kernel") \
    F(A, REGULARIZER, pointwise_regularizer, NULL, "penalty on the pointwise kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, depthwise_constraint, NULL, "constraint on the depthwise kernel") \
    F(A, CONSTRAINT, pointwise_constraint, NULL, "constraint on the pointwise kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias")
#define HONE_SEPARABLE_CONV1D_FIELDS(F, A) HONE_SEPARABLE_FIELDS(F, A, 1)
#define HONE_SEPARABLE_CONV2D_FIELDS(F, A) HONE_SEPARABLE_FIELDS(F, A, 2)
HONE_DECLARE_LAYER_ARGS(separable_conv1d, HONE_SEPARABLE_CONV1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(separable_conv2d, HONE_SEPARABLE_CONV2D_FIELDS);
#define hone_separable_conv1d(...) \
    HONE_ARGS_CALL(hone_separable_conv1d_with, hone_separable_conv1d_args, HONE_SEPARABLE_CONV1D_FIELDS, \
                   .filters = __VA_ARGS__)
#define hone_separable_conv2d(...) \
    HONE_ARGS_CALL(hone_separable_conv2d_with, hone_separable_conv2d_args, HONE_SEPARABLE_CONV2D_FIELDS, \
                   .filters = __VA_ARGS__)

#endif
