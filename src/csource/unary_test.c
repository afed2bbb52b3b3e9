/* Functions of one operand in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"without a parameter", "4", "activation(tanh)",
     .parts = {"net_op_tanh(float *result, const float *operand, int32_t count)",
               "result[i] = (float)(tanhf(x));", "net_op_tanh(output, input, 4);"}},
    {"with a parameter", "4", "leaky_re_lu(negative_slope=0.25)",
     .parts = {"int32_t count, float a)", "x > 0 ? x : a * x",
               "net_op_leaky_relu(output, input, 4, 0.25f);"}},
    {"with two", "4", "rescaling(scale=0.5, offset=-1)",
     .parts = {"int32_t count, float a, float b)", "net_op_affine(output, input, 4, 0.5f, -1.0f);"}},
    {"twice, written once", "4", "activation(tanh); dense(2); activation(tanh)",
     .parts = {"static void net_op_tanh(", "net_op_tanh(", "net_op_tanh("}},
};

TEST_EACH(is_a_function_with_its_parameters, examples)
{
    check_c_source(row);
}
