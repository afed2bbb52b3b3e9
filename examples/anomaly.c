/* Anomalies in a series: an autoencoder of one-dimensional convolutions learns what two days of temperature look like, hour by hour. Where it
 * cannot repeat a window, something is wrong. Three faults are put into the last quarter of the year: a sensor that freezes, one that jumps,
 * and a clock that is off by half a day.
 *
 * The data are Seattle's hourly temperatures of the Debian package python3-vega-datasets, or seattle-temps.csv (date,temp) here or in
 * $HONE_DATA_DIR. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

enum { MOST_HOURS = 9000, WINDOW = 48 };

static double hours[MOST_HOURS];
static float windows[MOST_HOURS][WINDOW];

static int read_series(void)
{
    const char *folders[] = {getenv("HONE_DATA_DIR"), ".", "/usr/lib/python3/dist-packages/vega_datasets/_data"};
    char path[4096], line[256];
    FILE *file = NULL;
    for (int i = 0; i < 3 && !file; i++) {
        snprintf(path, sizeof path, "%s/seattle-temps.csv", folders[i] ? folders[i] : ".");
        file = fopen(path, "r");
    }
    int count = 0;
    while (file && count < MOST_HOURS && fgets(line, sizeof line, file))
        count += sscanf(line, "%*[^,],%lf", &hours[count]) == 1;
    if (file) fclose(file);
    return count;
}

/* Mean 0 and deviation 1 in the first `count` hours; the deviation that they had. */
static double scale(int count, int all)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < count; i++) mean += hours[i] / count;
    for (int i = 0; i < count; i++) variance += (hours[i] - mean) * (hours[i] - mean) / count;
    for (int i = 0; i < all; i++) hours[i] = (hours[i] - mean) / sqrt(variance);
    return sqrt(variance);
}

/* Each window that begins at hours begin .. end - WINDOW, around its mean: seasons do not count. */
static hone_dataset *windows_of(int begin, int end)
{
    for (int i = begin; i + WINDOW <= end; i++) {
        double mean = 0;
        for (int j = 0; j < WINDOW; j++) mean += hours[i + j] / WINDOW;
        for (int j = 0; j < WINDOW; j++) windows[i][j] = (float)(hours[i + j] - mean);
    }
    hone_array array = hone_array_view(windows[begin], HONE_FLOAT32, 3, (int64_t[]){end - WINDOW + 1 - begin, WINDOW, 1});
    return hone_dataset_from_arrays(.x = {array}, .y = {array});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(
        hone_input(WINDOW, 1), hone_conv1d(16, .kernel_size = {7}, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv1d(1, .kernel_size = {7}, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv1d_transpose(16, .kernel_size = {7}, .strides = {2}, .padding = "same", .activation = "relu"),
        hone_conv1d_transpose(16, .kernel_size = {7}, .strides = {2}, .padding = "same", .activation = "relu"), hone_conv1d(1, .kernel_size = {7}, .padding = "same"));
    hone_compile(model, .optimizer = hone_adam(), .loss = "mse");
    return model;
}

/* The mean squared error of each window. */
static bool judge(hone_model *model, int begin, int end, double *errors)
{
    hone_dataset *data = windows_of(begin, end);
    hone_array *made = NULL;
    bool good = hone_predict(model, data, &made, .batch_size = 256) >= 0;
    for (int i = 0; good && i + WINDOW <= end - begin; i++) {
        errors[i] = 0;
        for (int j = 0; j < WINDOW; j++) {
            double off = (double)((float *)made->data)[i * WINDOW + j] - (double)windows[begin + i][j];
            errors[i] += off * off / WINDOW;
        }
    }
    hone_array_free(made);
    hone_dataset_free(data);
    return good;
}

static double highest(const double *numbers, int begin, int end)
{
    double found = 0;
    for (int i = begin; i < end; i++) found = fmax(found, numbers[i]);
    return found;
}

/* At hour `at`, for `length` hours. */
typedef struct fault {
    const char *name;
    int at, length;
} fault;
static const fault faults[] = {{"frozen for 18 hours", 300, 18}, {"6 degrees more for 8 hours", 900, 8}, {"a day off by 12 hours", 1500, 24}};

static void break_sensor(int begin, double degree)
{
    double *series = hours + begin;
    for (int i = 0; i < faults[0].length; i++) series[faults[0].at + i] = series[faults[0].at];
    for (int i = 0; i < faults[1].length; i++) series[faults[1].at + i] += 6 * degree;
    for (int i = 0; i < 12; i++) {
        double *a = &series[faults[2].at + i], *b = a + 12, swapped = *a;
        *a = *b, *b = swapped;
    }
}

static bool draw(const double *errors, int begin, int count, double limit, const char *path)
{
    hone_mark marks[] = {{HONE_MARK_HORIZONTAL, 0, limit, "limit", HONE_COLOUR_RED}};
    hone_series series[] = {{.y = hours + begin, .count = (size_t)count}, {.y = errors, .count = (size_t)(count - WINDOW + 1)}};
    hone_panel panels[] = {{.title = "Temperature, scaled, with three faults", .x_label = "hour", .series = &series[0], .series_count = 1},
                           {.title = "Error of the window from that hour on", .x_label = "hour", .y_logarithmic = true, .series = &series[1], .series_count = 1,
                            .marks = marks, .mark_count = 1}};
    return hone_chart_write(path, &(hone_chart){.panels = panels, .panel_count = 2, .columns = 1, .panel_width = 800, .panel_height = 220}) >= 0;
}

int main(int count, char **words)
{
    static double errors[MOST_HOURS];
    example run;
    if (!example_begin(&run, count, words, 6000, 40)) return 2;
    const int all = read_series(), begin = all * 3 / 4;
    if (all < 2000 + WINDOW) {
        printf("seattle-temps.csv is not here, so there is nothing to show; it is in the Debian package python3-vega-datasets.\n");
        return example_end(&run, false);
    }
    const double degree = 1.8 / scale(begin, all); /* the file has degrees Fahrenheit, the faults Celsius */
    hone_dataset *train = windows_of(0, begin);
    hone_model *model = make_model();
    bool good = hone_fit(model, train, .epochs = run.epochs, .batch_size = 64) != NULL && judge(model, 0, begin, errors);
    const double limit = highest(errors, 0, begin - WINDOW + 1);
    good = good && judge(model, begin, all, errors);
    int alarms = 0;
    for (int i = 0; good && i + WINDOW <= all - begin; i++) alarms += errors[i] > limit;
    printf("limit, the largest error in training: %.4f; windows above it in the last quarter, as it was: %d of %d\n", limit, alarms,
           all - begin - WINDOW + 1);
    break_sensor(begin, degree);
    good = good && judge(model, begin, all, errors);
    for (size_t i = 0; good && i < sizeof faults / sizeof *faults; i++) {
        double found = highest(errors, faults[i].at - WINDOW + 1, faults[i].at + faults[i].length);
        printf("%-28s error %.4f  %s\n", faults[i].name, found, found > limit ? "found" : "missed");
    }
    good = good && draw(errors, begin, all - begin, limit, example_path(&run, "17-anomaly.png"));
    hone_model_free(model);
    hone_dataset_free(train);
    return example_end(&run, !good);
}
