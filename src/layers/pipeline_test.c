/* pipeline. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "pipeline([dense(3, tanh), dense(2)])", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "pipeline([random_flip, random_rotation(0.1)])",
         .inputs = {HONE_SHAPE(3, 5, 4, 1)},
         .training = true,
         .joint = true},
        {.text = "pipeline([batch_normalization, pipeline([dense(2)])])",
         .inputs = {HONE_SHAPE(4, 3)},
         .training = true,
         .joint = true},
        {.text = "pipeline([masking, lstm(2)])", .inputs = {HONE_SHAPE(2, 3, 2)}, .masked = true},
        {.text =
             "pipeline([masking, bidirectional(gru(2, return_sequences=True)), rnn([lstm_cell(2), gru_cell(3)])])",
         .inputs = {HONE_SHAPE(2, 3, 2)},
         .masked = true},
        {.text = "pipeline([concatenate, dense(2)])", .inputs = {HONE_SHAPE(3, 2), HONE_SHAPE(3, 4)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_layers_that_do_not_fit)
{
    check_layer_refused("pipeline", NULL, "layers must be given");
    check_layer_refused("pipeline([])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}}, "must not be empty");
    check_layer_refused("pipeline([conv2d(3, 2)])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("pipeline([dens(3)])", NULL, "dense");
}
