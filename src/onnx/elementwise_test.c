/* Biases, choosing, rounding from and to ONNX, and what changes nothing. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"identity", "4", "identity", .operators = "Identity"},
    {"a bias", "3, 4", "dense(2)", .operators = "MatMul Add"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"choosing", "4", "p_re_lu", .operators = "Relu Neg Relu Mul Sub"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

static const onnx_example read[] = {
    {"Identity", "4", "relu", .graph = "a = Identity(x); y = Relu(a)"},
    {"Cast to floats", "4", "relu", .graph = "a = Cast(x) to=1; y = Relu(a)"},
    {"Cast to float16", "4", "relu", .graph = "a = Cast(x) to=10; y = Relu(a)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

/* max(x, 0) + slope min(x, 0) */
static const struct {
    const char *name, *graph;
    int every, row; /* the slope of number i of 6: every * (i / row), in a row of this many */
} slopes[] = {
    {"PRelu with a slope for each", "y = PRelu(x, [2, 3])", 1, 6},
    {"PRelu with a slope for each column", "y = PRelu(x, [3])", 1, 3},
    {"PRelu with one slope", "y = PRelu(x, [1])", 0, 6},
};
TEST_EACH(slopes_are_read, slopes)
{
    hone_model *model = onnx_graph("2, 3", row->graph);
    float y[12];
    onnx_predict(model, "2, 3", y, 12);
    for (int i = 0; i < 12; i++) {
        const float x = onnx_input(i);
        assert_float_equal(y[i], x > 0 ? x : x * onnx_constant(0, row->every * (i % row->row)), 1e-5);
    }
    hone_model_free(model);
}

static const onnx_example refused[] = {
    {"a cast to integers", "4", .graph = "y = Cast(x) to=7", .part = "cast to a floating-point type"},
    {"a cast to nothing", "4", .graph = "y = Cast(x)", .part = "cast to a floating-point type"},
    {"a slope left out", "4", .graph = "y = PRelu(x)", .part = "operand 1 (\"\") is missing"},
    {"a slope that does not fit", "4", .graph = "y = PRelu(x, [3])", .part = "slope does not match"},
    {"identity of nothing", "4", .graph = "y = Identity()", .part = "operand 0 (\"\") is missing"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
