/* Products in C source. */
#include "csource/product.h"
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"with constants: a dense step", "3", "dense(2)",
     .parts = {"net_w_dense_bias[2]", "net_w_dense_kernel[6]",
               "net_op_dense(output, input, net_w_dense_kernel, net_w_dense_bias, 1, 3, 2);"},
     .lacks = "op_add"},
    {"without a bias", "3", "dense(2, use_bias=false)", .parts = {"net_w_dense_kernel, NULL, 1, 3, 2);"}},
    {"steps of a sample are rows", "4, 3", "dense(2)", .parts = {"net_op_dense(", ", 4, 3, 2);"}},
    {"a bias behind an activation is not its own", "3", "dense(2, use_bias=false); activation(relu)",
     .parts = {"NULL, 1, 3, 2);", "net_op_relu"}},
    {"in bytes with a scale for each row", "3", "dense(2)",
     .parts =
         {"float net_w_dense_bias[2]", "int8_t net_w_dense_kernel[6]", "float net_w_dense_kernel_scale[2]",
          "net_op_dense_int8(output, input, net_w_dense_kernel, net_w_dense_kernel_scale, net_w_dense_bias, 1, 3, 2);"},
     .weights = "int8"},
    {"of two results", "3, 2", "dense(2); @dot(axes=[2, 2])",
     .parts = {"net_op_dense(", "net_op_matmul(output, ", "1, 3, 3, 2,"}},
};

TEST_EACH(is_dense_or_general, examples)
{
    check_c_source(row);
}

/* Four sums at a time, and what is left into the first. */
TEST(a_sum_has_one_order)
{
    static const float x[] = {1, 2, 3, 4, 5, 6, 7}, w[] = {7, 6, 5, 4, 3, 2, 1};
    static const double sums[] = {0, 7, 19, 34, 50, 65, 77, 84};
    for (int k = 0; k <= 7; k++)
        assert_true(hone_internal_c_dot(x, w, k) == sums[k]);
}

TEST(its_products_are_counted)
{
    hone_c_source report;
    hone_model *model = c_source_model("4, 3", "dense(2); @dot(axes=[1, 1])");
    assert_int_equal(hone_export_c(model, testing_path("net.c"), &report), HONE_OK);
    assert_int_equal(report.multiply_adds, 4 * 3 * 2 + 2 * 4 * 3);
    hone_model_free(model);
}
