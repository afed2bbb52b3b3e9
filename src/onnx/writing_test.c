/* What families share to write nodes. */
#include "onnx/forms.h"
#include "testing/check_onnx.h"
#include "testing/message.h"

#include <string.h>

static const hone_onnx_node *last_node(const hone_onnx_export *export)
{
    return export->writer.nodes[export->writer.node_count - 1];
}

TEST(truth_values_and_numbers_are_cast)
{
    hone_onnx_export export = {.writer = {.scope = "s"}};
    static const struct {
        const char *(*cast)(hone_onnx_export *export, const char *x);
        int type;
    } casts[] = {{hone_internal_onnx_truth, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT},
                 {hone_internal_onnx_as_truth, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BOOL},
                 {hone_internal_onnx_as_integers, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64}};
    for (size_t i = 0; i < sizeof casts / sizeof *casts; i++) {
        assert_non_null(casts[i].cast(&export, "x"));
        assert_string_equal(last_node(&export)->op_type, "Cast");
        assert_int_equal(hone_internal_onnx_attribute(last_node(&export), "to")->i, casts[i].type);
    }
    hone_internal_onnx_writer_free(&export.writer);
}

TEST(a_transpose_has_its_order)
{
    hone_onnx_export export = {.writer = {.scope = "s"}};
    assert_non_null(hone_internal_onnx_transpose(&export, "x", (int[]){2, 0, 1}, 3));
    const hone_onnx_attribute *order = hone_internal_onnx_attribute(last_node(&export), "perm");
    assert_int_equal(order->n_ints, 3);
    assert_int_equal(order->ints[0], 2);
    assert_non_null(hone_internal_onnx_with_int(&export, "Softmax", "x", "axis", -1));
    assert_int_equal(hone_internal_onnx_attribute(last_node(&export), "axis")->i, -1);
    hone_internal_onnx_writer_free(&export.writer);
}

TEST(a_filled_constant_has_as_many_numbers_as_its_shape)
{
    hone_onnx_export export = {.writer = {.scope = "s"}};
    assert_non_null(hone_internal_onnx_filled(&export, 2, (int64_t[]){2, 3}, 7));
    const hone_onnx_tensor *tensor = export.writer.tensors[0];
    float numbers[6];
    assert_int_equal(tensor->raw_data.len, sizeof numbers);
    memcpy(numbers, tensor->raw_data.data, sizeof numbers);
    assert_true(numbers[0] == 7 && numbers[5] == 7);
    hone_internal_onnx_writer_free(&export.writer);
}

TEST(a_value_that_could_not_be_made_is_told)
{
    const char *names[2] = {"x", NULL};
    hone_onnx_export export = {.names = names};
    assert_null(hone_internal_onnx_name_of(&export, HONE_NO_VALUE));
    assert_string_equal(hone_internal_onnx_name_of(&export, 0), "x");
    hone_error_clear();
    assert_int_equal(hone_internal_onnx_give(&export, 1, "y"), HONE_OK);
    assert_string_equal(names[1], "y");
    assert_failed(hone_internal_onnx_give(&export, 1, NULL), HONE_ERROR_UNSUPPORTED,
                  "what is made of a sequence of unknown length cannot be written as ONNX yet");
    hone_fail(HONE_ERROR_SHAPE, "an earlier reason");
    assert_failed(hone_internal_onnx_give(&export, 1, NULL), HONE_ERROR_SHAPE, "an earlier reason");
}

/* What is written along with the node before: one that alone reads its result. */
static const onnx_example examples[] = {
    {"a bias goes into its product", "3", "dense(2)", .operators = "Gemm"},
    {"a sum with the input does not", "2", "dense(2, use_bias=False); @add", .operators = "Gemm Add"},
    {"what only trains is not there", "3", "dropout(0.5); dense(2); gaussian_noise(0.1)",
     .operators = "Gemm"},
};
TEST_EACH(nodes_are_written_together, examples)
{
    check_onnx_both(row);
}
