/* The layers of a plain network: input, flatten, dense, activation, batch_normalization, dropout. Included by
 * layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_CORE_H
#define HONE_LAYERS_CORE_H

/* Where data enter: the shape of one sample. hone_input(28, 28, .name = "image"). */
#define HONE_INPUT_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "sizes of one sample; None for a size that varies", \
      .key = "shape", .unsaved = true) \
    F(A, INTEGERS, batch_shape, HONE_NO_INTEGERS, "the same with the batch in front, in place of shape") \
    F(A, TEXT, dtype, "float32", "type of the data; integers arrive as numbers too", HONE_BY_NAME) \
    F(A, BOOLEAN, sparse, false, "sparse data", .unsupported = "sparse inputs are not supported") \
    F(A, BOOLEAN, ragged, false, "ragged data", .newer = true, \
      .unsupported = "ragged inputs are not supported") \
    F(A, BOOLEAN, optional, false, "may be left out", .newer = true, \
      .unsupported = "optional inputs are not supported") \
    F(A, TEXT, name, NULL, "name of the input", HONE_BY_NAME)
HONE_DECLARE_LAYER_ARGS(input, HONE_INPUT_FIELDS);
#define hone_input(...) \
    HONE_ARGS_CALL(hone_input_create, hone_input_args, HONE_INPUT_FIELDS, .shape[0] = __VA_ARGS__)

/* (batch, a, b, ...) to (batch, a * b * ...). */
#define HONE_FLATTEN_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, TEXT, data_format, "channels_last", "channels_first moves the channels last before flattening", \
      HONE_ONE_OF("channels_last|channels_first"))
HONE_DECLARE_LAYER_ARGS(flatten, HONE_FLATTEN_FIELDS);
#define hone_flatten(...) \
    HONE_ARGS_CALL(hone_flatten_create, hone_flatten_args, HONE_FLATTEN_FIELDS, __VA_ARGS__)

/* activation(x kernel + bias) over the last axis: x (batch, ..., n), kernel (n, units), bias (units). */
#define HONE_DENSE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, units, HONE_NONE_INTEGER, "number of outputs", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, NULL, "function of the result") \
    F(A, BOOLEAN, use_bias, true, "whether a bias is added") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "start of the kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "start of the bias") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "what the kernel must keep to") \
    F(A, CONSTRAINT, bias_constraint, NULL, "what the bias must keep to") \
    F(A, INTEGER, lora_rank, HONE_NONE_INTEGER, "rank of a low-rank adaptation", .newer = true, \
      .unsupported = "LoRA is not supported") \
    F(A, NUMBER, lora_alpha, HONE_NONE, "scale of a low-rank adaptation", .newer = true, \
      .unsupported = "LoRA is not supported") \
    F(A, TEXT, quantization_config, NULL, "how weights are quantised", .newer = true, \
      .unsupported = "quantised layers are not supported")
HONE_DECLARE_LAYER_ARGS(dense, HONE_DENSE_FIELDS);
#define hone_dense(...) \
    HONE_ARGS_CALL(hone_dense_create, hone_dense_args, HONE_DENSE_FIELDS, .units = __VA_ARGS__)

/* A function of each element: hone_activation("relu"). */
#define HONE_ACTIVATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, ACTIVATION, activation, NULL, "the function", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(activation, HONE_ACTIVATION_FIELDS);
#define hone_activation(...) \
    HONE_ARGS_CALL(hone_activation_create, hone_activation_args, HONE_ACTIVATION_FIELDS, \
                   .activation = __VA_ARGS__)

/* y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over every axis but `axis`: with the batch's
 * statistics in training (which move the moving ones: m = momentum m + (1 - momentum) batch, biased
 * variance), with the moving ones otherwise, and always when not trainable. Ioffe, Szegedy: "Batch
 * normalization", 2015. */
#define HONE_BATCH_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, axis, -1, "the axis that keeps its own statistics: the channels") \
    F(A, NUMBER, momentum, 0.99, "share of the old moving statistics", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, epsilon, 1e-3, "added to the variance", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, center, true, "whether beta is added") \
    F(A, BOOLEAN, scale, true, "whether gamma multiplies") \
    F(A, INITIALIZER, beta_initializer, "zeros", "start of beta") \
    F(A, INITIALIZER, gamma_initializer, "ones", "start of gamma") \
    F(A, INITIALIZER, moving_mean_initializer, "zeros", "start of the moving mean") \
    F(A, INITIALIZER, moving_variance_initializer, "ones", "start of the moving variance") \
    F(A, REGULARIZER, beta_regularizer, NULL, "penalty on beta") \
    F(A, REGULARIZER, gamma_regularizer, NULL, "penalty on gamma") \
    F(A, CONSTRAINT, beta_constraint, NULL, "what beta must keep to") \
    F(A, CONSTRAINT, gamma_constraint, NULL, "what gamma must keep to") \
    F(A, BOOLEAN, synchronized, false, "statistics over all machines", \
      .unsupported = "synchronized statistics are not supported") \
    F(A, BOOLEAN, renorm, false, \
      "batch renormalisation: corrects the batch's statistics towards running ones. Ioffe, 2017", \
      .newer = true) \
    F(A, NUMBERS, renorm_clipping, HONE_NO_NUMBERS, \
      "rmin, rmax, dmax: bounds of the corrections of scale and offset", HONE_AT_LEAST(0), .newer = true) \
    F(A, NUMBER, renorm_momentum, 0.99, "share of the old running statistics of renormalisation", \
      .newer = true)
HONE_DECLARE_LAYER_ARGS(batch_normalization, HONE_BATCH_NORMALIZATION_FIELDS);
#define hone_batch_normalization(...) \
    HONE_ARGS_CALL(hone_batch_normalization_create, hone_batch_normalization_args, \
                   HONE_BATCH_NORMALIZATION_FIELDS, __VA_ARGS__)

/* In training sets each element to 0 with chance `rate` and divides the others by 1 - rate. Srivastava and
 * others, 2014. */
#define HONE_DROPOUT_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, rate, HONE_NONE, "share of elements dropped", HONE_REQUIRED, HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, \
      "of its random numbers; by default the model's and the layer's name") \
    F(A, INTEGERS, noise_shape, HONE_NO_INTEGERS, \
      "shape of the mask with the batch; 1: one draw for the whole axis; None: as the input")
HONE_DECLARE_LAYER_ARGS(dropout, HONE_DROPOUT_FIELDS);
#define hone_dropout(...) \
    HONE_ARGS_CALL(hone_dropout_create, hone_dropout_args, HONE_DROPOUT_FIELDS, .rate = __VA_ARGS__)

#endif
