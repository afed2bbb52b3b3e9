/* attention. */
#include "testing/check_layer.h"

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

#define PAIR .inputs = {S(3, 2, 4), S(3, 3, 4)}
#define IMAGES .inputs = {S(3, 2, 4, 3), S(3, 2, 5, 3)}
#define TRIPLE .inputs = {S(3, 2, 4), S(3, 3, 5), S(3, 3, 4)}

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"dot", {"attention", PAIR}},
    {"dot with a scale and a key", {"attention(use_scale=True)", TRIPLE}},
    {"concat", {"attention(use_scale=True, score_mode=concat)", PAIR}},
    {"masks", {"attention", PAIR, .masked = true}},
    {"causal", {"attention", PAIR, .call = "call(use_causal_mask=True)"}},
    {"scores", {"attention", PAIR, .call = "call(return_attention_scores=True)"}},
    {"dropout", {"attention(dropout=0.4)", PAIR, .training = true, .joint = true}},
    {"bfloat16", {"attention(dtype=mixed_bfloat16)", PAIR, .no_gradient = true}},
    {"more axes", {"attention", IMAGES, .call = "call(use_causal_mask=True)"}},
    {"more axes, masks", {"attention(use_scale=True, score_mode=concat)", IMAGES, .masked = true}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape query = HONE_SHAPE(HONE_ANY, 2, 4);
    check_layer_refused("attention(score_mode=cosine)", NULL, "score_mode");
    check_layer_refused("attention", (hone_shape[]){query, {0}}, "takes 2 to 3 inputs, not 1");
    check_layer_refused("attention", (hone_shape[]){query, HONE_SHAPE(HONE_ANY, 3, 5), {0}},
                        "the last sizes of query and key differ: 4 and 5");
    check_layer_refused("attention",
                        (hone_shape[]){query, HONE_SHAPE(HONE_ANY, 3, 5), HONE_SHAPE(HONE_ANY, 2, 4), {0}},
                        "value has 3 steps, but key has 2");
    check_layer_refused("attention", (hone_shape[]){query, HONE_SHAPE(HONE_ANY, 2, 3, 4), {0}},
                        "query has 3 axes, but the value is of shape (None, 2, 3, 4)");
}
