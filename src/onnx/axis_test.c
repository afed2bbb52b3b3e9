/* Sorting and running sums to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"sparsemax", HONE_SHAPE(4), "activation(sparsemax)", .operators = "TopK"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}
