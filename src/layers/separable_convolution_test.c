/* separable_conv1d, separable_conv2d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "separable_conv1d(4, 3)", .inputs = {S(2, 6, 3)}},
        {.text = "separable_conv1d(4, 3, padding=same)", .inputs = {S(2, 6, 3)}},
        {.text = "separable_conv2d(4, 3, activation=tanh)", .inputs = {S(2, 5, 4, 3)}},
        {.text = "separable_conv2d(2, 2, depth_multiplier=2, strides=2, padding=same)",
         .inputs = {S(2, 5, 4, 3)}},
        {.text = "separable_conv2d(2, 2, data_format=channels_first, use_bias=false)",
         .inputs = {S(2, 3, 4, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("separable_conv2d(3)", NULL, "kernel_size must be given");
    check_layer_refused("separable_conv2d(3, 5)", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}}, "does not fit");
    check_layer_refused("separable_conv1d(3, 2)", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, steps, channels)");
}
