/* additive_attention. */
#include "testing/check_layer.h"
#include "testing/layer_run.h"

#include <math.h>

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

#define PAIR .inputs = {S(3, 2, 4), S(3, 3, 4)}

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"with a key", {"additive_attention", .inputs = {S(3, 2, 4), S(3, 3, 5), S(3, 3, 4)}}},
    {"without a scale, masks", {"additive_attention(use_scale=False)", PAIR, .masked = true}},
    {"causal", {"additive_attention", PAIR, .call = "call(use_causal_mask=True)"}},
    {"scores", {"additive_attention(use_scale=False)", PAIR, .call = "call(return_attention_scores=True)"}},
    {"more axes", {"additive_attention", .inputs = {S(3, 2, 4, 3), S(3, 2, 5, 3)}, .masked = true}},
    {"dropout", {"additive_attention(dropout=0.4)", PAIR, .training = true, .joint = true}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

/* One query 0, values 0 and a: softmax(0, tanh a) picks sigmoid(tanh a) of a. */
TEST(reads_by_sums_of_tanh)
{
    const layer_example example = {.text = "additive_attention(use_scale=False)",
                                   .inputs = {HONE_SHAPE(1, 1, 1), HONE_SHAPE(1, 2, 1)}};
    layer_run run = layer_run_begin(&example, "ref", 1, 1);
    layer_run_write(&run, run.inputs[0], 0, 0);
    layer_run_write(&run, run.inputs[1], 0, 0);
    layer_run_write(&run, run.inputs[1], 1, 0.5);
    layer_run_execute(&run, NULL);
    assert_true(fabs(layer_run_read(&run, run.output, 0) - 0.5 / (1 + exp(-tanh(0.5)))) < 1e-6);
    layer_run_free(&run);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape query = HONE_SHAPE(HONE_ANY, 2, 4), open = HONE_SHAPE(HONE_ANY, 2, HONE_ANY);
    check_layer_refused("additive_attention(dropout=2)", NULL, "dropout");
    check_layer_refused("additive_attention", (hone_shape[]){query, {0}}, "takes 2 to 3 inputs, not 1");
    check_layer_refused("additive_attention", (hone_shape[]){query, HONE_SHAPE(HONE_ANY, 4), {0}},
                        "needs a value of shape (batch, steps, n), not (None, 4)");
    check_layer_refused("additive_attention", (hone_shape[]){open, open, {0}},
                        "the last size of its query must be known");
}
