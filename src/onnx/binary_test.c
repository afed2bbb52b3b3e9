/* Functions of two operands from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"add", "4", "dense(4); @add", .operators = "Gemm Add"},
    {"subtract", "4", "dense(4); @subtract", .operators = "Gemm Sub"},
    {"multiply", "4", "dense(4); @multiply", .operators = "Gemm Mul"},
    {"maximum", "4", "dense(4); @maximum", .operators = "Gemm Max"},
    {"minimum", "4", "dense(4); @minimum", .operators = "Gemm Min"},
    {"average", "4", "dense(4); @average", .operators = "Gemm Add Mul"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example read[] = {
    {"Sum", "4", "relu; @add", .graph = "a = Relu(x); y = Sum(a, x)"},
    {"Mean", "4", "relu; @average", .graph = "a = Relu(x); y = Mean(a, x)"},
    {"Sum of one", "4", "relu", .graph = "a = Relu(x); y = Sum(a)"},
    {"Max", "4", "relu; @maximum", .graph = "a = Relu(x); y = Max(a, x)"},
    {"Min", "4", "relu; @minimum", .graph = "a = Relu(x); y = Min(a, x)"},
    {"Sub of tensors", "4", "relu; @subtract", .graph = "a = Relu(x); y = Sub(a, x)"},
    {"plus a number", "4", "rescaling(1, offset=0.5)", .graph = "y = Add(0.5, x)"},
    {"minus a number", "4", "rescaling(1, offset=-0.5)", .graph = "y = Sub(x, 0.5)"},
    {"a number minus", "4", "rescaling(-1, offset=0.5)", .graph = "y = Sub(0.5, x)"},
    {"times a number", "4", "rescaling(3)", .graph = "y = Mul(x, 3.0)"},
    {"by a number", "4", "rescaling(0.25)", .graph = "y = Div(x, 4.0)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

/* Constants along an axis: factor x + offset. */
static const struct line {
    const char *name, *graph;
    int axis; /* along which sizes 2, 3 the constants lie */
    bool factor, offset, inverse, negated;
} lines[] = {
    {"plus a row", "y = Add(x, [3])", 1, .offset = true},
    {"times a row", "y = Mul([3], x)", 1, .factor = true},
    {"times a column", "y = Mul(x, [2, 1])", 0, .factor = true},
    {"by a row", "y = Div(x, [3])", 1, .factor = true, .inverse = true},
    {"a row minus", "y = Sub([3], x)", 1, .offset = true, .negated = true},
    {"times a row plus a row", "a = Mul(x, [3]); y = Add(a, [3])", 1, .factor = true, .offset = true},
};
TEST_EACH(a_constant_along_an_axis, lines)
{
    hone_model *model = onnx_graph("2, 3", row->graph);
    float y[12];
    onnx_predict(model, "2, 3", y, 12);
    for (int i = 0; i < 12; i++) {
        const int64_t place = row->axis == 1 ? i % 3 : i / 3 % 2;
        float factor = row->factor ? onnx_constant(0, place) : 1;
        factor = row->inverse ? 1 / factor : row->negated ? -factor : factor;
        const float offset = row->offset ? onnx_constant(row->factor ? 1 : 0, place) : 0;
        assert_float_equal(y[i], factor * onnx_input(i) + offset, 1e-4);
    }
    hone_model_free(model);
}

static const onnx_example refused[] = {
    {"a number by x", "4", .graph = "y = Div(1.0, x)", .part = "constant operand here"},
    {"a matrix", "2, 3", .graph = "y = Add(x, [2, 3])", .part = "one number, or vary along one axis"},
    {"a row that does not fit", "2, 3", .graph = "y = Mul(x, [2])",
     .part = "one number, or vary along one axis"},
    {"of tensors", "4", .graph = "y = Div(x, x)", .part = "it is not supported for two tensors"},
    {"one operand", "4", .graph = "y = Max(x, 1.0)", .part = "must depend on the model's input"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
