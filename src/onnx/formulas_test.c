/* Functions of one operand as operators: which they become by their parameters, and that they mean the same.
 */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"one operator", "4", "activation(tanh)", .operators = "Tanh"},
    {"relu", "4", "re_lu", .operators = "Relu"},
    {"relu with a slope", "4", "re_lu(negative_slope=0.25)", .operators = "LeakyRelu"},
    {"relu with a bound", "4", "re_lu(max_value=1.5)", .operators = "Clip"},
    {"relu with a threshold", "4", "re_lu(threshold=0.5)", .operators = "Greater Where"},
    {"relu with all of them", "4", "re_lu(max_value=1.5, negative_slope=0.25, threshold=0.5)",
     .operators = "Clip Mul Add Greater Where"},
    {"a factor", "4", "rescaling(0.5)", .operators = "Mul"},
    {"a factor and an offset", "4", "rescaling(0.5, offset=2)", .operators = "Mul Add"},
    {"an offset alone", "4", "rescaling(1, offset=2)", .operators = "Add"},
    {"the factor 1", "4", "rescaling(1)", .operators = "Add"},
    {"elu", "4", "elu(alpha=0.5)", .operators = "Elu"},
    {"celu", "4", "activation(celu)", .operators = "Celu"},
    {"gelu", "4", "activation(gelu)", .operators = "Div Erf Add Mul Mul"},
    {"silu", "4", "activation(silu)", .operators = "Sigmoid Mul"},
    {"mish", "4", "activation(mish)", .operators = "Softplus Tanh Mul"},
    {"log_sigmoid", "4", "activation(log_sigmoid)", .operators = "Neg Softplus Neg"},
    {"hard_sigmoid", "4", "activation(hard_sigmoid)", .operators = "HardSigmoid"},
    {"hard_tanh", "4", "activation(hard_tanh)", .operators = "Clip"},
    {"tanh_shrink", "4", "activation(tanh_shrink)", .operators = "Tanh Sub"},
    {"soft_shrink", "4", "activation(soft_shrink)", .operators = "Shrink"},
    {"hard_shrink", "4", "activation(hard_shrink)", .operators = "Shrink"},
    {"squareplus", "4", "activation(squareplus)", .operators = "Mul Add Sqrt Add Mul"},
    {"sparse_sigmoid", "4", "activation(sparse_sigmoid)", .operators = "Mul Add Clip"},
    {"sparse_plus", "4", "activation(sparse_plus)", .operators = "Clip Mul Add Mul Add Relu Add"},
    {"threshold", "4", "activation(threshold(threshold=0.5, default_value=-1))",
     .operators = "Greater Where"},
    {"selu", "4", "activation(selu)", .operators = "Selu"},
    {"hard_silu", "4", "activation(hard_silu)", .operators = "HardSwish"},
};
TEST_EACH(is_written_as_operators, both)
{
    check_onnx_written(row);
}
