/* bidirectional. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "bidirectional(lstm(2))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(gru(2, return_sequences=True))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(gru(2, return_sequences=True))",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "bidirectional(simple_rnn(2), merge_mode=sum)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(simple_rnn(2), merge_mode=mul)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(simple_rnn(2), merge_mode=ave)",
         .inputs = {HONE_SHAPE(4, 4, 2)},
         .masked = true},
        {.text = "bidirectional(simple_rnn(2), merge_mode=none)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(lstm(2, return_state=True))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "bidirectional(lstm(2), backward_layer=gru(3, go_backwards=True))",
         .inputs = {HONE_SHAPE(3, 4, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape good[] = {HONE_SHAPE(HONE_ANY, 3, 2), {0}};
    check_layer_refused("bidirectional", NULL, "layer must be given");
    check_layer_refused("bidirectional(lstm(2), merge_mode=summ)", NULL, "sum");
    check_layer_refused("bidirectional(dense(2))", good, "the layer \"dense\" is not recurrent");
    check_layer_refused("bidirectional(lstm(2, go_backwards=True))", good, "both layers go backwards");
    check_layer_refused("bidirectional(lstm(2), backward_layer=lstm(2))", good, "both layers go forwards");
    check_layer_refused("bidirectional(lstm(2), backward_layer=dense(2))", good, "not recurrent");
    check_layer_refused(
        "bidirectional(lstm(2), backward_layer=lstm(2, go_backwards=True, return_sequences=True))", good,
        "return_sequences is false in layer, but true in backward_layer");
    check_layer_refused("bidirectional(lstm(2))", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "not (None, 3)");
}
