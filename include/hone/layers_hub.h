/* Layers of keras_hub that model files name: positions of sequences, and blocks of transformers. Included by
 * layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_HUB_H
#define HONE_LAYERS_HUB_H

/* Argument of the calls of the layers of positions (hone_positions_call in hone/model.h). */
#define HONE_POSITIONS_CALL_FIELDS(F, A) \
    F(A, INTEGER, start_index, 0, "position of the first step", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(hone_positions_call, HONE_POSITIONS_CALL_FIELDS);

/* A learned vector for each step of (batch, steps, n), whatever the numbers of the input are. */
#define HONE_POSITION_EMBEDDING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, sequence_length, HONE_NONE_INTEGER, "greatest number of steps", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INITIALIZER, initializer, "glorot_uniform", "initial values of the vectors") \
    F(A, NUMBER, hierarchical_alpha, 0.4, \
      "share of the first vectors in those of longer sequences, which are made of two of them", \
      HONE_BETWEEN_OPEN(0, 1), .newer = true)
HONE_DECLARE_LAYER_ARGS(position_embedding, HONE_POSITION_EMBEDDING_FIELDS);
#define hone_position_embedding(...) \
    HONE_ARGS_CALL(hone_position_embedding_with, hone_position_embedding_args, \
                   HONE_POSITION_EMBEDDING_FIELDS, .sequence_length = __VA_ARGS__)

/* Ids (batch, steps) to the sum of a vector for the id and one for the step. */
#define HONE_TOKEN_AND_POSITION_EMBEDDING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, vocabulary_size, HONE_NONE_INTEGER, "number of distinct ids", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, sequence_length, HONE_NONE_INTEGER, "greatest number of steps", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, embedding_dim, HONE_NONE_INTEGER, "length of the vectors", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, tie_weights, true, "whether a way back would be by the same table") \
    F(A, INITIALIZER, embeddings_initializer, "random_uniform", "initial values of the vectors") \
    F(A, BOOLEAN, mask_zero, false, "treat id 0 as padding, which later layers mask")
HONE_DECLARE_LAYER_ARGS(token_and_position_embedding, HONE_TOKEN_AND_POSITION_EMBEDDING_FIELDS);
#define hone_token_and_position_embedding(...) \
    HONE_ARGS_CALL(hone_token_and_position_embedding_with, hone_token_and_position_embedding_args, \
                   HONE_TOKEN_AND_POSITION_EMBEDDING_FIELDS, .vocabulary_size = __VA_ARGS__)

/* Sines and cosines of each step of (batch, steps, n), whatever the numbers of the input are. Vaswani and
 * others, 2017. */
#define HONE_SINE_POSITION_ENCODING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, max_wavelength, 10000.0, "longest wavelength, in steps by 2 pi", HONE_ABOVE(0))
HONE_DECLARE_LAYER_ARGS(sine_position_encoding, HONE_SINE_POSITION_ENCODING_FIELDS);
#define hone_sine_position_encoding(...) \
    HONE_ARGS_CALL(hone_sine_position_encoding_with, hone_sine_position_encoding_args, \
                   HONE_SINE_POSITION_ENCODING_FIELDS, __VA_ARGS__)

/* Turns pairs of features of (batch, steps, n) or (batch, steps, heads, n) by an angle that grows with the
 * step. Su and others: "RoFormer", 2021. */
#define HONE_ROTARY_EMBEDDING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, max_wavelength, 10000.0, "longest wavelength, in steps by 2 pi", HONE_ABOVE(0)) \
    F(A, NUMBER, scaling_factor, 1.0, "divides the number of a step", HONE_ABOVE(0)) \
    F(A, TEXT, rope_type, "linear", "how: linear, or dynamic: by its power n / (n - 2)", \
      HONE_ONE_OF("linear|dynamic|yarn"), .newer = true) \
    F(A, NUMBER, beta_fast, 32.0, "setting of yarn, which is not supported", .newer = true) \
    F(A, NUMBER, beta_slow, 1.0, "setting of yarn", .newer = true) \
    F(A, INTEGER, original_max_position_embeddings, 4096, "setting of yarn", .newer = true) \
    F(A, BOOLEAN, truncate, true, "setting of yarn", .newer = true) \
    F(A, INTEGER, sequence_axis, 1, "axis of the steps") \
    F(A, INTEGER, feature_axis, -1, "axis of the features, of even size") \
    F(A, INTEGER, denominator_dim, HONE_NONE_INTEGER, \
      "number that exponents of wavelengths are divided by (default: the number of features)", \
      HONE_AT_LEAST(1), .newer = true)
HONE_DECLARE_LAYER_ARGS(rotary_embedding, HONE_ROTARY_EMBEDDING_FIELDS);
#define hone_rotary_embedding(...) \
    HONE_ARGS_CALL(hone_rotary_embedding_with, hone_rotary_embedding_args, HONE_ROTARY_EMBEDDING_FIELDS, \
                   __VA_ARGS__)

#define HONE_TRANSFORMER_FIELDS(F, A) \
    F(A, INTEGER, intermediate_dim, HONE_NONE_INTEGER, "width of the two dense layers between", \
      HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, num_heads, HONE_NONE_INTEGER, "number of heads", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, NUMBER, dropout, 0.0, "fraction to drop of the attention's weights and of each part's output", \
      HONE_BETWEEN(0, 1)) \
    F(A, ACTIVATION, activation, "relu", "function of the first dense layer", .none_too = true) \
    F(A, NUMBER, layer_norm_epsilon, 1e-5, "added to variances", HONE_ABOVE(0)) \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernels") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the biases")
#define HONE_NORMALIZE_FIRST_FIELDS(F, A) \
    F(A, BOOLEAN, normalize_first, false, "whether inputs of the parts are normalised, not their sums")

/* Argument of the call of transformer_encoder beside the sequence (hone_encoder_call in hone/model.h). */
#define HONE_ENCODER_CALL_FIELDS(F, A) \
    F(A, TENSOR, padding_mask, HONE_NO_TENSOR, \
      "mask (batch, steps): 1 for steps that count; replaces the mask of the input") \
    F(A, TENSOR, attention_mask, HONE_NO_TENSOR, \
      "mask (batch, steps, steps): 1 where a step may read another") \
    F(A, BOOLEAN, return_attention_scores, false, \
      "whether to give the weights (batch, heads, steps, steps) as a second output")
HONE_ARGS_STRUCT(hone_encoder_call, HONE_ENCODER_CALL_FIELDS);
/* Attention of a sequence to itself, then two dense layers, each with a sum and a normalisation. */
#define HONE_TRANSFORMER_ENCODER_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_TRANSFORMER_FIELDS(F, A) \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on each kernel", .newer = true) \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on each bias", .newer = true) \
    HONE_NORMALIZE_FIRST_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(transformer_encoder, HONE_TRANSFORMER_ENCODER_FIELDS);
#define hone_transformer_encoder(...) \
    HONE_ARGS_CALL(hone_transformer_encoder_with, hone_transformer_encoder_args, \
                   HONE_TRANSFORMER_ENCODER_FIELDS, .intermediate_dim = __VA_ARGS__)

/* Arguments of the call of transformer_decoder beside its sequences (hone_decoder_call in hone/model.h). */
#define HONE_DECODER_CALL_FIELDS(F, A) \
    F(A, TENSOR, decoder_padding_mask, HONE_NO_TENSOR, \
      "mask (batch, steps): 1 for steps that count; replaces the mask of the sequence") \
    F(A, TENSOR, decoder_attention_mask, HONE_NO_TENSOR, \
      "mask (batch, steps, steps): 1 where a step may read another") \
    F(A, TENSOR, encoder_padding_mask, HONE_NO_TENSOR, "the same of the encoder's sequence") \
    F(A, TENSOR, encoder_attention_mask, HONE_NO_TENSOR, "the same of the encoder's sequence") \
    F(A, BOOLEAN, use_causal_mask, true, "whether a step reads only itself and those before it")
HONE_ARGS_STRUCT(hone_decoder_call, HONE_DECODER_CALL_FIELDS);
/* The same, causal; with the sequence of an encoder as a second input it attends to that, too. */
#define HONE_TRANSFORMER_DECODER_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    HONE_TRANSFORMER_FIELDS(F, A) \
    HONE_NORMALIZE_FIRST_FIELDS(F, A) \
    F(A, INTEGERS, decoder_sequence_shape, HONE_NO_INTEGERS, "shape of its input, as files have it", \
      HONE_BY_NAME) \
    F(A, INTEGERS, encoder_sequence_shape, HONE_NO_INTEGERS, "shape of its second input, as files have it", \
      HONE_BY_NAME)
HONE_DECLARE_LAYER_ARGS(transformer_decoder, HONE_TRANSFORMER_DECODER_FIELDS);
#define hone_transformer_decoder(...) \
    HONE_ARGS_CALL(hone_transformer_decoder_with, hone_transformer_decoder_args, \
                   HONE_TRANSFORMER_DECODER_FIELDS, .intermediate_dim = __VA_ARGS__)

#endif
