/* Layers over texts and whole numbers, which become ids or vectors before the network computes: a model's
 * first layers, on inputs of texts (dtype "string") or integers. Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_TEXT_H
#define HONE_LAYERS_TEXT_H

#include <hone/array.h>

/* What such a layer makes of arrays whose axis 0 counts samples: a new array of int64, float32 or, with
 * invert, of texts. NULL on failure. */
hone_array *hone_layer_transform(hone_layer *layer, const hone_array *inputs, int count);
/* Learns from an array whose axis 0 counts samples: a vocabulary, or what other layers learn
 * (hone_normalization_adapt, hone_discretization_adapt). */
hone_status hone_layer_adapt(hone_layer *layer, const hone_array *data);
/* Of text_vectorization, string_lookup, integer_lookup: how many ids there are, special ones included, and
 * what stands for one (borrowed; NULL, without an error, when there is none). */
int64_t hone_layer_vocabulary_size(const hone_layer *layer);
const char *hone_layer_vocabulary_term(const hone_layer *layer, int64_t id);

#define HONE_TEXT_LAYER_FIELDS(F, A, bare) \
    F(A, TEXT, name, NULL, "name of the layer, unique in its model", HONE_BY_NAME) \
    F(A, BOOLEAN, trainable, true, "nothing here is trained", HONE_BY_NAME, .unsaved = bare) \
    F(A, TEXT, dtype, NULL, "dtype of the output in Keras", HONE_BY_NAME) \
    F##_ROOM(A)
#define HONE_SPARSE_FIELD(F, A) \
    F(A, BOOLEAN, sparse, false, "kept in files: the output is dense, of the same numbers")

/* Texts to ids of their words or to one vector each: standardised, split, joined to groups of words. Id 0 is
 * padding, id 1 an unknown word; vectors have no place for padding. */
#define HONE_TEXT_VECTORIZATION_FIELDS(F, A) \
    HONE_TEXT_LAYER_FIELDS(F, A, false) \
    F(A, INTEGER, max_tokens, HONE_NONE_INTEGER, \
      "largest vocabulary, special ids included (default: no limit)", HONE_AT_LEAST(2)) \
    F(A, TEXT, standardize, "lower_and_strip_punctuation", "what is done to a text first", .none_too = true, \
      HONE_ONE_OF("lower_and_strip_punctuation|lower|strip_punctuation")) \
    F(A, TEXT, split, "whitespace", "what separates words; none: each text is one", .none_too = true, \
      HONE_ONE_OF("whitespace|character")) \
    F(A, TEXT, ngrams, NULL, \
      "groups of words in place of words: \"2\" for those of one and two, \"[2]\" for those of two alone", \
      .integer_too = true, HONE_SPECS(HONE_LITERAL)) \
    F(A, TEXT, output_mode, "int", "form of the output", \
      HONE_ONE_OF("int|multi_hot|count|tf_idf|binary|tf-idf")) \
    F(A, INTEGER, output_sequence_length, HONE_NONE_INTEGER, \
      "ids of a text, which is cut or filled up with 0 (default: those of the longest text of the data)", \
      HONE_AT_LEAST(1)) \
    F(A, BOOLEAN, pad_to_max_tokens, false, \
      "vectors of max_tokens numbers, however small the vocabulary is") \
    F(A, TEXTS, vocabulary, HONE_NO_TEXTS, "words by their ids, with or without special ones", \
      .never_a_path = true) \
    F(A, NUMBERS, idf_weights, HONE_NO_NUMBERS, "a weight for each word of the vocabulary, in mode tf_idf") \
    HONE_SPARSE_FIELD(F, A) \
    F(A, BOOLEAN, ragged, false, "rows of different lengths", \
      .unsupported = "ragged outputs are not supported; output_sequence_length gives all texts one length") \
    F(A, TEXT, encoding, "utf-8", "how bytes are characters", HONE_ONE_OF("utf-8")) \
    F(A, INTEGER, vocabulary_size, HONE_NONE_INTEGER, "ids of a vocabulary that a file brings", \
      HONE_BY_NAME, HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(text_vectorization, HONE_TEXT_VECTORIZATION_FIELDS);
#define hone_text_vectorization(...) \
    HONE_ARGS_CALL(hone_text_vectorization_with, hone_text_vectorization_args, \
                   HONE_TEXT_VECTORIZATION_FIELDS, __VA_ARGS__)

/* Texts to ids: that of the mask, if any, then those of unknown texts, then the vocabulary; or back. */
#define HONE_STRING_LOOKUP_FIELDS(F, A) \
    HONE_TEXT_LAYER_FIELDS(F, A, false) \
    F(A, INTEGER, max_tokens, HONE_NONE_INTEGER, \
      "largest vocabulary, special ids included (default: no limit)", HONE_AT_LEAST(2)) \
    F(A, INTEGER, num_oov_indices, 1, \
      "ids of unknown texts, among which a hash chooses; 0: they are an error", HONE_AT_LEAST(0)) \
    F(A, TEXT, mask_token, NULL, "text that counts for nothing: id 0, or left out of vectors") \
    F(A, TEXT, oov_token, "[UNK]", "what stands for an unknown text", .none_too = true) \
    F(A, TEXTS, vocabulary, HONE_NO_TEXTS, "texts by their ids, with or without special ones", \
      .never_a_path = true) \
    F(A, NUMBERS, idf_weights, HONE_NO_NUMBERS, "a weight for each text of the vocabulary, in mode tf_idf") \
    F(A, BOOLEAN, invert, false, "ids to texts") \
    F(A, TEXT, output_mode, "int", "form of the output", \
      HONE_ONE_OF("int|one_hot|multi_hot|count|tf_idf|binary|tf-idf")) \
    F(A, BOOLEAN, pad_to_max_tokens, false, \
      "vectors of max_tokens numbers, however small the vocabulary is") \
    HONE_SPARSE_FIELD(F, A) \
    F(A, TEXT, encoding, "utf-8", "how bytes are characters", HONE_ONE_OF("utf-8")) \
    F(A, INTEGERS, salt, HONE_NO_INTEGERS, "one or two integers that change the hash of unknown texts", \
      .scalar_or_list = true, .newer = true) \
    F(A, TEXT, oov_method, "floormod", "as of integer_lookup; texts are always hashed", HONE_BY_NAME, \
      .newer = true, HONE_ONE_OF("floormod|farmhash")) \
    F(A, INTEGER, vocabulary_size, HONE_NONE_INTEGER, "ids of a vocabulary that a file brings", \
      HONE_BY_NAME, HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(string_lookup, HONE_STRING_LOOKUP_FIELDS);
#define hone_string_lookup(...) \
    HONE_ARGS_CALL(hone_string_lookup_with, hone_string_lookup_args, HONE_STRING_LOOKUP_FIELDS, __VA_ARGS__)

/* The same of integers, exact to 64 bits. */
#define HONE_INTEGER_LOOKUP_FIELDS(F, A) \
    HONE_TEXT_LAYER_FIELDS(F, A, false) \
    F(A, INTEGER, max_tokens, HONE_NONE_INTEGER, \
      "largest vocabulary, special ids included (default: no limit)", HONE_AT_LEAST(2)) \
    F(A, INTEGER, num_oov_indices, 1, "ids of unknown integers; 0: they are an error", HONE_AT_LEAST(0)) \
    F(A, INTEGER, mask_token, HONE_NONE_INTEGER, \
      "integer that counts for nothing: id 0, or left out of vectors") \
    F(A, INTEGER, oov_token, -1, "what stands for an unknown integer", .none_too = true) \
    F(A, IDS, vocabulary, HONE_NO_INTEGERS, "integers by their ids, with or without special ones", \
      .never_a_path = true) \
    F(A, TEXT, vocabulary_dtype, "int64", "type of the vocabulary", HONE_ONE_OF("int64")) \
    F(A, NUMBERS, idf_weights, HONE_NO_NUMBERS, \
      "a weight for each integer of the vocabulary, in mode tf_idf") \
    F(A, BOOLEAN, invert, false, "ids to integers") \
    F(A, TEXT, output_mode, "int", "form of the output", \
      HONE_ONE_OF("int|one_hot|multi_hot|count|tf_idf|binary|tf-idf")) \
    HONE_SPARSE_FIELD(F, A) \
    F(A, BOOLEAN, pad_to_max_tokens, false, \
      "vectors of max_tokens numbers, however small the vocabulary is") \
    F(A, TEXT, oov_method, "floormod", \
      "which unknown integer gets which of several ids: the remainder, or a hash", .newer = true, \
      HONE_ONE_OF("floormod|farmhash")) \
    F(A, INTEGERS, salt, HONE_NO_INTEGERS, \
      "one or two integers that change the hash, with oov_method farmhash", .scalar_or_list = true, \
      .newer = true) \
    F(A, INTEGER, vocabulary_size, HONE_NONE_INTEGER, "ids of a vocabulary that a file brings", \
      HONE_BY_NAME, HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(integer_lookup, HONE_INTEGER_LOOKUP_FIELDS);
#define hone_integer_lookup(...) \
    HONE_ARGS_CALL(hone_integer_lookup_with, hone_integer_lookup_args, HONE_INTEGER_LOOKUP_FIELDS, \
                   __VA_ARGS__)

/* Texts or integers to one of num_bins numbers by a hash, without a vocabulary. */
#define HONE_HASHING_FIELDS(F, A) \
    HONE_TEXT_LAYER_FIELDS(F, A, false) \
    F(A, INTEGER, num_bins, HONE_NONE_INTEGER, "number of bins, that of the mask included", HONE_REQUIRED, \
      HONE_AT_LEAST(1)) \
    F(A, TEXT, mask_value, NULL, "value that bin 0 is kept for", .integer_too = true) \
    F(A, INTEGERS, salt, HONE_NO_INTEGERS, "one or two integers: another hash for each", \
      .scalar_or_list = true) \
    F(A, TEXT, output_mode, "int", "form of the output", HONE_ONE_OF("int|one_hot|multi_hot|count")) \
    HONE_SPARSE_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(hashing, HONE_HASHING_FIELDS);
#define hone_hashing(...) \
    HONE_ARGS_CALL(hone_hashing_with, hone_hashing_args, HONE_HASHING_FIELDS, .num_bins = __VA_ARGS__)

/* Several columns of texts or integers to one number for each combination, by a hash. */
#define HONE_HASHED_CROSSING_FIELDS(F, A) \
    HONE_TEXT_LAYER_FIELDS(F, A, true) \
    F(A, INTEGER, num_bins, HONE_NONE_INTEGER, "number of bins", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, TEXT, output_mode, "int", "form of the output", HONE_ONE_OF("int|one_hot")) \
    HONE_SPARSE_FIELD(F, A)
HONE_DECLARE_LAYER_ARGS(hashed_crossing, HONE_HASHED_CROSSING_FIELDS);
#define hone_hashed_crossing(...) \
    HONE_ARGS_CALL(hone_hashed_crossing_with, hone_hashed_crossing_args, HONE_HASHED_CROSSING_FIELDS, \
                   .num_bins = __VA_ARGS__)

#endif
