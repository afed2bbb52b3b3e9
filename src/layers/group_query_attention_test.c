/* group_query_attention. */
#include "layers/layer.h"
#include "testing/check_layer.h"

#include <string.h>

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

#define PAIR .inputs = {S(3, 2, 4), S(3, 3, 4)}

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"groups", {"group_query_attention(3, 4, 2)", .inputs = {S(3, 2, 4), S(3, 3, 5), S(3, 3, 3)}}},
    {"masks", {"group_query_attention(2, 2, 1)", PAIR, .masked = true, .call = "call(use_causal_mask=True)"}},
    {"scores", {"group_query_attention(2, 4, 2)", PAIR, .call = "call(return_attention_scores=True)"}},
    {"a gate", {"group_query_attention(2, 4, 2, use_gate=True)", PAIR}},
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
    check_layer_refused("group_query_attention(2, 4)", NULL, "num_key_value_heads must be given");
    check_layer_refused("group_query_attention(2, 3, 2)", (hone_shape[]){x, x, {0}},
                        "num_query_heads, 3, must be a multiple of num_key_value_heads, 2");
    check_layer_refused("group_query_attention(2, 2, 2)", (hone_shape[]){image, image, {0}},
                        "needs a query of shape (batch, steps, n), not (None, 2, 2, 3)");
    check_layer_refused("group_query_attention(2, 2, 2)", (hone_shape[]){x, {0}},
                        "takes 2 to 3 inputs, not 1");
}

/* The kernels of keys and values have the heads of keys and values. */
TEST(groups_share_keys_and_values)
{
    static const struct {
        const char *name;
        int64_t heads;
    } parts[] = {{"query", 4}, {"key", 2}, {"value", 2}};
    hone_layer *layer = hone_layer_from_text("group_query_attention(3, 4, 2)"), *part;
    const hone_shape shapes[] = {HONE_SHAPE(HONE_ANY, 3, 5), HONE_SHAPE(HONE_ANY, 3, 5)};
    int found = 0;
    assert_int_equal(hone_internal_layer_build(layer, shapes, 2), HONE_OK);
    for (int i = 0; (part = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        for (int j = 0; j < 3; j++)
            if (strcmp(hone_internal_layer_label(part), parts[j].name) == 0) {
                found++;
                assert_int_equal(part->weights[0]->shape.size[0], 5);
                assert_int_equal(part->weights[0]->shape.size[1], parts[j].heads);
                assert_int_equal(part->weights[0]->shape.size[2], 3);
            }
    assert_int_equal(found, 3);
    hone_layer_free(layer);
}
