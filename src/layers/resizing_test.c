/* resizing. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "resizing(4, 5)", .inputs = {S(2, 3, 6, 2)}},
        {.text = "resizing(7, 2, interpolation=nearest)", .inputs = {S(2, 3, 6, 3)}},
        {.text = "resizing(4, 4, bicubic, crop_to_aspect_ratio=true)", .inputs = {S(2, 3, 8, 1)}},
        {.text = "resizing(4, 4, lanczos3, pad_to_aspect_ratio=true, fill_value=2)",
         .inputs = {S(2, 3, 8, 1)}},
        {.text = "resizing(4, 4, lanczos5, pad_to_aspect_ratio=true)", .inputs = {S(2, 9, 3, 1)}},
        {.text = "resizing(2, 3, antialias=true)", .inputs = {S(1, 7, 6, 2)}},
        {.text = "resizing(2, 9, data_format=channels_first)", .inputs = {S(2, 3, 4, 5)}},
        {.text = "resizing(3, 4)", .inputs = {S(2, 3, 4, 1)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("resizing(0, 5)", NULL, "height");
    check_layer_refused("resizing(5)", NULL, "width");
    check_layer_refused("resizing(5, 5, interpolation=bilinea)", NULL, "bilinear");
    check_layer_refused("resizing(5, 5, fill_mode=reflect)", NULL, "constant");
    check_layer_refused("resizing(2, 2)", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("resizing(2, 2, crop_to_aspect_ratio=true, pad_to_aspect_ratio=true)",
                        (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}}, "only one of");
}
