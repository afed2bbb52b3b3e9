/* What is computed from constants alone: shapes in the way that exporters write them. */
#include "testing/check_onnx.h"

#include <math.h>

/* Each graph works out the shape of a Reshape of x, or a factor. */
static const onnx_example read[] = {
    {"a shape of x", "2, 6", "activation(linear)", .graph = "s = Shape(x); y = Reshape(x, s)"},
    {"a part of a shape", "2, 6", "reshape([6, 2])",
     .graph = "s = Shape(x) start=0 end=1; r = Concat(s, {6, 2}) axis=0; y = Reshape(x, r)"},
    {"a part from the end", "2, 6", "reshape([6, 2])",
     .graph = "s = Shape(x) start=-1; r = Concat({-1}, s, {2}) axis=0; y = Reshape(x, r)"},
    {"a size gathered", "2, 6", "reshape([6, 2])",
     .graph =
         "s = Shape(x); a = Gather(s, 2i); u = Unsqueeze(a, {0}); r = Concat({-1}, u, {2}) axis=0; y = Reshape(x, r)"},
    {"sizes gathered from the end", "2, 6", "reshape([6, 2])",
     .graph = "s = Shape(x); a = Gather(s, {-1, -2}); r = Concat({-1}, a) axis=0; y = Reshape(x, r)"},
    {"a slice of a shape", "2, 6", "reshape([2, 3, 2])",
     .graph = "s = Shape(x); a = Slice(s, {0}, {2}); r = Concat(a, {3, 2}) axis=0; y = Reshape(x, r)"},
    {"a slice by attributes", "2, 6", "reshape([2, 3, 2])",
     .graph =
         "s = Shape(x); a = Slice(s) starts=[0] ends=[-1]; r = Concat(a, {3, 2}) axis=0; y = Reshape(x, r)"},
    {"a slice beyond the end", "2, 6", "flatten",
     .graph = "s = Slice({-1, 12}, {-9}, {99}); y = Reshape(x, s)"},
    {"a squeezed number", "2, 6", "reshape([6, 2])",
     .graph = "a = Squeeze({6}); u = Unsqueeze(a, {0}); r = Concat({-1}, u, {2}) axis=0; y = Reshape(x, r)"},
    {"a cast of integers", "2, 6", "reshape([6, 2])",
     .graph = "r = Cast({-1, 6, 2}) to=7; y = Reshape(x, r)"},
    {"itself", "2, 6", "reshape([6, 2])", .graph = "r = Identity({-1, 6, 2}); y = Reshape(x, r)"},
    {"a list of numbers", "2, 6", "reshape([6, 2])",
     .graph = "r = Constant() value_ints=[-1, 6, 2]; y = Reshape(x, r)"},
    {"a number", "3", "rescaling(0.5)", .graph = "f = Constant() value_float=0.5; y = Mul(x, f)"},
    {"an integer as a float", "3", "rescaling(2)",
     .graph = "i = Constant() value_int=2; f = Cast(i) to=1; y = Mul(x, f)"},
};

/* Only that both forms are the same numbers: the transposed matrix has those of a Gemm with transB. */
TEST(a_matrix_is_transposed)
{
    float turned[4], plain[4];
    hone_model *one = onnx_graph("3", "w = Transpose([2, 3]); y = MatMul(x, w)"),
               *other = onnx_graph("3", "y = Gemm(x, [2, 3]) transB=1");
    onnx_predict(one, "3", turned, 4);
    onnx_predict(other, "3", plain, 4);
    assert_memory_equal(turned, plain, sizeof plain);
    hone_model_free(one);
    hone_model_free(other);
}

/* A kernel [k, f, c] = [2, 3, 2] as Conv has it, [f, c, k], over x [c, 4]: y [f, 3], in a batch of two. */
TEST(three_axes_are_transposed)
{
    float y[2 * 9];
    hone_model *model =
        onnx_graph("2, 4", "w = Transpose([2, 3, 2]) perm=[1, 2, 0]; y = Conv(x, w) kernel_shape=[2]");
    onnx_predict(model, "2, 4", y, 18);
    hone_model_free(model);
    for (int i = 0; i < 18; i++) {
        const int n = i / 9, f = i / 3 % 3, step = i % 3;
        double sum = 0;
        for (int c = 0; c < 2; c++)
            for (int k = 0; k < 2; k++)
                sum += (double)onnx_input((n * 2 + c) * 4 + step + k) *
                       (double)onnx_constant(0, (k * 3 + f) * 2 + c);
        assert_true(fabs((double)y[i] - sum) < 1e-5);
    }
}

TEST_EACH(is_worked_out, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"an index beyond the end", "2, 6",
     .graph = "a = Gather({1, 2}, 2i); u = Unsqueeze(a, {0}); y = Reshape(x, u)",
     .part = "an index is beyond the end of the list"},
    {"an index before the start", "2, 6", .graph = "a = Gather({1, 2}, {-3}); y = Reshape(x, a)",
     .part = "an index is beyond the end of the list"},
    {"floats gathered", "2, 6", .graph = "a = Gather([3], {1}); y = Reshape(x, a)",
     .part = "of constants, only numbers of a short list can be gathered"},
    {"a slice in steps", "2, 6", .graph = "a = Slice({1, 2, 3}, {0}, {3}, {0}, {2}); y = Reshape(x, a)",
     .part = "of constants, a list can be sliced only with step 1"},
    {"a slice of floats", "2, 6", .graph = "a = Slice([3], {0}, {2}); y = Reshape(x, a)",
     .part = "of constants, only a short list can be sliced"},
    {"several numbers squeezed", "2, 6", .graph = "a = Squeeze({1, 2}); y = Reshape(x, a)",
     .part = "of constants, only one number can be squeezed"},
    {"an axis for a list", "2, 6", .graph = "a = Unsqueeze({1, 2}, {0}); y = Reshape(x, a)",
     .part = "of constants, only one number can get an axis"},
    {"floats in a list", "2, 6", .graph = "a = Concat({1}, [2]) axis=0; y = Reshape(x, a)",
     .part = "of constants, only short lists can be concatenated"},
    {"floats cast to integers", "2, 6", .graph = "a = Cast([2]) to=7; y = Reshape(x, a)",
     .part = "of constants, this cast is not supported"},
    {"a cast to texts", "2, 6", .graph = "a = Cast({2}) to=8; y = Reshape(x, a)",
     .part = "of constants, this cast is not supported"},
    {"a constant of texts", "2, 6", .graph = "a = Constant() value_string='a'; y = Mul(x, a)",
     .part = "of constants, this constant is not supported"},
    {"a reshape to another count", "3", .graph = "a = Reshape([2, 3], {4, 2}); y = MatMul(x, a)",
     .part = "of constants, the shapes of a reshape do not match"},
    {"a reshape with two open sizes", "3", .graph = "a = Reshape([2, 3], {-1, -1}); y = MatMul(x, a)",
     .part = "of constants, this shape is not supported"},
    {"a reshape with a size of zero", "3", .graph = "a = Reshape([2, 3], {0, 3}); y = MatMul(x, a)",
     .part = "of constants, this shape is not supported"},
    {"integers transposed", "3", .graph = "a = Transpose({1, 2}); y = MatMul(x, a)",
     .part = "of constants, only floats can be transposed"},
    {"an axis twice", "3", .graph = "a = Transpose([2, 3]) perm=[0, 0]; y = MatMul(x, a)",
     .part = "of constants, only floats can be transposed, by an order of all their axes"},
    {"an axis left out", "3", .graph = "a = Transpose([2, 3]) perm=[0]; y = MatMul(x, a)",
     .part = "of constants, only floats can be transposed"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
