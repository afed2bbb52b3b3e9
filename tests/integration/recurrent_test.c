/* Recurrent layers in whole models: states as inputs, in C, in a recipe and in
 * a file; training. */
#include "graph/variable.h"
#include "keras/keras.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

static hone_model *in_c(void)
{
    hone_tensor *x = hone_input_tensor(4, 2, .name = "x"), *h = hone_input_tensor(3, .name = "h"),
                *c = hone_input_tensor(3, .name = "c");
    hone_tensor *y = hone_recurrent_call(hone_lstm(3, .return_sequences = true), HONE_TENSOR_LIST(x),
                                         .initial_state = HONE_TENSOR_LIST(h, c));
    return hone_functional((x, h, c), (y));
}

static const char recipe_text[] = "model:\n"
                                  "  - input: {shape: [4, 2], name: x}\n"
                                  "  - input: {shape: [3], name: h}\n"
                                  "  - input: {shape: [3], name: c}\n"
                                  "  - lstm: {units: 3, return_sequences: true, inputs: x, call: "
                                  "{initial_state: [h, c]}}\n";

static hone_model *in_recipe(void)
{
    hone_recipe *recipe = hone_recipe_parse(recipe_text, "test.yaml");
    hone_model *model = hone_recipe_model(recipe);
    hone_recipe_free(recipe);
    return model;
}

enum { SAMPLES = 5, OUTPUTS = SAMPLES * 4 * 3 };

/* All weights to numbers of their place, then the outputs. */
static void predict(hone_model *model, float *outputs)
{
    float x[SAMPLES * 8], h[SAMPLES * 3], c[SAMPLES * 3];
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < SAMPLES * 8; i++)
        x[i] = (float)sin(i);
    for (int i = 0; i < SAMPLES * 3; i++)
        h[i] = (float)cos(i), c[i] = (float)sin(2.0 * i);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_variable_data(weight)[j] = (float)sin((double)(7 * i + j));
    }
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){SAMPLES, 4, 2}),
                                       hone_array_view(h, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 3}),
                                       hone_array_view(c, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 3})},
                                 .x_names = {"x", "h", "c"});
    hone_array *y[1];
    if (hone_predict(model, data, y, .batch_size = 3) < 0)
        fail_msg("%s", hone_error_message());
    memcpy(outputs, y[0]->data, OUTPUTS * sizeof *outputs);
    hone_array_free(y[0]);
    hone_dataset_free(data);
}

TEST(states_are_given_in_c_recipe_and_file)
{
    hone_model *models[3] = {in_c(), in_recipe(), NULL};
    float outputs[3][OUTPUTS];
    hone_config *config = hone_internal_model_to_config(models[0]);
    models[2] = hone_internal_model_from_config(config, NULL);
    hone_internal_config_free(config);
    for (int i = 0; i < 3; i++) {
        predict(models[i], outputs[i]);
        assert_memory_equal(outputs[i], outputs[0], sizeof outputs[0]);
        hone_model_free(models[i]);
    }
}

/* Whether the first number of a sequence is above 0: the state has to keep it
 * over all steps. */
TEST(a_state_remembers)
{
    enum { ROWS = 128, STEPS = 6 };
    static float x[ROWS * STEPS], y[ROWS];
    for (int i = 0; i < ROWS * STEPS; i++)
        x[i] = (float)sin(3.0 * i * i + 1);
    for (int i = 0; i < ROWS; i++)
        y[i] = x[i * STEPS] > 0;
    static const char *const layers[] = {
        "simple_rnn(8)",         "lstm(8)",          "gru(8)", "gru(8, reset_after=False)",
        "bidirectional(gru(4))", "rnn(lstm_cell(8))"};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        hone_model *model = hone_sequential(hone_input(STEPS, 1), hone_layer_from_text(layers[i]),
                                            hone_dense(1, .activation = "sigmoid"));
        hone_dataset *data =
            hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){ROWS, STEPS, 1})},
                                     .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){ROWS, 1})});
        assert_int_equal(
            hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.02), .loss = "binary_crossentropy"),
            HONE_OK);
        const hone_history *history = hone_fit(model, data, .epochs = 60, .verbose = 0);
        if (history == NULL)
            fail_msg("%s: %s", layers[i], hone_error_message());
        double loss = hone_history_value(history, "loss", 59);
        if (!(loss < 0.2))
            fail_msg("%s: the loss is %g", layers[i], loss);
        hone_dataset_free(data);
        hone_model_free(model);
    }
}
