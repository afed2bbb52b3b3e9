/* Operations of one tensor, number by number: y = f(x). Each row is the class, the file of Keras that has it,
 * and f by the kernels of kernels/unary.def. */
#include "layers/cast.h"
#include "operations/operations.h"

#include <math.h>
#include <string.h>

#define F(name, ...) hone_op_unary(graph, name, x, (hone_parameters){__VA_ARGS__})
static const double log_two = 0.69314718055994530942, log_ten = 2.30258509299404568402,
                    half_pi = 1.57079632679489661923;

/* f(a x), f(x) times a, and the product of two. */
static hone_value scaled(hone_graph *graph, hone_value x, double factor)
{
    return hone_op_affine(graph, x, factor, 0);
}
static hone_value negation(hone_graph *graph, hone_value x)
{
    return hone_op_affine(graph, hone_internal_truth(graph, x), -1, 1);
}

/* Whole numbers are what lies toward 0. */
static hone_value truncated(hone_graph *graph, hone_value x)
{
    return hone_op_multiply(graph, F("sign", 0),
                            hone_op_unary(graph, "floor", F("absolute", 0), (hone_parameters){0}));
}

/* sinh = (e^x - e^-x) / 2, by expm1 where that would be a difference of near numbers. */
static hone_value hyperbolic_sine(hone_graph *graph, hone_value x)
{
    hone_value up = F("expm1", 0),
               down = hone_op_unary(graph, "expm1", F("negative", 0), (hone_parameters){0});
    return scaled(graph, hone_op_subtract(graph, up, down), 0.5);
}
static hone_value hyperbolic_cosine(hone_graph *graph, hone_value x)
{
    return scaled(graph, hone_op_add(graph, F("exp", 0), hone_op_exp(graph, F("negative", 0))), 0.5);
}
static hone_value is_infinite(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "equal_scalar", F("absolute", 0), (hone_parameters){HUGE_VAL, 0, 0, 0});
}
/* |x| < infinity: false for infinities, and for what is not a number. */
static hone_value is_finite(hone_graph *graph, hone_value x)
{
    return hone_op_unary(graph, "less_scalar", F("absolute", 0), (hone_parameters){HUGE_VAL, 0, 0, 0});
}

/* asinh |x| = log1p(|x| + x^2 / (1 + sqrt(1 + x^2))), which is odd and exact near 0; acosh = log(x + sqrt(x^2
 * - 1)); atanh = (log1p(x) - log1p(-x)) / 2; acos = pi / 2 - asin. */
static hone_value inverse_sine(hone_graph *graph, hone_value x)
{
    hone_value square = F("square", 0), root = hone_op_sqrt(graph, hone_op_affine(graph, square, 1, 1)),
               size = F("absolute", 0),
               more = hone_op_divide(graph, square, hone_op_affine(graph, root, 1, 1)),
               result = hone_op_unary(graph, "log1p", hone_op_add(graph, size, more), (hone_parameters){0});
    return hone_op_multiply(graph, F("sign", 0), result);
}
static hone_value inverse_cosine(hone_graph *graph, hone_value x)
{
    hone_value root = hone_op_sqrt(graph, hone_op_affine(graph, F("square", 0), 1, -1));
    return hone_op_log(graph, hone_op_add(graph, x, root));
}
static hone_value inverse_tangent(hone_graph *graph, hone_value x)
{
    hone_value down = hone_op_unary(graph, "log1p", F("negative", 0), (hone_parameters){0});
    return scaled(graph, hone_op_subtract(graph, F("log1p", 0), down), 0.5);
}
static hone_value cube_root(hone_graph *graph, hone_value x)
{
    return hone_op_multiply(
        graph, F("sign", 0),
        hone_op_unary(graph, "power_scalar", F("absolute", 0), (hone_parameters){1.0 / 3, 0, 0, 0}));
}

/* sin(pi x) / (pi x), which is 1 at 0. */
static hone_value cardinal_sine(hone_graph *graph, hone_value x)
{
    hone_value there = hone_internal_truth(graph, x), one = hone_graph_constant(graph, 1),
               turned = scaled(graph, hone_op_select(graph, there, x, one), 2 * half_pi),
               wave = hone_op_unary(graph, "sin", turned, (hone_parameters){0});
    return hone_op_select(graph, there, hone_op_divide(graph, wave, turned), one);
}
/* Below 0, or the 0 whose reciprocal is. */
static hone_value has_sign(hone_graph *graph, hone_value x)
{
    hone_value inverse = hone_op_unary(graph, "less_scalar", F("reciprocal", 0), (hone_parameters){0});
    return hone_op_binary(graph, "logical_or", F("less_scalar", 0), inverse);
}

HONE_OPERATION_ARGS(plain, HONE_OPERATION_FIELDS)

#define PLAIN(place, thing, class, result) \
    HONE_OPERATION_CALL(thing, plain_args, result) \
    HONE_OPERATION_OF(place, thing, class, plain_args, plain_fields, plain_defaults, .call = call_##thing, \
                      .goes_step_by_step = true);

PLAIN(numpy, negative, "Negative", F("negative", 0))
PLAIN(numpy, absolute, "Absolute", F("absolute", 0))
PLAIN(numpy, abs, "Abs", F("absolute", 0))
PLAIN(numpy, fabs, "Fabs", F("absolute", 0))
PLAIN(numpy, sign, "Sign", F("sign", 0))
PLAIN(numpy, square, "Square", F("square", 0))
PLAIN(numpy, sqrt, "Sqrt", F("sqrt", 0))
PLAIN(math, rsqrt, "Rsqrt", F("rsqrt", 0))
PLAIN(numpy, reciprocal, "Reciprocal", F("reciprocal", 0))
PLAIN(numpy, floor, "Floor", F("floor", 0))
PLAIN(numpy, ceil, "Ceil", F("ceil", 0))
PLAIN(numpy, trunc, "Trunc", truncated(graph, x))
PLAIN(numpy, exp, "Exp", F("exp", 0))
PLAIN(numpy, exp2, "Exp2", hone_op_exp(graph, scaled(graph, x, log_two)))
PLAIN(numpy, expm1, "Expm1", F("expm1", 0))
PLAIN(numpy, log, "Log", F("log", 0))
PLAIN(numpy, log1p, "Log1p", F("log1p", 0))
PLAIN(numpy, log2, "Log2", scaled(graph, F("log", 0), 1 / log_two))
PLAIN(numpy, log10, "Log10", scaled(graph, F("log", 0), 1 / log_ten))
PLAIN(math, erf, "Erf", F("erf", 0))
PLAIN(math, erfinv, "Erfinv", F("erfinv", 0))
PLAIN(numpy, i0, "I0", F("bessel_i0", 0))
PLAIN(numpy, sin, "Sin", F("sin", 0))
PLAIN(numpy, cos, "Cos", F("cos", 0))
PLAIN(numpy, tan, "Tan", hone_op_divide(graph, F("sin", 0), F("cos", 0)))
PLAIN(numpy, arcsin, "Arcsin", F("asin", 0))
PLAIN(numpy, arccos, "Arccos", hone_op_affine(graph, F("asin", 0), -1, half_pi))
PLAIN(numpy, arctan, "Arctan", F("atan", 0))
PLAIN(numpy, arcsinh, "Arcsinh", inverse_sine(graph, x))
PLAIN(numpy, arccosh, "Arccosh", inverse_cosine(graph, x))
PLAIN(numpy, arctanh, "Arctanh", inverse_tangent(graph, x))
PLAIN(numpy, deg2rad, "Deg2rad", scaled(graph, x, half_pi / 90))
PLAIN(numpy, rad2deg, "Rad2deg", scaled(graph, x, 90 / half_pi))
PLAIN(numpy, cbrt, "Cbrt", cube_root(graph, x))
PLAIN(math, erfc, "Erfc", hone_op_affine(graph, F("erf", 0), -1, 1))
PLAIN(numpy, sinh, "Sinh", hyperbolic_sine(graph, x))
PLAIN(numpy, cosh, "Cosh", hyperbolic_cosine(graph, x))
PLAIN(numpy, tanh, "Tanh", F("tanh", 0))
PLAIN(numpy, isnan, "Isnan", F("is_nan", 0))
PLAIN(numpy, isinf, "Isinf", is_infinite(graph, x))
PLAIN(numpy, isfinite, "Isfinite", is_finite(graph, x))
PLAIN(numpy, isposinf, "Isposinf", F("equal_scalar", HUGE_VAL, 0, 0, 0))
PLAIN(numpy, isneginf, "Isneginf", F("equal_scalar", -HUGE_VAL, 0, 0, 0))
PLAIN(numpy, logical_not, "LogicalNot", negation(graph, x))
PLAIN(numpy, copy, "Copy", hone_op_affine(graph, x, 1, 0))
PLAIN(numpy, real, "Real", hone_op_affine(graph, x, 1, 0))
PLAIN(numpy, conj, "Conj", hone_op_affine(graph, x, 1, 0))
PLAIN(numpy, conjugate, "Conjugate", hone_op_affine(graph, x, 1, 0))
PLAIN(numpy, angle, "Angle", scaled(graph, F("less_scalar", 0), 2 * half_pi))
PLAIN(numpy, sinc, "Sinc", cardinal_sine(graph, x))
PLAIN(numpy, signbit, "Signbit", has_sign(graph, x))
PLAIN(core, stop_gradient, "StopGradient", hone_op_stop_gradient(graph, x))
PLAIN(nn, relu, "Relu", F("relu_plain", 0))
PLAIN(nn, relu6, "Relu6", F("relu6", 0))
PLAIN(nn, sigmoid, "Sigmoid", F("sigmoid", 0))
PLAIN(nn, log_sigmoid, "LogSigmoid", F("log_sigmoid", 0))
PLAIN(nn, softplus, "Softplus", F("softplus", 0))
PLAIN(nn, softsign, "Softsign", F("softsign", 0))
PLAIN(nn, silu, "Silu", F("silu", 0))
PLAIN(nn, selu, "Selu", F("selu", 0))
PLAIN(nn, hard_sigmoid, "HardSigmoid", F("hard_sigmoid", 0))
PLAIN(nn, hard_silu, "HardSilu", F("hard_silu", 0))
PLAIN(nn, hard_tanh, "HardTanh", F("hard_tanh", 0))
PLAIN(nn, tanh_shrink, "TanhShrink", F("tanh_shrink", 0))
PLAIN(nn, sparse_plus, "SparsePlus", F("sparse_plus", 0))
PLAIN(nn, sparse_sigmoid, "SparseSigmoid", F("sparse_sigmoid", 0))

/* ---- with arguments ---- */

#define WITH(place, thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(place, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, .goes_step_by_step = true);

#define GELU_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, BOOLEAN, approximate, true, "by tanh instead of the error function")
HONE_OPERATION_ARGS(gelu, GELU_FIELDS)
WITH(nn, gelu, "Gelu", gelu, F(args->approximate ? "gelu_tanh" : "gelu", 0))

#define LEAKY_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, negative_slope, 0.2, "slope below 0")
HONE_OPERATION_ARGS(leaky, LEAKY_FIELDS)
WITH(nn, leaky_relu, "LeakyRelu", leaky, F("leaky_relu", args->negative_slope, 0, 0, 0))

#define ALPHA_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, alpha, 1, "scale of the part below 0")
HONE_OPERATION_ARGS(alpha, ALPHA_FIELDS)
WITH(nn, elu, "Elu", alpha, F("elu", args->alpha, 0, 0, 0))
WITH(nn, celu, "Celu", alpha, F("celu", args->alpha, 0, 0, 0))

#define SHRINK_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, threshold, 0.5, "numbers nearer to 0 become 0")
HONE_OPERATION_ARGS(shrink, SHRINK_FIELDS)
WITH(nn, soft_shrink, "SoftShrink", shrink, F("soft_shrink", args->threshold, 0, 0, 0))
WITH(nn, hard_shrink, "HardShrink", shrink, F("hard_shrink", args->threshold, 0, 0, 0))

#define THRESHOLD_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, threshold, 0, "numbers up to it are replaced") \
    F_(A, NUMBER, default_value, 0, "by this one")
HONE_OPERATION_ARGS(threshold, THRESHOLD_FIELDS)
WITH(nn, threshold, "Threshold", threshold, F("threshold", args->threshold, args->default_value, 0, 0))

#define SQUAREPLUS_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, b, 4, "smoothness")
HONE_OPERATION_ARGS(squareplus, SQUAREPLUS_FIELDS)
WITH(nn, squareplus, "Squareplus", squareplus, F("squareplus", args->b, 0, 0, 0))

#define CLIP_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, NUMBER, x_min, HONE_NONE, "the least number (None: any)") \
    F_(A, NUMBER, x_max, HONE_NONE, "the greatest number (None: any)")
HONE_OPERATION_ARGS(clip, CLIP_FIELDS)
WITH(numpy, clip, "Clip", clip,
     hone_op_clip(graph, x, isnan(args->x_min) ? -HUGE_VAL : args->x_min,
                  isnan(args->x_max) ? HUGE_VAL : args->x_max))

/* Half to even. */
#define ROUND_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, INTEGER, decimals, 0, "digits after the point", HONE_BETWEEN(-30, 30))
HONE_OPERATION_ARGS(round, ROUND_FIELDS)
static hone_value rounded(hone_graph *graph, hone_value x, int64_t decimals)
{
    if (decimals == 0)
        return F("round", 0);
    double scale = pow(10, (double)decimals);
    hone_value whole = hone_op_unary(graph, "round", scaled(graph, x, scale), (hone_parameters){0});
    return scaled(graph, whole, 1 / scale);
}
WITH(numpy, round, "Round", round, rounded(graph, x, args->decimals))

/* The field is not named as its key: an operation has no dtype policy. */
#define CAST_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, TEXT, type, NULL, "the type in Keras; Hone always uses floats", HONE_REQUIRED, .key = "dtype")
HONE_OPERATION_ARGS(cast, CAST_FIELDS)

#define CASTING(thing, class, arguments, result) \
    HONE_OPERATION_CALL(thing, arguments##_args, result) \
    HONE_OPERATION_OF(core, thing, class, arguments##_args, arguments##_fields, arguments##_defaults, \
                      .call = call_##thing, .goes_step_by_step = true, \
                      .state_bytes = sizeof(hone_cast_state));

/* Integer types of 8 and 16 bits: how many numbers, and the least of them. */
static const struct {
    const char *type;
    double numbers, least;
} narrow[] = {{"uint8", 256, 0}, {"int8", 256, -128}, {"uint16", 65536, 0}, {"int16", 65536, -32768}};

/* Floats become whole, what is not a number 0, and what a narrow type cannot hold the nearest that it can. */
static hone_value whole_from_floats(hone_graph *graph, hone_value x, size_t type)
{
    const hone_value none = F("is_nan", 0);
    x = hone_op_select(graph, none, hone_graph_constant(graph, 0), x);
    return truncated(
        graph, hone_op_clip(graph, x, narrow[type].least, narrow[type].least + narrow[type].numbers - 1));
}

/* The numbers that the type can hold, still as floats: whole ones, truth values, those of bfloat16 and
 * float16. */
static hone_value cast_to(hone_graph *graph, hone_value x, const char *type, bool of_integers)
{
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        if (strcmp(type, narrow[i].type) == 0)
            return of_integers ? hone_internal_wrap(graph, x, narrow[i].numbers, narrow[i].least)
                               : whole_from_floats(graph, x, i);
    if (strncmp(type, "int", 3) == 0 || strncmp(type, "uint", 4) == 0)
        return truncated(graph, x);
    if (strcmp(type, "bool") == 0)
        return hone_internal_truth(graph, x);
    if (strcmp(type, "bfloat16") == 0)
        return hone_op_round_bfloat16(graph, x);
    if (strcmp(type, "float16") == 0)
        return hone_op_round_float16(graph, x);
    if (strcmp(type, "float32") == 0 || strcmp(type, "float64") == 0)
        return hone_op_affine(graph, x, 1, 0);
    hone_fail(HONE_ERROR_UNSUPPORTED,
              "a cast to \"%.60s\" is not supported (float32, float16, bfloat16, bool and the integers are)",
              type);
    return HONE_NO_VALUE;
}
CASTING(cast, "Cast", cast,
        cast_to(graph, x, args->type, ((const hone_cast_state *)hone_layer_state(layer))->of_integers))

/* The least and the greatest number of types that have few of them, as floats. */
static const struct {
    const char *type;
    double least, most;
} bounds[] = {
    {"bool", 0, 1},
    {"uint8", 0, 255},
    {"int8", -128, 127},
    {"uint16", 0, 65535},
    {"int16", -32768, 32767},
    {"uint32", 0, 4294967040},
    {"int32", -2147483648.0, 2147483520},
    {"float16", -65504, 65504},
};
static hone_value saturated(hone_graph *graph, hone_value x, const char *type)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        if (strcmp(type, bounds[i].type) == 0)
            x = hone_op_clip(graph, x, bounds[i].least, bounds[i].most);
    return cast_to(graph, x, type, false);
}
WITH(core, saturate_cast, "SaturateCast", cast, saturated(graph, x, args->type))

#define CONVERT_FIELDS(F_, A) \
    HONE_OPERATION_FIELDS(F_, A) \
    F_(A, TEXT, type, NULL, "the type in Keras (None: as it is); Hone always uses floats", .key = "dtype") \
    F_(A, BOOLEAN, sparse, false, "sparse result", .newer = true, \
       .unsupported = "sparse tensors are not supported") \
    F_(A, BOOLEAN, ragged, false, "ragged result", .newer = true, \
       .unsupported = "ragged tensors are not supported")
HONE_OPERATION_ARGS(convert, CONVERT_FIELDS)
CASTING(convert_to_tensor, "ConvertToTensor", convert,
        cast_to(graph, x, args->type == NULL ? "float32" : args->type,
                ((const hone_cast_state *)hone_layer_state(layer))->of_integers))
