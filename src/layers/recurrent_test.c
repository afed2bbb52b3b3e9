/* The walk along time around the steps: states at the start, from batch to batch, masks, cells. */
#include "layers/recurrent.h"
#include "testing/check_layer.h"
#include "testing/layer_run.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>

/* h = h + x: the cell whose numbers can be told. */
#define ADDS \
    "simple_rnn(1, activation=linear, kernel_initializer=ones, recurrent_initializer=ones, use_bias=False"

/* One sample of steps 1, 2, 4 with this mask; what comes out. */
static const struct {
    const char *name, *text;
    double mask[3]; /* all 0: none */
    int count;
    double expected[3];
} walks[] = {
    {"the last", ADDS ")", {0}, 1, {7}},
    {"all", ADDS ", return_sequences=True)", {0}, 3, {1, 3, 7}},
    {"backwards", ADDS ", return_sequences=True, go_backwards=True)", {0}, 3, {4, 6, 7}},
    {"a step that does not count", ADDS ", return_sequences=True)", {1, 0, 1}, 3, {1, 1, 5}},
    {"the last does not count", ADDS ")", {1, 1, 0}, 1, {3}},
    {"backwards with a mask", ADDS ", return_sequences=True, go_backwards=True)", {1, 1, 0}, 3, {0, 2, 3}},
    {"zeros where it does not count",
     ADDS ", return_sequences=True, zero_output_for_mask=True)",
     {1, 0, 1},
     3,
     {1, 0, 5}},
    {"zero at the end", ADDS ", zero_output_for_mask=True)", {1, 1, 0}, 1, {0}},
    {"unrolled, zeros do not matter",
     ADDS ", unroll=True, return_sequences=True, zero_output_for_mask=True)",
     {1, 0, 1},
     3,
     {1, 1, 5}},
};

TEST_EACH(steps_are_taken, walks)
{
    static const double steps[] = {1, 2, 4};
    const bool masked = row->mask[0] != 0 || row->mask[1] != 0 || row->mask[2] != 0;
    const layer_example example = {.text = row->text, .inputs = {HONE_SHAPE(1, 3, 1)}, .masked = masked};
    layer_run run = layer_run_begin(&example, "ref", 1, 1);
    layer_run_feed(&run, 0);
    for (size_t i = 0; i < run.weights.count; i++)
        hone_internal_variable_data(run.weights.items[i])[0] = 1;
    for (int i = 0; i < 3; i++) {
        layer_run_write(&run, run.inputs[0], i, steps[i]);
        if (masked)
            layer_run_write(&run, run.masks[0], i, row->mask[i]);
    }
    layer_run_execute(&run, NULL);
    assert_int_equal(layer_run_count(&run, run.output), row->count);
    for (int i = 0; i < row->count; i++)
        if (layer_run_read(&run, run.output, i) != row->expected[i])
            fail_msg("output %d is %g, not %g", i, layer_run_read(&run, run.output, i), row->expected[i]);
    layer_run_free(&run);
}

static const struct {
    const char *name, *text, *words;
    hone_shape input;
} refused[] = {
    {"no steps",
     "gru(2)",
     "needs an input of shape (batch, steps, n), n known, not (None, 3)",
     {.rank = 2, .size = {HONE_ANY, 3}}},
    {"unknown features",
     "gru(2)",
     "n known, not (None, 3, None)",
     {.rank = 3, .size = {HONE_ANY, 3, HONE_ANY}}},
    {"no cell",
     "rnn(dense(2))",
     "the layer \"dense\" is not a cell: it takes no states in its call",
     {.rank = 3, .size = {HONE_ANY, 3, 2}}},
    {"no cell in a stack",
     "rnn([gru_cell(2), dense(2)])",
     "the layer \"dense\" is not a cell",
     {.rank = 3, .size = {HONE_ANY, 3, 2}}},
};

TEST_EACH(refuses, refused)
{
    check_layer_refused(row->text, (hone_shape[]){row->input, {0}}, row->words);
}

/* A stack of `count` cells has a state each, 32 at most. */
TEST(states_are_counted)
{
    for (int count = HONE_WALK_STATES; count <= HONE_WALK_STATES + 1; count++) {
        char text[1000] = "rnn([";
        for (int i = 0; i < count; i++)
            strcat(text, i == 0 ? "gru_cell(1)" : ", gru_cell(1)");
        strcat(text, "])");
        hone_error_clear();
        hone_layer *layer = hone_layer_from_text(text);
        const hone_shape shape = HONE_SHAPE(HONE_ANY, 2, 1);
        assert_non_null(layer);
        if (count == HONE_WALK_STATES) {
            assert_int_equal(hone_internal_layer_build(layer, &shape, 1), HONE_OK);
        } else {
            assert_true(hone_internal_layer_build(layer, &shape, 1) < 0);
            assert_message_has("has more than 32 states");
        }
        hone_layer_free(layer);
    }
}

TEST(a_step_has_the_shape_without_the_steps)
{
    assert_true(hone_internal_shape_equal(hone_internal_walk_step_shape(HONE_SHAPE(HONE_ANY, 7, 3)),
                                          HONE_SHAPE(HONE_ANY, 3)));
    assert_true(hone_internal_shape_equal(hone_internal_walk_step_shape(HONE_SHAPE(4, HONE_ANY, 5, 6, 3)),
                                          HONE_SHAPE(4, 5, 6, 3)));
}

/* Batches of another size than the first, or than the input says. */
TEST(states_from_batch_to_batch_have_one_size)
{
    static const float x[4 * 3] = {1};
    hone_array *result[1];
    hone_batch two = {.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){2, 3, 1})}},
               four = {.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){4, 3, 1})}};
    hone_model *model = hone_sequential(hone_input(3, 1), hone_layer_from_text(ADDS ", stateful=True)"));
    assert_non_null(model);
    for (float sum = 1; sum < 4; sum++) {
        assert_true(hone_predict_on_batch(model, &two, false, result) >= 0);
        assert_true(((float *)result[0]->data)[0] == sum);
        hone_array_free(result[0]);
    }
    assert_true(hone_predict_on_batch(model, &four, false, result) < 0);
    assert_message_has("is stateful: it keeps the states of batches of 2 and cannot take a batch of 4");
    assert_int_equal(hone_model_reset_states(model), HONE_OK);
    assert_true(hone_predict_on_batch(model, &four, false, result) >= 0);
    hone_array_free(result[0]);
    hone_model_free(model);
    model = hone_sequential(hone_layer_from_text("input(batch_shape=[2, 3, 1])"),
                            hone_layer_from_text(ADDS ", stateful=True)"));
    assert_true(hone_predict_on_batch(model, &four, false, result) < 0);
    assert_message_has("is stateful, for batches of 2, and cannot take a batch of 4; give a batch_size of 2");
    hone_model_free(model);
}

/* h = 2 h + x over the steps 1, 0, 4 of which a mask hides the 0, from 10; by hand the mask hides all but the
 * first. */
static double steps_from_ten(bool by_hand)
{
    hone_tensor *x = hone_tensor_input(hone_input(3, 1)), *state = hone_tensor_input(hone_input(1)),
                *mask = hone_tensor_input(hone_input(3)),
                *hidden = hone_apply(hone_masking(.mask_value = 0), x);
    hone_layer *walk = hone_layer_from_text("simple_rnn(1, activation=linear, kernel_initializer=ones, "
                                            "recurrent_initializer=\"constant(2)\", use_bias=False)");
    hone_tensor *y = by_hand ? hone_recurrent_call(walk, HONE_TENSOR_LIST(hidden), .mask = mask,
                                                   .initial_state = HONE_TENSOR_LIST(state))
                             : hone_recurrent_call(walk, HONE_TENSOR_LIST(hidden),
                                                   .initial_state = HONE_TENSOR_LIST(state));
    hone_model *model = hone_functional((x, state, mask), (y));
    assert_non_null(model);
    hone_array arrays[] = {hone_array_view((float[]){1, 0, 4}, HONE_FLOAT32, 3, (int64_t[]){1, 3, 1}),
                           hone_array_view((float[]){10}, HONE_FLOAT32, 2, (int64_t[]){1, 1}),
                           hone_array_view((float[]){1, 0, 0}, HONE_FLOAT32, 2, (int64_t[]){1, 3})};
    hone_dataset *data = hone_dataset_from_arrays(.x = {arrays[0], arrays[1], arrays[2]});
    hone_array *output;
    assert_int_equal(hone_predict(model, data, &output), HONE_OK);
    const double result = (double)*(const float *)output->data;
    hone_array_free(output);
    hone_dataset_free(data);
    hone_model_free(model);
    return result;
}

TEST(with_given_states_only_a_mask_by_hand_counts)
{
    assert_true(steps_from_ten(false) == 88); /* ((2 10 + 1) 2 + 0) 2 + 4 */
    assert_true(steps_from_ten(true) == 21);
}
