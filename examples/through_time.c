/* Vanishing and exploding gradients through time: a picture is read row by row, then come empty rows, and only after the last of them is the
 * network asked what it was. How much the loss would change with each row, as the norm of the gradient step by step, before training and
 * after it: plain recurrence with small, large and orthogonal weights, with clipping, and the gates of LSTM and GRU. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 28, EMPTY = 32, STEPS = ROWS + EMPTY, UNITS = 64, SETUPS = 7, LOOKED = 32 };

static const struct {
    const char *title, *layer, *clipping;
} setups[SETUPS] = {
    {"tanh, small weights", "simple_rnn(64, recurrent_initializer=random_normal(stddev=0.05))", ""},
    {"tanh, large weights", "simple_rnn(64, recurrent_initializer=random_normal(stddev=0.25))", ""},
    {"tanh, large weights, clipped", "simple_rnn(64, recurrent_initializer=random_normal(stddev=0.25))", "(global_clipnorm=1)"},
    {"tanh, orthogonal", "simple_rnn(64, recurrent_initializer=orthogonal)", ""},
    {"LSTM, forget gate at 1/2", "lstm(64, unit_forget_bias=False)", ""},
    {"LSTM, forget gate at 0.73", "lstm(64)", ""},
    {"GRU", "gru(64)", ""}};
static double norms[SETUPS][2][STEPS]; /* [..][0]: before training, [..][1]: after it */

/* The network, and the same layers once more with a weight of shape (steps, features) added to what they read: its gradient is that of the
 * steps. `watched` is freed first. */
typedef struct networks {
    hone_model *plain, *watched;
} networks;

static networks make_networks(int setup)
{
    char optimizer[64];
    snprintf(optimizer, sizeof optimizer, "adam%s", setups[setup].clipping);
    hone_layer *recurrent = hone_layer_from_text(setups[setup].layer), *dense = hone_dense(10, .activation = "softmax");
    hone_tensor *rows = hone_input_tensor(ROWS, ROWS);
    hone_tensor *steps = hone_apply(hone_zero_padding1d(.padding = {0, EMPTY}), rows);
    hone_tensor *added = hone_apply(hone_position_embedding(STEPS, .initializer = "zeros", .name = "added"), steps);
    hone_tensor *answer = hone_apply(hone_layer_retain(dense), hone_apply(hone_layer_retain(recurrent), steps));
    hone_tensor *again = hone_apply(dense, hone_apply(recurrent, hone_apply(hone_add(), steps, added)));
    networks made = {hone_functional((rows), (answer)), hone_functional((rows), (again))};
    hone_compile(made.plain, .optimizer = hone_optimizer_from_text(optimizer), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    hone_compile(made.watched, .optimizer = hone_sgd(), .loss = "sparse_categorical_crossentropy");
    return made;
}

static const float *gradient_of_steps(const hone_gradients *gradients)
{
    for (int i = 0; gradients && i < hone_gradients_count(gradients); i++) {
        hone_shape shape = hone_variable_shape(hone_gradients_variable(gradients, i));
        if (shape.rank == 2 && shape.size[0] == STEPS && shape.size[1] == ROWS) return hone_gradients_data(gradients, i);
    }
    return NULL;
}

/* The mean over some pictures of |dL / dx_t|, for each step t. */
static bool look(hone_model *watched, hone_dataset *data, double *mean)
{
    for (int i = 0; i < LOOKED; i++) {
        hone_batch batch;
        hone_gradients *gradients = example_batch(data, i, 1, &batch) ? hone_gradients_compute(watched, &batch) : NULL;
        const float *found = gradient_of_steps(gradients);
        for (int t = 0; found && t < STEPS; t++) {
            double sum = 0;
            for (int k = 0; k < ROWS; k++) sum += (double)found[t * ROWS + k] * (double)found[t * ROWS + k];
            mean[t] += sqrt(sum) / LOOKED;
        }
        hone_gradients_free(gradients);
        example_batch_free(&batch);
        if (!found) return false;
    }
    return true;
}

static bool draw(const char *path)
{
    static hone_series series[2][SETUPS];
    hone_mark end = {HONE_MARK_VERTICAL, ROWS - 0.5, 0, "the picture ends", HONE_COLOUR_GREY};
    hone_panel panels[2];
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < SETUPS; i++)
            series[k][i] = (hone_series){.label = setups[i].title, .y = norms[i][k], .count = STEPS, .colour = 1 + i};
        panels[k] = (hone_panel){.title = k ? "After training" : "Before training", .x_label = "step", .y_label = "norm of the gradient",
                                 .y_logarithmic = true, .y_limits = {1e-20, 1e6}, .series = series[k], .series_count = SETUPS, .marks = &end,
                                 .mark_count = 1};
    }
    hone_chart chart = {.title = "Gradient of the loss, step by step", .panels = panels, .panel_count = 2, .columns = 2, .shared_legend = true};
    return hone_chart_write(path, &chart) >= 0;
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    if (!example_begin(&run, count, words, 10000, 5)) return 2;
    bool good = true;
    for (int i = 0; i < SETUPS && good; i++) {
        networks made = make_networks(i);
        good = look(made.watched, run.train, norms[i][0]) &&
               example_compare(&comparison, setups[i].title, hone_fit(made.plain, run.train, .epochs = run.epochs, .validation_data = run.valid)) &&
               look(made.watched, run.train, norms[i][1]);
        hone_model_free(made.watched);
        hone_model_free(made.plain);
    }
    printf("%-32s %10s %10s %10s %10s\n", "norm of the gradient", "first row", "last row", "after: 1st", "last");
    for (int i = 0; i < SETUPS && good; i++)
        printf("%-32s %10.1e %10.1e %10.1e %10.1e\n", setups[i].title, norms[i][0][0], norms[i][0][STEPS - 1], norms[i][1][0], norms[i][1][STEPS - 1]);
    good = good && draw(example_path(&run, "23-norms.png")) && example_draw_comparison(&comparison, example_path(&run, "23-training.png"), "A picture, then 32 empty rows");
    return example_end(&run, !good);
}
