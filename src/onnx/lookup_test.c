/* Rows by number from and to ONNX. */
#include "testing/check_onnx.h"

static const onnx_example both[] = {
    {"embedding", "3", "re_lu(max_value=6); embedding(8, 2)", .operators = "Clip Cast Gather"},
};
TEST_EACH(written_and_read, both)
{
    check_onnx_both(row);
}

static const onnx_example written[] = {
    {"one_hot", "1", "category_encoding(5, output_mode=one_hot)",
     .operators = "Reshape Cast Unsqueeze Equal Cast"},
};
TEST_EACH(is_written, written)
{
    check_onnx_written(row);
}

TEST(rows_of_a_table_are_read)
{
    hone_model *model = onnx_graph("1", "a = Clip(x, 0.0, 6.0); y = Gather([7, 2], a)");
    float y[4];
    onnx_predict(model, "1", y, 4);
    for (int r = 0; r < 2; r++) {
        const float x = onnx_input(r);
        const int id = x < 0 ? 0 : x > 6 ? 6 : (int)x;
        for (int i = 0; i < 2; i++)
            assert_float_equal(y[r * 2 + i], onnx_constant(0, id * 2 + i), 1e-6);
    }
    hone_model_free(model);
}

static const onnx_example refused[] = {
    {"columns", "3", .graph = "y = Gather([5, 2], x) axis=1", .part = "rows of a constant table"},
    {"a table of one axis", "3", .graph = "y = Gather([5], x)", .part = "rows of a constant table"},
    {"a table that is computed", "3", .graph = "y = Gather(x, x)", .part = "must be constant"},
    {"no places", "3", .graph = "y = Gather([5, 2])", .part = "operand 1"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}
