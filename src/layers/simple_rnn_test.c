/* simple_rnn. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "simple_rnn(4)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "simple_rnn(3, stateful=True)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "simple_rnn(2, stateful=True, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .masked = true},
        {.text = "simple_rnn(3, return_sequences=True, go_backwards=True)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "simple_rnn(3, activation=softmax, return_sequences=True)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "simple_rnn(3, use_bias=False, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "simple_rnn(3, return_sequences=True, zero_output_for_mask=True)",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "simple_rnn(3)", .inputs = {HONE_SHAPE(4, 3, 2), HONE_SHAPE(4, 3)}},
        {.text = "simple_rnn(3, dropout=0.4, recurrent_dropout=0.3)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .training = true,
         .joint = true},
        {.text = "simple_rnn_cell(3)", .inputs = {HONE_SHAPE(3, 2)}},
        {.text = "simple_rnn(3, dtype=mixed_bfloat16)", .inputs = {HONE_SHAPE(3, 2, 2)}, .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("simple_rnn", NULL, "units must be given");
    check_layer_refused("simple_rnn(0)", NULL, "units");
    check_layer_refused("simple_rnn(3, dropout=1.5)", NULL, "dropout");
    check_layer_refused("simple_rnn(3, activation=tanhh)", NULL, "tanh");
    check_layer_refused("simple_rnn(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, steps, n), n known, not (None, 3)");
    check_layer_refused("simple_rnn(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, HONE_ANY), {0}},
                        "not (None, 3, None)");
}
