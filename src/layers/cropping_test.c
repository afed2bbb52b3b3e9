/* cropping1d, cropping2d, cropping3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "cropping1d", .inputs = {S(2, 5, 3)}},
        {.text = "cropping1d([0, 2])", .inputs = {S(2, 5, 3)}},
        {.text = "cropping2d", .inputs = {S(2, 3, 4, 2)}},
        {.text = "cropping2d([[1, 0], [0, 2]])", .inputs = {S(2, 3, 4, 2)}},
        {.text = "cropping2d(1, data_format=channels_first)", .inputs = {S(2, 2, 4, 5)}},
        {.text = "cropping3d(1)", .inputs = {S(1, 3, 4, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("cropping2d(-1)", NULL, "cropping must be at least 0");
    check_layer_refused("cropping1d([2, 3])", (hone_shape[]){S(HONE_ANY, 5, 2), {0}},
                        "leaves nothing of the 5 positions of axis 1");
    check_layer_refused("cropping2d(2)", (hone_shape[]){S(HONE_ANY, 5, 4, 2), {0}},
                        "leaves nothing of the 4 positions of axis 2");
    check_layer_refused("cropping2d", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
}
