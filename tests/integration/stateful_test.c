/* Stateful layers in whole models: a sequence in parts is the sequence in one, for outputs and gradients;
 * what is refused; one sample after another. */
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 2, STEPS = 6, FEATURES = 3, UNITS = 4 };

static float numbers[SAMPLES * STEPS * FEATURES];

static void fill_numbers(void)
{
    for (int i = 0; i < SAMPLES * STEPS * FEATURES; i++)
        numbers[i] = (float)sin(1.0 + 1.7 * i);
}

static hone_model *make(const char *layer, int steps)
{
    hone_model *model = hone_sequential(hone_input(steps, FEATURES), hone_layer_from_text(layer));
    if (model == NULL || hone_model_set_seed(model, 5) < 0)
        fail_msg("%s: %s", layer, hone_error_message());
    return model;
}

/* Steps `first` to `first + steps` of so many samples, from the given sample. */
static hone_array part(float *room, int sample, int samples, int first, int steps)
{
    for (int i = 0; i < samples; i++)
        memcpy(room + i * steps * FEATURES, numbers + ((sample + i) * STEPS + first) * FEATURES,
               sizeof(float) * (size_t)(steps * FEATURES));
    return hone_array_view(room, HONE_FLOAT32, 3, (int64_t[]){samples, steps, FEATURES});
}

static hone_status predict(hone_model *model, hone_array x, float *output)
{
    hone_batch batch = {.x = {x}};
    hone_array *y[1] = {NULL};
    hone_status status = hone_predict_on_batch(model, &batch, false, y);
    if (status >= 0 && output != NULL)
        memcpy(output, y[0]->data, sizeof(float) * (size_t)(x.shape[0] * UNITS));
    hone_array_free(y[0]);
    return status;
}

static void need(hone_status status)
{
    if (status < 0)
        fail_msg("%s", hone_error_message());
}

static void same(const float *a, const float *b, int count)
{
    for (int i = 0; i < count; i++)
        assert_float_equal(a[i], b[i], 2e-6);
}

static const char *const layers[] = {
    "lstm(4, stateful=True)",
    "gru(4, stateful=True)",
    "simple_rnn(4, stateful=True, activation=softmax)",
    "rnn([lstm_cell(3), gru_cell(4)], stateful=True)",
    "bidirectional(lstm(2, stateful=True))",
};

/* The whole sequence of fresh states, in parts, and in parts again after a reset. A layer that goes both ways
 * is not the same in parts; it begins again as it began. */
TEST(a_sequence_in_parts_is_the_sequence)
{
    float room[SAMPLES * STEPS * FEATURES], whole[SAMPLES * UNITS], parts[2][SAMPLES * UNITS];
    fill_numbers();
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        hone_model *model = make(layers[i], HONE_ANY);
        need(predict(model, part(room, 0, SAMPLES, 0, STEPS), whole));
        for (int again = 0; again < 2; again++) {
            need(hone_model_reset_states(model));
            need(predict(model, part(room, 0, SAMPLES, 0, 4), NULL));
            need(predict(model, part(room, 0, SAMPLES, 4, 1), NULL));
            need(predict(model, part(room, 0, SAMPLES, 5, 1), parts[again]));
        }
        assert_memory_equal(parts[0], parts[1], sizeof parts[0]);
        if (strncmp(layers[i], "bidirectional", 13) != 0)
            same(whole, parts[0], SAMPLES * UNITS);
        hone_model_free(model);
    }
}

TEST(another_size_of_batch_is_refused_until_a_reset)
{
    float room[SAMPLES * STEPS * FEATURES], one[UNITS], again[UNITS];
    fill_numbers();
    hone_model *model = make("lstm(4, stateful=True)", STEPS);
    need(predict(model, part(room, 0, 2, 0, STEPS), NULL));
    assert_int_equal(predict(model, part(room, 0, 1, 0, STEPS), NULL), HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "lstm"));
    assert_non_null(strstr(hone_error_message(),
                           "it keeps the states of batches of 2 and cannot take a batch of 1; give batches "
                           "of one size, or reset the states in between"));
    hone_layer_reset_states(hone_model_layer_at(model, 0));
    need(predict(model, part(room, 0, 1, 0, STEPS), one));
    assert_int_equal(predict(model, part(room, 0, 2, 0, STEPS), NULL), HONE_ERROR_SHAPE);
    need(hone_model_reset_states(model));
    need(predict(model, part(room, 0, 2, 0, STEPS), NULL));
    need(hone_model_reset_states(model));
    need(predict(model, part(room, 0, 1, 0, STEPS), again));
    assert_memory_equal(one, again, sizeof one);
    assert_true(hone_model_reset_states(NULL) < 0);
    hone_model_free(model);
}

static hone_model *with_loss(hone_model *model)
{
    need(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.1), .loss = "mse"));
    return model;
}

static hone_model *whole_with_states(const char *kind)
{
    char text[100];
    snprintf(text, sizeof text, kind, ", return_state=True");
    hone_tensor *x = hone_input_tensor(3, FEATURES), *y = hone_apply(hone_layer_from_text(text), x);
    return hone_functional((x), (y, hone_tensor_output(y, 1), hone_tensor_output(y, 2)));
}

/* The second half, whose states at the start come from the first, as a stateful layer and as one that is
 * given them. */
TEST(gradients_are_those_of_states_that_are_given)
{
    static const char *const kinds[] = {"lstm(4%s)", "lstm(4, activation=softmax%s)"};
    float room[SAMPLES * STEPS * FEATURES], targets[SAMPLES * UNITS] = {0.5f, -0.25f, 1};
    hone_array y = hone_array_view(targets, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, UNITS});
    fill_numbers();
    for (int kind = 0; kind < 2; kind++) {
        char text[100];
        snprintf(text, sizeof text, kinds[kind], ", stateful=True");
        hone_model *model = with_loss(make(text, 3));
        snprintf(text, sizeof text, kinds[kind], "");
        hone_model *first = whole_with_states(kinds[kind]);
        hone_tensor *x = hone_input_tensor(3, FEATURES), *h = hone_input_tensor(UNITS),
                    *c = hone_input_tensor(UNITS);
        hone_model *given =
            hone_functional((x, h, c), (hone_recurrent_call(hone_layer_from_text(text), HONE_TENSOR_LIST(x),
                                                            .initial_state = HONE_TENSOR_LIST(h, c))));
        with_loss(given);
        for (int i = 0; i < 3; i++) {
            size_t bytes = sizeof(float) * (size_t[]){FEATURES * 16, UNITS * 16, 16}[i];
            memcpy(hone_variable_data(hone_model_weight(first, i)),
                   hone_variable_data(hone_model_weight(model, i)), bytes);
            memcpy(hone_variable_data(hone_model_weight(given, i)),
                   hone_variable_data(hone_model_weight(model, i)), bytes);
        }
        need(predict(model, part(room, 0, SAMPLES, 0, 3), NULL));
        hone_array *states[3];
        need(hone_predict_on_batch(first, &(hone_batch){.x = {part(room, 0, SAMPLES, 0, 3)}}, false, states));
        hone_array second = part(room, 0, SAMPLES, 3, 3);
        hone_gradients *a = hone_gradients_compute(model, &(hone_batch){.x = {second}, .y = {y}}),
                       *b = hone_gradients_compute(
                           given, &(hone_batch){.x = {second, *states[1], *states[2]}, .y = {y}});
        if (a == NULL || b == NULL)
            fail_msg("%s", hone_error_message());
        for (int i = 0; i < 3; i++)
            same(hone_gradients_data(a, i), hone_gradients_data(b, i),
                 (int[]){FEATURES * 16, UNITS * 16, 16}[i]);
        hone_gradients_free(a);
        hone_gradients_free(b);
        for (int i = 0; i < 3; i++)
            hone_array_free(states[i]);
        hone_model_free(model);
        hone_model_free(first);
        hone_model_free(given);
    }
}

/* fit, evaluate and predict carry on where the last of them ended; states are not among the weights. */
TEST(fit_and_evaluate_carry_the_states_too)
{
    float targets[SAMPLES * UNITS] = {0};
    fill_numbers();
    hone_model *model = with_loss(make("gru(4, stateful=True)", STEPS));
    hone_dataset *data = hone_dataset_from_arrays(
            .x = {hone_array_view(numbers, HONE_FLOAT32, 3, (int64_t[]){SAMPLES, STEPS, FEATURES})},
            .y = {hone_array_view(targets, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, UNITS})});
    hone_logs first, second, third;
    assert_int_equal(hone_model_weight_count(model), 3);
    need(hone_evaluate(model, data, &first, .batch_size = 2));
    need(hone_evaluate(model, data, &second, .batch_size = 2));
    need(hone_model_reset_states(model));
    need(hone_evaluate(model, data, &third, .batch_size = 2));
    assert_true(first.values[0] != second.values[0]);
    assert_true(first.values[0] == third.values[0]);
    assert_null(hone_fit(model, data, .epochs = 1, .batch_size = 1, .verbose = 0));
    assert_non_null(strstr(hone_error_message(), "batches of 2 and cannot take a batch of 1"));
    assert_non_null(hone_fit(model, data, .epochs = 2, .batch_size = 2, .shuffle = false, .verbose = 0));
    hone_dataset_free(data);
    hone_model_free(model);
}
