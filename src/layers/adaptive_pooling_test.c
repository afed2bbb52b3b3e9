/* adaptive_max_pooling1d to 3d, adaptive_average_pooling1d to 3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "adaptive_max_pooling1d(3)", .inputs = {S(2, 7, 3)}},
        {.text = "adaptive_max_pooling2d([2, 3])", .inputs = {S(2, 5, 4, 2)}},
        {.text = "adaptive_max_pooling3d(2, data_format=channels_first)", .inputs = {S(1, 2, 3, 4, 3)}},
        {.text = "adaptive_average_pooling1d(12)", .inputs = {S(2, 30, 2)}},
        {.text = "adaptive_average_pooling2d(2)", .inputs = {S(2, 5, 4, 2)}},
        {.text = "adaptive_average_pooling2d([4, 5])", .inputs = {S(1, 3, 3, 2)}},
        {.text = "adaptive_average_pooling3d(1)", .inputs = {S(2, 3, 2, 2, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("adaptive_max_pooling2d", NULL, "output_size must be given");
    check_layer_refused("adaptive_average_pooling2d(0)", NULL, "output_size");
    check_layer_call_refused(&(layer_example){.text = "adaptive_average_pooling2d([9223372036854775807, 1])",
                                              .inputs = {S(2, 4, 4, 1)}},
                             "output_size: expected at most 10000 along each axis");
    check_layer_refused("adaptive_average_pooling2d(2)", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
}
