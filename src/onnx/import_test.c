/* Graphs as models: inputs, outputs, operands, weights. */
#include "onnx/import.h"
#include "testing/check_onnx.h"
#include "testing/files.h"
#include "testing/message.h"

static const onnx_example refused[] = {
    {"an operator that is not known", "3", .graph = "y = Teleport(x)",
     .part = "the operator Teleport has no layer"},
    {"an operand that is missing", "3", .graph = "y = Relu(_)", .part = "its operand 0 (\"\") is missing"},
    {"too few operands", "3", .graph = "y = MatMul(x)", .part = "is missing"},
    {"a constant in place of a tensor", "3", .graph = "y = Softmax([2, 3])",
     .part = "must depend on the model's input"},
    {"a tensor in place of a constant", "3", .graph = "y = Reshape(x, x)", .part = "must be constant"},
    {"weights of another size", "3", .graph = "y = BatchNormalization(x, [2], [3], [3], [3])",
     .part = "numbers, not"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}

/* A graph with these ends and no nodes but y = Relu(x); -1: a free size. */
static hone_model *with_input(int rank, const int64_t *sizes, bool has_input, bool passes)
{
    static const char *const names[] = {"n", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
    hone_onnx_writer writer = {.scope = "part"};
    const char *x = "x", *constant = has_input ? x : hone_internal_onnx_number(&writer, 1);
    const char *y = hone_internal_onnx_output(hone_internal_onnx_node(&writer, "Relu", &constant, 1));
    if (has_input)
        hone_internal_onnx_end(&writer, HONE_ONNX_END_INPUT, "x", rank, sizes, names);
    hone_internal_onnx_end(&writer, HONE_ONNX_END_OUTPUT, passes ? "x" : y, 1, (int64_t[]){-1}, names);
    assert_true(
        hone_internal_onnx_write(&writer, "9 lives", HONE_ONNX_MOST_BYTES, testing_path("ends.onnx")) >= 0);
    hone_internal_onnx_writer_free(&writer);
    hone_error_clear();
    return hone_load(testing_path("ends.onnx"));
}

static const struct {
    const char *name;
    int64_t sizes[3];
    int rank;
    const char *shape, *words; /* of the model's input, or of a refusal */
} inputs[] = {
    {"a free batch", {-1, 3}, 2, "(None, 3)", NULL},
    {"a fixed batch is free", {4, 3}, 2, "(None, 3)", NULL},
    {"a free size", {-1, -1, 3}, 3, "(None, None, 3)", NULL},
    {"the batch alone", {-1}, 1, NULL, "the input \"x\" has 1 axis; expected the batch and 1 to"},
    {"no axis", {0}, 0, NULL, "the input \"x\" has 0 axes"},
    {"a huge size", {-1, INT64_C(1) << 40}, 2, NULL, "the input \"x\" has an axis of 1099511627776"},
};

TEST_EACH(an_input_has_a_shape, inputs)
{
    hone_model *model = with_input(row->rank, row->sizes, true, false);
    if (row->words != NULL) {
        assert_null(model);
        assert_message_has(row->words);
        return;
    }
    char text[64];
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_internal_shape_to_text(hone_tensor_shape(model->inputs[0]), text, sizeof text);
    assert_string_equal(text, row->shape);
    assert_string_equal(hone_model_input_name(model, 0), "x");
    hone_model_free(model);
}

TEST(a_graph_needs_an_input)
{
    assert_null(with_input(2, (int64_t[]){-1, 3}, false, false));
    assert_message_has("the graph has no input");
}

/* An output that is an input goes through a layer of its own; the model's name begins with a letter or digit.
 */
TEST(an_input_may_be_an_output)
{
    hone_model *model = with_input(2, (int64_t[]){-1, 3}, true, true);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(model->output_count, 1);
    assert_string_equal(hone_model_name(model), "9_lives");
    hone_model_free(model);
}

TEST(an_output_gives_its_layer_its_name)
{
    hone_model *model = onnx_graph("3", "a = Relu(x); y = Tanh(a)");
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_model_output_name(model, 0), "part");
    hone_model_free(model);
}

TEST(a_missing_file_is_told)
{
    hone_error_clear();
    assert_null(hone_internal_model_load_onnx(testing_path("none.onnx"), NULL));
    assert_message_has("none.onnx");
}
