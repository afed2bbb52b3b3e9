/* zero_padding1d, zero_padding2d, zero_padding3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "zero_padding1d", .inputs = {S(2, 4, 3)}},
        {.text = "zero_padding1d([0, 2])", .inputs = {S(2, 4, 3)}},
        {.text = "zero_padding2d", .inputs = {S(2, 3, 4, 2)}},
        {.text = "zero_padding2d([1, 2])", .inputs = {S(2, 3, 4, 2)}},
        {.text = "zero_padding2d([[1, 2], [0, 3]], data_format=channels_first)", .inputs = {S(2, 3, 4, 2)}},
        {.text = "zero_padding3d(1)", .inputs = {S(1, 2, 2, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("zero_padding2d(-1)", NULL, "padding must be at least 0");
    check_layer_refused("zero_padding2d([1, 2, 3])", NULL, "one number, 2, or a pair for each axis, not 3");
    check_layer_refused("zero_padding2d([[1, 2, 3], [1, 2]])", NULL,
                        "padding[0] must be one number or two, not 3");
    check_layer_refused("zero_padding2d", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
}
