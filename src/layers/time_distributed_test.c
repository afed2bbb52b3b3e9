/* time_distributed. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "time_distributed(dense(3, activation=tanh))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "time_distributed(flatten())", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "time_distributed(conv2d(2, 2))", .inputs = {HONE_SHAPE(2, 3, 3, 3, 2)}},
        {.text = "time_distributed(lstm(2))", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "time_distributed(bidirectional(gru(2)))", .inputs = {HONE_SHAPE(2, 3, 2, 2)}},
        {.text = "time_distributed(softmax())", .inputs = {HONE_SHAPE(3, 4, 3)}, .masked = true},
        {.text = "time_distributed(batch_normalization())",
         .inputs = {HONE_SHAPE(6, 3, 2)},
         .training = true,
         .joint = true,
         .ignored_weights = "moving_mean|moving_variance"},
        {.text = "time_distributed(dropout(0.4))",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("time_distributed", NULL, "layer must be given");
    check_layer_refused("time_distributed(dens(3))", NULL, "dense");
    check_layer_refused("time_distributed(dense(3))", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, steps, ...) with 3 axes or more, not (None, 3)");
    check_layer_refused("time_distributed(lstm(3))", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 2), {0}},
                        "not (None, 2)");
}
