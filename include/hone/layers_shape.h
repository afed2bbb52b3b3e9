/* Layers that move or look up numbers: reshape, permute, repeat_vector, identity, embedding, masking.
 * Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_SHAPE_H
#define HONE_LAYERS_SHAPE_H

/* (batch, ...) to (batch, target_shape...); one size may be -1, which is inferred. hone_reshape(.target_shape
 * = {7, -1}). */
#define HONE_RESHAPE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, target_shape, HONE_NO_INTEGERS, "shape without the batch; one size may be -1 (inferred)", \
      HONE_REQUIRED, HONE_AT_LEAST(-1))
HONE_DECLARE_LAYER_ARGS(reshape, HONE_RESHAPE_FIELDS);
#define hone_reshape(...) \
    HONE_ARGS_CALL(hone_reshape_with, hone_reshape_args, HONE_RESHAPE_FIELDS, __VA_ARGS__)

/* Changes the order of the axes; dims count from 1, the batch stays. hone_permute(.dims = {2, 1}). */
#define HONE_PERMUTE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, dims, HONE_NO_INTEGERS, "new order of the axes, counted from 1", HONE_REQUIRED, \
      HONE_AT_LEAST(1))
HONE_DECLARE_LAYER_ARGS(permute, HONE_PERMUTE_FIELDS);
#define hone_permute(...) \
    HONE_ARGS_CALL(hone_permute_with, hone_permute_args, HONE_PERMUTE_FIELDS, __VA_ARGS__)

/* (batch, features) to (batch, n, features). */
#define HONE_REPEAT_VECTOR_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, n, HONE_NONE_INTEGER, "number of repetitions", HONE_REQUIRED, HONE_AT_LEAST(1))
HONE_DECLARE_LAYER_ARGS(repeat_vector, HONE_REPEAT_VECTOR_FIELDS);
#define hone_repeat_vector(...) \
    HONE_ARGS_CALL(hone_repeat_vector_with, hone_repeat_vector_args, HONE_REPEAT_VECTOR_FIELDS, \
                   .n = __VA_ARGS__)

/* Returns its input unchanged. */
#define HONE_IDENTITY_FIELDS(F, A) HONE_LAYER_FIELDS(F, A)
HONE_DECLARE_LAYER_ARGS(identity, HONE_IDENTITY_FIELDS);
#define hone_identity(...) \
    HONE_ARGS_CALL(hone_identity_with, hone_identity_args, HONE_IDENTITY_FIELDS, __VA_ARGS__)

/* Ids (batch, ...) to rows of a table (batch, ..., output_dim); embeddings (input_dim, output_dim). */
#define HONE_EMBEDDING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, input_dim, HONE_NONE_INTEGER, "number of distinct ids", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, output_dim, HONE_NONE_INTEGER, "length of the vector for each id", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INITIALIZER, embeddings_initializer, "random_uniform", "initial values of the embeddings") \
    F(A, REGULARIZER, embeddings_regularizer, NULL, "penalty on the embeddings") \
    F(A, CONSTRAINT, embeddings_constraint, NULL, "constraint on the embeddings") \
    F(A, BOOLEAN, mask_zero, false, "treat id 0 as padding, which later layers mask") \
    HONE_LORA_RANK_FIELD(F, A) \
    HONE_QUANTIZATION_FIELD(F, A) \
    HONE_LORA_ALPHA_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(embedding, HONE_EMBEDDING_FIELDS);
/* hone_embedding(1000, 16): input_dim, output_dim. */
#define hone_embedding(...) \
    HONE_ARGS_CALL(hone_embedding_with, hone_embedding_args, HONE_EMBEDDING_FIELDS, .input_dim = __VA_ARGS__)

/* Masks the steps of (batch, steps, features) whose features all equal mask_value, and sets them to 0. */
#define HONE_MASKING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, mask_value, 0.0, "value that marks padded steps")
HONE_DECLARE_LAYER_ARGS(masking, HONE_MASKING_FIELDS);
#define hone_masking(...) \
    HONE_ARGS_CALL(hone_masking_with, hone_masking_args, HONE_MASKING_FIELDS, __VA_ARGS__)

#endif
