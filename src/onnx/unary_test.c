/* Functions of one operand from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"relu", "6", "activation(relu)", .operators = "Relu"},
    {"sigmoid", "6", "activation(sigmoid)", .operators = "Sigmoid"},
    {"tanh", "6", "activation(tanh)", .operators = "Tanh"},
    {"softplus", "6", "activation(softplus)", .operators = "Softplus"},
    {"softsign", "6", "activation(softsign)", .operators = "Softsign"},
    {"exponential", "6", "activation(exponential)", .operators = "Exp"},
    {"hard_silu", "6", "activation(hard_silu)", .operators = "HardSwish"},
    {"selu", "6", "activation(selu)", .operators = "Selu"},
    {"elu", "6", "elu(0.7)", .operators = "Elu"},
    {"celu", "6", "activation(celu(0.7))", .operators = "Celu"},
    {"leaky", "6", "leaky_re_lu(0.3)", .operators = "LeakyRelu"},
    {"relu6", "6", "activation(relu6)", .operators = "Clip"},
    {"relu with a bound", "6", "re_lu(max_value=1.5)", .operators = "Clip"},
    {"hard_tanh", "6", "activation(hard_tanh)", .operators = "Clip"},
    {"hard_sigmoid", "6", "activation(hard_sigmoid)", .operators = "HardSigmoid"},
    {"gelu", "6", "activation(gelu)", .operators = "Div Erf Add Mul Mul"},
    {"gelu by tanh", "6", "activation(gelu(approximate=true))",
     .operators = "Mul Mul Mul Add Mul Tanh Add Mul Mul"},
    {"silu", "6", "activation(silu)", .operators = "Sigmoid Mul"},
    {"mish", "6", "activation(mish)", .operators = "Softplus Tanh Mul"},
    {"log_sigmoid", "6", "activation(log_sigmoid)", .operators = "Neg Softplus Neg"},
    {"soft_shrink", "6", "activation(soft_shrink(0.7))", .operators = "Shrink"},
    {"hard_shrink", "6", "activation(hard_shrink(0.7))", .operators = "Shrink"},
    {"tanh_shrink", "6", "activation(tanh_shrink)", .operators = "Tanh Sub"},
    {"sparse_plus", "6", "activation(sparse_plus)", .operators = "Clip Mul Add Mul Add Relu Add"},
    {"sparse_sigmoid", "6", "activation(sparse_sigmoid)", .operators = "Mul Add Clip"},
    {"rescaling", "6", "rescaling(0.5, offset=2)", .operators = "Mul Add"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"squareplus", "6", "activation(squareplus)", .operators = "Mul Add Sqrt Add Mul"},
    {"relu with a threshold", "6", "re_lu(max_value=2, negative_slope=0.1, threshold=0.3)",
     .operators = "Clip Mul Add Greater Where"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Relu", "6", "activation(relu)", .graph = "y = Relu(x)"},
    {"Mish", "6", "activation(mish)", .graph = "y = Mish(x)"},
    {"Neg", "6", "rescaling(-1)", .graph = "y = Neg(x)"},
    {"Swish", "6", "activation(silu)", .graph = "y = Swish(x)"},
    {"erf alone", "6", "%erf", .graph = "y = Erf(x)"},
    {"erf of a half", "6", "rescaling(0.5); %erf", .graph = "a = Mul(x, 0.5); y = Erf(a)"},
    {"Abs", "6", "%absolute", .graph = "y = Abs(x)"},
    {"Sqrt", "6", "%absolute; %sqrt", .graph = "a = Abs(x); y = Sqrt(a)"},
    {"Log", "6", "%absolute; %log", .graph = "a = Abs(x); y = Log(a)"},
    {"Reciprocal", "6", "%reciprocal", .graph = "y = Reciprocal(x)"},
    {"Floor", "6", "%floor", .graph = "y = Floor(x)"},
    {"Ceil", "6", "%ceil", .graph = "y = Ceil(x)"},
    {"Round, ties to even", "6", "%round", .graph = "y = Round(x)"},
    {"Sign", "6", "%sign", .graph = "y = Sign(x)"},
    {"Sin and Cos", "6", "%sin; %cos", .graph = "a = Sin(x); y = Cos(a)"},
    {"Tan", "6", "%tan", .graph = "y = Tan(x)"},
    {"Sinh and Asinh", "6", "%sinh; %arcsinh", .graph = "a = Sinh(x); y = Asinh(a)"},
    {"Cosh and Acosh", "6", "%cosh; %arccosh", .graph = "a = Cosh(x); y = Acosh(a)"},
    {"Atan, Asin and Acos", "6", "activation(tanh); %arcsin; %arctan; activation(tanh); %arccos",
     .graph = "a = Tanh(x); b = Asin(a); c = Atan(b); d = Tanh(c); y = Acos(d)"},
    {"Atanh", "6", "activation(tanh); %arctanh", .graph = "a = Tanh(x); y = Atanh(a)"},
    {"Gelu", "6", "activation(gelu)", .graph = "y = Gelu(x)"},
    {"Gelu by tanh", "6", "activation(gelu(approximate=true))", .graph = "y = Gelu(x) approximate='tanh'"},
    {"gelu, half first", "6", "activation(gelu)",
     .graph = "a = Div(x, 1.4142135); b = Erf(a); c = Add(b, 1.0); d = Mul(0.5, c); y = Mul(x, d)"},
    {"gelu, half of x", "6", "activation(gelu)",
     .graph = "h = Mul(x, 0.5); a = Mul(x, 0.70710678); b = Erf(a); c = Add(1.0, b); y = Mul(h, c)"},
    {"Elu", "6", "elu(0.5)", .graph = "y = Elu(x) alpha=0.5"},
    {"Celu", "6", "activation(celu(0.5))", .graph = "y = Celu(x) alpha=0.5"},
    {"LeakyRelu", "6", "leaky_re_lu(0.01)", .graph = "y = LeakyRelu(x)"},
    {"Selu", "6", "activation(selu)", .graph = "y = Selu(x)"},
    {"HardSigmoid", "6", "rescaling(0.2, offset=0.5); re_lu(max_value=1)", .graph = "y = HardSigmoid(x)"},
    {"ThresholdedRelu", "6", "re_lu(threshold=1)", .graph = "y = ThresholdedRelu(x)"},
    {"Shrink", "6", "activation(hard_shrink(0.5))", .graph = "y = Shrink(x)"},
    {"Shrink, soft", "6", "activation(soft_shrink(0.25))", .graph = "y = Shrink(x) lambd=0.25 bias=0.25"},
    {"Clip from below", "6", "activation(relu)", .graph = "y = Clip(x, 0.0)"},
    {"Clip between", "6", "rescaling(1, offset=1); re_lu(max_value=3.5); rescaling(1, offset=-1)",
     .graph = "y = Clip(x, -1.0, 2.5)"},
    {"Clip by attributes", "6", "activation(relu6)", .graph = "y = Clip(x) min=0.0 max=6.0"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"without operand", "6", .graph = "y = Relu()", .part = "operand 0 (\"\") is missing"},
    {"a constant that is no operand", "6", .graph = "y = Tanh([3])",
     .part = "must depend on the model's input"},
    {"another selu", "6", .graph = "y = Selu(x) alpha=1.5", .part = "values of the paper"},
    {"another swish", "6", .graph = "y = Swish(x) alpha=1.5", .part = "only alpha 1"},
    {"a threshold below 0", "6", .graph = "y = ThresholdedRelu(x) alpha=-1.0", .part = "threshold below 0"},
    {"another shrink", "6", .graph = "y = Shrink(x) lambd=0.5 bias=0.1", .part = "bias of 0 or of lambd"},
    {"a bound above alone", "6", .graph = "y = Clip(x, _, 1.0)", .part = "an upper bound alone"},
    {"bounds of several numbers", "6", .graph = "y = Clip(x, [2])", .part = "must be one number"},
    {"bounds that are computed", "6", .graph = "y = Clip(x, x)", .part = "must be constant"},
    {"an unknown operator", "6", .graph = "y = Hardmax(x)",
     .part = "the operator Hardmax has no layer in Hone yet"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
