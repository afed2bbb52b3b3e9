/* rnn. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "rnn(lstm_cell(3))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn(gru_cell(3, reset_after=False), return_sequences=True)",
         .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn(simple_rnn_cell(3), go_backwards=True)",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "rnn(gru_cell(2, dropout=0.3, recurrent_dropout=0.3, seed=5))",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "bidirectional(rnn(lstm_cell(2), return_sequences=True))", .inputs = {HONE_SHAPE(3, 4, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape good[] = {HONE_SHAPE(HONE_ANY, 3, 2), {0}};
    check_layer_refused("rnn", NULL, "cell must be given");
    check_layer_refused("rnn(dense(3))", good, "the cell \"dense\" is none of simple_rnn_cell");
    check_layer_refused("rnn(lstm_cell(3))", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, steps, n), n known, not (None, 3)");
}
