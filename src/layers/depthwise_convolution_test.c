/* depthwise_conv1d, depthwise_conv2d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "depthwise_conv1d(3)", .inputs = {S(2, 6, 3)}},
        {.text = "depthwise_conv1d(2, strides=2, padding=same, depth_multiplier=2)", .inputs = {S(2, 5, 3)}},
        {.text = "depthwise_conv2d(3)", .inputs = {S(2, 5, 4, 3)}},
        {.text = "depthwise_conv2d([2, 3], padding=same, activation=relu)", .inputs = {S(2, 4, 5, 2)}},
        {.text = "depthwise_conv2d(2, depth_multiplier=3, use_bias=false)", .inputs = {S(2, 4, 4, 2)}},
        {.text = "depthwise_conv2d(2, dilation_rate=2)", .inputs = {S(2, 4, 4, 1)}},
        {.text = "depthwise_conv2d(2, data_format=channels_first)", .inputs = {S(2, 3, 4, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("depthwise_conv2d", NULL, "kernel_size must be given");
    check_layer_refused("depthwise_conv2d(2, depth_multiplier=0)", NULL, "depth_multiplier");
    check_layer_refused("depthwise_conv2d(5)", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}}, "does not fit");
    check_layer_refused("depthwise_conv1d(2)", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}},
                        "(batch, steps, channels)");
}
