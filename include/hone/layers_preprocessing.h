/* Layers that prepare data inside the model: normalization, rescaling, discretization, category_encoding.
 * Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_PREPROCESSING_H
#define HONE_LAYERS_PREPROCESSING_H

#include <hone/array.h>

/* (x - mean) / max(sqrt(variance), 1e-7), with statistics given or taken from data
 * (hone_normalization_adapt), kept for each index of the axes. */
#define HONE_NORMALIZATION_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, \
      "axes with separate statistics for each index (None: one mean and variance for all)", \
      .scalar_or_list = true, .always_list = true) \
    F(A, BOOLEAN, invert, false, "apply the inverse: mean + x max(sqrt(variance), 1e-7)") \
    F(A, NUMBERS, mean, HONE_NO_NUMBERS, "mean, if known", .plain_without = "axis") \
    F(A, NUMBERS, variance, HONE_NO_NUMBERS, "variance, if known", .plain_without = "axis")
HONE_DECLARE_LAYER_ARGS(normalization, HONE_NORMALIZATION_FIELDS);
#define hone_normalization(...) \
    HONE_ARGS_CALL(hone_normalization_with, hone_normalization_args, HONE_NORMALIZATION_FIELDS, __VA_ARGS__)
/* Computes the mean and the biased variance of an array whose axis 0 counts samples, and replaces the old
 * ones. The layer may be in a model already. */
hone_status hone_normalization_adapt(hone_layer *layer, const hone_array *data);

/* x scale + offset, each a number or, in C as hone_rescaling(HONE_NONE, .scale_values = {2, 3}), one for each
 * index of the last axis. */
#define HONE_RESCALING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, scale, HONE_NONE, "factor", HONE_REQUIRED) \
    F(A, NUMBER, offset, 0.0, "added afterwards") \
    F(A, NUMBERS, scale_values, HONE_NO_NUMBERS, \
      "factors, in place of scale, for each index of the last axis", .unsaved = true) \
    F(A, NUMBERS, offset_values, HONE_NO_NUMBERS, \
      "offsets, in place of offset, for each index of the last axis", .unsaved = true)
HONE_DECLARE_LAYER_ARGS(rescaling, HONE_RESCALING_FIELDS);
#define hone_rescaling(...) \
    HONE_ARGS_CALL(hone_rescaling_with, hone_rescaling_args, HONE_RESCALING_FIELDS, .scale = __VA_ARGS__)

/* The index of the bin of x: the number of boundaries that are at most x; as an id, or as one-hot,
 * multi-hot or count vectors. */
#define HONE_DISCRETIZATION_FIELDS(F, A) \
    HONE_BARE_LAYER_FIELDS(F, A) \
    F(A, NUMBERS, bin_boundaries, HONE_NO_NUMBERS, "increasing boundaries between the bins") \
    F(A, INTEGER, num_bins, HONE_NONE_INTEGER, \
      "number of bins to learn from data (hone_discretization_adapt), in place of bin_boundaries", \
      HONE_AT_LEAST(2)) \
    F(A, NUMBER, epsilon, 0.01, "error tolerance of learned bins, a small fraction", \
      HONE_BETWEEN_OPEN(0, 1)) \
    F(A, TEXT, output_mode, "int", "form of the output", HONE_ONE_OF("int|one_hot|multi_hot|count")) \
    F(A, BOOLEAN, sparse, false, "kept in files: the output is dense, of the same numbers")
HONE_DECLARE_LAYER_ARGS(discretization, HONE_DISCRETIZATION_FIELDS);
#define hone_discretization(...) \
    HONE_ARGS_CALL(hone_discretization_with, hone_discretization_args, HONE_DISCRETIZATION_FIELDS, \
                   __VA_ARGS__)

/* Learns num_bins bins that hold about equal shares of the array's numbers, and replaces the old ones. The
 * layer may be in a model already when it has been adapted before. */
hone_status hone_discretization_adapt(hone_layer *layer, const hone_array *data);

/* Ids (batch, n) to vectors of num_tokens numbers: 1 for each id that occurs (multi_hot), how often
 * (count), or one vector for each id (one_hot). In mode count the call may be given what each id counts:
 * hone_weighted_call(layer, HONE_TENSOR_LIST(ids), .count_weights = weights). */
#define HONE_CATEGORY_ENCODING_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGER, num_tokens, HONE_NONE_INTEGER, "number of distinct ids", HONE_REQUIRED, HONE_AT_LEAST(1)) \
    F(A, TEXT, output_mode, "multi_hot", "form of the output", HONE_ONE_OF("multi_hot|one_hot|count")) \
    F(A, BOOLEAN, sparse, false, "kept in files: the output is dense, of the same numbers", .newer = true)
HONE_DECLARE_LAYER_ARGS(category_encoding, HONE_CATEGORY_ENCODING_FIELDS);
#define HONE_COUNT_WEIGHTS_CALL_FIELDS(F, A) \
    F(A, TENSOR, count_weights, HONE_NO_TENSOR, \
      "what each id counts, in mode count: of the shape of the ids, or one that broadcasts to it")
HONE_ARGS_STRUCT(hone_count_weights_call, HONE_COUNT_WEIGHTS_CALL_FIELDS);
#define hone_category_encoding(...) \
    HONE_ARGS_CALL(hone_category_encoding_with, hone_category_encoding_args, HONE_CATEGORY_ENCODING_FIELDS, \
                   .num_tokens = __VA_ARGS__)

#endif
