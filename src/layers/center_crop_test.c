/* center_crop. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "center_crop(2, 3)", .inputs = {S(2, 5, 6, 2)}},
        {.text = "center_crop(5, 6)", .inputs = {S(2, 5, 6, 2)}},
        {.text = "center_crop(8, 4)", .inputs = {S(2, 5, 6, 1)}},
        {.text = "center_crop(2, 9, data_format=channels_first)", .inputs = {S(2, 3, 5, 6)}},
        {.text = "center_crop(1, 2, data_format=channels_first)", .inputs = {S(2, 3, 5, 6)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("center_crop(3, 0)", NULL, "width");
    check_layer_refused("center_crop(3, 3)", (hone_shape[]){S(HONE_ANY, 4, 4), {0}},
                        "(batch, height, width, channels)");
}
