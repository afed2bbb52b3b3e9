/* Movement from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"flatten", HONE_SHAPE(2, 3), "flatten", .operators = "Reshape"},
    {"reshape", HONE_SHAPE(2, 6), "reshape([4, 3])", .operators = "Reshape"},
    {"permute", HONE_SHAPE(2, 3, 4), "permute([3, 1, 2])", .operators = "Transpose"},
    {"concatenate", HONE_SHAPE(4), "dense(3); @concatenate", .operators = "Gemm Concat"},
    {"concatenate on an axis", HONE_SHAPE(2, 4), "relu; @concatenate(axis=1)", .operators = "Relu Concat"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"repeat", HONE_SHAPE(3), "repeat_vector(2)", .operators = "Reshape Expand"},
    {"zero padding", HONE_SHAPE(4, 2), "zero_padding1d(1)", .operators = "Pad"},
    {"cropping", HONE_SHAPE(5, 2), "cropping1d(1)", .operators = "Slice"},
    {"up-sampling", HONE_SHAPE(3, 2), "up_sampling1d(2)", .operators = "Reshape Expand Reshape"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Flatten", HONE_SHAPE(2, 3), "flatten", "y = Flatten(x)"},
    {"Reshape", HONE_SHAPE(2, 6), "reshape([3, 4])", "y = Reshape(x, {0, 3, 4})"},
    {"Reshape to rows", HONE_SHAPE(2, 6), "flatten", "y = Reshape(x, {0, -1})"},
    {"Reshape that keeps", HONE_SHAPE(2, 6), "reshape([2, 3, 2])", "y = Reshape(x, {-1, 0, 3, 2})"},
    {"Unsqueeze", HONE_SHAPE(3), "reshape([1, 3, 1])", "y = Unsqueeze(x, {1, 3})"},
    {"Unsqueeze by attribute", HONE_SHAPE(3), "reshape([3, 1])", "y = Unsqueeze(x) axes=[-1]"},
    {"Squeeze", HONE_SHAPE(1, 3, 1), "reshape([3, 1])", "y = Squeeze(x, {1})"},
    {"Squeeze of all", HONE_SHAPE(1, 3, 1), "reshape([3])", "y = Squeeze(x)"},
    {"Transpose", HONE_SHAPE(2, 3), "permute([2, 1])", "y = Transpose(x) perm=[0, 2, 1]"},
    {"Concat", HONE_SHAPE(2, 3), "relu; @concatenate(axis=1)", "a = Relu(x); y = Concat(a, x) axis=1"},
    {"Concat of one", HONE_SHAPE(3), "relu", "a = Relu(x); y = Concat(a) axis=1"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"Flatten before the batch", HONE_SHAPE(2, 3), .graph = "y = Flatten(x) axis=0", .part = "only axis 1"},
    {"Reshape to what is computed", HONE_SHAPE(4), .graph = "y = Reshape(x, x)", .part = "must be constant"},
    {"Reshape to floats", HONE_SHAPE(4), .graph = "y = Reshape(x, [2])", .part = "list of 1 to 8 sizes"},
    {"Reshape of the batch", HONE_SHAPE(4), .graph = "y = Reshape(x, {7, 4})",
     .part = "first size must be the batch's"},
    {"Reshape with two open sizes", HONE_SHAPE(4), .graph = "y = Reshape(x, {0, -1, -1})",
     .part = "more than one size"},
    {"Reshape to nothing", HONE_SHAPE(4), .graph = "y = Reshape(x, {0})",
     .part = "leaves nothing but the batch"},
    {"Reshape that does not fit", HONE_SHAPE(4), .graph = "y = Reshape(x, {0, 3})", .part = "4"},
    {"Unsqueeze before the batch", HONE_SHAPE(4), .graph = "y = Unsqueeze(x, {0})",
     .part = "before the batch"},
    {"Unsqueeze without axes", HONE_SHAPE(4), .graph = "y = Unsqueeze(x)", .part = "axes are missing"},
    {"Unsqueeze beyond", HONE_SHAPE(4), .graph = "y = Unsqueeze(x, {5})", .part = "axis 5 is not one of 3"},
    {"Squeeze of more than one", HONE_SHAPE(4), .graph = "y = Squeeze(x, {1})",
     .part = "only axes of size 1"},
    {"Transpose of the batch", HONE_SHAPE(2, 3), .graph = "y = Transpose(x) perm=[1, 0, 2]",
     .part = "keeps the batch"},
    {"Transpose of fewer axes", HONE_SHAPE(2, 3), .graph = "y = Transpose(x) perm=[0, 1]",
     .part = "order of all axes"},
    {"Concat of the batch", HONE_SHAPE(3), .graph = "y = Concat(x, x) axis=0",
     .part = "axis must be one behind"},
    {"Concat of nothing", HONE_SHAPE(3), .graph = "y = Concat() axis=1", .part = "no operand"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
