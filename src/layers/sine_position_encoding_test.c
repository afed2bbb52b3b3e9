/* sine_position_encoding. */
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
    {"an odd number of features",
     {"sine_position_encoding(100)", .inputs = {S(2, 3, 5)}, .no_gradient = true}},
    {"from a place on",
     {"sine_position_encoding", .inputs = {S(2, 3, 4)}, .no_gradient = true, .call = "call(start_index=4)"}},
    {"more axes", {"sine_position_encoding", .inputs = {S(2, 2, 3, 2)}, .no_gradient = true}},
};

TEST_EACH(keeps_what_layers_promise, kept)
{
    check_layer(&row->example);
}

/* sin p, cos p, sin(p / 100), cos(p / 100), from step p = start on. */
TEST(sines_and_cosines_take_turns)
{
    for (int start = 0; start < 2; start++) {
        const double input[8] = {0};
        double numbers[8];
        for (int i = 0; i < 8; i++) {
            const double angle = (start + i / 4) * (i % 4 < 2 ? 1 : 0.01);
            numbers[i] = (double)(float)(i % 2 == 0 ? sin(angle) : cos(angle));
        }
        const layer_example example = {.text = "sine_position_encoding",
                                       .inputs = {HONE_SHAPE(1, 2, 4)},
                                       .call = start == 0 ? NULL : "call(start_index=1)"};
        check_layer_numbers(&example, (const double *const[]){input}, numbers);
    }
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("sine_position_encoding(max_wavelength=fast)", NULL, "max_wavelength");
    check_layer_refused("sine_position_encoding", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, ..., steps, n), n known, not (None, 3)");
    check_layer_refused("sine_position_encoding", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, HONE_ANY), {0}},
                        "n known, not (None, 3, None)");
}
