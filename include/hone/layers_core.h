/* The layers of a plain network: input, flatten, dense, activation. Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_CORE_H
#define HONE_LAYERS_CORE_H

/* An input of the model: the shape of one sample. hone_input(28, 28, .name = "image"). */
#define HONE_INPUT_FIELDS(F, A) \
    F(A, INTEGERS, shape, HONE_NO_INTEGERS, "shape of one sample; None for a variable size", .key = "shape", \
      .unsaved = true) \
    F(A, INTEGERS, batch_shape, HONE_NO_INTEGERS, "shape including the batch size, in place of shape", \
      .was = "batch_input_shape") \
    F(A, TEXT, dtype, "float32", "type of the data; integers are converted to floats", HONE_BY_NAME) \
    F(A, BOOLEAN, sparse, false, "sparse data", .unsupported = "sparse inputs are not supported") \
    F(A, BOOLEAN, ragged, false, "ragged data", .newer = true, .since = 309, \
      .unsupported = "ragged inputs are not supported") \
    F(A, BOOLEAN, optional, false, "whether the input may be left out", .newer = true, .since = 313, \
      .unsupported = "optional inputs are not supported") \
    F(A, TEXT, name, NULL, "name of the input", HONE_BY_NAME)
HONE_DECLARE_LAYER_ARGS(input, HONE_INPUT_FIELDS);
#define hone_input(...) \
    HONE_ARGS_CALL(hone_input_with, hone_input_args, HONE_INPUT_FIELDS, .shape[0] = __VA_ARGS__)

/* (batch, a, b, ...) to (batch, a * b * ...). */
#define HONE_FLATTEN_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, TEXT, data_format, "channels_last", "channels_first: move the channels last before flattening", \
      HONE_ONE_OF("channels_last|channels_first"))
HONE_DECLARE_LAYER_ARGS(flatten, HONE_FLATTEN_FIELDS);
#define hone_flatten(...) \
    HONE_ARGS_CALL(hone_flatten_with, hone_flatten_args, HONE_FLATTEN_FIELDS, __VA_ARGS__)

/* activation(x kernel + bias) over the last axis: x (batch, ..., n), kernel (n, units), bias (units). */
#define HONE_DENSE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, units, HONE_NONE_INTEGER, "number of outputs", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, ACTIVATION, activation, NULL, "activation function") \
    F(A, BOOLEAN, use_bias, true, "whether to add a bias") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "constraint on the kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias") \
    HONE_LORA_RANK_FIELD(F, A) \
    HONE_LORA_ALPHA_FIELD(F, A) \
    HONE_QUANTIZATION_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(dense, HONE_DENSE_FIELDS);
#define hone_dense(...) \
    HONE_ARGS_CALL(hone_dense_with, hone_dense_args, HONE_DENSE_FIELDS, .units = __VA_ARGS__)

/* An activation function of each element: hone_activation("relu"). */
#define HONE_ACTIVATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, ACTIVATION, activation, NULL, "the function", HONE_REQUIRED)
HONE_DECLARE_LAYER_ARGS(activation, HONE_ACTIVATION_FIELDS);
#define hone_activation(...) \
    HONE_ARGS_CALL(hone_activation_with, hone_activation_args, HONE_ACTIVATION_FIELDS, \
                   .activation = __VA_ARGS__)

/* Multiplies each channel by a learned factor, as at the end of ConvNeXt's blocks. Touvron and others, 2021.
 */
#define HONE_LAYER_SCALE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, init_values, HONE_NONE, "the factors at first", HONE_REQUIRED) \
    F(A, INTEGER, projection_dim, HONE_NONE_INTEGER, "number of channels", HONE_REQUIRED, HONE_AT_LEAST(1))
HONE_DECLARE_LAYER_ARGS(layer_scale, HONE_LAYER_SCALE_FIELDS);
#define hone_layer_scale(...) \
    HONE_ARGS_CALL(hone_layer_scale_with, hone_layer_scale_args, HONE_LAYER_SCALE_FIELDS, \
                   .init_values = __VA_ARGS__)

#endif
