/* position_embedding. */
#include "testing/check_layer.h"

#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

static const struct {
    const char *name;
    layer_example example;
} kept[] = {
    {"as many steps as positions", {"position_embedding(4)", .inputs = {S(3, 4, 2)}, .no_gradient = true}},
    {"fewer, from a place on",
     {"position_embedding(6)", .inputs = {S(3, 4, 2)}, .no_gradient = true, .call = "call(start_index=2)"}},
    {"more", {"position_embedding(3)", .inputs = {S(2, 7, 2)}, .no_gradient = true}},
    {"more axes", {"position_embedding(4)", .inputs = {S(2, 3, 4, 2)}, .no_gradient = true}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("position_embedding", NULL, "sequence_length must be given");
    check_layer_refused("position_embedding(0)", NULL, "sequence_length");
    check_layer_refused("position_embedding(4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, ..., steps, n), n known, not (None, 3)");
    check_layer_refused("position_embedding(4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, HONE_ANY), {0}},
                        "n known, not (None, 3, None)");
}

/* steps, from: beyond the table, except all from the first on, up to as many as its length times itself. */
static const struct {
    const char *name, *call, *words;
    int64_t steps;
} beyond[] = {
    {"from a place on", "call(start_index=2)", "has 2 positions, not the 1 from 2 on", 1},
    {"too many", NULL, "has 2 positions, not the 5 from 0 on", 5},
    {"as many from the second on", "call(start_index=1)", "has 2 positions, not the 2 from 1 on", 2},
};

TEST_EACH(refuses_steps_beyond_its_table, beyond)
{
    const layer_example example = {
        .text = "position_embedding(2)", .inputs = {HONE_SHAPE(1, row->steps, 2)}, .call = row->call};
    check_layer_call_refused(&example, row->words);
}
