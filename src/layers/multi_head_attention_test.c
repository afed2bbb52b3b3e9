/* multi_head_attention. */
#include "layers/layer.h"
#include "testing/check_layer.h"

#include <hone/hone.h>

#include <string.h>

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

#define PAIR .inputs = {S(3, 2, 4), S(3, 3, 4)}
#define TRIPLE .inputs = {S(3, 2, 4), S(3, 3, 5), S(3, 3, 3)}
#define IMAGE .inputs = {S(2, 2, 2, 3), S(2, 2, 2, 3)}

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"query and value", {"multi_head_attention(2, 3)", PAIR}},
    {"and key", {"multi_head_attention(2, 3, 4)", TRIPLE}},
    {"no bias, output_shape", {"multi_head_attention(1, 2, use_bias=False, output_shape=5)", PAIR}},
    {"masks", {"multi_head_attention(2, 3)", PAIR, .masked = true}},
    {"causal", {"multi_head_attention(2, 3)", PAIR, .call = "call(use_causal_mask=True)"}},
    {"scores", {"multi_head_attention(2, 2)", PAIR, .call = "call(return_attention_scores=True)"}},
    {"window, gate", {"multi_head_attention(2, 2, sliding_window=2, use_gate=True)", PAIR}},
    {"two axes", {"multi_head_attention(2, 2)", IMAGE}},
    {"one axis of two", {"multi_head_attention(2, 2, attention_axes=-2)", IMAGE}},
    {"dropout", {"multi_head_attention(2, 2, dropout=0.4)", PAIR, .training = true, .joint = true}},
    {"bfloat16", {"multi_head_attention(2, 2, dtype=mixed_bfloat16)", PAIR, .no_gradient = true}},
    {"float16", {"multi_head_attention(2, 2, dtype=mixed_float16)", PAIR, .no_gradient = true}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    layer_example example = row->example;
    example.noise = 1e-5; /* the bias of keys moves all scores of a query, which changes nothing */
    check_layer(&example);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape x = HONE_SHAPE(HONE_ANY, 3, 4), image = HONE_SHAPE(HONE_ANY, 2, 2, 3);
    check_layer_refused("multi_head_attention(2)", NULL, "key_dim must be given");
    check_layer_refused("multi_head_attention(0, 2)", NULL, "num_heads");
    check_layer_refused("multi_head_attention(2, 2, sliding_window=0)", NULL, "sliding_window");
    check_layer_refused("multi_head_attention(2, 2)", (hone_shape[]){x, {0}}, "takes 2 to 3 inputs, not 1");
    check_layer_refused("multi_head_attention(2, 2)", (hone_shape[]){x, image, {0}},
                        "its value is (None, 2, 2, 3)");
    check_layer_refused("multi_head_attention(2, 2)", (hone_shape[]){x, x, HONE_SHAPE(HONE_ANY, 2, 4), {0}},
                        "value has size 3 on axis 1, but key has 2");
    check_layer_refused("multi_head_attention(2, 2, attention_axes=3)", (hone_shape[]){image, image, {0}},
                        "between the batch and the last axis, 1 to 2, not be 3");
    check_layer_refused("multi_head_attention(2, 2, dropout=0.1, flash_attention=True)",
                        (hone_shape[]){x, x, {0}}, "flash_attention excludes dropout");
    layer_example scores = {"multi_head_attention(2, 2, flash_attention=True)", PAIR,
                            .call = "call(return_attention_scores=True)"};
    check_layer_call_refused(&scores, "flash_attention excludes return_attention_scores");
}

/* Weights stand as Keras has them: query, key, value, output, each kernel before its bias. */
TEST(weights_stand_in_order)
{
    static const char *const names[] = {"query_dense", "key_dense", "_gate_dense", "value_dense",
                                        "output_dense"};
    hone_layer *layer = hone_layer_from_text("multi_head_attention(2, 3, use_gate=True)");
    hone_shape x = HONE_SHAPE(HONE_ANY, 3, 4);
    assert_non_null(layer);
    assert_int_equal(hone_internal_layer_build(layer, (hone_shape[]){x, x}, 2), HONE_OK);
    const char *attribute = NULL;
    for (int i = 0; i < 5; i++) {
        assert_non_null(layer->type->inner(layer, i, &attribute));
        assert_string_equal(attribute, names[i]);
    }
    assert_null(layer->type->inner(layer, 5, &attribute));
    hone_layer_free(layer);
}

/* The least of a masked 0 and 5: 5, since the mask hides the 0; behind an attention to the same tensor 0. */
static double least_of_masked(bool attended)
{
    hone_tensor *x = hone_tensor_input(hone_input(2, 1)), *z = hone_tensor_input(hone_input(2, 1)),
                *hidden = hone_apply(hone_masking(.mask_value = 0), x),
                *weighed = attended ? hone_apply(hone_multi_head_attention(1, 1), hidden, hidden)
                                    : hone_apply(hone_dense(1), hidden),
                *least = hone_apply(hone_minimum(), hidden, z);
    hone_model *model = hone_functional((x, z), (weighed, least));
    assert_non_null(model);
    hone_array of_x = hone_array_view((float[]){0, 3}, HONE_FLOAT32, 3, (int64_t[]){1, 2, 1}),
               of_z = hone_array_view((float[]){5, 5}, HONE_FLOAT32, 3, (int64_t[]){1, 2, 1});
    hone_dataset *data = hone_dataset_from_arrays(.x = {of_x, of_z});
    hone_array *outputs[2];
    assert_int_equal(hone_predict(model, data, outputs), HONE_OK);
    const double result = (double)*(const float *)outputs[1]->data;
    hone_array_free(outputs[0]);
    hone_array_free(outputs[1]);
    hone_dataset_free(data);
    hone_model_free(model);
    return result;
}

TEST(what_it_reads_has_no_mask_afterwards)
{
    assert_true(least_of_masked(false) == 5);
    assert_true(least_of_masked(true) == 0);
}
