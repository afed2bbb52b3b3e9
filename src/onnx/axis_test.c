/* Sorting and running sums to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"sparsemax", "4", "activation(sparsemax)",
     .operators =
         "TopK ConstantOfShape CumSum Mul Add CumSum Greater Cast Mul ReduceSum Reshape ReduceSum Reshape Add Div Greater Cast Mul ReduceSum Reshape ReduceSum Reshape Add Div Sub Mul"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}
