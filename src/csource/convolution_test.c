/* Convolutions in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"a window", "3, 1", "conv1d(2, 2)",
     .parts = {"net_w_conv1d_kernel[4]",
               "net_op_convolution(output, input, net_w_conv1d_kernel, net_w_conv1d_bias, work, window);"},
     .lacks = "(void)work"},
    {"without a bias", "3, 1", "conv1d(2, 2, use_bias=false)",
     .parts = {"net_w_conv1d_kernel, NULL, work, window);"}},
    {"of one place: a dense step", "3, 1", "conv1d(2, 1)",
     .parts = {"net_op_dense(output, input, net_w_conv1d_kernel, net_w_conv1d_bias, 3, 1, 2);"},
     .lacks = "net_op_convolution"},
    {"of one place with strides: none", "3, 1", "conv1d(2, 1, strides=2)", .parts = {"net_op_convolution("},
     .lacks = "net_op_dense(output"},
    {"of one place in groups: none", "3, 4", "conv1d(4, 1, groups=2)", .parts = {"net_op_convolution("},
     .lacks = "net_op_dense(output"},
    {"depthwise, without work space", "3, 2", "depthwise_conv1d(2)",
     .parts = {"(void)work;", "net_op_depthwise(output, input,"}},
    {"transposed: the same function the other way", "3, 2", "conv1d_transpose(3, 2)",
     .parts = {"0, 0, 0, 2, 3, 1, 1};", "net_op_convolution(output, input, net_w_conv1d_transpose,"}},
    {"in bytes", "3, 1", "conv1d(2, 2)",
     .parts =
         {"int8_t net_w_conv1d_kernel[4]", "float net_w_conv1d_kernel_scale[2]",
          "net_op_convolution_int8(output, input, net_w_conv1d_kernel, net_w_conv1d_kernel_scale, net_w_conv1d_bias,"},
     .weights = "int8"},
    {"depthwise in bytes", "3, 2", "depthwise_conv1d(2)", .parts = {"net_op_depthwise_int8("},
     .lacks = "net_op_depthwise(", .weights = "int8"},
};

TEST_EACH(is_said_by_its_window, examples)
{
    check_c_source(row);
}

/* conv1d(3, 2) of [5, 2]: 4 places, 3 filters, 2 taps, 2 channels; the transposed one from 5 places. */
TEST(its_products_are_counted)
{
    static const struct {
        const char *layers;
        int64_t count;
    } rows[] = {{"conv1d(3, 2)", 4 * 3 * 2 * 2},
                {"conv1d(4, 2, groups=2)", 4 * 4 * 2 * 1},
                {"depthwise_conv1d(2)", 4 * 2 * 2},
                {"conv1d_transpose(3, 2)", 5 * 2 * 2 * 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_c_source report;
        hone_model *model = c_source_model("5, 2", rows[i].layers);
        assert_int_equal(hone_export_c(model, testing_path("net.c"), &report), HONE_OK);
        assert_int_equal(report.multiply_adds, rows[i].count);
        hone_model_free(model);
    }
}
