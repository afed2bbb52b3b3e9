/* Normalisation within each sample, and of weights: layer_, group_, rms_, unit_, spectral_normalization.
 * Included by layers.h. (batch_normalization is in layers_core.h.) */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_NORMALIZATION_H
#define HONE_LAYERS_NORMALIZATION_H

/* y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over every axis but `axis`: with the batch's
 * statistics in training (which move the moving ones: m = momentum m + (1 - momentum) batch, biased
 * variance), with the moving ones otherwise, and always when not trainable. Ioffe, Szegedy: "Batch
 * normalization", 2015. */
#define HONE_BATCH_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "axis of the channels, each with its own statistics", .one_in_list = true) \
    F(A, NUMBER, momentum, 0.99, "fraction of the old moving statistics that is kept", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, epsilon, 1e-3, "added to the variance", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, center, true, "whether to add beta") \
    F(A, BOOLEAN, scale, true, "whether to multiply by gamma") \
    F(A, INITIALIZER, beta_initializer, "zeros", "initial values of beta") \
    F(A, INITIALIZER, gamma_initializer, "ones", "initial values of gamma") \
    F(A, INITIALIZER, moving_mean_initializer, "zeros", "initial values of the moving mean") \
    F(A, INITIALIZER, moving_variance_initializer, "ones", "initial values of the moving variance") \
    F(A, REGULARIZER, beta_regularizer, NULL, "penalty on beta") \
    F(A, REGULARIZER, gamma_regularizer, NULL, "penalty on gamma") \
    F(A, CONSTRAINT, beta_constraint, NULL, "constraint on beta") \
    F(A, CONSTRAINT, gamma_constraint, NULL, "constraint on gamma") \
    F(A, BOOLEAN, synchronized, false, \
      "take the statistics of the whole batch where shards or processes have parts of it") \
    F(A, BOOLEAN, renorm, false, \
      "batch renormalisation: correct the batch statistics towards the moving ones (Ioffe 2017)", \
      .since = 314, .newer = true) \
    F(A, NUMBERS, renorm_clipping, HONE_NO_NUMBERS, "rmin, rmax, dmax: bounds of the corrections", \
      HONE_AT_LEAST(0), .newer = true, .since = 314, .keys = "rmin=0|rmax=inf|dmax=inf") \
    F(A, NUMBER, renorm_momentum, 0.99, "fraction of the old renormalisation statistics that is kept", \
      .newer = true, .since = 314, .only_with = "renorm")
HONE_DECLARE_LAYER_ARGS(batch_normalization, HONE_BATCH_NORMALIZATION_FIELDS);
#define hone_batch_normalization(...) \
    HONE_ARGS_CALL(hone_batch_normalization_with, hone_batch_normalization_args, \
                   HONE_BATCH_NORMALIZATION_FIELDS, __VA_ARGS__)

#define HONE_SCALE_AND_CENTER_FIELDS(F, A) \
    F(A, BOOLEAN, center, true, "whether to add beta") \
    F(A, BOOLEAN, scale, true, "whether to multiply by gamma") \
    F(A, INITIALIZER, beta_initializer, "zeros", "initial values of beta") \
    F(A, INITIALIZER, gamma_initializer, "ones", "initial values of gamma") \
    F(A, REGULARIZER, beta_regularizer, NULL, "penalty on beta") \
    F(A, REGULARIZER, gamma_regularizer, NULL, "penalty on gamma") \
    F(A, CONSTRAINT, beta_constraint, NULL, "constraint on beta") \
    F(A, CONSTRAINT, gamma_constraint, NULL, "constraint on gamma")

/* Over the axes of each sample: gamma (x - mean) / sqrt(variance + epsilon) + beta. Ba, Kiros, Hinton: "Layer
 * normalization", 2016. */
#define HONE_LAYER_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axis or axes to normalise over", .scalar_or_list = true) \
    F(A, NUMBER, epsilon, 1e-3, "added to the variance", HONE_AT_LEAST(0)) \
    HONE_SCALE_AND_CENTER_FIELDS(F, A) \
    F(A, BOOLEAN, rms_scaling, false, "divide without subtracting the mean, and without beta", .newer = true)
HONE_DECLARE_LAYER_ARGS(layer_normalization, HONE_LAYER_NORMALIZATION_FIELDS);
#define hone_layer_normalization(...) \
    HONE_ARGS_CALL(hone_layer_normalization_with, hone_layer_normalization_args, \
                   HONE_LAYER_NORMALIZATION_FIELDS, __VA_ARGS__)

/* Normalises groups of channels of each sample separately; groups -1: each channel separately. Wu, He:
 * "Group normalization", 2018. */
#define HONE_GROUP_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, groups, 32, "number of groups (-1: one per channel)") \
    F(A, INTEGER, axis, -1, "the axis of the channels") \
    F(A, NUMBER, epsilon, 1e-3, "added to the variance", HONE_AT_LEAST(0)) \
    HONE_SCALE_AND_CENTER_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(group_normalization, HONE_GROUP_NORMALIZATION_FIELDS);
#define hone_group_normalization(...) \
    HONE_ARGS_CALL(hone_group_normalization_with, hone_group_normalization_args, \
                   HONE_GROUP_NORMALIZATION_FIELDS, .groups = __VA_ARGS__)

/* scale x / sqrt(mean(x^2) + epsilon). Zhang, Sennrich: "Root mean square layer normalization", 2019. */
#define HONE_RMS_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axis or axes to normalise over", .scalar_or_list = true) \
    F(A, NUMBER, epsilon, 1e-6, "added to the mean square", HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(rms_normalization, HONE_RMS_NORMALIZATION_FIELDS);
#define hone_rms_normalization(...) \
    HONE_ARGS_CALL(hone_rms_normalization_with, hone_rms_normalization_args, HONE_RMS_NORMALIZATION_FIELDS, \
                   __VA_ARGS__)

/* x / length(x) along the axes. */
#define HONE_UNIT_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axis or axes to normalise along", .scalar_or_list = true)
HONE_DECLARE_LAYER_ARGS(unit_normalization, HONE_UNIT_NORMALIZATION_FIELDS);
#define hone_unit_normalization(...) \
    HONE_ARGS_CALL(hone_unit_normalization_with, hone_unit_normalization_args, \
                   HONE_UNIT_NORMALIZATION_FIELDS, __VA_ARGS__)

/* Wraps a layer and divides its kernel by its largest singular value, found by power iteration, at each
 * training step. hone_spectral_normalization(hone_dense(10)). Miyato and others, 2018. */
#define HONE_SPECTRAL_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, LAYER, layer, HONE_NO_LAYER, "the layer whose kernel is normalised", HONE_REQUIRED) \
    F(A, INTEGER, power_iterations, 1, "power iterations in each training step", HONE_AT_LEAST(1))
HONE_DECLARE_LAYER_ARGS(spectral_normalization, HONE_SPECTRAL_NORMALIZATION_FIELDS);
#define hone_spectral_normalization(...) \
    HONE_ARGS_CALL(hone_spectral_normalization_with, hone_spectral_normalization_args, \
                   HONE_SPECTRAL_NORMALIZATION_FIELDS, .layer = __VA_ARGS__)

#endif
