/* Reductions to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"mean", "4, 3", "global_average_pooling1d", .operators = "ReduceMean"},
    {"maximum", "4, 3", "global_max_pooling1d", .operators = "ReduceMax"},
    {"mean over two axes", "4, 3, 2", "global_average_pooling2d", .operators = "ReduceMean"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}
