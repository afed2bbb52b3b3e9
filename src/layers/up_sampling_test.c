/* up_sampling1d, up_sampling2d, up_sampling3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "up_sampling1d", .inputs = {S(2, 4, 3)}},
        {.text = "up_sampling1d(3)", .inputs = {S(2, 4, 3)}},
        {.text = "up_sampling2d", .inputs = {S(2, 3, 4, 2)}},
        {.text = "up_sampling2d([1, 3], data_format=channels_first)", .inputs = {S(2, 2, 3, 4)}},
        {.text = "up_sampling2d(2, interpolation=bilinear)", .inputs = {S(2, 3, 4, 2)}},
        {.text = "up_sampling2d([1, 3], channels_first, bicubic)", .inputs = {S(2, 2, 3, 4)}},
        {.text = "up_sampling2d(2, interpolation=lanczos3)", .inputs = {S(1, 3, 4, 1)}},
        {.text = "up_sampling2d(3, interpolation=lanczos5)", .inputs = {S(1, 1, 4, 3)}},
        {.text = "up_sampling3d(2)", .inputs = {S(1, 2, 3, 2, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("up_sampling1d(0)", NULL, "size");
    check_layer_refused("up_sampling2d([1, 2, 3])", NULL, "size must be one number, 2, not 3");
    check_layer_refused("up_sampling2d(2, interpolation=cubic)", NULL, "bicubic");
    check_layer_refused("up_sampling2d", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
}
