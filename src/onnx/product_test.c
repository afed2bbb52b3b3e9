/* Products from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"dense", "4", "dense(3)", .operators = "Gemm"},
    {"dense without bias", "4", "dense(3, use_bias=false)", .operators = "Gemm"},
    {"dense of rows", "5, 4", "dense(3)", .operators = "MatMul Add"},
    {"dense of rows without bias", "5, 4", "dense(3, use_bias=false)", .operators = "MatMul"},
    {"dense behind dense", "4", "dense(3, activation=relu); dense(2)", .operators = "Gemm Relu Gemm"},
    {"dot", "4, 4", "dense(4); @dot(axes=[2, 1])",
     .operators = "MatMul Add Transpose Transpose Transpose MatMul"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

/* alpha x W + beta b, W of 4 rows and 3 columns or the other way round. */
static const struct {
    const char *name, *graph;
    float alpha, beta;
    bool transposed, one_bias;
} products[] = {
    {"Gemm", "y = Gemm(x, [4, 3], [3])", 1, 1, false, false},
    {"Gemm without C", "y = Gemm(x, [4, 3])", 1, 0, false, false},
    {"Gemm with factors", "y = Gemm(x, [3, 4], [3]) transB=1 alpha=0.5 beta=2.0", 0.5f, 2, true, false},
    {"Gemm with one number", "y = Gemm(x, [4, 3], [1])", 1, 1, false, true},
    {"MatMul", "y = MatMul(x, [4, 3])", 1, 0, false, false},
    {"MatMul and Add", "a = MatMul(x, [4, 3]); y = Add(a, [3])", 1, 1, false, false},
};
TEST_EACH(is_read, products)
{
    hone_model *model = onnx_graph("4", row->graph);
    float y[6];
    onnx_predict(model, "4", y, 6);
    for (int r = 0; r < 2; r++)
        for (int j = 0; j < 3; j++) {
            float sum = row->beta * onnx_constant(1, row->one_bias ? 0 : j);
            for (int i = 0; i < 4; i++)
                sum += row->alpha * onnx_input(r * 4 + i) *
                       onnx_constant(0, row->transposed ? j * 4 + i : i * 3 + j);
            assert_float_equal(y[r * 3 + j], sum, 1e-4);
        }
    hone_model_free(model);
}

static const onnx_example refused[] = {
    {"A transposed", "4", .graph = "y = Gemm(x, [4, 3]) transA=1", .part = "not transposed"},
    {"A of three axes", "2, 4", .graph = "y = Gemm(x, [4, 3])", .part = "must be a matrix"},
    {"B of one axis", "4", .graph = "y = Gemm(x, [4])", .part = "must be a matrix"},
    {"B that does not fit", "4", .graph = "y = Gemm(x, [3, 4])", .part = "4 columns and 3 rows"},
    {"B left out", "4", .graph = "y = Gemm(x)", .part = "operand 1 (\"\") is missing"},
    {"B that is computed", "4", .graph = "y = Gemm(x, x)", .part = "must be constant"},
    {"C that does not fit", "4", .graph = "y = Gemm(x, [4, 3], [2])", .part = "bias is not a row"},
    {"MatMul of matrices that are computed", "4", .graph = "y = MatMul(x, x)", .part = "only for three axes"},
    {"MatMul that does not fit", "4", .graph = "y = MatMul(x, [5, 2])", .part = "4 columns and 5 rows"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
