/* spatial_dropout1d, spatial_dropout2d. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "spatial_dropout1d(0.4)", .inputs = {HONE_SHAPE(3, 4, 5)}, .training = true, .joint = true},
        {.text = "spatial_dropout1d(0.4)", .inputs = {HONE_SHAPE(3, 4, 5)}},
        {.text = "spatial_dropout1d(1)", .inputs = {HONE_SHAPE(3, 4, 5)}, .training = true},
        {.text = "spatial_dropout2d(0.4)",
         .inputs = {HONE_SHAPE(3, 2, 3, 4)},
         .training = true,
         .joint = true},
        {.text = "spatial_dropout2d(0.4, data_format=channels_first)",
         .inputs = {HONE_SHAPE(3, 4, 2, 3)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("spatial_dropout1d(0.4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4), {0}},
                        "(batch, steps, channels)");
    check_layer_refused("spatial_dropout2d(0.4)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 4, 3), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("spatial_dropout2d(0.4, data_format=last)", NULL, "data_format");
}
