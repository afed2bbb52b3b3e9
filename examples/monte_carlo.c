/* Monte Carlo dropout: with dropout left on, every prediction is another draw. The mean of a hundred draws is the prediction, their
 * deviation says how sure it is. Gal, Ghahramani: "Dropout as a Bayesian approximation", 2016. */
#include "common.h"
#include <stdio.h>

enum { CLASSES = 10, DRAWS = 100, MOST = 1000, SHOWN = 4 };
static const char *const names[CLASSES] = {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"};
static double means[MOST][CLASSES], deviations[MOST][CLASSES];

static int largest(const double *numbers)
{
    int best = 0;
    for (int c = 1; c < CLASSES; c++)
        if (numbers[c] > numbers[best]) best = c;
    return best;
}

/* Sums and sums of squares over the draws, then means and deviations. */
static bool draw_predictions(hone_model *model, const hone_batch *batch, int64_t rows)
{
    for (int d = 0; d < DRAWS; d++) {
        hone_array *outputs;
        if (hone_predict_on_batch(model, batch, true, &outputs) < 0) return false;
        for (int64_t i = 0; i < rows * CLASSES; i++) {
            double chance = hone_array_number(outputs, i);
            means[i / CLASSES][i % CLASSES] += chance / DRAWS;
            deviations[i / CLASSES][i % CLASSES] += chance * chance / DRAWS;
        }
        hone_array_free(outputs);
    }
    for (int64_t i = 0; i < rows * CLASSES; i++) {
        double *deviation = &deviations[i / CLASSES][i % CLASSES], mean = means[i / CLASSES][i % CLASSES];
        *deviation = sqrt(fmax(*deviation - mean * mean, 0));
    }
    return true;
}

/* The image with the largest deviation of its first choice among those from `begin` to `end`. */
static int64_t least_sure(int64_t begin, int64_t end)
{
    int64_t found = begin;
    for (int64_t i = begin; i < end; i++)
        if (deviations[i][largest(means[i])] > deviations[found][largest(means[found])]) found = i;
    return found;
}

static bool picture(const example *run, const hone_batch *batch, int64_t rows)
{
    static float pixels[SHOWN][28 * 28];
    static char titles[SHOWN][64];
    hone_series series[SHOWN];
    hone_panel panels[SHOWN];
    const char *labels[SHOWN];
    for (int k = 0; k < SHOWN; k++) { /* the first image, then the least sure of each third of the others */
        int64_t i = k == 0 ? 0 : least_sure(rows * (k - 1) / 3, rows * k / 3);
        const float *image = (const float *)batch->x[0].data + i * 28 * 28;
        for (int p = 0; p < 28 * 28; p++) pixels[k][p] = image[p];
        labels[k] = names[(int)((const float *)batch->y[0].data)[i]];
        snprintf(titles[k], sizeof titles[k], "image %lld: %s", (long long)i, labels[k]);
        series[k] = (hone_series){.kind = HONE_SERIES_BARS, .y = means[i], .deviation = deviations[i], .count = CLASSES, .colour = 1};
        panels[k] = (hone_panel){.title = titles[k], .x_label = "probability", .x_limits = {0, 1.2}, .series = &series[k],
                                 .series_count = 1, .categories = names};
    }
    hone_chart chart = {.title = "Mean and deviation of 100 draws", .panels = panels, .panel_count = SHOWN, .columns = 2, .panel_height = 270};
    hone_sheet sheet = {.pixels = pixels[0], .count = SHOWN, .height = 28, .width = 28, .channels = 1, .columns = SHOWN, .low = 1, .high = 0,
                        .labels = labels};
    return hone_chart_write(example_path(run, "08-monte-carlo.png"), &chart) >= 0 &&
           hone_sheet_write(example_path(run, "08-images.png"), &sheet) >= 0;
}

static bool report(hone_model *model, const hone_batch *batch, int64_t rows)
{
    hone_array *plain;
    int right = 0, right_of_mean = 0, sure = 0, right_of_sure = 0;
    if (hone_predict_on_batch(model, batch, false, &plain) < 0) return false;
    for (int64_t i = 0; i < rows; i++) {
        double once[CLASSES];
        for (int c = 0; c < CLASSES; c++) once[c] = hone_array_number(plain, i * CLASSES + c);
        int truth = (int)((const float *)batch->y[0].data)[i], choice = largest(means[i]);
        right += largest(once) == truth;
        right_of_mean += choice == truth;
        sure += deviations[i][choice] < 0.1;
        right_of_sure += deviations[i][choice] < 0.1 && choice == truth;
    }
    hone_array_free(plain);
    printf("accuracy without dropout   %.4f\n", right / (double)rows);
    printf("accuracy of the mean       %.4f\n", right_of_mean / (double)rows);
    printf("deviation below 0.1        %.4f of the images, accuracy %.4f\n", sure / (double)rows, sure ? right_of_sure / (double)sure : 0);
    printf("deviation of 0.1 and more  %.4f of the images, accuracy %.4f\n", 1 - sure / (double)rows,
           sure < rows ? (right_of_mean - right_of_sure) / (double)(rows - sure) : 0);
    return true;
}

int main(int count, char **words)
{
    example run;
    hone_batch batch;
    if (!example_begin(&run, count, words, 20000, 10)) return 2;
    int64_t rows = run.samples < MOST ? run.samples : MOST;
    bool good = example_batch(run.test, 0, rows, &batch);
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_flatten(), hone_dropout(0.2), hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_dropout(0.4), hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"), hone_dropout(0.4),
        hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    good = good && hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid) &&
           draw_predictions(model, &batch, rows) && report(model, &batch, rows) && picture(&run, &batch, rows);
    example_batch_free(&batch);
    hone_model_free(model);
    return example_end(&run, !good);
}
