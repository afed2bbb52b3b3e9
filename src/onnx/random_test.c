/* Random numbers from and to ONNX: none when predicting. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"dropout is left out", "4", "dropout(0.5); dense(3)", .operators = "Gemm"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"Dropout", "4", "relu", .graph = "a = Dropout(x); y = Relu(a)"},
    {"Dropout by operand", "4", "relu", .graph = "a = Dropout(x, 0.25); y = Relu(a)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"all dropped", "4", .graph = "y = Dropout(x, 1.0)", .part = "at least 0 and below 1"},
    {"a ratio of several numbers", "4", .graph = "y = Dropout(x, [2])", .part = "must be one number"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
