/* conv_lstm1d, conv_lstm2d, conv_lstm3d. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "conv_lstm1d(2, 2)", .inputs = {HONE_SHAPE(2, 3, 4, 1)}},
        {.text = "conv_lstm2d(2, 2, padding=same, return_sequences=True)",
         .inputs = {HONE_SHAPE(2, 2, 2, 3, 1)}},
        {.text = "conv_lstm2d(1, 2, strides=2, go_backwards=True, use_bias=False)",
         .inputs = {HONE_SHAPE(2, 2, 4, 2, 2)}},
        {.text = "conv_lstm2d(1, 2, data_format=channels_first)", .inputs = {HONE_SHAPE(2, 2, 2, 3, 3)}},
        {.text = "conv_lstm3d(1, 2, padding=same, activation=softsign)",
         .inputs = {HONE_SHAPE(1, 2, 2, 1, 2, 1)}},
        {.text = "conv_lstm1d(2, 2)",
         .inputs = {HONE_SHAPE(2, 2, 3, 1), HONE_SHAPE(2, 2, 2), HONE_SHAPE(2, 2, 2)}},
        {.text = "conv_lstm1d(2, 2, dropout=0.4, recurrent_dropout=0.3, return_sequences=True)",
         .inputs = {HONE_SHAPE(3, 2, 3, 2)},
         .training = true,
         .joint = true},
        {.text = "conv_lstm1d(1, 2, dtype=mixed_bfloat16)",
         .inputs = {HONE_SHAPE(2, 2, 3, 1)},
         .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("conv_lstm2d", NULL, "filters must be given");
    check_layer_refused("conv_lstm1d(2, 2, strides=2, dilation_rate=2)",
                        (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4, 1), {0}}, "cannot be combined");
    check_layer_refused("conv_lstm2d(2, 2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4, 1), {0}},
                        "(batch, steps, ...) with 5 axes, not (None, 3, 4, 1)");
    check_layer_refused("conv_lstm1d(2, 2)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, HONE_ANY, 1), {0}},
                        "the sizes of the spatial axes must be known");
    check_layer_refused("conv_lstm1d(2, 5)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 4, 1), {0}},
                        "a window of 5 does not fit");
}
