/* conv1d_transpose, conv2d_transpose, conv3d_transpose. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "conv1d_transpose(3, 3)", .inputs = {S(2, 4, 2)}},
        {.text = "conv1d_transpose(2, 3, strides=2, padding=same)", .inputs = {S(2, 4, 3)}},
        {.text = "conv2d_transpose(2, 3, strides=2, padding=same, activation=tanh)",
         .inputs = {S(2, 3, 4, 3)}},
        {.text = "conv2d_transpose(3, [2, 3], strides=[1, 2])", .inputs = {S(2, 3, 4, 2)}},
        {.text = "conv2d_transpose(2, 3, strides=2, output_padding=1)", .inputs = {S(2, 3, 3, 2)}},
        {.text = "conv2d_transpose(2, 2, dilation_rate=2, use_bias=false)", .inputs = {S(1, 3, 3, 2)}},
        {.text = "conv2d_transpose(2, 2, strides=2, data_format=channels_first)", .inputs = {S(2, 3, 3, 4)}},
        {.text = "conv3d_transpose(2, 2, strides=2)", .inputs = {S(1, 2, 2, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("conv2d_transpose(3)", NULL, "kernel_size must be given");
    check_layer_refused("conv2d_transpose(3, 2, strides=2, output_padding=2)",
                        (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}},
                        "output_padding must be less than the stride");
    check_layer_refused("conv2d_transpose(3, 2, strides=2, dilation_rate=2)",
                        (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}}, "cannot be combined");
    check_layer_refused("conv2d_transpose(3, 2)", (hone_shape[]){S(HONE_ANY, 4, 4), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("conv2d_transpose(3, 2, padding=causal)", NULL, "padding");
}
