/* What families share to read nodes: numbers, lists and texts in both places where operator sets have them.
 */
#include "onnx/import.h"
#include "testing/check_onnx.h"

static const onnx_example read[] = {
    {"bounds as attributes", "4", "activation(hard_tanh)", .graph = "y = Clip(x) min=-1.0 max=1.0"},
    {"bounds as operands", "4", "activation(hard_tanh)", .graph = "y = Clip(x, -1, 1)"},
    {"axes from the end", "2, 3", "reshape([2, 1, 3])", .graph = "y = Unsqueeze(x, {-2})"},
    {"axes as an attribute", "2, 3", "reshape([2, 1, 3])", .graph = "y = Unsqueeze(x) axes=[2]"},
    {"the operand itself", "3", "activation(relu)", .graph = "a = Identity(x); y = Relu(a)"},
    {"all operands", "3", "activation(relu); @add", .graph = "a = Relu(x); y = Sum(a, x)"},
};
TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

static const onnx_example refused[] = {
    {"a bound that is computed", "4", .graph = "y = Clip(x, x)", .part = "must be constant"},
    {"a list as a bound", "4", .graph = "y = Clip(x, [2])", .part = "a bound must be one number"},
    {"an axis that is not there", "2, 3", .graph = "y = Unsqueeze(x, {5})",
     .part = "its axis 5 is not one of 4"},
    {"an axis before the first", "2, 3", .graph = "y = Unsqueeze(x, {-5})",
     .part = "its axis -5 is not one of 4"},
    {"axes that are no integers", "2, 3", .graph = "y = Unsqueeze(x, [1])",
     .part = "its axes must be integers"},
    {"a constant among operands", "3", .graph = "y = Max(x, [3], x)",
     .part = "must depend on the model's input"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}

TEST(the_other_operand_is_found)
{
    char *inputs[] = {"a", "b"};
    hone_onnx_node node = HONE__ONNX__NODE_PROTO__INIT;
    node.input = inputs;
    node.n_input = 2;
    assert_int_equal(hone_internal_onnx_other_operand(&node, "a"), 1);
    assert_int_equal(hone_internal_onnx_other_operand(&node, "b"), 0);
    assert_int_equal(hone_internal_onnx_other_operand(&node, "c"), -1);
    assert_int_equal(hone_internal_onnx_other_operand(NULL, "a"), -1);
    node.n_input = 1;
    assert_int_equal(hone_internal_onnx_other_operand(&node, "a"), -1);
}

TEST(a_text_is_compared_whole)
{
    hone_onnx_attribute attribute = HONE__ONNX__ATTRIBUTE_PROTO__INIT, *attributes[] = {&attribute};
    hone_onnx_node node = HONE__ONNX__NODE_PROTO__INIT;
    attribute.name = "mode";
    attribute.s = (ProtobufCBinaryData){4, (uint8_t *)"edges"};
    node.attribute = attributes;
    node.n_attribute = 1;
    assert_true(hone_internal_onnx_has_text(&node, "mode", "edge"));
    assert_false(hone_internal_onnx_has_text(&node, "mode", "edges"));
    assert_false(hone_internal_onnx_has_text(&node, "mode", "edg"));
    assert_false(hone_internal_onnx_has_text(&node, "mood", "edge"));
}

TEST(constants_are_copied_as_floats)
{
    static const int64_t whole[] = {1, -2, 3};
    const hone_array list = hone_array_view(whole, HONE_INT64, 1, (int64_t[]){3});
    hone_array *copy = hone_internal_onnx_copy_floats(&list, 0.5);
    assert_int_equal(copy->type, HONE_FLOAT32);
    assert_memory_equal(copy->data, ((float[]){0.5f, -1, 1.5f}), 12);
    hone_array_free(copy);
    assert_null(hone_internal_onnx_copy_floats(NULL, 1));
    hone_array *filled = hone_internal_onnx_filled_array(2, 7);
    assert_memory_equal(filled->data, ((float[]){7, 7}), 8);
    hone_array_free(filled);
    double number = 0;
    assert_false(hone_internal_onnx_is_scalar(&list, &number));
    assert_false(hone_internal_onnx_is_scalar(NULL, &number));
}
