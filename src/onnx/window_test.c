/* Windows in ONNX: how pads are told, and lists that do not fit. */
#include "onnx/window.h"
#include "testing/check_onnx.h"
#include "testing/message.h"

#include <string.h>

/* The pads of a window of 3 over one axis. */
static const struct {
    const char *name;
    int64_t n, stride, dilation, pads[2];
    const char *auto_pad, *padding; /* NULL: neither */
} paddings[] = {
    {"none", 8, 1, 1, {0, 0}, NULL, "valid"},
    {"as much on both sides", 8, 1, 1, {1, 1}, NULL, "same"},
    {"more behind with strides", 8, 2, 1, {0, 1}, NULL, "same"},
    {"dilated", 8, 1, 2, {2, 2}, NULL, "same"},
    {"more in front", 8, 2, 1, {1, 0}, NULL, NULL},
    {"too much", 8, 1, 1, {2, 2}, NULL, NULL},
    {"of an unknown size", HONE_ANY, 1, 1, {1, 1}, NULL, NULL},
    {"of an unknown size, none", HONE_ANY, 1, 1, {0, 0}, NULL, "valid"},
    {"by a name", HONE_ANY, 1, 1, {0, 0}, "SAME_UPPER", "same"},
};

TEST_EACH(pads_have_a_name, paddings)
{
    hone_onnx_attribute attribute = HONE__ONNX__ATTRIBUTE_PROTO__INIT, *attributes[] = {&attribute};
    hone_onnx_node node = HONE__ONNX__NODE_PROTO__INIT;
    hone_onnx_window window = {.axes = 1,
                               .size = {3},
                               .stride = {row->stride},
                               .dilation = {row->dilation},
                               .pads = {row->pads[0], row->pads[1]}};
    attribute.name = "auto_pad";
    if (row->auto_pad != NULL)
        attribute.s = (ProtobufCBinaryData){strlen(row->auto_pad), (uint8_t *)(uintptr_t)row->auto_pad};
    node.attribute = attributes;
    node.n_attribute = row->auto_pad != NULL;
    hone_internal_onnx_name_padding(&node, HONE_SHAPE(HONE_ANY, 2, row->n), &window);
    if (row->padding == NULL)
        assert_null(window.padding);
    else
        assert_string_equal(window.padding, row->padding);
}

static const onnx_example read[] = {
    {"pads of a layer of its own", "2, 8",
     "zero_padding1d([2, 0], data_format=channels_first); conv1d(1, 2, use_bias=False, kernel_initializer=zeros, "
     "data_format=channels_first); rescaling(0)",
     .graph = "c = Conv(x, [1, 2, 2]) pads=[2, 0]; y = Mul(c, 0.0)"},
    {"strides left out are ones", "2, 8", "average_pooling1d(2, strides=1, data_format=channels_first)",
     .graph = "y = AveragePool(x) kernel_shape=[2]"},
};

static const onnx_example refused[] = {
    {"pads of a pool on one side", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] strides=[2] pads=[2, 0]",
     .part = "pads of a pool that are not those of \"same\" are not supported"},
    {"no axes", "3", .graph = "y = MaxPool(x) kernel_shape=[2]",
     .part = "it has no, or more than three, spatial axes"},
    {"four axes", "1, 2, 2, 2, 2", .graph = "y = MaxPool(x) kernel_shape=[1, 1, 1, 1]",
     .part = "it has no, or more than three, spatial axes"},
    {"the lower same", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] auto_pad='SAME_LOWER'",
     .part = "auto_pad SAME_LOWER is not supported: write the pads"},
    {"too many strides", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] strides=[1, 1]",
     .part = "its strides has 2 numbers, not 1"},
    {"strides of zero", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] strides=[0]",
     .part = "its strides has the number 0"},
    {"a pad on one side only", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] pads=[1]",
     .part = "its pads has 1 number, not 2"},
    {"negative pads", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[2] pads=[-1, 0]",
     .part = "its pads has the number -1"},
    {"a huge window", "2, 8", .graph = "y = MaxPool(x) kernel_shape=[3000000000]",
     .part = "its kernel_shape has the number 3000000000"},
};
TEST_EACH(is_refused, refused)
{
    check_onnx_refused(row);
}

TEST_EACH(is_read, read)
{
    check_onnx_read(row);
}

TEST(lists_are_written)
{
    static const int64_t list[] = {1, 2, 3, 4};
    hone_text text = {0};
    hone_internal_onnx_append_list(&text, list, 3);
    hone_internal_onnx_append_pairs(&text, list, 1);
    hone_internal_onnx_append_pairs(&text, list, 2);
    assert_string_equal(text.data, "[1, 2, 3][1, 2][[1, 2], [3, 4]]");
    hone_internal_text_free(&text);
}

static const onnx_example open_sizes = {
    "a window over an axis of variable size", "None, 2", "max_pooling1d(2)",
    .part = "windows over an axis of variable size cannot be written as ONNX yet"};

TEST(sizes_must_be_known)
{
    check_onnx_not_written(&open_sizes);
}
