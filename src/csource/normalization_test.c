/* Normalisation in C source; fold_test.c has what goes into the steps beside it. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"by constants: a factor and an offset", "2, 3", "batch_normalization",
     .parts =
         {"net_w_batch_normalization[3]", "net_w_batch_normalization_2[3]",
          "net_op_scale(output, input, net_w_batch_normalization, net_w_batch_normalization_2, 2, 3, 1);"},
     .lacks = "variance"},
    {"into the product before it", "3", "dense(2); batch_normalization",
     .parts = {"net_op_dense(output, input,"}, .lacks = "net_op_scale"},
    {"into the product behind it", "3", "batch_normalization; dense(2)",
     .parts = {"net_op_dense(output, input,"}, .lacks = "net_op_scale"},
    {"in bytes not into the product behind it", "3", "batch_normalization; dense(2)",
     .parts = {"net_op_scale(", "net_op_dense_int8("}, .weights = "int8"},
    {"in bytes into the product before it", "3", "dense(2); batch_normalization",
     .parts = {"net_op_dense_int8(output, input,"}, .lacks = "net_op_scale", .weights = "int8"},
    {"of another axis than the product's", "3, 2", "dense(2); batch_normalization(axis=1)",
     .parts =
         {"net_op_dense(output, input,",
          "net_op_scale(output, output, net_w_batch_normalization, net_w_batch_normalization_2, 1, 3, 2);"}},
    {"flattened channels repeat", "2, 2", "batch_normalization; flatten; dense(1)",
     .parts = {"net_op_dense(output, input,"}, .lacks = "net_op_scale"},
    {"of a sample's own numbers", "3, 2", "layer_normalization(center=false, scale=false)",
     .parts = {"net_op_row_normalization(output, input, 3, 2, 0.001f, 0.0f);"}, .lacks = "net_op_scale"},
};

TEST_EACH(is_said, examples)
{
    check_c_source(row);
}

/* gamma 2, variance 4 - epsilon, mean 3, beta 1: factor 1, offset -2. */
TEST(factor_and_offset_are_computed)
{
    hone_model *model = c_source_model("1", "batch_normalization(epsilon=1)");
    static const float numbers[] = {2, 1, 3, 3};
    for (int i = 0; i < 4; i++)
        hone_internal_variable_data(hone_model_weight(model, i))[0] = numbers[i];
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *text = c_source_text("net.c");
    check_c_text(text, (const char *const[C_SOURCE_PARTS]){"net_w_batch_normalization[1] = {\n    1.0f,",
                                                           "net_w_batch_normalization_2[1] = {\n    -2.0f,"});
    hone_internal_free(text);
    hone_model_free(model);
}
