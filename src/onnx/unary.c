/* Functions of one operand in ONNX: an operator of the same meaning, or a few. */
#include "onnx/forms.h"
#include "base/text.h"
#include "ops/unary.h"

#include <math.h>
#include <string.h>

/* ---- writing: formulas.c ---- */

static hone_status emit_unary(hone_onnx_export *export, const hone_node *node)
{
    const hone_unary_attributes *attributes = node->attributes;
    const char *function = hone_internal_unary_name(attributes->function);
    return hone_internal_onnx_give(
        export, node->outputs[0],
        hone_internal_onnx_function(export, function, hone_internal_onnx_name_of(export, node->inputs[0]),
                                    attributes->parameters));
}

/* ---- reading ---- */

static const struct {
    const char *op, *spec;
    bool node; /* of an operation; else of a layer */
} functions[] = {
    {"Relu", "activation(relu)", false},
    {"Sigmoid", "activation(sigmoid)", false},
    {"Tanh", "activation(tanh)", false},
    {"Softplus", "activation(softplus)", false},
    {"Softsign", "activation(softsign)", false},
    {"Exp", "activation(exponential)", false},
    {"HardSwish", "activation(hard_silu)", false},
    {"Mish", "activation(mish)", false},
    {"Neg", "rescaling(-1)", false},
    {"Abs", "absolute", true},
    {"Acos", "arccos", true},
    {"Acosh", "arccosh", true},
    {"Asin", "arcsin", true},
    {"Asinh", "arcsinh", true},
    {"Atan", "arctan", true},
    {"Atanh", "arctanh", true},
    {"Ceil", "ceil", true},
    {"Cos", "cos", true},
    {"Cosh", "cosh", true},
    {"Erf", "erf", true},
    {"Floor", "floor", true},
    {"Log", "log", true},
    {"Reciprocal", "reciprocal", true},
    {"Round", "round", true},
    {"Sign", "sign", true},
    {"Sin", "sin", true},
    {"Sinh", "sinh", true},
    {"Sqrt", "sqrt", true},
    {"Tan", "tan", true},
};

static hone_status import_function(hone_onnx_import *import, const hone_onnx_node *node)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].op, node->op_type) != 0)
            continue;
        hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
        return functions[i].node ? hone_internal_onnx_operation(import, node, x, functions[i].spec)
                                 : hone_internal_onnx_layer(import, node, x, "%s", functions[i].spec);
    }
    return hone_internal_onnx_refuse("it is not a function of one operand");
}

static hone_status import_elu(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *layer = strcmp(node->op_type, "Elu") == 0 ? "elu" : "activation(celu(alpha=";
    double alpha = hone_internal_onnx_float(node, "alpha", 1);
    bool elu = layer[0] == 'e';
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0), "%s%s%s",
                                    elu ? "elu(alpha=" : layer, HONE_ONNX_TEXT(alpha), elu ? ")" : "))");
}

static hone_status import_leaky(hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "leaky_re_lu(negative_slope=%s)",
                                    HONE_ONNX_TEXT(hone_internal_onnx_float(node, "alpha", (double)0.01f)));
}

static hone_status import_selu(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", 1.67326319217681884765625),
           gamma = hone_internal_onnx_float(node, "gamma", 1.05070102214813232421875);
    if (fabs(alpha - 1.6732632) > 1e-4 || fabs(gamma - 1.0507010) > 1e-4)
        return hone_internal_onnx_refuse(
            "only the values of the paper (alpha 1.67326, gamma 1.0507) are supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(selu)");
}

static hone_status import_gelu(hone_onnx_import *import, const hone_onnx_node *node)
{
    const bool tanh = hone_internal_onnx_has_text(node, "approximate", "tanh");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(%s)", tanh ? "gelu(approximate=true)" : "gelu");
}

static hone_status import_swish(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (hone_internal_onnx_float(node, "alpha", 1) != 1)
        return hone_internal_onnx_refuse("only alpha 1 is supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(silu)");
}

static hone_tensor *step(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                         const char *layer, bool last)
{
    return x == NULL ? NULL : hone_internal_onnx_apply(import, node, layer, &x, 1, last);
}

/* clip(alpha x + beta, 0, 1) */
static hone_status import_hard_sigmoid(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", (double)0.2f),
           beta = hone_internal_onnx_float(node, "beta", 0.5);
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (fabs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
        return hone_internal_onnx_layer(import, node, x, "activation(hard_sigmoid)");
    char *scaling =
        hone_internal_format("rescaling(%s, offset=%s)", HONE_ONNX_TEXT(alpha), HONE_ONNX_TEXT(beta));
    x = scaling == NULL ? NULL : step(import, node, x, scaling, false);
    hone_internal_free(scaling);
    return step(import, node, x, "re_lu(max_value=1)", true) == NULL ? hone_error_status() : HONE_OK;
}

static hone_status import_thresholded(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", 1);
    if (alpha < 0)
        return hone_internal_onnx_refuse("a threshold below 0 is not supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "re_lu(threshold=%s)", HONE_ONNX_TEXT(alpha));
}

static hone_status import_shrink(hone_onnx_import *import, const hone_onnx_node *node)
{
    double threshold = hone_internal_onnx_float(node, "lambd", 0.5),
           bias = hone_internal_onnx_float(node, "bias", 0);
    if (bias != 0 && bias != threshold)
        return hone_internal_onnx_refuse("only a bias of 0 or of lambd is supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(%s(threshold=%s))", bias == 0 ? "hard_shrink" : "soft_shrink",
                                    HONE_ONNX_TEXT(threshold));
}

/* min(max(x, low), high), otherwise: x - low, cut at 0 and high - low, + low. */
static hone_status import_clip(hone_onnx_import *import, const hone_onnx_node *node)
{
    double low = -HUGE_VAL, high = HUGE_VAL;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    HONE_TRY(hone_internal_onnx_read_number(import, node, "min", 1, &low));
    HONE_TRY(hone_internal_onnx_read_number(import, node, "max", 2, &high));
    if (low <= -(double)3.4e38f)
        return hone_internal_onnx_refuse("an upper bound alone is not supported");
    if (low == 0 && high >= (double)3.4e38f)
        return hone_internal_onnx_layer(import, node, x, "activation(relu)");
    if (low == 0 && high == 6)
        return hone_internal_onnx_layer(import, node, x, "activation(relu6)");
    if (low == -1 && high == 1)
        return hone_internal_onnx_layer(import, node, x, "activation(hard_tanh)");
    if (low == 0)
        return hone_internal_onnx_layer(import, node, x, "re_lu(max_value=%s)", HONE_ONNX_TEXT(high));
    char *down = hone_internal_format("rescaling(1, offset=%s)", HONE_ONNX_TEXT(-low)),
         *up = hone_internal_format("rescaling(1, offset=%s)", HONE_ONNX_TEXT(low));
    char *cut = high >= (double)3.4e38f
                    ? hone_internal_copy_text("re_lu")
                    : hone_internal_format("re_lu(max_value=%s)", HONE_ONNX_TEXT(high - low));
    if (down != NULL && up != NULL && cut != NULL)
        x = step(import, node, step(import, node, step(import, node, x, down, false), cut, false), up, true);
    else
        x = NULL;
    hone_internal_free(down);
    hone_internal_free(up);
    hone_internal_free(cut);
    return x == NULL ? hone_error_status() : HONE_OK;
}

/* ---- reading: gelu, taken apart ---- */

static bool is_near(hone_onnx_import *import, const hone_onnx_node *node, size_t index, double wanted)
{
    double number;
    return hone_internal_onnx_is_constant(import, node, index) &&
           hone_internal_onnx_is_scalar(hone_internal_onnx_constant(import, node, index), &number) &&
           fabs(number - wanted) < 1e-4;
}

/* x / sqrt 2, or x times its inverse: x. */
static const char *erf_argument(hone_onnx_import *import, const char *name)
{
    const hone_onnx_source *source = hone_internal_onnx_source(import->file, name);
    if (source->kind != HONE_ONNX_NODE)
        return NULL;
    const hone_onnx_node *node = import->file->model->graph->node[source->index];
    if (strcmp(node->op_type, "Div") == 0 && node->n_input == 2 && is_near(import, node, 1, sqrt(2)))
        return node->input[0];
    for (size_t i = 0; i < 2 && strcmp(node->op_type, "Mul") == 0 && node->n_input == 2; i++)
        if (is_near(import, node, i, sqrt(0.5)))
            return node->input[1 - i];
    return NULL;
}

/* Half of x: the product that gives `name` is x times 0.5. */
static bool is_half_of(hone_onnx_import *import, const char *name, const char *x)
{
    const hone_onnx_source *source = hone_internal_onnx_source(import->file, name);
    const hone_onnx_node *node = source != NULL && source->kind == HONE_ONNX_NODE
                                     ? import->file->model->graph->node[source->index]
                                     : NULL;
    int half =
        node == NULL || strcmp(node->op_type, "Mul") != 0 ? -1 : hone_internal_onnx_other_operand(node, x);
    return half >= 0 && is_near(import, node, (size_t)half, 0.5);
}

/* gelu as exporters take it apart, 0.5 x (1 + erf(x / sqrt 2)), its factors in any order; else the function
 * itself. */
static hone_status import_erf(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *x = erf_argument(import, node->input[0]);
    const hone_onnx_node *plus = x == NULL ? NULL : hone_internal_onnx_only_reader(import, node, "Add");
    int one = hone_internal_onnx_other_operand(plus, node->output[0]);
    const hone_onnx_node *times = one >= 0 && is_near(import, plus, (size_t)one, 1)
                                      ? hone_internal_onnx_only_reader(import, plus, "Mul")
                                      : NULL;
    int factor = times == NULL ? -1 : hone_internal_onnx_other_operand(times, plus->output[0]);
    const hone_onnx_node *last = NULL;
    if (factor >= 0 && is_half_of(import, times->input[factor], x))
        last = times;
    else if (factor >= 0) {
        bool half_first = is_near(import, times, (size_t)factor, 0.5),
             x_first = strcmp(times->input[factor], x) == 0;
        const hone_onnx_node *next = hone_internal_onnx_only_reader(import, times, "Mul");
        int rest = next == NULL ? -1 : hone_internal_onnx_other_operand(next, times->output[0]);
        if (rest >= 0 && ((half_first && strcmp(next->input[rest], x) == 0) ||
                          (x_first && is_near(import, next, (size_t)rest, 0.5))))
            last = next;
    }
    hone_onnx_value *value = last == NULL ? NULL : hone_internal_onnx_value(import, x);
    if (value == NULL || value->tensor == NULL)
        return import_function(import, node);
    hone_internal_onnx_done(import, plus);
    hone_internal_onnx_done(import, times);
    hone_internal_onnx_done(import, last);
    return hone_internal_onnx_layer(import, last, value->tensor, "activation(gelu)");
}

static const hone_onnx_emitted emitted[] = {
    {"unary", emit_unary},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"Abs", import_function},
    {"Acos", import_function},
    {"Acosh", import_function},
    {"Asin", import_function},
    {"Asinh", import_function},
    {"Atan", import_function},
    {"Atanh", import_function},
    {"Ceil", import_function},
    {"Celu", import_elu},
    {"Clip", import_clip},
    {"Cos", import_function},
    {"Cosh", import_function},
    {"Elu", import_elu},
    {"Erf", import_erf},
    {"Exp", import_function},
    {"Floor", import_function},
    {"Gelu", import_gelu},
    {"HardSigmoid", import_hard_sigmoid},
    {"HardSwish", import_function},
    {"LeakyRelu", import_leaky},
    {"Log", import_function},
    {"Mish", import_function},
    {"Neg", import_function},
    {"Reciprocal", import_function},
    {"Relu", import_function},
    {"Round", import_function},
    {"Selu", import_selu},
    {"Shrink", import_shrink},
    {"Sigmoid", import_function},
    {"Sign", import_function},
    {"Sin", import_function},
    {"Sinh", import_function},
    {"Softplus", import_function},
    {"Softsign", import_function},
    {"Sqrt", import_function},
    {"Swish", import_swish},
    {"Tan", import_function},
    {"Tanh", import_function},
    {"ThresholdedRelu", import_thresholded},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(unary, emitted, imported);
