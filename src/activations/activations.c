/* Activation functions: those that work on each element by itself, a row of a table each, and those of an
 * axis. Their formulas and derivatives are in kernels/unary.def. */
#include "activations/activations.h"
#include "activations/rows.h"
#include "fields/spec.h"

/* ---- functions of each element without arguments ---- */

/* A(name, kernel, release of Keras that has it first, aliases, summary) */
#define PLAIN_ACTIVATIONS(A) \
    A(relu6, "relu6", 0, NULL, "min(max(x, 0), 6).") \
    A(selu, "selu", 0, NULL, \
      "1.0507 elu(x, 1.6733): keeps mean 0 and variance 1 (Klambauer and others 2017).") \
    A(silu, "silu", 0, "swish", "x sigmoid(x) (Elfwing and others 2017; Ramachandran and others 2017).") \
    A(mish, "mish", 0, NULL, "x tanh(softplus(x)) (Misra 2019).") \
    A(softplus, "softplus", 0, NULL, "log(1 + e^x).") \
    A(softsign, "softsign", 0, NULL, "x / (1 + |x|).") \
    A(tanh, "tanh", 0, NULL, "The hyperbolic tangent, -1 to 1.") \
    A(sigmoid, "sigmoid", 0, NULL, "1 / (1 + e^-x), 0 to 1.") \
    A(exponential, "exp", 0, NULL, "e^x.") \
    A(log_sigmoid, "log_sigmoid", 307, NULL, "log(1 / (1 + e^-x)).") \
    A(hard_sigmoid, "hard_sigmoid", 0, NULL, "x / 6 + 1/2, clipped to 0 to 1.") \
    A(hard_silu, "hard_silu", 0, "hard_swish", "x hard_sigmoid(x) (Howard and others 2019).") \
    A(hard_tanh, "hard_tanh", 307, NULL, "x, clipped to -1 to 1.") \
    A(tanh_shrink, "tanh_shrink", 307, NULL, "x - tanh(x).") \
    A(sparse_plus, "sparse_plus", 308, NULL, "0 below -1, x above 1, (x + 1)^2 / 4 between.") \
    A(sparse_sigmoid, "sparse_sigmoid", 310, NULL, "0 below -1, 1 above 1, (x + 1) / 2 between.")

#define NO_FIELDS(F, A)
HONE_ARGS_STRUCT(plain_args, NO_FIELDS);
HONE_FIELD_TABLE(plain_args, NO_FIELDS);

#define PLAIN_TYPE(name_, kernel, since_, aliases_, summary_) \
    static hone_value call_##name_(hone_graph *graph, hone_value x, const void *args) \
    { \
        (void)args; \
        return hone_op_unary(graph, kernel, x, (hone_parameters){0, 0, 0, 0}); \
    } \
    static const hone_activation_type name_##_activation = { \
        .type = {.name = #name_, \
                 .class_name = #name_, \
                 .module = "keras.activations", \
                 .since = since_, \
                 .aliases = aliases_, \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS(plain_args)}, \
        .call = call_##name_, \
    };
PLAIN_ACTIVATIONS(PLAIN_TYPE)

static hone_value call_linear(hone_graph *graph, hone_value x, const void *args)
{
    (void)graph, (void)args;
    return x;
}

static const hone_activation_type linear_activation = {
    .type = {.name = "linear",
             .class_name = "linear",
             .module = "keras.activations",
             .summary = "x itself.",
             HONE_TYPE_FIELDS(plain_args)},
    .call = call_linear,
};

/* ---- functions of each element with arguments ---- */

/* A function with arguments is written to files as the layer that does the same, where Keras has one. */
#define DEFINE(name_, class_, module_, since_, summary_) \
    static const hone_activation_type name_##_activation = { \
        .type = {.name = #name_, \
                 .class_name = class_, \
                 .module = module_, \
                 .since = since_, \
                 .summary = summary_, \
                 HONE_TYPE_FIELDS_NAMED(name_##_args, name_##_fields, name_##_defaults)}, \
        .call = call_##name_, \
    }
#define DECLARE(name_, FIELDS) \
    HONE_ARGS_STRUCT(name_##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name_##_args, FIELDS, name_##_fields, name_##_defaults)

#define RELU_FIELDS(F, A) \
    F(A, NUMBER, negative_slope, 0.0, "slope below the threshold") \
    F(A, NUMBER, max_value, HONE_NONE, "largest result", HONE_AT_LEAST(0)) \
    F(A, NUMBER, threshold, 0.0, "threshold, below which the slope applies", HONE_AT_LEAST(0))
DECLARE(relu, RELU_FIELDS);
static hone_value call_relu(hone_graph *graph, hone_value x, const void *opaque)
{
    const relu_args *args = opaque;
    if (args->negative_slope == 0 && isnan(args->max_value) && args->threshold == 0)
        return hone_op_unary(graph, "relu_plain", x, (hone_parameters){0, 0, 0, 0});
    double most = isnan(args->max_value) ? HUGE_VAL : args->max_value;
    return hone_op_unary(graph, "relu", x, (hone_parameters){args->negative_slope, most, args->threshold, 0});
}
DEFINE(relu, "ReLU", "keras.layers", 0,
       "max(x, 0), with an optional maximum, threshold and slope below the threshold.");

/* The function named `kernel` with one number of its own. */
#define ONE_NUMBER(name_, class_, module_, since_, field, standard, attributes, summary_, help_) \
    typedef struct name_##_args { \
        hone_args base; \
        double field; \
    } name_##_args; \
    static const hone_field name_##_fields[] = { \
        HONE_FIELD_ROW(name_##_args, NUMBER, field, standard, help_, attributes){.name = NULL}}; \
    static const name_##_args name_##_defaults = {.base = {sizeof(name_##_args), NULL}, .field = standard}; \
    static hone_value call_##name_(hone_graph *graph, hone_value x, const void *args) \
    { \
        return hone_op_unary(graph, #name_, x, \
                             (hone_parameters){((const name_##_args *)args)->field, 0, 0, 0}); \
    } \
    DEFINE(name_, class_, module_, since_, summary_)

#define ANY_NUMBER .bounded = false
#define WAS_ALPHA .was = "alpha"
ONE_NUMBER(leaky_relu, "LeakyReLU", "keras.layers", 0, negative_slope, 0.2, WAS_ALPHA,
           "x above 0, negative_slope x below.", "slope below 0");
ONE_NUMBER(elu, "ELU", "keras.layers", 0, alpha, 1.0, ANY_NUMBER,
           "x above 0, alpha (e^x - 1) below (Clevert and others 2015).",
           "minus the limit for large negative inputs");
ONE_NUMBER(celu, "celu", "hone.activations", 307, alpha, 1.0, HONE_ABOVE(0),
           "max(x, 0) + alpha (e^(min(x, 0) / alpha) - 1) (Barron 2017).",
           "minus the limit for large negative inputs");
ONE_NUMBER(soft_shrink, "soft_shrink", "hone.activations", 307, threshold, 0.5, HONE_AT_LEAST(0),
           "x moved towards 0 by the threshold, 0 within it.", "half the width of the part that becomes 0");
ONE_NUMBER(hard_shrink, "hard_shrink", "hone.activations", 307, threshold, 0.5, HONE_AT_LEAST(0),
           "x where |x| is above the threshold, else 0.", "half the width of the part that becomes 0");
ONE_NUMBER(squareplus, "squareplus", "hone.activations", 307, b, 4.0, HONE_AT_LEAST(0),
           "(x + sqrt(x^2 + b)) / 2 (Barron 2021).", "roundness of the corner at 0");

#define GELU_FIELDS(F, A) \
    F(A, BOOLEAN, approximate, false, "the formula with tanh in place of the error function")
DECLARE(gelu, GELU_FIELDS);
static hone_value call_gelu(hone_graph *graph, hone_value x, const void *opaque)
{
    const gelu_args *args = opaque;
    return hone_op_unary(graph, args->approximate ? "gelu_tanh" : "gelu", x, (hone_parameters){0, 0, 0, 0});
}
DEFINE(gelu, "gelu", "hone.activations", 0,
       "x times the probability that a standard normal variable is below x (Hendrycks and Gimpel 2016).");

#define THRESHOLD_FIELDS(F, A) \
    F(A, NUMBER, threshold, HONE_NONE, "values up to this are replaced", HONE_REQUIRED) \
    F(A, NUMBER, default_value, HONE_NONE, "the value that replaces them", HONE_REQUIRED)
DECLARE(threshold, THRESHOLD_FIELDS);
static hone_value call_threshold(hone_graph *graph, hone_value x, const void *opaque)
{
    const threshold_args *args = opaque;
    return hone_op_unary(graph, "threshold", x,
                         (hone_parameters){args->threshold, args->default_value, 0, 0});
}
DEFINE(threshold, "threshold", "hone.activations", 308, "x above the threshold, else default_value.");

#define ADDRESS(name, ...) &name##_activation,
const hone_activation_type *const hone_internal_activation_types[] = {
    &linear_activation,
    &relu_activation,
    &leaky_relu_activation,
    &elu_activation,
    &celu_activation,
    &gelu_activation,
    &soft_shrink_activation,
    &hard_shrink_activation,
    &squareplus_activation,
    &threshold_activation,
    &hone_internal_glu_activation,
    &hone_internal_softmax_activation,
    &hone_internal_log_softmax_activation,
    &hone_internal_sparsemax_activation,
    PLAIN_ACTIVATIONS(ADDRESS) NULL,
};

hone_value hone_internal_activation_apply(hone_graph *graph, const char *text, hone_value x)
{
    if (x < 0 || hone_internal_spec_is_none(text))
        return x;
    hone_spec spec;
    if (hone_internal_spec_resolve("activation", text, &spec) < 0)
        return HONE_NO_VALUE;
    hone_value y = ((const hone_activation_type *)spec.type)->call(graph, x, spec.args);
    hone_internal_spec_free(&spec);
    return y;
}
