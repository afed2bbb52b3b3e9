/* Windows in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* Sizes of x, of y, of the window, strides, dilations, padding, channels, filters, groups, the way. */
static const c_source_example examples[] = {
    {"steps", "5, 2", "conv1d(3, 2, strides=2)",
     .parts = {"1, 1, 5, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 1, 0, 0, 0, 2, 3, 1, 0};"}},
    {"dilated and padded", "5, 1", "conv1d(2, 3, dilation_rate=2, padding=same)",
     .parts = {"1, 1, 5, 1, 1, 5, 1, 1, 3, 1, 1, 1, 1, 1, 2, 0, 0, 2, 1, 2, 1, 0};"}},
    {"a picture in groups", "4, 3, 2", "conv2d(2, [3, 2], groups=2)",
     .parts = {"1, 4, 3, 1, 2, 2, 1, 3, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 2, 2, 2, 0};"}},
    {"the other way: sizes and channels change places", "3, 2", "conv1d_transpose(4, 2, strides=2)",
     .parts = {"1, 1, 3, 1, 1, 6, 1, 1, 2, 1, 1, 2, 1, 1, 1, 0, 0, 0, 2, 4, 1, 1};"}},
    {"a pool", "4, 1", "max_pooling1d(2)",
     .parts = {"1, 1, 4, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0};",
               "net_op_pool_maximum(output, input, window);"}},
};

TEST_EACH(is_a_list_of_numbers, examples)
{
    check_c_source(row);
}

/* Layers of each step: the window goes over one after the other. */
static const c_source_example several[] = {
    {"a convolution",
     "3, 4, 1",
     "time_distributed(layer=conv1d(2, 2), name=each)",
     {"int32_t step;", "for (step = 0; step < 3; step++)",
      "net_op_convolution(output + step * 6, input + step * 4, "},
     NULL,
     NULL},
    {"a pool",
     "3, 4, 1",
     "time_distributed(layer=max_pooling1d(2), name=each)",
     {"net_op_pool_maximum(output + step * 2, input + step * 4, window)"},
     NULL,
     NULL},
    {"a transposed convolution",
     "3, 4, 1",
     "time_distributed(layer=conv1d_transpose(2, 2), name=each)",
     {"net_w_conv1d_transpose[4]", "net_op_convolution(output + step * 10, input + step * 4, "},
     "net_w_conv1d_transpose_2",
     NULL},
};

TEST_EACH(several_steps_are_gone_through, several)
{
    check_c_source(row);
}
