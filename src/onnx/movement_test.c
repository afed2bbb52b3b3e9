/* Movement from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"flatten", "2, 3", "flatten", .operators = "Reshape"},
    {"reshape", "2, 6", "reshape([4, 3])", .operators = "Reshape"},
    {"permute", "2, 3, 4", "permute([3, 1, 2])", .operators = "Transpose"},
    {"concatenate", "4", "dense(3); @concatenate", .operators = "Gemm Concat"},
    {"concatenate on an axis", "2, 4", "relu; @concatenate(axis=1)", .operators = "Relu Concat"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"repeat", "3", "repeat_vector(2)", .operators = "Reshape Expand"},
    {"zero padding", "4, 2", "zero_padding1d(1)", .operators = "Pad"},
    {"cropping", "5, 2", "cropping1d(1)", .operators = "Slice"},
    {"up-sampling", "3, 2", "up_sampling1d(2)", .operators = "Reshape Expand Reshape"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Flatten", "2, 3", "flatten", .graph = "y = Flatten(x)"},
    {"Reshape", "2, 6", "reshape([3, 4])", .graph = "y = Reshape(x, {0, 3, 4})"},
    {"Reshape to rows", "2, 6", "flatten", .graph = "y = Reshape(x, {0, -1})"},
    {"Reshape that keeps", "2, 6", "reshape([2, 3, 2])", .graph = "y = Reshape(x, {-1, 0, 3, 2})"},
    {"Unsqueeze", "3", "reshape([1, 3, 1])", .graph = "y = Unsqueeze(x, {1, 3})"},
    {"Unsqueeze by attribute", "3", "reshape([3, 1])", .graph = "y = Unsqueeze(x) axes=[-1]"},
    {"Squeeze", "1, 3, 1", "reshape([3, 1])", .graph = "y = Squeeze(x, {1})"},
    {"Squeeze of all", "1, 3, 1", "reshape([3])", .graph = "y = Squeeze(x)"},
    {"Transpose", "2, 3", "permute([2, 1])", .graph = "y = Transpose(x) perm=[0, 2, 1]"},
    {"Concat", "2, 3", "relu; @concatenate(axis=1)", .graph = "a = Relu(x); y = Concat(a, x) axis=1"},
    {"Concat of one", "3", "relu", .graph = "a = Relu(x); y = Concat(a) axis=1"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"Flatten before the batch", "2, 3", .graph = "y = Flatten(x) axis=0", .part = "only axis 1"},
    {"Reshape to what is computed", "4", .graph = "y = Reshape(x, x)", .part = "must be constant"},
    {"Reshape to floats", "4", .graph = "y = Reshape(x, [2])", .part = "list of 1 to 8 sizes"},
    {"Reshape of the batch", "4", .graph = "y = Reshape(x, {7, 4})",
     .part = "first size must be that of the batch"},
    {"Reshape with two open sizes", "4", .graph = "y = Reshape(x, {0, -1, -1})",
     .part = "more than one size"},
    {"Reshape to nothing", "4", .graph = "y = Reshape(x, {0})", .part = "leaves only the batch axis"},
    {"Reshape that does not fit", "4", .graph = "y = Reshape(x, {0, 3})", .part = "4"},
    {"Unsqueeze before the batch", "4", .graph = "y = Unsqueeze(x, {0})", .part = "before the batch"},
    {"Unsqueeze without axes", "4", .graph = "y = Unsqueeze(x)", .part = "axes are missing"},
    {"Unsqueeze beyond", "4", .graph = "y = Unsqueeze(x, {5})", .part = "axis 5 is not one of 3"},
    {"Squeeze of more than one", "4", .graph = "y = Squeeze(x, {1})", .part = "only axes of size 1"},
    {"Transpose of the batch", "2, 3", .graph = "y = Transpose(x) perm=[1, 0, 2]", .part = "keeps the batch"},
    {"Transpose of fewer axes", "2, 3", .graph = "y = Transpose(x) perm=[0, 1]", .part = "order of all axes"},
    {"Concat of the batch", "3", .graph = "y = Concat(x, x) axis=0", .part = "axis must come after"},
    {"Concat of nothing", "3", .graph = "y = Concat() axis=1", .part = "operand 0"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
