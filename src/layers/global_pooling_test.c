/* global_max_pooling1d to 3d, global_average_pooling1d to 3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "global_max_pooling1d", .inputs = {S(2, 5, 3)}},
        {.text = "global_max_pooling2d(keepdims=true)", .inputs = {S(2, 3, 4, 3)}},
        {.text = "global_max_pooling3d(data_format=channels_first)", .inputs = {S(2, 3, 2, 2, 2)}},
        {.text = "global_average_pooling1d", .inputs = {S(2, 5, 3)}},
        {.text = "global_average_pooling1d", .inputs = {S(2, 5, 3)}, .masked = true},
        {.text = "global_average_pooling2d", .inputs = {S(2, 3, 4, 3)}},
        {.text = "global_average_pooling2d(data_format=channels_first, keepdims=true)",
         .inputs = {S(2, 3, 4, 3)}},
        {.text = "global_average_pooling3d", .inputs = {S(2, 3, 2, 2, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("global_average_pooling2d", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("global_max_pooling1d(data_format=last)", NULL, "data_format");
}
