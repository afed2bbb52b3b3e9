/* Determinants to and from ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"det", "3, 3", "%det",
     .operators = "Det Sign Abs Log Unsqueeze Unsqueeze Unsqueeze Concat Slice Reshape"},
    {"logdet", "3, 3", "%logdet",
     .operators = "Det Sign Abs Log Unsqueeze Unsqueeze Unsqueeze Concat Slice Reshape"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Det", "3, 3", "%det", .graph = "y = Det(x)"},
    {"Det of several", "2, 2, 2", "%det", .graph = "y = Det(x)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"no square", "3, 4", .graph = "y = Det(x)", .part = "expected square matrices"},
    {"one axis", "3", .graph = "y = Det(x)", .part = "matrices"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}

static const onnx_example not_written[] = {
    {"an inverse", "3, 3", "%inv", .part = "inverse"},
};
TEST_EACH(is_not_written, not_written)
{
    check_onnx_not_written(row);
}
