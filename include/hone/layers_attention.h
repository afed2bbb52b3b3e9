/* Layers that attend: each query reads values by how well their keys fit it; and products by the letters of
 * axes. Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_ATTENTION_H
#define HONE_LAYERS_ATTENTION_H

/* activation(einsum(equation, x, kernel) + bias): hone_einsum_dense("abc,cd->abd", {HONE_ANY, 64}). */
#define HONE_EINSUM_DENSE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, TEXT, equation, NULL, \
      "letters of the axes of input, kernel and output: \"abc,cd->abd\"; \"...\" for leading or trailing " \
      "axes", \
      HONE_REQUIRED) \
    F(A, INTEGERS, output_shape, HONE_NO_INTEGERS, \
      "shape of the output without the batch and the axes of \"...\" (default: the batch alone); None for a variable " \
      "size", \
      .scalar_or_list = true, .always_list = true, .sizes = true) \
    F(A, ACTIVATION, activation, NULL, "activation function") \
    F(A, TEXT, bias_axes, NULL, "axes of the output with a bias, by their letters (default: no bias)") \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernel") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the bias") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on the kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on the bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "constraint on the kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on the bias") \
    HONE_LORA_RANK_FIELD(F, A) \
    HONE_LORA_ALPHA_FIELD(F, A) \
    HONE_QUANTIZATION_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(einsum_dense, HONE_EINSUM_DENSE_FIELDS);
#define hone_einsum_dense(...) \
    HONE_ARGS_CALL(hone_einsum_dense_with, hone_einsum_dense_args, HONE_EINSUM_DENSE_FIELDS, \
                   .equation = __VA_ARGS__)

/* Arguments of the calls of attention and additive_attention, whose inputs are query (batch, t, n), value
 * (batch, s, m) and key (batch, s, n), which is the value unless given (hone_attention_call in hone/model.h).
 */
#define HONE_ATTENTION_CALL_FIELDS(F, A) \
    F(A, TENSORS, mask, HONE_NO_TENSORS, \
      "masks of query and value: 1 for positions that count, 0 for others; replace the masks of the inputs") \
    F(A, BOOLEAN, return_attention_scores, false, \
      "whether to give the weights (batch, t, s) as a second output") \
    F(A, BOOLEAN, use_causal_mask, false, "whether a position reads only itself and those before it")
HONE_ARGS_STRUCT(hone_attention_call, HONE_ATTENTION_CALL_FIELDS);

/* softmax(query key^T) value. Luong and others, 2015. */
#define HONE_ATTENTION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, BOOLEAN, use_scale, false, "whether to multiply the scores by a learned number") \
    F(A, TEXT, score_mode, "dot", \
      "dot: scores are query key^T; concat: a learned number times the sum of tanh(query + key)", \
      HONE_ONE_OF("dot|concat")) \
    F(A, NUMBER, dropout, 0.0, "fraction of the weights to drop", HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "seed of dropout (default: the model's)", HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(attention, HONE_ATTENTION_FIELDS);
#define hone_attention(...) \
    HONE_ARGS_CALL(hone_attention_with, hone_attention_args, HONE_ATTENTION_FIELDS, __VA_ARGS__)

/* softmax(sum of scale tanh(query + key)) value. Bahdanau and others, 2014. */
#define HONE_ADDITIVE_ATTENTION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, BOOLEAN, use_scale, true, "whether each feature has a learned factor") \
    F(A, NUMBER, dropout, 0.0, "fraction of the weights to drop", HONE_BETWEEN(0, 1)) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "seed of dropout (default: the model's)", HONE_AT_LEAST(0), \
      HONE_BY_NAME)
HONE_DECLARE_LAYER_ARGS(additive_attention, HONE_ADDITIVE_ATTENTION_FIELDS);
#define hone_additive_attention(...) \
    HONE_ARGS_CALL(hone_additive_attention_with, hone_additive_attention_args, \
                   HONE_ADDITIVE_ATTENTION_FIELDS, __VA_ARGS__)

/* Arguments of the calls of multi_head_attention and group_query_attention, whose inputs are query (batch, t,
 * n), value (batch, s, m) and key (batch, s, k), which is the value unless given (hone_heads_call in
 * hone/model.h). */
#define HONE_HEADS_CALL_FIELDS(F, A) \
    F(A, TENSOR, query_mask, HONE_NO_TENSOR, \
      "mask (batch, t) of the query: 1 for positions that count (multi_head_attention, as Keras, looks only at " \
      "the mask that comes with the query)") \
    F(A, TENSOR, value_mask, HONE_NO_TENSOR, "mask (batch, s): replaces the mask of the value") \
    F(A, TENSOR, key_mask, HONE_NO_TENSOR, "mask (batch, s): replaces the mask of the key") \
    F(A, TENSOR, attention_mask, HONE_NO_TENSOR, \
      "mask (batch, t, s) or (batch, heads, t, s): 1 where a query may read a value") \
    F(A, BOOLEAN, return_attention_scores, false, \
      "whether to give the weights (batch, heads, t, s) as a second output") \
    F(A, BOOLEAN, use_causal_mask, false, "whether a position reads only itself and those before it")
HONE_ARGS_STRUCT(hone_heads_call, HONE_HEADS_CALL_FIELDS);

#define HONE_HEADS_FIELDS(F, A) \
    F(A, INTEGER, sliding_window, HONE_NONE_INTEGER, \
      "a position reads those less than so many away (default: all)", HONE_AT_LEAST(1), .newer = true) \
    F(A, BOOLEAN, flash_attention, false, \
      "accepted: there is one way to run, with memory linear in the length; excludes dropout and scores", \
      .unsaved = true) \
    F(A, INITIALIZER, kernel_initializer, "glorot_uniform", "initial values of the kernels") \
    F(A, INITIALIZER, bias_initializer, "zeros", "initial values of the biases") \
    F(A, REGULARIZER, kernel_regularizer, NULL, "penalty on each kernel") \
    F(A, REGULARIZER, bias_regularizer, NULL, "penalty on each bias") \
    F(A, CONSTRAINT, kernel_constraint, NULL, "constraint on each kernel") \
    F(A, CONSTRAINT, bias_constraint, NULL, "constraint on each bias") \
    F(A, BOOLEAN, use_gate, false, "whether sigmoid of a projection of the query multiplies what is read", \
      .newer = true) \
    F(A, INTEGER, seed, HONE_NONE_INTEGER, "seed of dropout (default: the model's)", HONE_AT_LEAST(0))

/* Several attentions side by side, each on projections of its own; activity_regularizer is that of the
 * projections. Vaswani and others: "Attention is all you need", 2017. */
#define HONE_MULTI_HEAD_ATTENTION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, num_heads, HONE_NONE_INTEGER, "number of heads", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, key_dim, HONE_NONE_INTEGER, "size of a head's queries and keys", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, value_dim, HONE_NONE_INTEGER, "size of a head's values (default: key_dim)", \
      HONE_AT_LEAST(1)) \
    F(A, NUMBER, dropout, 0.0, "fraction of the weights to drop", HONE_BETWEEN(0, 1)) \
    F(A, BOOLEAN, use_bias, true, "whether to add biases") \
    F(A, INTEGERS, output_shape, HONE_NO_INTEGERS, "last sizes of the output (default: the query's last)", \
      .scalar_or_list = true, .always_list = true) \
    F(A, INTEGERS, attention_axes, HONE_NO_INTEGERS, \
      "axes to attend over (default: all between the batch and the last)", .scalar_or_list = true, \
      .always_list = true) \
    HONE_HEADS_FIELDS(F, A) \
    HONE_QUANTIZATION_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(multi_head_attention, HONE_MULTI_HEAD_ATTENTION_FIELDS);
#define hone_multi_head_attention(...) \
    HONE_ARGS_CALL(hone_multi_head_attention_with, hone_multi_head_attention_args, \
                   HONE_MULTI_HEAD_ATTENTION_FIELDS, .num_heads = __VA_ARGS__)

/* multi_head_attention whose heads share keys and values in groups; activity_regularizer is that of the
 * projections and of the output. Ainslie and others, 2023. */
#define HONE_GROUP_QUERY_ATTENTION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, head_dim, HONE_NONE_INTEGER, "size of a head", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, num_query_heads, HONE_NONE_INTEGER, \
      "number of heads of the query, a multiple of num_key_value_heads", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, num_key_value_heads, HONE_NONE_INTEGER, "number of heads of key and value", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, NUMBER, dropout, 0.0, "fraction of the weights to drop", HONE_BETWEEN(0, 1)) \
    F(A, BOOLEAN, use_bias, true, "whether to add biases") \
    HONE_HEADS_FIELDS(F, A) \
    HONE_QUANTIZATION_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(group_query_attention, HONE_GROUP_QUERY_ATTENTION_FIELDS);
#define hone_group_query_attention(...) \
    HONE_ARGS_CALL(hone_group_query_attention_with, hone_group_query_attention_args, \
                   HONE_GROUP_QUERY_ATTENTION_FIELDS, .head_dim = __VA_ARGS__)

/* embedding, and back: a call with reverse = true gives scores for each id, by the same table. */
#define HONE_REVERSE_CALL_FIELDS(F, A) \
    F(A, BOOLEAN, reverse, false, "whether to go from vectors to scores for each id")
HONE_ARGS_STRUCT(hone_reverse_call, HONE_REVERSE_CALL_FIELDS);
#define HONE_REVERSIBLE_EMBEDDING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, input_dim, HONE_NONE_INTEGER, "number of distinct ids", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, INTEGER, output_dim, HONE_NONE_INTEGER, "length of the vector for each id", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, tie_weights, true, "whether the way back is by the same table, not by one of its own") \
    F(A, INITIALIZER, embeddings_initializer, "random_uniform", "initial values of the tables") \
    F(A, REGULARIZER, embeddings_regularizer, NULL, "penalty on the embeddings") \
    F(A, CONSTRAINT, embeddings_constraint, NULL, "constraint on the embeddings") \
    F(A, BOOLEAN, mask_zero, false, "treat id 0 as padding, which later layers mask") \
    F(A, TEXT, reverse_dtype, NULL, "dtype of the way back, which is always that of the layer", \
      HONE_ONE_OF("float32|bfloat16|float16")) \
    F(A, NUMBER, logit_soft_cap, HONE_NONE, "c: scores s become c tanh(s / c)", HONE_ABOVE(0)) \
    HONE_QUANTIZATION_FIELD(F, A) \
    HONE_LORA_RANK_FIELD(F, A) \
    HONE_LORA_ALPHA_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(reversible_embedding, HONE_REVERSIBLE_EMBEDDING_FIELDS);
#define hone_reversible_embedding(...) \
    HONE_ARGS_CALL(hone_reversible_embedding_with, hone_reversible_embedding_args, \
                   HONE_REVERSIBLE_EMBEDDING_FIELDS, .input_dim = __VA_ARGS__)

#endif
