/* transformer_encoder, transformer_decoder. */
#include "testing/check_layer.h"

#include <hone/hone.h>

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

static const struct {
    const char *name, *block;
} blocks[] = {{"an encoder", "transformer_encoder(3, 2)"},
              {"an encoder, norms first", "transformer_encoder(3, 2, normalize_first=True)"},
              {"a decoder", "transformer_decoder(3, 2)"}};

TEST_EACH(padding_stays_masked_after, blocks)
{
    const float ids[4] = {1, 2, 0, 0};
    hone_tensor *x = hone_input_tensor(4);
    hone_tensor *y =
        hone_apply(hone_layer_from_text(row->block), hone_apply(hone_embedding(3, 4, .mask_zero = true), x));
    hone_tensor *mean = hone_apply(hone_global_average_pooling1d(), y);
    hone_model *model = hone_functional((x), (y, mean));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){1, 4})});
    hone_array *outputs[2] = {NULL, NULL};
    assert_int_equal(hone_predict(model, data, outputs), HONE_OK);
    const float *steps = outputs[0]->data, *means = outputs[1]->data;
    for (int i = 0; i < 4; i++)
        assert_float_equal(means[i], (steps[i] + steps[4 + i]) / 2, 1e-6);
    hone_array_free(outputs[0]);
    hone_array_free(outputs[1]);
    hone_dataset_free(data);
    hone_model_free(model);
}
