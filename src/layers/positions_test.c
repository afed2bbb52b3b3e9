/* position_embedding, token_and_position_embedding, sine_position_encoding, rotary_embedding. */
#include "testing/check_layer.h"

#include <math.h>

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"positions", {"position_embedding(4)", .inputs = {S(3, 4, 2)}, .no_gradient = true}},
    {"fewer positions",
     {"position_embedding(6)", .inputs = {S(3, 4, 2)}, .no_gradient = true, .call = "call(start_index=2)"}},
    {"more positions", {"position_embedding(3)", .inputs = {S(2, 7, 2)}, .no_gradient = true}},
    {"ids and positions", {"token_and_position_embedding(5, 4, 3)", .inputs = {S(3, 4)}, .ids = 5}},
    {"ids and positions, mask",
     {"token_and_position_embedding(5, 6, 3, mask_zero=True)", .inputs = {S(3, 4)}, .ids = 5}},
    {"sines", {"sine_position_encoding(100)", .inputs = {S(2, 3, 5)}, .no_gradient = true}},
    {"turns", {"rotary_embedding(100)", .inputs = {S(2, 3, 4)}}},
    {"turns of heads",
     {"rotary_embedding(scaling_factor=2)", .inputs = {S(2, 3, 2, 4)}, .call = "call(start_index=3)"}},
    {"dynamic turns",
     {"rotary_embedding(scaling_factor=2, rope_type=dynamic, denominator_dim=3)", .inputs = {S(2, 3, 6)}}},
    {"turns along other axes", {"rotary_embedding(sequence_axis=2, feature_axis=1)", .inputs = {S(2, 4, 3)}}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

/* sin p, cos p, sin(p / 100), cos(p / 100). */
TEST(sines_and_cosines_take_turns)
{
    const double input[8] = {0}, expected[] = {0, 1, 0, 1, sin(1), cos(1), sin(0.01), cos(0.01)};
    float rounded[8];
    double numbers[8];
    for (int i = 0; i < 8; i++)
        numbers[i] = (double)(rounded[i] = (float)expected[i]);
    const layer_example example = {.text = "sine_position_encoding", .inputs = {HONE_SHAPE(1, 2, 4)}};
    (void)rounded;
    check_layer_numbers(&example, (const double *const[]){input}, numbers);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("position_embedding", NULL, "sequence_length must be given");
    check_layer_refused("position_embedding(4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, ..., steps, n), n known, not (None, 3)");
    check_layer_refused("rotary_embedding", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 5), {0}},
                        "an even number of features, not 5");
    check_layer_refused("rotary_embedding(feature_axis=1)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4), {0}},
                        "two axes after the batch");
    check_layer_refused("rotary_embedding(rope_type=yarn)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4), {0}},
                        "rope_type yarn is not supported");
    layer_example late = {"position_embedding(4)", .inputs = {HONE_SHAPE(1, 3, 2)},
                          .call = "call(start_index=2)"};
    check_layer_call_refused(&late, "has 4 positions, not the 3 from 2 on");
}
