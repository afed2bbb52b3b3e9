/* Regularization layers: noise and dropout of several kinds, activity penalties. All
 * but the last do nothing outside training. Included by layers.h. (dropout is in layers_core.h.) */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_REGULARIZATION_H
#define HONE_LAYERS_REGULARIZATION_H

/* During training sets each element to 0 with probability `rate` and divides the others by 1 - rate.
 * Srivastava and others, 2014. */
#define HONE_DROPOUT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, rate, HONE_NONE, "fraction of the elements to drop", HONE_REQUIRED, HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, \
      "random seed (default: from the model's seed and the layer's name)") \
    F(A, INTEGERS, noise_shape, HONE_NO_INTEGERS, \
      "shape of the mask including the batch; 1: the same along the axis; None: as the input")
HONE_DECLARE_LAYER_ARGS(dropout, HONE_DROPOUT_FIELDS);
#define hone_dropout(...) \
    HONE_ARGS_CALL(hone_dropout_with, hone_dropout_args, HONE_DROPOUT_FIELDS, .rate = __VA_ARGS__)

#define HONE_SEED_FIELD(F, A) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, \
      "random seed (default: from the model's seed and the layer's name)")

/* During training sets whole samples to 0 with probability `drop_path_rate` and divides the others by 1 -
 * drop_path_rate. Huang and others, 2016. */
#define HONE_STOCHASTIC_DEPTH_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, drop_path_rate, HONE_NONE, "fraction of the samples to drop", HONE_REQUIRED, \
      HONE_BETWEEN(0, 1))
HONE_DECLARE_LAYER_ARGS(stochastic_depth, HONE_STOCHASTIC_DEPTH_FIELDS);
#define hone_stochastic_depth(...) \
    HONE_ARGS_CALL(hone_stochastic_depth_with, hone_stochastic_depth_args, HONE_STOCHASTIC_DEPTH_FIELDS, \
                   .drop_path_rate = __VA_ARGS__)

/* Dropout that keeps mean and variance of SELU networks: dropped elements become -1.7581, then an affine map.
 * Klambauer and others, 2017. */
#define HONE_ALPHA_DROPOUT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, rate, HONE_NONE, "fraction of the elements to drop", HONE_REQUIRED, HONE_BETWEEN(0, 1)) \
    HONE_SEED_FIELD(F, A) \
    F(A, INTEGERS, noise_shape, HONE_NO_INTEGERS, \
      "shape of the mask including the batch; 1: the same along the axis; None: as the input")
HONE_DECLARE_LAYER_ARGS(alpha_dropout, HONE_ALPHA_DROPOUT_FIELDS);
#define hone_alpha_dropout(...) \
    HONE_ARGS_CALL(hone_alpha_dropout_with, hone_alpha_dropout_args, HONE_ALPHA_DROPOUT_FIELDS, \
                   .rate = __VA_ARGS__)

/* Multiplies x by Gaussian noise with mean 1 and standard deviation sqrt(rate / (1 - rate)). */
#define HONE_GAUSSIAN_DROPOUT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, rate, HONE_NONE, "dropout rate that gives the same amount of noise", HONE_REQUIRED, \
      HONE_BETWEEN_BELOW(0, 1)) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(gaussian_dropout, HONE_GAUSSIAN_DROPOUT_FIELDS);
#define hone_gaussian_dropout(...) \
    HONE_ARGS_CALL(hone_gaussian_dropout_with, hone_gaussian_dropout_args, HONE_GAUSSIAN_DROPOUT_FIELDS, \
                   .rate = __VA_ARGS__)

/* Adds Gaussian noise with mean 0 to x. */
#define HONE_GAUSSIAN_NOISE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, stddev, HONE_NONE, "standard deviation of the noise", HONE_REQUIRED, HONE_BETWEEN(0, 1)) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(gaussian_noise, HONE_GAUSSIAN_NOISE_FIELDS);
#define hone_gaussian_noise(...) \
    HONE_ARGS_CALL(hone_gaussian_noise_with, hone_gaussian_noise_args, HONE_GAUSSIAN_NOISE_FIELDS, \
                   .stddev = __VA_ARGS__)

/* Drops whole channels: one draw for each channel of a sample. 1D: (batch, steps, channels); 2D: (batch,
 * height, width, channels). */
#define HONE_SPATIAL_DROPOUT1D_FIELDS(F, A) \
    HONE_BARE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, rate, HONE_NONE, "fraction of the channels to drop", HONE_REQUIRED, HONE_BETWEEN(0, 1)) \
    HONE_SEED_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(spatial_dropout1d, HONE_SPATIAL_DROPOUT1D_FIELDS);
#define hone_spatial_dropout1d(...) \
    HONE_ARGS_CALL(hone_spatial_dropout1d_with, hone_spatial_dropout1d_args, HONE_SPATIAL_DROPOUT1D_FIELDS, \
                   .rate = __VA_ARGS__)
#define HONE_SPATIAL_DROPOUT2D_FIELDS(F, A) \
    HONE_SPATIAL_DROPOUT1D_FIELDS(F, A) \
    F(A, TEXT, data_format, "channels_last", "position of the channels axis", \
      HONE_ONE_OF("channels_last|channels_first"))
HONE_DECLARE_LAYER_ARGS(spatial_dropout2d, HONE_SPATIAL_DROPOUT2D_FIELDS);
#define hone_spatial_dropout2d(...) \
    HONE_ARGS_CALL(hone_spatial_dropout2d_with, hone_spatial_dropout2d_args, HONE_SPATIAL_DROPOUT2D_FIELDS, \
                   .rate = __VA_ARGS__)
#define HONE_SPATIAL_DROPOUT3D_FIELDS(F, A) HONE_SPATIAL_DROPOUT2D_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(spatial_dropout3d, HONE_SPATIAL_DROPOUT3D_FIELDS);
#define hone_spatial_dropout3d(...) \
    HONE_ARGS_CALL(hone_spatial_dropout3d_create, hone_spatial_dropout3d_args, \
                   HONE_SPATIAL_DROPOUT3D_FIELDS, .rate = __VA_ARGS__)

/* Returns its input and adds (l1 sum |x| + l2 sum x^2) / batch to the loss, also in evaluation. */
#define HONE_ACTIVITY_REGULARIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, l1, 0.0, "factor of the sum of absolute values", HONE_AT_LEAST(0)) \
    F(A, NUMBER, l2, 0.0, "factor of the sum of squares", HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(activity_regularization, HONE_ACTIVITY_REGULARIZATION_FIELDS);
#define hone_activity_regularization(...) \
    HONE_ARGS_CALL(hone_activity_regularization_with, hone_activity_regularization_args, \
                   HONE_ACTIVITY_REGULARIZATION_FIELDS, __VA_ARGS__)

#endif
