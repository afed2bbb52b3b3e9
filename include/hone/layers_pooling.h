/* Pooling, and layers that change the size of a grid: padding, cropping, up-sampling. Included by layers.h.
 *
 * Inputs and sizes are as in layers_convolution.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_POOLING_H
#define HONE_LAYERS_POOLING_H

/* The maximum of each window, or the mean of those of its elements that lie within the input. */
#define HONE_MAX_POOLING_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, pool_size, HONE_EACH_OF_##axes(2), "size of the window along each axis", HONE_AT_LEAST(1), \
      .items = axes) \
    HONE_POOLING_END_FIELDS(F, A, axes)
#define HONE_AVERAGE_POOLING_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, pool_size, HONE_NO_INTEGERS, "size of the window along each axis", HONE_REQUIRED, \
      HONE_AT_LEAST(1), .items = axes) \
    HONE_POOLING_END_FIELDS(F, A, axes)
#define HONE_POOLING_END_FIELDS(F, A, axes) \
    F(A, SIZES, strides, HONE_NO_INTEGERS, \
      "step from one window to the next along each axis (default: pool_size)", HONE_AT_LEAST(1), \
      .items = axes) \
    F(A, TEXT, padding, "valid", "valid: only windows within the input; same: pad the input", \
      HONE_ONE_OF("valid|same")) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_MAX_POOLING1D_FIELDS(F, A) HONE_MAX_POOLING_FIELDS(F, A, 1)
#define HONE_MAX_POOLING2D_FIELDS(F, A) HONE_MAX_POOLING_FIELDS(F, A, 2)
#define HONE_MAX_POOLING3D_FIELDS(F, A) HONE_MAX_POOLING_FIELDS(F, A, 3)
#define HONE_AVERAGE_POOLING1D_FIELDS(F, A) HONE_AVERAGE_POOLING_FIELDS(F, A, 1)
#define HONE_AVERAGE_POOLING2D_FIELDS(F, A) HONE_AVERAGE_POOLING_FIELDS(F, A, 2)
#define HONE_AVERAGE_POOLING3D_FIELDS(F, A) HONE_AVERAGE_POOLING_FIELDS(F, A, 3)
HONE_DECLARE_LAYER_ARGS(max_pooling1d, HONE_MAX_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(max_pooling2d, HONE_MAX_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(max_pooling3d, HONE_MAX_POOLING3D_FIELDS);
HONE_DECLARE_LAYER_ARGS(average_pooling1d, HONE_AVERAGE_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(average_pooling2d, HONE_AVERAGE_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(average_pooling3d, HONE_AVERAGE_POOLING3D_FIELDS);
/* hone_max_pooling2d(), hone_max_pooling2d(.pool_size = {3}, .strides = {2}) */
#define hone_max_pooling1d(...) \
    HONE_ARGS_CALL(hone_max_pooling1d_with, hone_max_pooling1d_args, HONE_MAX_POOLING1D_FIELDS, __VA_ARGS__)
#define hone_max_pooling2d(...) \
    HONE_ARGS_CALL(hone_max_pooling2d_with, hone_max_pooling2d_args, HONE_MAX_POOLING2D_FIELDS, __VA_ARGS__)
#define hone_max_pooling3d(...) \
    HONE_ARGS_CALL(hone_max_pooling3d_with, hone_max_pooling3d_args, HONE_MAX_POOLING3D_FIELDS, __VA_ARGS__)
/* hone_average_pooling2d(2): the pool_size is required. */
#define hone_average_pooling1d(...) \
    HONE_ARGS_CALL(hone_average_pooling1d_with, hone_average_pooling1d_args, HONE_AVERAGE_POOLING1D_FIELDS, \
                   .pool_size[0] = __VA_ARGS__)
#define hone_average_pooling2d(...) \
    HONE_ARGS_CALL(hone_average_pooling2d_with, hone_average_pooling2d_args, HONE_AVERAGE_POOLING2D_FIELDS, \
                   .pool_size[0] = __VA_ARGS__)
#define hone_average_pooling3d(...) \
    HONE_ARGS_CALL(hone_average_pooling3d_with, hone_average_pooling3d_args, HONE_AVERAGE_POOLING3D_FIELDS, \
                   .pool_size[0] = __VA_ARGS__)

/* The maximum or the mean of each channel: (batch, space..., channels) to (batch, channels). A mask of
 * the steps leaves them out of global_average_pooling1d. */
#define HONE_GLOBAL_POOLING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    F(A, BOOLEAN, keepdims, false, "keep the spatial axes, with size 1")
#define HONE_GLOBAL_MAX_POOLING1D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
#define HONE_GLOBAL_MAX_POOLING2D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
#define HONE_GLOBAL_MAX_POOLING3D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
#define HONE_GLOBAL_AVERAGE_POOLING1D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
#define HONE_GLOBAL_AVERAGE_POOLING2D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
#define HONE_GLOBAL_AVERAGE_POOLING3D_FIELDS(F, A) HONE_GLOBAL_POOLING_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(global_max_pooling1d, HONE_GLOBAL_MAX_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(global_max_pooling2d, HONE_GLOBAL_MAX_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(global_max_pooling3d, HONE_GLOBAL_MAX_POOLING3D_FIELDS);
HONE_DECLARE_LAYER_ARGS(global_average_pooling1d, HONE_GLOBAL_AVERAGE_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(global_average_pooling2d, HONE_GLOBAL_AVERAGE_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(global_average_pooling3d, HONE_GLOBAL_AVERAGE_POOLING3D_FIELDS);
#define hone_global_max_pooling1d(...) \
    HONE_ARGS_CALL(hone_global_max_pooling1d_with, hone_global_max_pooling1d_args, \
                   HONE_GLOBAL_MAX_POOLING1D_FIELDS, __VA_ARGS__)
#define hone_global_max_pooling2d(...) \
    HONE_ARGS_CALL(hone_global_max_pooling2d_with, hone_global_max_pooling2d_args, \
                   HONE_GLOBAL_MAX_POOLING2D_FIELDS, __VA_ARGS__)
#define hone_global_max_pooling3d(...) \
    HONE_ARGS_CALL(hone_global_max_pooling3d_with, hone_global_max_pooling3d_args, \
                   HONE_GLOBAL_MAX_POOLING3D_FIELDS, __VA_ARGS__)
#define hone_global_average_pooling1d(...) \
    HONE_ARGS_CALL(hone_global_average_pooling1d_with, hone_global_average_pooling1d_args, \
                   HONE_GLOBAL_AVERAGE_POOLING1D_FIELDS, __VA_ARGS__)
#define hone_global_average_pooling2d(...) \
    HONE_ARGS_CALL(hone_global_average_pooling2d_with, hone_global_average_pooling2d_args, \
                   HONE_GLOBAL_AVERAGE_POOLING2D_FIELDS, __VA_ARGS__)
#define hone_global_average_pooling3d(...) \
    HONE_ARGS_CALL(hone_global_average_pooling3d_with, hone_global_average_pooling3d_args, \
                   HONE_GLOBAL_AVERAGE_POOLING3D_FIELDS, __VA_ARGS__)

/* Pooling to a given output size: with n positions, number i of m covers positions
 * floor(i n / m) up to, not including, ceil((i + 1) n / m). */
#define HONE_ADAPTIVE_POOLING_FIELDS(F, A, axes) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, output_size, HONE_NO_INTEGERS, "size of the output along each axis", HONE_REQUIRED, \
      HONE_AT_LEAST(1), .items = axes) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_ADAPTIVE_MAX_POOLING1D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 1)
#define HONE_ADAPTIVE_MAX_POOLING2D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 2)
#define HONE_ADAPTIVE_MAX_POOLING3D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 3)
#define HONE_ADAPTIVE_AVERAGE_POOLING1D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 1)
#define HONE_ADAPTIVE_AVERAGE_POOLING2D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 2)
#define HONE_ADAPTIVE_AVERAGE_POOLING3D_FIELDS(F, A) HONE_ADAPTIVE_POOLING_FIELDS(F, A, 3)
HONE_DECLARE_LAYER_ARGS(adaptive_max_pooling1d, HONE_ADAPTIVE_MAX_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(adaptive_max_pooling2d, HONE_ADAPTIVE_MAX_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(adaptive_max_pooling3d, HONE_ADAPTIVE_MAX_POOLING3D_FIELDS);
HONE_DECLARE_LAYER_ARGS(adaptive_average_pooling1d, HONE_ADAPTIVE_AVERAGE_POOLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(adaptive_average_pooling2d, HONE_ADAPTIVE_AVERAGE_POOLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(adaptive_average_pooling3d, HONE_ADAPTIVE_AVERAGE_POOLING3D_FIELDS);
#define hone_adaptive_max_pooling1d(...) \
    HONE_ARGS_CALL(hone_adaptive_max_pooling1d_with, hone_adaptive_max_pooling1d_args, \
                   HONE_ADAPTIVE_MAX_POOLING1D_FIELDS, .output_size[0] = __VA_ARGS__)
#define hone_adaptive_max_pooling2d(...) \
    HONE_ARGS_CALL(hone_adaptive_max_pooling2d_with, hone_adaptive_max_pooling2d_args, \
                   HONE_ADAPTIVE_MAX_POOLING2D_FIELDS, .output_size[0] = __VA_ARGS__)
#define hone_adaptive_max_pooling3d(...) \
    HONE_ARGS_CALL(hone_adaptive_max_pooling3d_with, hone_adaptive_max_pooling3d_args, \
                   HONE_ADAPTIVE_MAX_POOLING3D_FIELDS, .output_size[0] = __VA_ARGS__)
#define hone_adaptive_average_pooling1d(...) \
    HONE_ARGS_CALL(hone_adaptive_average_pooling1d_with, hone_adaptive_average_pooling1d_args, \
                   HONE_ADAPTIVE_AVERAGE_POOLING1D_FIELDS, .output_size[0] = __VA_ARGS__)
#define hone_adaptive_average_pooling2d(...) \
    HONE_ARGS_CALL(hone_adaptive_average_pooling2d_with, hone_adaptive_average_pooling2d_args, \
                   HONE_ADAPTIVE_AVERAGE_POOLING2D_FIELDS, .output_size[0] = __VA_ARGS__)
#define hone_adaptive_average_pooling3d(...) \
    HONE_ARGS_CALL(hone_adaptive_average_pooling3d_with, hone_adaptive_average_pooling3d_args, \
                   HONE_ADAPTIVE_AVERAGE_POOLING3D_FIELDS, .output_size[0] = __VA_ARGS__)

/* Adds zeros around the input: one number for all sides, one for each axis, or {before, after} of each axis
 * in turn: hone_zero_padding2d(.padding = {1}), {top, bottom, left, right}. */
#define HONE_ZERO_PADDING1D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, padding, HONE_EACH_OF_2(1), "number of zeros before and after the steps", HONE_AT_LEAST(0), \
      .items = 1, .pairs = true) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_ZERO_PADDING2D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, padding, HONE_EACH_OF_4(1), "number of zeros before and after, along each axis", \
      HONE_AT_LEAST(0), .items = 2, .pairs = true) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_ZERO_PADDING3D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, padding, HONE_EACH_OF_6(1), "number of zeros before and after, along each axis", \
      HONE_AT_LEAST(0), .items = 3, .pairs = true) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_EACH_OF_4(number) \
    { \
        number, number, number, number, INT64_MIN \
    }
#define HONE_EACH_OF_6(number) \
    { \
        number, number, number, number, number, number, INT64_MIN \
    }
HONE_DECLARE_LAYER_ARGS(zero_padding1d, HONE_ZERO_PADDING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(zero_padding2d, HONE_ZERO_PADDING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(zero_padding3d, HONE_ZERO_PADDING3D_FIELDS);
#define hone_zero_padding1d(...) \
    HONE_ARGS_CALL(hone_zero_padding1d_with, hone_zero_padding1d_args, HONE_ZERO_PADDING1D_FIELDS, \
                   __VA_ARGS__)
#define hone_zero_padding2d(...) \
    HONE_ARGS_CALL(hone_zero_padding2d_with, hone_zero_padding2d_args, HONE_ZERO_PADDING2D_FIELDS, \
                   __VA_ARGS__)
#define hone_zero_padding3d(...) \
    HONE_ARGS_CALL(hone_zero_padding3d_with, hone_zero_padding3d_args, HONE_ZERO_PADDING3D_FIELDS, \
                   __VA_ARGS__)

/* Removes positions at the start and the end of each axis; numbers as in zero_padding. */
#define HONE_CROPPING1D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, cropping, HONE_EACH_OF_2(1), "number of steps to remove at the start and at the end", \
      HONE_AT_LEAST(0), .items = 1, .pairs = true)
#define HONE_CROPPING2D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, cropping, HONE_EACH_OF_4(0), \
      "number of positions to remove at the start and at the end of each axis", HONE_AT_LEAST(0), \
      .items = 2, .pairs = true) \
    HONE_DATA_FORMAT_FIELD(F, A)
#define HONE_CROPPING3D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, cropping, HONE_EACH_OF_6(1), \
      "number of positions to remove at the start and at the end of each axis", HONE_AT_LEAST(0), \
      .items = 3, .pairs = true) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(cropping1d, HONE_CROPPING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(cropping2d, HONE_CROPPING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(cropping3d, HONE_CROPPING3D_FIELDS);
#define hone_cropping1d(...) \
    HONE_ARGS_CALL(hone_cropping1d_with, hone_cropping1d_args, HONE_CROPPING1D_FIELDS, __VA_ARGS__)
#define hone_cropping2d(...) \
    HONE_ARGS_CALL(hone_cropping2d_with, hone_cropping2d_args, HONE_CROPPING2D_FIELDS, __VA_ARGS__)
#define hone_cropping3d(...) \
    HONE_ARGS_CALL(hone_cropping3d_with, hone_cropping3d_args, HONE_CROPPING3D_FIELDS, __VA_ARGS__)

/* Repeats each position `size` times along each axis. */
#define HONE_UP_SAMPLING1D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, size, 2, "number of times to repeat each step", HONE_AT_LEAST(1))
#define HONE_UP_SAMPLING2D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, size, HONE_EACH_OF_2(2), "factor of enlargement along each axis", HONE_AT_LEAST(1), \
      .items = 2) \
    HONE_DATA_FORMAT_FIELD(F, A) \
    HONE_INTERPOLATION_FIELD(F, A, "nearest")
#define HONE_UP_SAMPLING3D_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, SIZES, size, HONE_EACH_OF_3(2), "factor of enlargement along each axis", HONE_AT_LEAST(1), \
      .items = 3) \
    HONE_DATA_FORMAT_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(up_sampling1d, HONE_UP_SAMPLING1D_FIELDS);
HONE_DECLARE_LAYER_ARGS(up_sampling2d, HONE_UP_SAMPLING2D_FIELDS);
HONE_DECLARE_LAYER_ARGS(up_sampling3d, HONE_UP_SAMPLING3D_FIELDS);
#define hone_up_sampling1d(...) \
    HONE_ARGS_CALL(hone_up_sampling1d_with, hone_up_sampling1d_args, HONE_UP_SAMPLING1D_FIELDS, __VA_ARGS__)
#define hone_up_sampling2d(...) \
    HONE_ARGS_CALL(hone_up_sampling2d_with, hone_up_sampling2d_args, HONE_UP_SAMPLING2D_FIELDS, __VA_ARGS__)
#define hone_up_sampling3d(...) \
    HONE_ARGS_CALL(hone_up_sampling3d_with, hone_up_sampling3d_args, HONE_UP_SAMPLING3D_FIELDS, __VA_ARGS__)

#endif
