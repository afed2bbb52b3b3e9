/* Functions of one operand from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"relu", HONE_SHAPE(6), "activation(relu)", .operators = "Relu"},
    {"sigmoid", HONE_SHAPE(6), "activation(sigmoid)", .operators = "Sigmoid"},
    {"tanh", HONE_SHAPE(6), "activation(tanh)", .operators = "Tanh"},
    {"softplus", HONE_SHAPE(6), "activation(softplus)", .operators = "Softplus"},
    {"softsign", HONE_SHAPE(6), "activation(softsign)", .operators = "Softsign"},
    {"exponential", HONE_SHAPE(6), "activation(exponential)", .operators = "Exp"},
    {"hard_silu", HONE_SHAPE(6), "activation(hard_silu)", .operators = "HardSwish"},
    {"selu", HONE_SHAPE(6), "activation(selu)", .operators = "Selu"},
    {"elu", HONE_SHAPE(6), "elu(0.7)", .operators = "Elu"},
    {"celu", HONE_SHAPE(6), "activation(celu(0.7))", .operators = "Celu"},
    {"leaky", HONE_SHAPE(6), "leaky_re_lu(0.3)", .operators = "LeakyRelu"},
    {"relu6", HONE_SHAPE(6), "activation(relu6)", .operators = "Clip"},
    {"relu with a bound", HONE_SHAPE(6), "re_lu(max_value=1.5)", .operators = "Clip"},
    {"hard_tanh", HONE_SHAPE(6), "activation(hard_tanh)", .operators = "Clip"},
    {"hard_sigmoid", HONE_SHAPE(6), "activation(hard_sigmoid)", .operators = "HardSigmoid"},
    {"gelu", HONE_SHAPE(6), "activation(gelu)", .operators = "Div Erf Add Mul Mul"},
    {"gelu by tanh", HONE_SHAPE(6), "activation(gelu(approximate=true))",
     .operators = "Mul Mul Mul Add Mul Tanh Add Mul Mul"},
    {"silu", HONE_SHAPE(6), "activation(silu)", .operators = "Sigmoid Mul"},
    {"mish", HONE_SHAPE(6), "activation(mish)", .operators = "Softplus Tanh Mul"},
    {"log_sigmoid", HONE_SHAPE(6), "activation(log_sigmoid)", .operators = "Neg Softplus Neg"},
    {"soft_shrink", HONE_SHAPE(6), "activation(soft_shrink(0.7))", .operators = "Shrink"},
    {"hard_shrink", HONE_SHAPE(6), "activation(hard_shrink(0.7))", .operators = "Shrink"},
    {"tanh_shrink", HONE_SHAPE(6), "activation(tanh_shrink)", .operators = "Tanh Sub"},
    {"sparse_plus", HONE_SHAPE(6), "activation(sparse_plus)", .operators = "Clip Mul Add Mul Add Relu Add"},
    {"sparse_sigmoid", HONE_SHAPE(6), "activation(sparse_sigmoid)", .operators = "Mul Add Clip"},
    {"rescaling", HONE_SHAPE(6), "rescaling(0.5, offset=2)", .operators = "Mul Add"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"squareplus", HONE_SHAPE(6), "activation(squareplus)", .operators = "Mul Add Sqrt Add Mul"},
    {"relu with a threshold", HONE_SHAPE(6), "re_lu(max_value=2, negative_slope=0.1, threshold=0.3)",
     .operators = "Clip Mul Add Greater Where"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Relu", HONE_SHAPE(6), "activation(relu)", "y = Relu(x)"},
    {"Mish", HONE_SHAPE(6), "activation(mish)", "y = Mish(x)"},
    {"Neg", HONE_SHAPE(6), "rescaling(-1)", "y = Neg(x)"},
    {"Swish", HONE_SHAPE(6), "activation(silu)", "y = Swish(x)"},
    {"Gelu", HONE_SHAPE(6), "activation(gelu)", "y = Gelu(x)"},
    {"Gelu by tanh", HONE_SHAPE(6), "activation(gelu(approximate=true))", "y = Gelu(x) approximate='tanh'"},
    {"gelu, half first", HONE_SHAPE(6), "activation(gelu)",
     "a = Div(x, 1.4142135); b = Erf(a); c = Add(b, 1.0); d = Mul(0.5, c); y = Mul(x, d)"},
    {"gelu, half of x", HONE_SHAPE(6), "activation(gelu)",
     "h = Mul(x, 0.5); a = Mul(x, 0.70710678); b = Erf(a); c = Add(1.0, b); y = Mul(h, c)"},
    {"Elu", HONE_SHAPE(6), "elu(0.5)", "y = Elu(x) alpha=0.5"},
    {"Celu", HONE_SHAPE(6), "activation(celu(0.5))", "y = Celu(x) alpha=0.5"},
    {"LeakyRelu", HONE_SHAPE(6), "leaky_re_lu(0.01)", "y = LeakyRelu(x)"},
    {"Selu", HONE_SHAPE(6), "activation(selu)", "y = Selu(x)"},
    {"HardSigmoid", HONE_SHAPE(6), "rescaling(0.2, offset=0.5); re_lu(max_value=1)", "y = HardSigmoid(x)"},
    {"ThresholdedRelu", HONE_SHAPE(6), "re_lu(threshold=1)", "y = ThresholdedRelu(x)"},
    {"Shrink", HONE_SHAPE(6), "activation(hard_shrink(0.5))", "y = Shrink(x)"},
    {"Shrink, soft", HONE_SHAPE(6), "activation(soft_shrink(0.25))", "y = Shrink(x) lambd=0.25 bias=0.25"},
    {"Clip from below", HONE_SHAPE(6), "activation(relu)", "y = Clip(x, 0.0)"},
    {"Clip between", HONE_SHAPE(6), "rescaling(1, offset=1); re_lu(max_value=3.5); rescaling(1, offset=-1)",
     "y = Clip(x, -1.0, 2.5)"},
    {"Clip by attributes", HONE_SHAPE(6), "activation(relu6)", "y = Clip(x) min=0.0 max=6.0"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"without operand", HONE_SHAPE(6), .graph = "y = Relu()", .part = "operand 0 (\"\") is missing"},
    {"a constant that is no operand", HONE_SHAPE(6), .graph = "y = Tanh([3])",
     .part = "must depend on the model's input"},
    {"another selu", HONE_SHAPE(6), .graph = "y = Selu(x) alpha=1.5", .part = "numbers of the paper"},
    {"another swish", HONE_SHAPE(6), .graph = "y = Swish(x) alpha=1.5", .part = "only alpha 1"},
    {"a threshold below 0", HONE_SHAPE(6), .graph = "y = ThresholdedRelu(x) alpha=-1.0",
     .part = "threshold below 0"},
    {"another shrink", HONE_SHAPE(6), .graph = "y = Shrink(x) lambd=0.5 bias=0.1",
     .part = "bias of 0 or of lambd"},
    {"erf alone", HONE_SHAPE(6), .graph = "y = Erf(x)", .part = "only gelu"},
    {"a bound above alone", HONE_SHAPE(6), .graph = "y = Clip(x, _, 1.0)", .part = "bound above alone"},
    {"bounds of several numbers", HONE_SHAPE(6), .graph = "y = Clip(x, [2])", .part = "must be one number"},
    {"bounds that are computed", HONE_SHAPE(6), .graph = "y = Clip(x, x)", .part = "must be constant"},
    {"an unknown operator", HONE_SHAPE(6), .graph = "y = Sinh(x)",
     .part = "the operator Sinh has no layer in Hone yet"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
