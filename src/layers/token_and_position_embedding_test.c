/* token_and_position_embedding. */
#include "layers/layer.h"
#include "testing/check_layer.h"

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"ids and positions", {"token_and_position_embedding(5, 4, 3)", .inputs = {S(3, 4)}, .ids = 5}},
    {"fewer steps, from a place on",
     {"token_and_position_embedding(5, 6, 3)", .inputs = {S(3, 4)}, .ids = 5, .call = "call(start_index=1)"}},
    {"a mask of ids",
     {"token_and_position_embedding(5, 6, 3, mask_zero=True)", .inputs = {S(3, 4)}, .ids = 5}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("token_and_position_embedding(5, 4)", NULL, "embedding_dim must be given");
    check_layer_refused("token_and_position_embedding(0, 4, 3)", NULL, "vocabulary_size");
    check_layer_refused("token_and_position_embedding(5, 4, 3)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}},
                        "needs ids of shape (batch, steps)");
    const layer_example late = {
        .text = "token_and_position_embedding(5, 2, 3)", .inputs = {HONE_SHAPE(1, 9)}, .ids = 5};
    check_layer_call_refused(&late, "has 2 positions, not the 9 from 0 on");
}

/* The layers within, and the weights of each: without tie_weights a second table. */
TEST(has_two_tables)
{
    static const char *const names[] = {"token_embedding", "position_embedding"};
    for (int tied = 0; tied < 2; tied++) {
        hone_layer *layer =
            hone_layer_from_text(tied ? "token_and_position_embedding(5, 4, 3)"
                                      : "token_and_position_embedding(5, 4, 3, tie_weights=False)");
        const hone_shape shape = HONE_SHAPE(HONE_ANY, 4);
        assert_int_equal(hone_internal_layer_build(layer, &shape, 1), HONE_OK);
        for (int i = 0; i < 2; i++)
            assert_string_equal(hone_internal_layer_label(hone_internal_layer_within(layer, i, NULL)),
                                names[i]);
        assert_null(hone_internal_layer_within(layer, 2, NULL));
        assert_int_equal(hone_internal_layer_within(layer, 0, NULL)->weight_count, tied ? 1 : 2);
        hone_layer_free(layer);
    }
}
