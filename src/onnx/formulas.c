/* Functions of one operand as operators of ONNX: one of the same meaning, or a few. */
#include "onnx/forms.h"

#include <math.h>
#include <string.h>

typedef const char *compose(hone_onnx_export *e, const char *x, hone_parameters p);

static const char *number(hone_onnx_export *e, double value)
{
    return hone_internal_onnx_number(&e->writer, value);
}

static const char *with_float(hone_onnx_export *e, const char *op, const char *x, const char *name,
                              double value)
{
    hone_onnx_node *node = hone_internal_onnx_node(&e->writer, op, &x, 1);
    hone_internal_onnx_set_float(&e->writer, node, name, value);
    return hone_internal_onnx_output(node);
}

static const char *clip(hone_onnx_export *e, const char *x, double lowest, double highest)
{
    const char *low = lowest > -HUGE_VAL ? number(e, lowest) : "",
               *high = highest < HUGE_VAL ? number(e, highest) : NULL;
    return highest < HUGE_VAL ? HONE_ONNX(e, "Clip", x, low, high) : HONE_ONNX(e, "Clip", x, low);
}

static const char *affine(hone_onnx_export *e, const char *x, double factor, double offset)
{
    const char *scaled = factor == 1 ? x : HONE_ONNX(e, "Mul", x, number(e, factor));
    return offset == 0 && factor != 1 ? scaled : HONE_ONNX(e, "Add", scaled, number(e, offset));
}

#define COMPOSE(name) static const char *compose_##name(hone_onnx_export *e, const char *x, hone_parameters p)
#define COMPARE(name, op) \
    COMPOSE(name) \
    { \
        return hone_internal_onnx_truth(e, HONE_ONNX(e, op, x, number(e, p.a))); \
    }

COMPARE(greater_scalar, "Greater")
COMPARE(greater_equal_scalar, "GreaterOrEqual")
COMPARE(less_scalar, "Less")
COMPARE(less_equal_scalar, "LessOrEqual")
COMPARE(equal_scalar, "Equal")
COMPOSE(not_equal_scalar)
{
    return hone_internal_onnx_truth(e, HONE_ONNX(e, "Not", HONE_ONNX(e, "Equal", x, number(e, p.a))));
}
COMPOSE(logical_not)
{
    return p.a = 0, compose_equal_scalar(e, x, p);
}
COMPOSE(is_nan)
{
    return (void)p, hone_internal_onnx_truth(e, HONE_ONNX(e, "IsNaN", x));
}
COMPOSE(step_up)
{
    return p.a = 0, compose_greater_scalar(e, x, p);
}
COMPOSE(square)
{
    return (void)p, HONE_ONNX(e, "Mul", x, x);
}
COMPOSE(rsqrt)
{
    return (void)p, HONE_ONNX(e, "Reciprocal", HONE_ONNX(e, "Sqrt", x));
}
COMPOSE(affine)
{
    return affine(e, x, p.a, p.b);
}
COMPOSE(power_scalar)
{
    return HONE_ONNX(e, "Pow", x, number(e, p.a));
}
COMPOSE(clip)
{
    return clip(e, x, p.a, p.b);
}
COMPOSE(maximum_scalar)
{
    return clip(e, x, p.a, HUGE_VAL);
}
COMPOSE(minimum_scalar)
{
    return clip(e, x, -HUGE_VAL, p.a);
}
COMPOSE(expm1)
{
    return (void)p, HONE_ONNX(e, "Sub", HONE_ONNX(e, "Exp", x), number(e, 1));
}
COMPOSE(log1p)
{
    return (void)p, HONE_ONNX(e, "Log", affine(e, x, 1, 1));
}
COMPOSE(log_clamped)
{
    return HONE_ONNX(e, "Log", clip(e, x, p.a, HUGE_VAL));
}

/* x > c: min(x, b), at least 0 when there is a b; else a (x - c) */
COMPOSE(relu)
{
    double slope = p.a, most = p.b, threshold = p.c;
    if (slope == 0 && threshold == 0)
        return most < HUGE_VAL ? clip(e, x, 0, most) : HONE_ONNX(e, "Relu", x);
    if (threshold == 0 && !(most < HUGE_VAL))
        return with_float(e, "LeakyRelu", x, "alpha", slope);
    const char *above = most < HUGE_VAL ? clip(e, x, 0, most) : x;
    const char *below = slope == 0 ? number(e, 0) : affine(e, x, slope, -slope * threshold);
    return HONE_ONNX(e, "Where", HONE_ONNX(e, "Greater", x, number(e, threshold)), above, below);
}
COMPOSE(relu6)
{
    return (void)p, clip(e, x, 0, 6);
}
COMPOSE(leaky_relu)
{
    return with_float(e, "LeakyRelu", x, "alpha", p.a);
}
COMPOSE(elu)
{
    return with_float(e, "Elu", x, "alpha", p.a);
}
COMPOSE(celu)
{
    return with_float(e, "Celu", x, "alpha", p.a);
}

/* x (1 + erf(x / sqrt 2)) / 2, in the order that runtimes know and fuse */
COMPOSE(gelu)
{
    (void)p;
    const char *erf = HONE_ONNX(e, "Erf", HONE_ONNX(e, "Div", x, number(e, sqrt(2))));
    return HONE_ONNX(e, "Mul", HONE_ONNX(e, "Mul", x, affine(e, erf, 1, 1)), number(e, 0.5));
}

/* x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 */
COMPOSE(gelu_tanh)
{
    (void)p;
    const double root = 0.79788456080286535588, cubic = 0.044715;
    const char *cube = HONE_ONNX(e, "Mul", HONE_ONNX(e, "Mul", x, x), x);
    const char *inner = affine(e, HONE_ONNX(e, "Add", x, affine(e, cube, cubic, 0)), root, 0);
    return HONE_ONNX(e, "Mul", HONE_ONNX(e, "Mul", x, affine(e, HONE_ONNX(e, "Tanh", inner), 1, 1)),
                     number(e, 0.5));
}
COMPOSE(silu)
{
    return (void)p, HONE_ONNX(e, "Mul", x, HONE_ONNX(e, "Sigmoid", x));
}
COMPOSE(mish)
{
    return (void)p, HONE_ONNX(e, "Mul", x, HONE_ONNX(e, "Tanh", HONE_ONNX(e, "Softplus", x)));
}
COMPOSE(log_sigmoid)
{
    return (void)p, HONE_ONNX(e, "Neg", HONE_ONNX(e, "Softplus", HONE_ONNX(e, "Neg", x)));
}
COMPOSE(hard_sigmoid)
{
    return (void)p, with_float(e, "HardSigmoid", x, "alpha", 1.0 / 6); /* beta is 0.5 */
}
COMPOSE(hard_tanh)
{
    return (void)p, clip(e, x, -1, 1);
}
COMPOSE(tanh_shrink)
{
    return (void)p, HONE_ONNX(e, "Sub", x, HONE_ONNX(e, "Tanh", x));
}

static const char *shrink(hone_onnx_export *e, const char *x, double threshold, double bias)
{
    hone_onnx_node *node = hone_internal_onnx_node(&e->writer, "Shrink", &x, 1);
    hone_internal_onnx_set_float(&e->writer, node, "lambd", threshold);
    hone_internal_onnx_set_float(&e->writer, node, "bias", bias);
    return hone_internal_onnx_output(node);
}
COMPOSE(soft_shrink)
{
    return shrink(e, x, p.a, p.a);
}
COMPOSE(hard_shrink)
{
    return shrink(e, x, p.a, 0);
}

/* (x + sqrt(x^2 + a)) / 2 */
COMPOSE(squareplus)
{
    const char *root = HONE_ONNX(e, "Sqrt", affine(e, HONE_ONNX(e, "Mul", x, x), 1, p.a));
    return affine(e, HONE_ONNX(e, "Add", x, root), 0.5, 0);
}

/* (clip(x, -1, 1) + 1)^2 / 4 + max(x - 1, 0) */
COMPOSE(sparse_plus)
{
    (void)p;
    const char *inside = affine(e, clip(e, x, -1, 1), 0.5, 0.5);
    return HONE_ONNX(e, "Add", HONE_ONNX(e, "Mul", inside, inside),
                     HONE_ONNX(e, "Relu", affine(e, x, 1, -1)));
}
COMPOSE(sparse_sigmoid)
{
    return (void)p, clip(e, affine(e, x, 0.5, 0.5), 0, 1);
}
COMPOSE(threshold)
{
    return HONE_ONNX(e, "Where", HONE_ONNX(e, "Greater", x, number(e, p.a)), x, number(e, p.b));
}

static const struct {
    const char *name, *op; /* `op`: the operator that says the same; else `compose` */
    compose *compose;
} functions[] = {
    {"copy", "Identity", NULL},
    {"negative", "Neg", NULL},
    {"absolute", "Abs", NULL},
    {"sign", "Sign", NULL},
    {"sqrt", "Sqrt", NULL},
    {"reciprocal", "Reciprocal", NULL},
    {"floor", "Floor", NULL},
    {"ceil", "Ceil", NULL},
    {"round", "Round", NULL},
    {"exp", "Exp", NULL},
    {"log", "Log", NULL},
    {"erf", "Erf", NULL},
    {"sin", "Sin", NULL},
    {"cos", "Cos", NULL},
    {"atan", "Atan", NULL},
    {"asin", "Asin", NULL},
    {"sigmoid", "Sigmoid", NULL},
    {"tanh", "Tanh", NULL},
    {"relu_plain", "Relu", NULL},
    {"selu", "Selu", NULL},
    {"softplus", "Softplus", NULL},
    {"softsign", "Softsign", NULL},
    {"hard_silu", "HardSwish", NULL},
#define COMPOSED(name) \
    { \
#name, NULL, compose_##name \
    }
    COMPOSED(square),
    COMPOSED(rsqrt),
    COMPOSED(affine),
    COMPOSED(power_scalar),
    COMPOSED(clip),
    COMPOSED(maximum_scalar),
    COMPOSED(minimum_scalar),
    COMPOSED(expm1),
    COMPOSED(log1p),
    COMPOSED(log_clamped),
    COMPOSED(greater_scalar),
    COMPOSED(greater_equal_scalar),
    COMPOSED(less_scalar),
    COMPOSED(less_equal_scalar),
    COMPOSED(equal_scalar),
    COMPOSED(not_equal_scalar),
    COMPOSED(logical_not),
    COMPOSED(is_nan),
    COMPOSED(step_up),
    COMPOSED(relu),
    COMPOSED(relu6),
    COMPOSED(leaky_relu),
    COMPOSED(elu),
    COMPOSED(celu),
    COMPOSED(gelu),
    COMPOSED(gelu_tanh),
    COMPOSED(silu),
    COMPOSED(mish),
    COMPOSED(log_sigmoid),
    COMPOSED(hard_sigmoid),
    COMPOSED(hard_tanh),
    COMPOSED(tanh_shrink),
    COMPOSED(soft_shrink),
    COMPOSED(hard_shrink),
    COMPOSED(squareplus),
    COMPOSED(sparse_plus),
    COMPOSED(sparse_sigmoid),
    COMPOSED(threshold),
};

const char *hone_internal_onnx_function(hone_onnx_export *export, const char *name, const char *x,
                                        hone_parameters parameters)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return functions[i].op != NULL ? HONE_ONNX(export, functions[i].op, x)
                                           : functions[i].compose(export, x, parameters);
    hone_fail(HONE_ERROR_UNSUPPORTED, "the function \"%s\" cannot be written as ONNX", name);
    return NULL;
}
