/* Convolutions, pools and normalizations as operations. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"conv", {"conv(padding=same)", X, .call = "call(kernel=\"[[[1], [2], [3]], [[4], [5], [6]]]\")"}},
    {"conv of channels first",
     {"conv(data_format=channels_first)", X,
      .call = "call(kernel=\"[[[1], [2], [3], [4]], [[5], [6], [7], [8]]]\")"}},
    {"conv of two groups",
     {"conv", .inputs = {S(2, 4, 4)}, .operation = true, .call = "call(kernel=\"[[[1, 3], [2, 4]]]\")"}},
    {"depthwise_conv",
     {"depthwise_conv", X, .call = "call(kernel=\"[[[1, 2], [3, 4], [5, 6]], [[0, 1], [1, 0], [1, 1]]]\")"}},
    {"separable_conv",
     {"separable_conv", X,
      .call =
          "call(depthwise_kernel=\"[[[1], [2], [3]]]\", pointwise_kernel=\"[[[1, 2], [3, 4], [5, 6]]]\")"}},
    {"conv_transpose",
     {"conv_transpose(2, same)", X, .call = "call(kernel=\"[[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]\")"}},
    {"max_pool", {"max_pool(2)", X}},
    {"average_pool", {"average_pool(3, 2, same)", X}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"channels that do not fit", "conv", "call(kernel=\"[[[1], [2]]]\")",
     "a kernel for 2 channels does not fit an input of 3"},
    {"a kernel of another rank", "conv", "call(kernel=\"[[1]]\")",
     "a kernel of as many axes, not of shape (1, 1)"},
    {"two numbers for one axis", "conv([1, 2])", "call(kernel=\"[[[1], [2], [3]]]\")",
     "strides must be one number or 1"},
    {"a large window", "max_pool(5)", NULL, "5"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
