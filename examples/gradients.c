/* Vanishing and exploding gradients: twenty layers of 100, started in five ways. What flows through them, forwards (activations) and
 * backwards (gradients of the kernels), as histograms layer by layer, before the first step; then what training makes of it. */
#include "common.h"
#include <stdio.h>

enum { DEPTH = 20, UNITS = 100, SHOWN = 5, SETUPS = 5, BINS = 60, ROWS = 500 };

static const struct {
    const char *title, *activation, *initializer;
} setups[SETUPS] = {{"sigmoid, normal(0, 1)", "sigmoid", "random_normal(stddev=1)"},
                    {"sigmoid, Glorot", "sigmoid", "glorot_uniform"},
                    {"relu, normal(0, 1)", "relu", "random_normal(stddev=1)"},
                    {"relu, He", "relu", "he_normal"},
                    {"selu, LeCun", "selu", "lecun_normal"}};
static const int shown[SHOWN] = {1, 5, 10, 15, 20};
static double counts[SHOWN][SETUPS][2][BINS]; /* [..][..][0]: of activations, [1]: of gradients */
static const double lowest_size = 1e-12, highest_size = 1e18;

static hone_model *make_model(int setup)
{
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten(), hone_rescaling(1 / 0.353, .offset = -0.286 / 0.353));
    for (int i = 0; i < DEPTH; i++)
        hone_model_add(model, hone_dense(UNITS, .activation = setups[setup].activation, .kernel_initializer = setups[setup].initializer));
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.01), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

/* The sizes |x| of some numbers, in bins that are equal in the logarithm; zeros fall into the first. */
static void count_sizes(const float *numbers, int64_t count, double *bins)
{
    for (int64_t i = 0; i < count; i++) {
        double share = log(fmax(fabs((double)numbers[i]), lowest_size) / lowest_size) / log(highest_size / lowest_size);
        bins[share >= 1 || share != share ? BINS - 1 : (int)(share * BINS)]++;
    }
}

static bool look(hone_model *model, int setup, const hone_batch *batch)
{
    hone_gradients *gradients = hone_gradients_compute(model, batch);
    bool good = gradients != NULL;
    for (int i = 0; i < SHOWN && good; i++) {
        int layer = 1 + shown[i]; /* after flatten and rescaling */
        hone_tensor *inner = hone_model_layer_output(model, hone_layer_name(hone_model_layer_at(model, layer)));
        hone_model *part = hone_functional((hone_model_input(model, 0)), (inner));
        hone_array *outputs = NULL;
        good = hone_predict_on_batch(part, batch, false, &outputs) >= 0;
        if (good) count_sizes(outputs->data, hone_array_count(outputs), counts[i][setup][0]);
        int kernel = 2 * (shown[i] - 1); /* each layer has a kernel and a bias */
        if (good) count_sizes(hone_gradients_data(gradients, kernel), UNITS * UNITS, counts[i][setup][1]);
        hone_array_free(outputs);
        hone_model_free(part);
    }
    hone_gradients_free(gradients);
    return good;
}

static bool draw(const char *path, double rows)
{
    static hone_series series[SHOWN][SETUPS][2];
    static hone_panel panels[SHOWN * SETUPS];
    static char titles[SHOWN][20];
    const char *columns[SETUPS];
    for (int i = 0; i < SHOWN * SETUPS; i++) {
        int layer = i / SETUPS, setup = i % SETUPS;
        columns[setup] = setups[setup].title;
        snprintf(titles[layer], sizeof titles[layer], "layer %d", shown[layer]);
        for (int k = 0; k < 2; k++)
            series[layer][setup][k] = (hone_series){.kind = HONE_SERIES_HISTOGRAM, .y = counts[layer][setup][k], .count = BINS,
                .low = lowest_size, .high = highest_size, .colour = k == 0 ? HONE_COLOUR_BLUE : HONE_COLOUR_RED,
                .label = k == 0 ? "activations" : "gradients of the kernel"};
        for (int b = 0; b < BINS; b++) counts[layer][setup][0][b] *= UNITS / rows; /* to equal areas */
        panels[i] = (hone_panel){.title = titles[layer], .x_logarithmic = true, .series = series[layer][setup], .series_count = 2};
    }
    hone_chart chart = {.title = "Sizes of activations and gradients before training", .panels = panels, .panel_count = SHOWN * SETUPS,
                        .columns = SETUPS, .column_titles = columns, .compact = true, .same_x = true, .shared_legend = true};
    return hone_chart_write(path, &chart) >= 0;
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    hone_batch batch;
    if (!example_begin(&run, count, words, 20000, 5)) return 2;
    bool good = example_batch(run.train, 0, ROWS < run.samples ? ROWS : run.samples, &batch);
    for (int i = 0; i < SETUPS && good; i++) {
        hone_model *model = make_model(i);
        good = look(model, i, &batch) &&
               example_compare(&comparison, setups[i].title, hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid));
        hone_model_free(model);
    }
    good = good && draw(example_path(&run, "01-gradients.png"), (double)batch.x[0].shape[0]) &&
           example_draw_comparison(&comparison, example_path(&run, "01-training.png"), "Twenty layers");
    example_batch_free(&batch);
    return example_end(&run, !good);
}
