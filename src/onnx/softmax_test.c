/* Softmax from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"softmax", HONE_SHAPE(5), "softmax", .operators = "Softmax"},
    {"softmax over an axis", HONE_SHAPE(4, 3), "softmax(axis=1)", .operators = "Softmax"},
    {"log softmax", HONE_SHAPE(4, 3), "activation(log_softmax)", .operators = "LogSoftmax"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"last axis", HONE_SHAPE(4, 3), "softmax", "y = Softmax(x)"},
    {"an axis from the end", HONE_SHAPE(4, 3), "softmax(axis=1)", "y = Softmax(x) axis=-2"},
    {"log", HONE_SHAPE(4, 3), "activation(log_softmax(axis=1))", "y = LogSoftmax(x) axis=1"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"over the batch", HONE_SHAPE(3), .graph = "y = Softmax(x) axis=0",
     .part = "axis must be one behind the batch"},
    {"beyond the axes", HONE_SHAPE(3), .graph = "y = LogSoftmax(x) axis=2",
     .part = "axis must be one behind the batch"},
    {"without operand", HONE_SHAPE(3), .graph = "y = Softmax()", .part = "operand 0 (\"\") is missing"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
