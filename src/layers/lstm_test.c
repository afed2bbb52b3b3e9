/* lstm, and the walk along time as a call sees it. */
#include "base/memory.h"
#include "layers/layer.h"
#include "testing/check_layer.h"

#include <string.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "lstm(4)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "lstm(3, stateful=True)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "lstm(2, stateful=True, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 3, 2)},
         .masked = true},
        {.text = "lstm(2, return_sequences=True)", .inputs = {HONE_SHAPE(19, 3, 2)}},
        {.text = "lstm(3, go_backwards=True, use_bias=False)", .inputs = {HONE_SHAPE(3, 4, 2)}},
        {.text = "lstm(3, activation=softmax, return_sequences=True)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "lstm(3, activation=gelu, recurrent_activation=softsign)", .inputs = {HONE_SHAPE(2, 3, 2)}},
        {.text = "lstm(3, return_sequences=True)", .inputs = {HONE_SHAPE(4, 4, 2)}, .masked = true},
        {.text = "lstm(3, unroll=True)", .inputs = {HONE_SHAPE(4, 4, 2)}, .masked = true},
        {.text = "lstm(3, zero_output_for_mask=True)", .inputs = {HONE_SHAPE(4, 4, 2)}, .masked = true},
        {.text = "lstm(3)", .inputs = {HONE_SHAPE(4, 3, 2), HONE_SHAPE(4, 3), HONE_SHAPE(4, 3)}},
        {.text = "lstm(3, dropout=0.4)", .inputs = {HONE_SHAPE(4, 3, 2)}, .training = true, .joint = true},
        {.text = "lstm(2, dropout=0.3, recurrent_dropout=0.3, return_sequences=True)",
         .inputs = {HONE_SHAPE(4, 3, 3)},
         .training = true,
         .joint = true},
        {.text = "lstm(2, recurrent_dropout=0.3, activation=softmax)",
         .inputs = {HONE_SHAPE(4, 2, 3)},
         .training = true,
         .joint = true},
        {.text = "lstm(3, dtype=mixed_bfloat16)", .inputs = {HONE_SHAPE(3, 2, 2)}, .no_gradient = true},
        {.text = "lstm(3, dtype=mixed_float16)", .inputs = {HONE_SHAPE(3, 2, 2)}, .no_gradient = true},
        {.text = "lstm_cell(3)", .inputs = {HONE_SHAPE(3, 2)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("lstm", NULL, "units must be given");
    check_layer_refused("lstm(-1)", NULL, "units");
    check_layer_refused("lstm(3, recurrent_activation=sigmoidd)", NULL, "sigmoid");
    check_layer_refused("lstm(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3), {0}},
                        "(batch, steps, n), n known, not (None, 3)");
    check_layer_refused("lstm_cell(3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 2), {0}}, "not (None, 3, 2)");
}

static hone_layer *built(const char *text)
{
    hone_layer *layer = hone_layer_from_text(text);
    hone_shape shape = HONE_SHAPE(HONE_ANY, 3, 2);
    assert_non_null(layer);
    assert_int_equal(hone_internal_layer_build(layer, &shape, 1), HONE_OK);
    return layer;
}

TEST(the_forget_gate_starts_open)
{
    for (int open = 0; open < 2; open++) {
        hone_layer *layer = built(open ? "lstm(2, bias_initializer=constant(0.25))"
                                       : "lstm(2, bias_initializer=constant(0.25), unit_forget_bias=False)");
        hone_variable_list weights = {0};
        assert_int_equal(hone_internal_layer_weights(layer, &weights), HONE_OK);
        assert_int_equal(weights.count, 3);
        assert_int_equal(hone_internal_variables_place(weights.items, weights.count), HONE_OK);
        assert_int_equal(hone_internal_initializer_fill(weights.items[2], 1), HONE_OK);
        for (int i = 0; i < 8; i++)
            assert_true(hone_internal_variable_data(weights.items[2])[i] ==
                        (open && (i == 2 || i == 3) ? 1 : 0.25f));
        hone_internal_free(weights.items);
        hone_layer_free(layer);
    }
}

/* Calls with states of these shapes (up to the first of rank 0); the number of outputs, or a failure. */
static int outputs_with(hone_layer *layer, const hone_shape *states, hone_shape *outputs)
{
    hone_shape shapes[5] = {HONE_SHAPE(HONE_ANY, 3, 2)};
    hone_given_value values[4];
    int count = 0;
    for (; states[count].rank > 0; count++) {
        shapes[1 + count] = states[count];
        values[count] = (hone_given_value){"initial_state", count, 1 + count};
    }
    hone_given given = {.values = values, .count = count};
    return hone_internal_layer_output_shapes(layer, shapes, 1, &given, outputs);
}

TEST(states_go_in_and_out)
{
    hone_layer *layer = built("lstm(4, return_state=True, return_sequences=True)");
    hone_shape outputs[HONE_MAX_OUTPUTS], state = HONE_SHAPE(HONE_ANY, 4);
    assert_int_equal(outputs_with(layer, (hone_shape[]){state, state, {0}}, outputs), 3);
    assert_true(hone_internal_shape_equal(outputs[0], HONE_SHAPE(HONE_ANY, 3, 4)));
    assert_true(hone_internal_shape_equal(outputs[2], state));
    assert_true(outputs_with(layer, (hone_shape[]){state, {0}}, outputs) < 0);
    assert_non_null(strstr(hone_error_message(), "lstm: has 2 states (batch, 4), but initial_state has 1"));
    assert_true(outputs_with(layer, (hone_shape[]){state, state, state, {0}}, outputs) < 0);
    assert_non_null(strstr(hone_error_message(), "initial_state has 3"));
    assert_true(outputs_with(layer, (hone_shape[]){state, HONE_SHAPE(HONE_ANY, 5), {0}}, outputs) < 0);
    assert_non_null(
        strstr(hone_error_message(), "state 2 at the start has the shape (None, 5), not (None, 4)"));
    hone_layer_free(layer);
}
