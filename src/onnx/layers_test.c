/* The layers that nodes of a graph become. */
#include "onnx/import.h"
#include "testing/check_onnx.h"
#include "testing/message.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *plain;
} names[] = {
    {"dense", "dense"},        {"/fc1/Gemm", "fc1_Gemm"},
    {"dense/Gemm:7", "dense"}, {"tower/dense/Gemm:7", "tower_dense"},
    {"a b:c", "a_b_c"},        {"model.0.weight-x", "model.0.weight-x"},
    {"//", "layer"},           {"", "layer"},
};

TEST_EACH(a_name_is_made_plain, names)
{
    char *plain = hone_internal_onnx_plain_name(row->name);
    assert_string_equal(plain, row->plain);
    hone_internal_free(plain);
}

TEST(a_long_name_is_cut)
{
    char name[300], *plain;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    plain = hone_internal_onnx_plain_name(name);
    assert_int_equal(strlen(plain), 128);
    hone_internal_free(plain);
}

TEST(a_name_is_given_once)
{
    hone_onnx_import import = {.file = NULL};
    static const char *const chosen[] = {"a", "a_1", "a_2", "b"};
    static const char *const wanted[] = {"a", "/a", "a", "b"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(hone_internal_onnx_choose_name(&import, wanted[i]), chosen[i]);
    for (size_t i = 0; i < import.name_count; i++)
        hone_internal_free(import.names[i]);
    hone_internal_free(import.names);
}

static const struct {
    const char *text;
    float number;
    const char *name;
} numbers[] = {
    {"0.0", 0, "nothing"},     {"0.1", 0.1f, "a tenth"},          {"-2.5", -2.5f, "below zero"},
    {"1e-05", 1e-5f, "small"}, {"16777216.0", 16777216, "whole"}, {"0.333333343", 1.0f / 3, "a third"},
};

/* As the shortest text that is the float again. */
TEST_EACH(a_float_is_short, numbers)
{
    char text[48];
    hone_internal_onnx_number_text((double)row->number, text, sizeof text);
    assert_true((float)atof(text) == row->number);
    assert_true(strlen(text) <= strlen(row->text));
}

/* Two nodes of one name become layers of two. */
TEST(layers_are_named_after_nodes)
{
    hone_model *model = onnx_graph("3", "a = Gemm(x, [3, 3]); b = Gemm(a, [3, 3]); y = Relu(b)");
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_non_null(hone_model_layer(model, "part"));
    assert_non_null(hone_model_layer(model, "part_1"));
    hone_model_free(model);
}
