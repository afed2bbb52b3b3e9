/* gru. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "gru(4)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "gru(3, stateful=True)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "gru(2, stateful=True, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .masked = true},
        {.text = "gru(3, reset_after=False, return_sequences=True)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "gru(3, go_backwards=True, use_bias=False)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "gru(3, activation=softmax)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "gru(3, activation=softmax, reset_after=False)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "gru(3, activation=gelu, recurrent_activation=softsign, reset_after=False)",
         .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "gru(3, return_sequences=True)", .inputs = {HONE_SHAPE(4, 4, 2)}, .masked = true},
        {.text = "gru(3, reset_after=False)", .inputs = {HONE_SHAPE(4, 4, 2)}, .masked = true},
        {.text = "gru(3)", .inputs = {HONE_SHAPE(4, 3, 2), HONE_SHAPE(4, 3)}},
        {.text = "gru(2, dropout=0.3, recurrent_dropout=0.3)",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "gru(2, reset_after=False, recurrent_dropout=0.3, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "gru(3, dtype=mixed_bfloat16)", .inputs = {HONE_SHAPE(3, 2, 2)}, .no_gradient = true},
        {.text = "gru_cell(3)", .inputs = {HONE_SHAPE(3, 2)}},
        {.text = "gru_cell(3, reset_after=False)", .inputs = {HONE_SHAPE(3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("gru", NULL, "units must be given");
    check_layer_refused("gru(0)", NULL, "units");
    check_layer_refused("gru(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 2, 2), {0}},
                        "(batch, steps, n), n known, not (None, 3, 2, 2)");
}
