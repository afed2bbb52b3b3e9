/* transformer_encoder, transformer_decoder. */
#include "testing/check_layer.h"

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"encoder", {"transformer_encoder(5, 2, activation=tanh)", .inputs = {S(2, 3, 4)}}},
    {"encoder, norms first, mask",
     {"transformer_encoder(3, 1, activation=tanh, normalize_first=True)", .inputs = {S(3, 3, 2)},
      .masked = true}},
    {"encoder, scores",
     {"transformer_encoder(3, 1, activation=tanh)", .inputs = {S(2, 3, 2)},
      .call = "call(return_attention_scores=True)"}},
    {"encoder, dropout",
     {"transformer_encoder(3, 1, dropout=0.3, activation=tanh)", .inputs = {S(2, 3, 2)}, .training = true,
      .joint = true}},
    {"decoder", {"transformer_decoder(4, 2, activation=tanh)", .inputs = {S(2, 3, 4)}, .masked = true}},
    {"decoder of an encoder's sequence",
     {"transformer_decoder(3, 2, activation=tanh, normalize_first=True)", .inputs = {S(2, 3, 6), S(2, 4, 3)},
      .masked = true}},
    {"decoder that looks ahead",
     {"transformer_decoder(3, 1, activation=tanh)", .inputs = {S(2, 3, 2)},
      .call = "call(use_causal_mask=False)"}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    layer_example example = row->example;
    example.noise = 1e-5; /* as multi_head_attention */
    check_layer(&example);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("transformer_encoder(3)", NULL, "num_heads must be given");
    check_layer_refused("transformer_encoder(3, 5)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4), {0}},
                        "its 4 features do not do for 5 heads");
    check_layer_refused("transformer_decoder(3, 1)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "needs a sequence of shape (batch, steps, n)");
}
