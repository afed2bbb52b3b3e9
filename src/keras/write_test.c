/* Models to config trees: envelopes, calls as inbound nodes, ends. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "testing/message.h"

#include <hone/hone.h>

/* The model's config has these parts; NULL-ended. The model is taken over. */
static void check_written(hone_model *model, const char *const *parts)
{
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_config *config = hone_internal_model_to_config(model);
    char *text = config == NULL ? NULL : hone_internal_config_to_json(config, false);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    for (; *parts != NULL; parts++)
        if (strstr(text, *parts) == NULL)
            fail_msg("\"%s\" is not in\n%s", *parts, text);
    hone_internal_free(text);
    hone_internal_config_free(config);
    hone_model_free(model);
}
#define CHECK_WRITTEN(model, ...) check_written(model, (const char *const[]){__VA_ARGS__, NULL})

#define TENSOR(layer, node, index) "\"keras_history\": [\"" layer "\", " node ", " index "]"

TEST(layers_one_after_the_other_have_shapes)
{
    CHECK_WRITTEN(hone_sequential(hone_input(4, .name = "x"), hone_dense(3, .name = "d")),
                  "\"class_name\": \"Sequential\"",
                  "\"trainable\": true, \"dtype\": \"float32\", \"layers\": [", "\"batch_shape\": [null, 4]",
                  "\"build_config\": {\"input_shape\": [null, 4]}", "\"build_input_shape\": [null, 4]");
    CHECK_WRITTEN(hone_sequential(hone_dense(3, .name = "d")), "\"class_name\": \"Dense\"");
}

TEST(a_layer_without_weights_tells_no_shape)
{
    hone_model *model = hone_sequential(hone_input(4), hone_activation("relu", .name = "r"));
    hone_config *config = hone_internal_layer_to_config(hone_model_layer(model, "r"));
    assert_null(hone_internal_config_get(config, "build_config"));
    hone_internal_config_free(config);
    hone_model_free(model);
}

TEST(one_end_is_bare_and_several_are_a_list)
{
    hone_tensor *a = hone_input_tensor(3, .name = "a"), *b = hone_input_tensor(3, .name = "b");
    hone_tensor *sum = hone_apply(hone_add(.name = "s"), a, b);
    CHECK_WRITTEN(hone_functional((a, b), (sum), .name = "m"), "\"class_name\": \"Functional\"",
                  "\"registered_name\": \"Functional\"",
                  "\"input_layers\": [[\"a\", 0, 0], [\"b\", 0, 0]], \"output_layers\": [\"s\", 0, 0]",
                  "\"args\": [[{\"class_name\": \"__keras_tensor__\"", TENSOR("b", "0", "0"),
                  "\"kwargs\": {}");
}

TEST(calls_of_a_shared_layer_have_numbers)
{
    hone_layer *shared = hone_dense(2, .name = "d");
    hone_tensor *x = hone_input_tensor(2, .name = "x");
    hone_tensor *once = hone_apply(hone_layer_retain(shared), x), *twice = hone_apply(shared, once);
    CHECK_WRITTEN(hone_functional((x), (twice)), TENSOR("x", "0", "0"), TENSOR("d", "0", "0"),
                  "\"output_layers\": [\"d\", 1, 0]");
}

/* A graph within another has a call 0 of its own. */
TEST(ends_of_a_nested_graph_count_from_one)
{
    hone_tensor *y = hone_input_tensor(2, .name = "y");
    hone_model *inner = hone_functional((y), (hone_apply(hone_dense(2, .name = "d"), y)), .name = "inner");
    hone_tensor *x = hone_input_tensor(2, .name = "x");
    hone_tensor *z = hone_apply(hone_model_as_layer(inner), x);
    CHECK_WRITTEN(hone_functional((x), (z, hone_apply(hone_activation("relu", .name = "r"), z))),
                  "\"output_layers\": [[\"inner\", 1, 0], [\"r\", 0, 0]]", TENSOR("inner", "0", "0"));
}

TEST(an_argument_that_differs_from_its_default_is_written)
{
    hone_tensor *x = hone_input_tensor(3, 2, .name = "x"), *mask = hone_input_tensor(3, 2, .name = "mask");
    hone_tensor *masked = hone_masked_call(hone_softmax(.name = "s"), HONE_TENSOR_LIST(x), .mask = mask);
    CHECK_WRITTEN(hone_functional((x, mask), (masked)),
                  "\"kwargs\": {\"mask\": {\"class_name\": \"__keras_tensor__\"", TENSOR("mask", "0", "0"));
}

TEST(a_frozen_model_says_so_as_its_layers_do)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3, .name = "d"));
    hone_model_set_trainable(model, false);
    CHECK_WRITTEN(model, "\"trainable\": false, \"dtype\": \"float32\"",
                  "\"name\": \"d\", \"trainable\": false");
}

TEST(a_layer_over_steps_says_whether_its_mask_goes_on)
{
    CHECK_WRITTEN(hone_sequential(hone_input(5, 2), hone_lstm(3)),
                  "\"build_config\": {\"input_shape\": [null, 5, 2], \"passes_mask\": false}");
}

TEST(inputs_with_names_of_their_own_tell_their_shapes)
{
    hone_tensor *q = hone_input_tensor(4, 6), *v = hone_input_tensor(5, 6);
    hone_tensor *y = hone_apply(hone_multi_head_attention(2, 3), q, v);
    CHECK_WRITTEN(
        hone_functional((q, v), (y)),
        "\"build_config\": {\"shapes_dict\": {\"query_shape\": [null, 4, 6], \"value_shape\": [null, 5, 6]}}");
}

TEST(a_model_that_begins_inside_another_has_no_form)
{
    hone_tensor *x = hone_input_tensor(4), *inner = hone_apply(hone_dense(3, .name = "h"), x);
    hone_tensor *y = hone_apply(hone_dense(2), inner);
    hone_model *whole = hone_functional((x), (y)), *part = hone_functional((inner), (y));
    assert_non_null(part);
    assert_null(hone_internal_model_to_config(part));
    assert_non_null(strstr(hone_error_message(), "the model begins at the output of \"h\""));
    hone_model_free(part);
    hone_model_free(whole);
}

/* Keras takes two masks, or null in the place of one. */
TEST(a_list_of_masks_has_a_place_for_each_input)
{
    hone_tensor *x = hone_input_tensor(3, 2, .name = "x"), *mask = hone_input_tensor(3, .name = "mask");
    hone_tensor *read = hone_attention_call(hone_attention(.name = "a"), HONE_TENSOR_LIST(x, x),
                                            .mask = HONE_TENSOR_LIST(mask));
    CHECK_WRITTEN(hone_functional((x, mask), (read)), TENSOR("mask", "0", "0") "}}, null]");
}

TEST(a_list_without_a_mask_is_written)
{
    hone_tensor *x = hone_input_tensor(3, 2, .name = "x");
    hone_tensor *read = hone_attention_call(hone_attention(.name = "a"), HONE_TENSOR_LIST(x, x),
                                            .mask = HONE_TENSOR_LIST(HONE_NO_TENSOR, HONE_NO_TENSOR));
    CHECK_WRITTEN(hone_functional((x), (read)), "\"kwargs\": {\"mask\": [null, null]}");
}
