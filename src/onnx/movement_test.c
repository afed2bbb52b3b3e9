/* Movement from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"flatten", "2, 3", "flatten", .operators = "Reshape"},
    {"reshape", "2, 6", "reshape([4, 3])", .operators = "Reshape"},
    {"permute", "2, 3, 4", "permute([3, 1, 2])", .operators = "Transpose"},
    {"concatenate", "4", "dense(3); @concatenate", .operators = "Gemm Concat"},
    {"zero padding", "4, 2", "zero_padding1d([1, 2])", .operators = "Pad"},
    {"zero padding of images", "3, 4, 2", "zero_padding2d([[1, 0], [2, 1]])", .operators = "Pad"},
    {"cropping", "5, 2", "cropping1d([1, 2])", .operators = "Slice"},
    {"cropping of images", "5, 6, 2", "cropping2d([[1, 2], [0, 3]])", .operators = "Slice Slice"},
    {"concatenate on an axis", "2, 4", "relu; @concatenate(axis=1)", .operators = "Relu Concat"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"repeat", "3", "repeat_vector(2)", .operators = "Reshape Expand"},
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
    {"Pad", "3, 4, 2", "zero_padding2d([[1, 0], [0, 2]])", .graph = "y = Pad(x, {0, 1, 0, 0, 0, 0, 2, 0})"},
    {"Pad, channels first", "2, 3, 4", "zero_padding2d([[1, 0], [0, 2]], data_format=channels_first)",
     .graph = "y = Pad(x, {0, 0, 1, 0, 0, 0, 0, 2}, 0.0)"},
    {"Pad by attributes", "4, 2", "zero_padding1d([1, 2])",
     .graph = "y = Pad(x) pads=[0, 1, 0, 0, 2, 0] mode='constant' value=0.0"},
    {"Slice", "6, 2", "cropping1d([1, 2])", .graph = "y = Slice(x, {1}, {4}, {1})"},
    {"Slice from the end", "6, 2", "cropping1d([2, 1])", .graph = "y = Slice(x, {-4}, {-1}, {1}, {1})"},
    {"Slice of all axes", "6, 5, 2", "cropping2d([[1, 0], [0, 2]])",
     .graph = "y = Slice(x, {0, 1, 0, 0}, {9223372036854775807, 99, 3, 2})"},
    {"Slice, channels first", "2, 6, 5", "cropping2d([[1, 0], [0, 2]], data_format=channels_first)",
     .graph = "y = Slice(x, {1, 0}, {6, 3}, {2, 3})"},
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
    {"Pad of the batch", "4, 2", .graph = "y = Pad(x, {1, 0, 0, 0, 0, 0})",
     .part = "between the batch axis and the channels"},
    {"Pad of all axes", "4, 2", .graph = "y = Pad(x, {0, 1, 1, 0, 0, 0})",
     .part = "between the batch axis and the channels"},
    {"Pad of rows", "4", .graph = "y = Pad(x, {0, 1, 0, 0})", .part = "spatial axes"},
    {"Pad with ones", "4, 2", .graph = "y = Pad(x, {0, 1, 0, 0, 0, 0}, 1.0)", .part = "only zeros"},
    {"Pad by reflection", "4, 2", .graph = "y = Pad(x, {0, 1, 0, 0, 0, 0}) mode='reflect'",
     .part = "only zeros"},
    {"Pad of fewer axes", "4, 2", .graph = "y = Pad(x, {0, 1, 0, 0})",
     .part = "its pads has 4 numbers, not 6"},
    {"Pad below 0", "4, 2", .graph = "y = Pad(x, {0, -1, 0, 0, 0, 0})", .part = "pads below 0"},
    {"Pad by floats", "4, 2", .graph = "y = Pad(x, [6])", .part = "its pads must be integers"},
    {"Pad by what is computed", "4, 2", .graph = "y = Pad(x, x)", .part = "must be constant"},
    {"Slice of the batch", "4, 2", .graph = "y = Slice(x, {1}, {3}, {0})",
     .part = "what is left of an axis is not known"},
    {"Slice of channels alone", "4, 2", .graph = "y = Slice(x, {1}, {2}, {2})",
     .part = "between the batch axis"},
    {"Slice by steps", "4, 2", .graph = "y = Slice(x, {0}, {4}, {1}, {2})", .part = "only step 1"},
    {"Slice of nothing", "4, 2", .graph = "y = Slice(x, {3}, {2}, {1})", .part = "what is left of an axis"},
    {"Slice without ends", "4, 2", .graph = "y = Slice(x, {3})", .part = "do not match"},
    {"Slice from far before", "4, 2", .graph = "y = Slice(x, {0}, {-9223372036854775807}, {1})",
     .part = "what is left of an axis"},
    {"Slice of a size that is open", "None, 2", .graph = "y = Slice(x, {0}, {3}, {1})",
     .part = "what is left of an axis"},
    {"Slice of an axis twice", "4, 2", .graph = "y = Slice(x, {1, 1}, {3, 3}, {1, 1})",
     .part = "what is left of an axis"},
    {"Concat of nothing", "3", .graph = "y = Concat() axis=1", .part = "operand 0"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
