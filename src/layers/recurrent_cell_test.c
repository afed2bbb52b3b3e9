/* The cells of simple_rnn, lstm and gru: weights, one step, states, functions that are walked step by step.
 */
#include "layers/recurrent.h"
#include "testing/check_layer.h"
#include "testing/layer_run.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <math.h>

/* Shapes of kernel, recurrent kernel and bias for inputs of 3. */
static const struct {
    const char *name;
    int states, weights;
    int64_t width, bias[2]; /* of both kernels; {0}: none */
} cells[] = {
    {"simple_rnn_cell(2)", 1, 3, 2, {2}},
    {"simple_rnn_cell(2, use_bias=False)", 1, 2, 2, {0}},
    {"lstm_cell(2)", 2, 3, 8, {8}},
    {"gru_cell(2)", 1, 3, 6, {2, 6}},
    {"gru_cell(2, reset_after=False)", 1, 3, 6, {6}},
};

TEST_EACH(a_cell_has_weights_for_its_gates, cells)
{
    hone_cell cell;
    hone_layer *layer = hone_layer_from_text(row->name);
    const hone_shape shape = HONE_SHAPE(HONE_ANY, 3);
    assert_int_equal(hone_internal_layer_build(layer, &shape, 1), HONE_OK);
    assert_true(hone_internal_cell_known(layer, &cell));
    assert_int_equal(cell.units, 2);
    assert_int_equal(hone_internal_cell_states(&cell), row->states);
    assert_int_equal(layer->weight_count, row->weights);
    assert_true(hone_internal_shape_equal(layer->weights[0]->shape, HONE_SHAPE(3, row->width)));
    assert_true(hone_internal_shape_equal(layer->weights[1]->shape, HONE_SHAPE(2, row->width)));
    if (row->weights == 3)
        assert_int_equal(layer->weights[2]->shape.rank, row->bias[1] > 0 ? 2 : 1);
    for (int i = 0; row->weights == 3 && i < layer->weights[2]->shape.rank; i++)
        assert_int_equal(layer->weights[2]->shape.size[i], row->bias[i]);
    hone_layer_free(layer);
}

TEST(another_layer_is_no_cell_that_is_known)
{
    hone_cell cell;
    hone_layer *layer = hone_layer_from_text("dense(2)");
    assert_false(hone_internal_cell_known(layer, &cell));
    hone_layer_free(layer);
}

TEST(refuses_wrong_shapes)
{
    static const char *const texts[] = {"simple_rnn_cell(2)", "lstm_cell(2)", "gru_cell(2)"};
    for (int i = 0; i < 3; i++) {
        check_layer_refused(texts[i], (hone_shape[]){HONE_SHAPE(HONE_ANY, 3, 2), {0}},
                            "needs an input of shape (batch, n), n known, not (None, 3, 2)");
        check_layer_refused(texts[i], (hone_shape[]){HONE_SHAPE(HONE_ANY, HONE_ANY), {0}},
                            "n known, not (None, None)");
    }
}

/* Functions of one number in one walk, others (softmax) step by step: both as layers promise, and a function
 * that is given in parts (gelu by default) too. */
static const struct {
    const char *name;
    layer_example example;
} walks[] = {
    {"at once", {.text = "gru(2, activation=elu)", .inputs = {{.rank = 3, .size = {2, 3, 2}}}}},
    {"at once, no function",
     {.text = "gru(2, activation=linear)", .inputs = {{.rank = 3, .size = {2, 3, 2}}}}},
    {"step by step", {.text = "lstm(2, activation=softmax)", .inputs = {{.rank = 3, .size = {2, 3, 2}}}}},
    {"step by step, gates",
     {.text = "lstm(2, recurrent_activation=softmax)", .inputs = {{.rank = 3, .size = {2, 2, 2}}}}},
    {"step by step, a mask",
     {.text = "simple_rnn(2, activation=softmax, return_sequences=True)",
      .inputs = {{.rank = 3, .size = {2, 3, 2}}},
      .masked = true}},
};

TEST_EACH(steps_are_walked, walks)
{
    check_layer(&row->example);
}

/* A rate of 1 drops everything in a simple cell, and nothing in the others, as in Keras. */
static const struct {
    const char *name, *text;
    bool drops;
} rates[] = {{"simple", "simple_rnn(2, dropout=1, use_bias=False)", true},
             {"lstm", "lstm(2, dropout=1)", false},
             {"gru", "gru(2, dropout=1)", false}};

TEST_EACH(a_rate_of_one, rates)
{
    const layer_example example = {.text = row->text, .inputs = {HONE_SHAPE(2, 3, 2)}, .training = true};
    layer_run run = layer_run_begin(&example, "ref", 2, 1);
    layer_run_feed(&run, 0);
    layer_run_execute(&run, NULL);
    bool nothing = true;
    for (int64_t i = 0; i < layer_run_count(&run, run.output); i++)
        nothing = nothing && layer_run_read(&run, run.output, i) == 0;
    assert_true(nothing == row->drops);
    layer_run_free(&run);
}

/* All numbers have 16 bits. */
TEST(rounds_at_each_step_under_mixed_bfloat16)
{
    const layer_example example = {.text = "simple_rnn(2, dtype=mixed_bfloat16)",
                                   .inputs = {HONE_SHAPE(2, 3, 2)}};
    layer_run run = layer_run_begin(&example, "ref", 2, 1);
    layer_run_feed(&run, 0);
    layer_run_execute(&run, NULL);
    for (int64_t i = 0; i < layer_run_count(&run, run.output); i++) {
        uint32_t bits;
        const float number = (float)layer_run_read(&run, run.output, i);
        memcpy(&bits, &number, sizeof bits);
        assert_int_equal(bits & 0xffff, 0);
    }
    layer_run_free(&run);
}
