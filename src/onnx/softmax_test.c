/* Softmax from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"softmax", "5", "softmax", .operators = "Softmax"},
    {"softmax over an axis", "4, 3", "softmax(axis=1)", .operators = "Softmax"},
    {"log softmax", "4, 3", "activation(log_softmax)", .operators = "LogSoftmax"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"last axis", "4, 3", "softmax", .graph = "y = Softmax(x)"},
    {"an axis from the end", "4, 3", "softmax(axis=1)", .graph = "y = Softmax(x) axis=-2"},
    {"log", "4, 3", "activation(log_softmax(axis=1))", .graph = "y = LogSoftmax(x) axis=1"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"over the batch", "3", .graph = "y = Softmax(x) axis=0", .part = "axis must come after the batch axis"},
    {"beyond the axes", "3", .graph = "y = LogSoftmax(x) axis=2",
     .part = "axis must come after the batch axis"},
    {"without operand", "3", .graph = "y = Softmax()", .part = "operand 0 (\"\") is missing"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
