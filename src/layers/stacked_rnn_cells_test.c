/* stacked_rnn_cells, and what rnn makes of a stack. */
#include "testing/check_layer.h"

#include <string.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "rnn(stacked_rnn_cells([lstm_cell(3), gru_cell(2)]))", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "rnn([simple_rnn_cell(3), lstm_cell(2)], return_sequences=True)",
         .inputs = {HONE_SHAPE(3, 3, 2)}},
        {.text = "rnn([gru_cell(2), gru_cell(2, activation=softmax)])",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .masked = true},
        {.text = "rnn([lstm_cell(2, dropout=0.3), gru_cell(2, recurrent_dropout=0.3)])",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "stacked_rnn_cells([lstm_cell(3), gru_cell(2)])", .inputs = {HONE_SHAPE(3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    const hone_shape good[] = {HONE_SHAPE(HONE_ANY, 3, 2), {0}};
    check_layer_refused("stacked_rnn_cells", NULL, "cells must be given");
    check_layer_refused("rnn([lstm_cell(3), dense(2)])", good, "the layer \"dense\" is not a cell");
    check_layer_refused("rnn([lstm_cell(3), gru_cel(2)])", NULL, "gru_cell");
    assert_null(hone_layer_list(hone_lstm_cell(3), hone_gru_cell(-1)));
    assert_non_null(strstr(hone_error_message(), "units"));
}

TEST(states_of_all_cells_go_in_and_out)
{
    hone_layer *layer = hone_rnn(hone_stacked_rnn_cells(hone_layer_list(hone_lstm_cell(4), hone_gru_cell(3))),
                                 .return_state = true);
    hone_shape shapes[4] = {HONE_SHAPE(HONE_ANY, 3, 2), HONE_SHAPE(HONE_ANY, 4), HONE_SHAPE(HONE_ANY, 4),
                            HONE_SHAPE(HONE_ANY, 3)},
               outputs[40];
    hone_given_value values[3] = {{"initial_state", 0, 1}, {"initial_state", 1, 2}, {"initial_state", 2, 3}};
    hone_given given = {.values = values, .count = 3};
    assert_non_null(layer);
    assert_int_equal(hone_internal_layer_build(layer, shapes, 1), HONE_OK);
    assert_int_equal(hone_internal_layer_output_shapes(layer, shapes, 1, &given, outputs), 4);
    assert_true(hone_internal_shape_equal(outputs[2], HONE_SHAPE(HONE_ANY, 4)));
    assert_true(hone_internal_shape_equal(outputs[3], HONE_SHAPE(HONE_ANY, 3)));
    given.count = 2;
    assert_true(hone_internal_layer_output_shapes(layer, shapes, 1, &given, outputs) < 0);
    assert_non_null(strstr(hone_error_message(), "has 3 states from (batch, 4), but initial_state has 2"));
    hone_layer_free(layer);
}
