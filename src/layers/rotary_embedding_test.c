/* rotary_embedding. */
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
    {"steps of vectors", {"rotary_embedding(100)", .inputs = {S(2, 3, 4)}}},
    {"heads, from a place on",
     {"rotary_embedding(scaling_factor=2)", .inputs = {S(2, 3, 2, 4)}, .call = "call(start_index=3)"}},
    {"a dynamic scale",
     {"rotary_embedding(scaling_factor=2, rope_type=dynamic, denominator_dim=3)", .inputs = {S(2, 3, 6)}}},
    {"along other axes", {"rotary_embedding(sequence_axis=2, feature_axis=1)", .inputs = {S(2, 4, 3)}}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

/* (x1, x2) at step p by the angle p: (x1 cos p - x2 sin p, x2 cos p + x1 sin p). */
TEST(a_pair_turns_with_the_steps)
{
    const double input[6] = {1, 0, 1, 0, 1, 0};
    double numbers[6];
    for (int i = 0; i < 6; i++)
        numbers[i] = (double)(float)(i % 2 == 0 ? cos(i / 2) : sin(i / 2));
    const layer_example example = {.text = "rotary_embedding", .inputs = {HONE_SHAPE(1, 3, 2)}};
    check_layer_numbers(&example, (const double *const[]){input}, numbers);
}

static const struct {
    const char *name, *text, *words;
    hone_shape input;
} refused[] = {
    {"half a pair", "rotary_embedding", "an even number of features, not 5", S(HONE_ANY, 3, 5)},
    {"features of unknown number", "rotary_embedding", "an even number of features",
     S(HONE_ANY, 3, HONE_ANY)},
    {"one axis for both", "rotary_embedding(feature_axis=1)", "two axes after the batch", S(HONE_ANY, 3, 4)},
    {"the batch as steps", "rotary_embedding(sequence_axis=0)", "two axes after the batch",
     S(HONE_ANY, 3, 4)},
    {"the batch as features", "rotary_embedding(feature_axis=0)", "two axes after the batch",
     S(HONE_ANY, 3, 4)},
    {"an axis that is not there", "rotary_embedding(sequence_axis=3)", "sequence_axis", S(HONE_ANY, 3, 4)},
    {"yarn", "rotary_embedding(rope_type=yarn)", "rope_type yarn is not supported; linear and dynamic are",
     S(HONE_ANY, 3, 4)},
};

TEST_EACH(refuses, refused)
{
    check_layer_refused(row->text, (hone_shape[]){row->input, {0}}, row->words);
}
