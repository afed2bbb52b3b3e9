/* Activations as layers: re_lu, leaky_re_lu, p_re_lu, elu, softmax. Included by layers.h. */
#ifndef HONE_LAYERS_H
#include <hone/layers.h>
#endif
#ifndef HONE_LAYERS_ACTIVATION_H
#define HONE_LAYERS_ACTIVATION_H

/* min(x, max_value) above the threshold, negative_slope (x - threshold) below. */
#define HONE_RE_LU_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, max_value, HONE_NONE, "largest output", HONE_AT_LEAST(0)) \
    F(A, NUMBER, negative_slope, 0.0, "slope below the threshold", HONE_AT_LEAST(0)) \
    F(A, NUMBER, threshold, 0.0, "threshold, below which the slope applies", HONE_AT_LEAST(0))
HONE_DECLARE_LAYER_ARGS(re_lu, HONE_RE_LU_FIELDS);
#define hone_re_lu(...) HONE_ARGS_CALL(hone_re_lu_with, hone_re_lu_args, HONE_RE_LU_FIELDS, __VA_ARGS__)

/* x above 0, negative_slope x below. The function of that name has slope 0.2, the layer 0.3, as in Keras. */
#define HONE_LEAKY_RE_LU_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, negative_slope, 0.3, "slope below 0", HONE_AT_LEAST(0), .was = "alpha")
HONE_DECLARE_LAYER_ARGS(leaky_re_lu, HONE_LEAKY_RE_LU_FIELDS);
#define hone_leaky_re_lu(...) \
    HONE_ARGS_CALL(hone_leaky_re_lu_with, hone_leaky_re_lu_args, HONE_LEAKY_RE_LU_FIELDS, __VA_ARGS__)

/* x above 0, alpha x below, with an alpha that is learned for each element (or one along each of shared_axes,
 * counted from 1). */
#define HONE_P_RE_LU_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INITIALIZER, alpha_initializer, "zeros", "initial values of alpha") \
    F(A, REGULARIZER, alpha_regularizer, NULL, "penalty on alpha") \
    F(A, CONSTRAINT, alpha_constraint, NULL, "constraint on alpha") \
    F(A, INTEGERS, shared_axes, HONE_NO_INTEGERS, \
      "axes that share one alpha, counted from 1 after the batch axis", HONE_AT_LEAST(1), \
      .scalar_or_list = true)
HONE_DECLARE_LAYER_ARGS(p_re_lu, HONE_P_RE_LU_FIELDS);
#define hone_p_re_lu(...) \
    HONE_ARGS_CALL(hone_p_re_lu_with, hone_p_re_lu_args, HONE_P_RE_LU_FIELDS, __VA_ARGS__)

/* x above 0, alpha (e^x - 1) below. */
#define HONE_ELU_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, alpha, 1.0, "minus the limit for large negative inputs")
HONE_DECLARE_LAYER_ARGS(elu, HONE_ELU_FIELDS);
#define hone_elu(...) HONE_ARGS_CALL(hone_elu_with, hone_elu_args, HONE_ELU_FIELDS, __VA_ARGS__)

/* e^x / sum e^x along an axis, or over several together. Masked elements get 0. */
#define HONE_SOFTMAX_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, INTEGERS, axis, HONE_LAST_AXIS, "axis or axes along which the output sums to 1", \
      .scalar_or_list = true)
#define HONE_LAST_AXIS \
    { \
        -1, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN \
    }
HONE_DECLARE_LAYER_ARGS(softmax, HONE_SOFTMAX_FIELDS);
#define hone_softmax(...) \
    HONE_ARGS_CALL(hone_softmax_with, hone_softmax_args, HONE_SOFTMAX_FIELDS, __VA_ARGS__)

#endif
