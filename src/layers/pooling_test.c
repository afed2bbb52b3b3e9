/* max_pooling1d to 3d, average_pooling1d to 3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "max_pooling1d", .inputs = {S(2, 6, 3)}},
        {.text = "max_pooling1d(3, strides=1, padding=same)", .inputs = {S(2, 6, 3)}},
        {.text = "max_pooling2d", .inputs = {S(2, 4, 6, 3)}},
        {.text = "max_pooling2d(3, strides=2, padding=same)", .inputs = {S(2, 5, 6, 2)}},
        {.text = "max_pooling2d([1, 2], data_format=channels_first)", .inputs = {S(2, 3, 4, 4)}},
        {.text = "max_pooling3d", .inputs = {S(2, 4, 2, 4, 2)}},
        {.text = "average_pooling1d(2)", .inputs = {S(2, 6, 3)}},
        {.text = "average_pooling2d(3, strides=2, padding=same)", .inputs = {S(2, 5, 6, 2)}},
        {.text = "average_pooling2d(2, data_format=channels_first)", .inputs = {S(2, 3, 4, 4)}},
        {.text = "average_pooling3d([1, 2, 3])", .inputs = {S(1, 2, 2, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("average_pooling2d", NULL, "pool_size must be given");
    check_layer_refused("max_pooling2d(0)", NULL, "pool_size");
    check_layer_refused("max_pooling2d(5)", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}},
                        "a window of 5 does not fit");
    check_layer_refused("max_pooling1d", (hone_shape[]){S(HONE_ANY, 4), {0}}, "(batch, steps, channels)");
    check_layer_refused("max_pooling2d(2, padding=causal)", NULL, "padding");
}
