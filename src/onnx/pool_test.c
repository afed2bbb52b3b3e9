/* Pools from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"max pooling", "6, 5, 3", "max_pooling2d(2)", .operators = "Transpose MaxPool Transpose"},
    {"max pooling, same", "5, 5, 3", "max_pooling2d(3, strides=2, padding=same)",
     .operators = "Transpose MaxPool Transpose"},
    {"average pooling", "7, 3", "average_pooling1d(3, strides=2)",
     .operators = "Transpose AveragePool Transpose"},
    {"average pooling, same", "5, 5, 3", "average_pooling2d(3, strides=2, padding=same)",
     .operators = "Transpose AveragePool Transpose"},
    {"of volumes", "4, 4, 4, 2", "max_pooling3d(2)", .operators = "Transpose MaxPool Transpose"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"MaxPool", "2, 6", "max_pooling1d(2, strides=1, data_format=channels_first)",
     .graph = "y = MaxPool(x) kernel_shape=[2]"},
    {"AveragePool", "2, 6", "average_pooling1d(3, strides=2, data_format=channels_first)",
     .graph = "y = AveragePool(x) kernel_shape=[3] strides=[2]"},
    {"AveragePool that counts zeros", "2, 6",
     "zero_padding1d(1, data_format=channels_first); average_pooling1d(3, strides=1, data_format=channels_first)",
     .graph = "y = AveragePool(x) kernel_shape=[3] pads=[1, 1] count_include_pad=1"},
    {"auto_pad", "2, 6", "max_pooling1d(3, strides=2, padding=same, data_format=channels_first)",
     .graph = "y = MaxPool(x) kernel_shape=[3] strides=[2] auto_pad='SAME_UPPER'"},
    {"GlobalMaxPool", "2, 6", "global_max_pooling1d(keepdims=true, data_format=channels_first)",
     .graph = "y = GlobalMaxPool(x)"},
    {"GlobalAveragePool", "2, 3, 4", "global_average_pooling2d(keepdims=true, data_format=channels_first)",
     .graph = "y = GlobalAveragePool(x)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"no size", "2, 6", .graph = "y = MaxPool(x)", .part = "kernel_shape is missing"},
    {"a size of another count", "2, 6", .graph = "y = MaxPool(x) kernel_shape=[2, 2]",
     .part = "its kernel_shape has 2 numbers, not 1"},
    {"dilation", "2, 6", .graph = "y = MaxPool(x) kernel_shape=[2] dilations=[2]",
     .part = "dilations of a pool"},
    {"rounding up", "2, 6", .graph = "y = AveragePool(x) kernel_shape=[2] ceil_mode=1", .part = "ceil_mode"},
    {"pads", "2, 6", .graph = "y = MaxPool(x) kernel_shape=[2] pads=[1, 1]", .part = "pads of a pool"},
    {"no spatial axis", "6", .graph = "y = GlobalMaxPool(x)", .part = "spatial axes"},
    {"no operand", "6", .graph = "y = AveragePool() kernel_shape=[2]", .part = "operand 0"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
