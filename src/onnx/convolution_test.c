/* Convolutions from and to ONNX. */
#include "testing/check_onnx.h"

#define CONV "Transpose Transpose Conv Transpose"
#define BACK "Transpose Transpose Transpose ConvTranspose Transpose"

static const onnx_example both[] = {
    {"conv1d", "7, 3", "conv1d(4, 3)", .operators = CONV " Add"},
    {"conv2d, same", "6, 5, 3", "conv2d(4, 3, strides=2, padding=same)", .operators = CONV " Add"},
    {"conv2d, groups", "6, 5, 4", "conv2d(6, [2, 3], groups=2, use_bias=false)", .operators = CONV},
    {"conv2d, dilated", "7, 7, 2", "conv2d(3, 3, dilation_rate=2, activation=relu)",
     .operators = CONV " Add Relu"},
    {"conv2d, channels first", "3, 5, 4", "conv2d(2, 2, data_format=channels_first)",
     .operators = "Transpose " CONV " Add Transpose"},
    {"conv3d", "4, 4, 3, 2", "conv3d(3, 2)", .operators = CONV " Add"},
    {"depthwise", "6, 5, 3", "depthwise_conv2d(3, depth_multiplier=2)", .operators = "Reshape " CONV " Add"},
    {"separable", "6, 5, 3", "separable_conv2d(4, 3)", .operators = "Reshape " CONV " " CONV " Add"},
    {"conv1d_transpose", "5, 3", "conv1d_transpose(2, 3, strides=2)", .operators = BACK " Add"},
    {"conv2d_transpose, same", "4, 5, 3", "conv2d_transpose(2, 3, strides=2, padding=same)",
     .operators = BACK " Add"},
    {"conv2d_transpose, output padding", "4, 3, 2", "conv2d_transpose(2, 4, strides=3, output_padding=2)",
     .operators = BACK " Add"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example refused[] = {
    {"no weights", "2, 5", .graph = "y = Conv(x)", .part = "operand 1 (\"\") is missing"},
    {"weights that are computed", "2, 5", .graph = "y = Conv(x, x)", .part = "must be constant"},
    {"no spatial axis", "5", .graph = "y = Conv(x, [3, 5])", .part = "spatial axes"},
    {"weights of too few axes", "2, 5", .graph = "y = Conv(x, [3, 2])", .part = "weights have 2 axes, not 3"},
    {"channels that do not fit", "2, 5", .graph = "y = Conv(x, [4, 3, 3])",
     .part = "its kernel must have 24 numbers, not 36"},
    {"a bias that does not fit", "2, 5", .graph = "y = Conv(x, [4, 2, 3], [3])",
     .part = "bias must have 4 numbers"},
    {"strides of another count", "2, 5", .graph = "y = Conv(x, [4, 2, 3]) strides=[1, 1]",
     .part = "its strides has 2 numbers, not 1"},
    {"a stride of 0", "2, 5", .graph = "y = Conv(x, [4, 2, 3]) strides=[0]",
     .part = "its strides has the number 0"},
    {"pads below 0", "2, 5", .graph = "y = Conv(x, [4, 2, 3]) pads=[-1, 0]",
     .part = "its pads has the number -1"},
    {"pads in front", "2, 5", .graph = "y = Conv(x, [4, 2, 3]) auto_pad='SAME_LOWER'", .part = "SAME_LOWER"},
    {"groups of a transpose", "2, 5", .graph = "y = ConvTranspose(x, [2, 4, 3]) group=2",
     .part = "groups, output_shape"},
    {"a shape of a transpose", "2, 5", .graph = "y = ConvTranspose(x, [2, 4, 3]) output_shape=[9]",
     .part = "groups, output_shape"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}

static const onnx_example not_written[] = {
    {"sizes that are open", "None, 3", "conv1d(4, 3)", .part = "give the input fixed sizes"},
};
TEST_EACH(is_not_written, not_written)
{
    check_onnx_not_written(row);
}

/* y[n, f, o] = bias[f] + sum of x[n, c, o + k - 1] W[f, c, k], of 2 channels and 5 positions. */
TEST(a_convolution_is_read)
{
    hone_model *model = onnx_graph("2, 5", "y = Conv(x, [3, 2, 3], [3]) pads=[1, 1]");
    float y[30];
    onnx_predict(model, "2, 5", y, 30);
    for (int i = 0; i < 30; i++) {
        const int n = i / 15, f = i / 5 % 3, o = i % 5;
        float sum = onnx_constant(1, f);
        for (int c = 0; c < 2; c++)
            for (int k = 0; k < 3; k++)
                if (o + k >= 1 && o + k < 6)
                    sum += onnx_input(n * 10 + c * 5 + o + k - 1) * onnx_constant(0, (f * 2 + c) * 3 + k);
        assert_float_equal(y[i], sum, 1e-4);
    }
    hone_model_free(model);
}
