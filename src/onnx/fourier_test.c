/* Fourier transforms to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example written[] = {
    {"frequencies", "3, 6", "rescaling(2); @%fft", .operators = "Mul Unsqueeze Unsqueeze Concat DFT Gather"},
    {"and back", "3, 6", "rescaling(2); @%ifft2", .operators = NULL},
    {"of real numbers", "8", "%rfft", .operators = NULL},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}
