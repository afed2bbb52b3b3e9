/* What the programs of this folder share. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_count(const char *word, const char *text, int64_t *count)
{
    char *end;
    long long number = text ? strtoll(text, &end, 10) : 0;
    if (text && *end == '\0' && number >= 1) {
        *count = number;
        return true;
    }
    fprintf(stderr, "%s needs a whole number from 1, not %s\n", word, text ? text : "nothing");
    return false;
}

static bool read_words(example *run, int count, char **words)
{
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? words[i + 1] : NULL;
        if (strcmp(words[i], "--samples") == 0 && !read_count(words[i], value, &run->samples)) return false;
        if (strcmp(words[i], "--epochs") == 0 && !read_count(words[i], value, &run->epochs)) return false;
        if (strcmp(words[i], "--output") == 0 && value) run->folder = value;
        if (strcmp(words[i], "--samples") != 0 && strcmp(words[i], "--epochs") != 0 && (strcmp(words[i], "--output") != 0 || !value)) {
            fprintf(stderr, "%s [--samples N] [--epochs N] [--output FOLDER]\n", words[0]);
            return false;
        }
    }
    return true;
}

bool example_begin(example *run, int count, char **words, int64_t samples, int64_t epochs)
{
    *run = (example){.samples = samples, .epochs = epochs, .folder = "."};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!read_words(run, count, words)) return false;
    if (run->samples > 55000) run->samples = 55000;
    if (run->epochs > EXAMPLE_MOST_EPOCHS) run->epochs = EXAMPLE_MOST_EPOCHS;
    int64_t held = run->samples / 4 < 50 ? 50 : run->samples / 4;
    run->all = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    run->test = hone_dataset_load("fashion-mnist", "test", 1.0 / 255);
    run->train = hone_dataset_slice(run->all, 0, run->samples);
    run->valid = hone_dataset_slice(run->all, held > 5000 ? -5000 : -held, HONE_NONE_INTEGER);
    return true;
}

int example_end(example *run, bool failed)
{
    hone_dataset_free(run->valid);
    hone_dataset_free(run->train);
    hone_dataset_free(run->test);
    hone_dataset_free(run->all);
    if (failed) fprintf(stderr, "%s\n", hone_error_message());
    return failed ? 1 : 0;
}

const char *example_path(const example *run, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", run->folder, name);
    return path;
}

/* ---- batches ---- */

static hone_array floats(const hone_array *source, int64_t begin, int64_t count, double scale)
{
    hone_array result = *source;
    int64_t size = 1;
    for (int a = 1; a < source->rank; a++) size *= source->shape[a];
    result.type = HONE_FLOAT32;
    result.shape[0] = count;
    float *numbers = result.data = malloc((size_t)(count * size) * sizeof *numbers);
    for (int64_t i = 0; numbers && i < count * size; i++)
        numbers[i] = (float)(hone_array_number(source, begin * size + i) * scale);
    return result;
}

bool example_batch(hone_dataset *data, int64_t begin, int64_t count, hone_batch *batch)
{
    *batch = (hone_batch){.x = {{0}}};
    if (!data) return false;
    batch->x[0] = floats(hone_dataset_input(data, 0), begin, count, 1.0 / 255);
    batch->y[0] = floats(hone_dataset_target(data, 0), begin, count, 1);
    return batch->x[0].data && batch->y[0].data;
}

void example_batch_free(hone_batch *batch)
{
    free(batch->x[0].data);
    free(batch->y[0].data);
}

/* ---- trainings side by side ---- */

bool example_compare(example_comparison *comparison, const char *label, const hone_history *history)
{
    if (!history) return false;
    if (comparison->count == EXAMPLE_MOST_RUNS) {
        hone_fail(HONE_ERROR_STATE, "a comparison has room for %d trainings", EXAMPLE_MOST_RUNS);
        return false;
    }
    if (comparison->count == 0)
        printf("%-32s %10s %10s %12s %8s\n", "", "loss", "val_loss", "val_accuracy", "s/epoch");
    int run = comparison->count++;
    int64_t epochs = hone_history_epoch_count(history);
    comparison->runs[run].label = label;
    comparison->runs[run].epochs = epochs;
    for (int64_t i = 0; i < epochs && i < EXAMPLE_MOST_EPOCHS; i++) {
        comparison->runs[run].loss[i] = hone_history_value(history, "loss", i);
        comparison->runs[run].valid_loss[i] = hone_history_value(history, "val_loss", i);
        comparison->runs[run].valid_accuracy[i] = hone_history_value(history, "val_accuracy", i);
        comparison->runs[run].seconds += hone_history_seconds(history, i);
    }
    printf("%-32s %10.4f %10.4f %12.4f %8.2f\n", label, hone_history_last(history, "loss"), hone_history_last(history, "val_loss"),
           hone_history_last(history, "val_accuracy"), comparison->runs[run].seconds / (double)epochs);
    return true;
}

/* That of the first epochs, but for trainings that exploded. */
static double highest_loss(const example_comparison *comparison)
{
    double highest = 0;
    for (int i = 0; i < comparison->count; i++)
        if (comparison->runs[i].loss[0] < 30 && comparison->runs[i].loss[0] > highest) highest = comparison->runs[i].loss[0];
    return highest > 0 ? highest * 1.05 : 3;
}

bool example_draw_comparison(const example_comparison *comparison, const char *path, const char *title)
{
    static double epochs[EXAMPLE_MOST_EPOCHS];
    hone_series loss[EXAMPLE_MOST_RUNS], accuracy[EXAMPLE_MOST_RUNS];
    for (int i = 0; i < EXAMPLE_MOST_EPOCHS; i++) epochs[i] = i + 1;
    for (int i = 0; i < comparison->count; i++) {
        hone_series line = {.label = comparison->runs[i].label, .x = epochs, .count = (size_t)comparison->runs[i].epochs,
                            .colour = 1 + i % HONE_COLOURS, .dashed = i >= HONE_COLOURS};
        loss[i] = accuracy[i] = line;
        loss[i].y = comparison->runs[i].loss;
        accuracy[i].y = comparison->runs[i].valid_accuracy;
    }
    size_t count = (size_t)comparison->count;
    hone_panel panels[] = {
        {.title = "Loss in training", .x_label = "epoch", .x_integers = true, .y_limits = {0, highest_loss(comparison)},
         .series = loss, .series_count = count},
        {.title = "Accuracy on validation images", .x_label = "epoch", .x_integers = true, .series = accuracy, .series_count = count}};
    double best = 0;
    for (int i = 0; i < comparison->count; i++)
        for (int64_t k = 0; k < comparison->runs[i].epochs; k++) best = fmax(best, comparison->runs[i].valid_accuracy[k]);
    if (best > comparison->lowest_accuracy + 0.05 && comparison->lowest_accuracy > 0) {
        panels[1].y_limits[0] = comparison->lowest_accuracy;
        panels[1].y_limits[1] = best + 0.005;
    }
    hone_chart chart = {.title = title, .panels = panels, .panel_count = 2, .columns = 2, .shared_legend = true};
    return hone_chart_write(path, &chart) >= 0;
}
