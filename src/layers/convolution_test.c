/* conv1d, conv2d, conv3d. */
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "conv1d(4, 3)", .inputs = {S(2, 7, 3)}},
        {.text = "conv1d(4, 3, padding=causal, dilation_rate=2, activation=tanh)", .inputs = {S(2, 7, 3)}},
        {.text = "conv1d(2, 3, strides=2, padding=same, data_format=channels_first)", .inputs = {S(2, 3, 7)}},
        {.text = "conv2d(4, 3)", .inputs = {S(2, 5, 6, 3)}},
        {.text = "conv2d(4, [2, 3], strides=[2, 1], padding=same, activation=relu)",
         .inputs = {S(3, 5, 6, 1)}},
        {.text = "conv2d(4, 2, groups=2, use_bias=false)", .inputs = {S(2, 4, 4, 6)}},
        {.text = "conv2d(6, 2, groups=3)", .inputs = {S(2, 4, 4, 3)}},
        {.text = "conv2d(3, 1)", .inputs = {S(2, 4, 4, 5)}},
        {.text = "conv2d(3, 2, data_format=channels_first, activation=tanh)", .inputs = {S(2, 3, 4, 4)}},
        {.text = "conv2d(2, 2, kernel_regularizer=l2(0.1))", .inputs = {S(2, 4, 4, 2)}, .training = true},
        {.text = "conv3d(2, 2)", .inputs = {S(2, 3, 4, 3, 2)}},
        {.text = "conv3d(2, 2, strides=2, padding=same)", .inputs = {S(2, 3, 4, 3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_arguments_that_do_not_fit)
{
    const hone_shape image[] = {S(HONE_ANY, 5, 5, 4), {0}}, sequence[] = {S(HONE_ANY, 5, 4), {0}};
    check_layer_refused("conv2d(3)", NULL, "kernel_size must be given");
    check_layer_refused("conv2d(0, 3)", NULL, "filters");
    check_layer_refused("conv2d(3, 0)", NULL, "kernel_size must be at least 1");
    check_layer_refused("conv2d(3, [2, 2, 2])", NULL, "kernel_size must be one number, 2, not 3");
    check_layer_refused("conv1d(3, [2, 2])", NULL, "kernel_size must be one number, not 2 numbers");
    check_layer_refused("conv2d(3, 2, padding=causal)", NULL, "padding");
    check_layer_refused("conv2d(3, 2, padding=sane)", NULL, "\"valid\" or \"same\"");
    check_layer_refused("conv2d(3, 2)", sequence, "(batch, height, width, channels), not (None, 5, 4)");
    check_layer_refused("conv2d(3, 6)", image, "a window of 6 does not fit in the 5 positions of axis 1");
    check_layer_refused("conv2d(4, 2, groups=3)", image, "groups must divide");
    check_layer_refused("conv2d(3, 2, groups=2)", image, "groups must divide");
    check_layer_refused("conv2d(3, 2, strides=2, dilation_rate=2)", image, "cannot be combined");
    check_layer_refused("conv2d(3, 2)", (hone_shape[]){S(HONE_ANY, 5, 5, HONE_ANY), {0}}, "must be known");
}

/* Images of any size: only the channels must be known. */
TEST(takes_images_of_any_size)
{
    hone_layer *layer = hone_layer_from_text("conv2d(4, 3, strides=2, padding=same)");
    hone_shape result;
    assert_int_equal(hone_internal_layer_build(layer, &S(HONE_ANY, HONE_ANY, HONE_ANY, 3), 1), HONE_OK);
    assert_int_equal(
        hone_internal_layer_output_shapes(layer, &S(HONE_ANY, HONE_ANY, HONE_ANY, 3), 1, NULL, &result), 1);
    assert_int_equal(result.size[1], HONE_ANY);
    assert_int_equal(result.size[3], 4);
    hone_layer_free(layer);
}

TEST(takes_keyword_arguments)
{
    hone_layer *layer = hone_conv2d(32, 3, .activation = "relu", .strides = {2, 1});
    const hone_conv2d_args *args = hone_layer_args(layer);
    assert_int_equal(args->kernel_size[0], 3);
    assert_int_equal(args->kernel_size[1], 3);
    assert_int_equal(args->strides[0], 2);
    assert_int_equal(args->strides[1], 1);
    assert_int_equal(args->dilation_rate[1], 1);
    hone_layer_free(layer);
}
