/* Who speaks? Nine men say the same two vowels; each utterance is 7 to 29 frames of 12 numbers. Shorter ones are filled up with zeros, which a
 * mask hides from the LSTM: with and without a mask, in one direction and in both; then how early in an utterance the answer is right.
 *
 * The data are JapaneseVowels_TRAIN.ts and JapaneseVowels_TEST.ts of the Python package aeon (Kudo, Toyama, Shimbo, 1999), here or in
 * $HONE_DATA_DIR: pip download aeon --no-deps; unzip -j aeon-*.whl '*JapaneseVowels_T*.ts'. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 29, NUMBERS = 12, SPEAKERS = 9, MOST = 400, LINE = 16384 };

typedef struct utterances {
    int count;
    float frames[MOST][FRAMES][NUMBERS];
    int32_t speaker[MOST];
    int length[MOST];
} utterances;
static utterances train, test, cut;

/* One line: the 12 rows of numbers, then the speaker, with colons between them; numbers with commas. */
static bool read_utterance(char *line, utterances *into)
{
    int row = 0, place = into->count;
    for (char *end, *at = line; row < NUMBERS; row++, at = end + 1)
        for (int t = 0;; t++, at = end + 1) {
            float number = strtof(at, &end);
            if (end == at || t == FRAMES) return false;
            into->frames[place][t][row] = number;
            into->length[place] = t + 1;
            if (*end == ':') break;
            if (*end != ',') return false;
            line = end;
        }
    char *colon = strrchr(line, ':');
    into->speaker[place] = colon ? atoi(colon + 1) - 1 : -1;
    into->count += into->speaker[place] >= 0 && into->speaker[place] < SPEAKERS;
    return true;
}

static bool read_file(const char *name, utterances *into)
{
    static char line[LINE];
    char path[4096];
    const char *folder = getenv("HONE_DATA_DIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    FILE *file = fopen(path, "r");
    while (file && into->count < MOST && fgets(line, sizeof line, file))
        if (line[0] != '@' && line[0] != '#' && !read_utterance(line, into)) break;
    if (file) fclose(file);
    return into->count > 0;
}

static hone_dataset *dataset_of(utterances *data, int count)
{
    hone_array x = hone_array_view(data->frames, HONE_FLOAT32, 3, (int64_t[]){count, FRAMES, NUMBERS});
    hone_array y = hone_array_view(data->speaker, HONE_INT32, 1, (int64_t[]){count});
    return hone_dataset_from_arrays(.x = {x}, .y = {y});
}

static hone_model *make_model(bool masked, bool both)
{
    hone_model *model = hone_sequential(hone_input(HONE_ANY, NUMBERS));
    if (masked) hone_model_add(model, hone_masking());
    hone_layer *lstm = hone_lstm(both ? 32 : 48);
    hone_model_add(model, both ? hone_bidirectional(lstm) : lstm);
    hone_model_add(model, hone_dropout(0.3));
    hone_model_add(model, hone_dense(SPEAKERS, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.005), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

/* ---- listening ---- */

/* The share that is right when only the first `heard` frames of each utterance are there. */
static bool right_after(hone_model *model, int heard, double *share)
{
    hone_logs logs;
    memcpy(&cut, &test, sizeof cut);
    for (int i = 0; i < cut.count; i++)
        for (int t = heard; t < FRAMES; t++) memset(cut.frames[i][t], 0, sizeof cut.frames[i][t]);
    hone_dataset *data = dataset_of(&cut, cut.count);
    bool good = hone_evaluate(model, data, &logs) >= 0 && hone_logs_get(&logs, "accuracy", share);
    hone_dataset_free(data);
    return good;
}

/* How far an answer moves when the zeros are left out: the first utterance alone, with its own length. */
static bool without_zeros(hone_model *model, double *moved)
{
    hone_array *whole = NULL, *bare = NULL;
    hone_batch padded = {.x = {hone_array_view(test.frames[0], HONE_FLOAT32, 3, (int64_t[]){1, FRAMES, NUMBERS})}};
    hone_batch cut_off = {.x = {hone_array_view(test.frames[0], HONE_FLOAT32, 3, (int64_t[]){1, test.length[0], NUMBERS})}};
    bool good = hone_predict_on_batch(model, &padded, false, &whole) >= 0 && hone_predict_on_batch(model, &cut_off, false, &bare) >= 0;
    *moved = 0;
    for (int k = 0; good && k < SPEAKERS; k++) *moved = fmax(*moved, fabs(hone_array_number(whole, k) - hone_array_number(bare, k)));
    hone_array_free(whole);
    hone_array_free(bare);
    return good;
}

enum { NETWORKS = 4, SEEDS = 5 };
static const struct {
    const char *title;
    bool masked, both;
} networks[NETWORKS] = {{"LSTM", false, false}, {"LSTM, masked", true, false}, {"both directions", false, true}, {"both directions, masked", true, true}};
/* Means over the seeds; `final`: the accuracy of each. */
static double heard[NETWORKS][FRAMES], learned[NETWORKS][EXAMPLE_MOST_EPOCHS], moved[NETWORKS], final[NETWORKS][SEEDS];

static bool draw(const char *path, int64_t epochs)
{
    static double numbers[EXAMPLE_MOST_EPOCHS];
    hone_series by_epoch[NETWORKS], by_frame[NETWORKS];
    for (int i = 0; i < EXAMPLE_MOST_EPOCHS; i++) numbers[i] = i + 1;
    for (int i = 0; i < NETWORKS; i++) {
        hone_series line = {.label = networks[i].title, .x = numbers, .colour = 1 + i};
        by_epoch[i] = by_frame[i] = line;
        by_epoch[i].y = learned[i], by_epoch[i].count = (size_t)epochs;
        by_frame[i].y = heard[i], by_frame[i].count = FRAMES;
    }
    hone_panel panels[] = {{.title = "Right on 370 other utterances", .x_label = "epoch", .x_integers = true, .y_limits = {0.5, 1}, .series = by_epoch,
                            .series_count = NETWORKS},
                           {.title = "Right after so much of the utterance", .x_label = "frames heard", .x_integers = true, .series = by_frame,
                            .series_count = NETWORKS}};
    return hone_chart_write(path, &(hone_chart){.title = "Nine speakers, 270 utterances to learn, means of five trainings", .panels = panels, .panel_count = 2,
                                                .columns = 2, .shared_legend = true}) >= 0;
}

static bool try_network(int i, int seed, int64_t epochs, hone_dataset *training, hone_dataset *others)
{
    hone_model *model = make_model(networks[i].masked, networks[i].both);
    bool good = hone_model_set_seed(model, (uint64_t)seed) >= 0;
    const hone_history *history = good ? hone_fit(model, training, .epochs = epochs, .batch_size = 16, .validation_data = others) : NULL;
    good = history && without_zeros(model, &moved[i]);
    for (int64_t e = 0; good && e < epochs; e++) learned[i][e] += hone_history_value(history, "val_accuracy", e) / SEEDS;
    for (int t = 0; good && t < FRAMES; t++) {
        double share = 0;
        good = right_after(model, t + 1, &share);
        heard[i][t] += share / SEEDS;
    }
    final[i][seed] = good ? hone_history_last(history, "val_accuracy") : 0;
    hone_model_free(model);
    return good;
}

static void print_network(int i)
{
    double mean = 0, lowest = 1, highest = 0;
    for (int k = 0; k < SEEDS; k++) {
        mean += final[i][k] / SEEDS;
        lowest = fmin(lowest, final[i][k]);
        highest = fmax(highest, final[i][k]);
    }
    printf("%-26s %8.4f %8.4f %8.4f %10.4f %10.4f %10.2g\n", networks[i].title, mean, lowest, highest, heard[i][4], heard[i][9], moved[i]);
}

int main(int count, char **words)
{
    example run;
    if (!example_begin(&run, count, words, 270, 40)) return 2;
    if (!read_file("JapaneseVowels_TRAIN.ts", &train) || !read_file("JapaneseVowels_TEST.ts", &test)) {
        printf("JapaneseVowels_TRAIN.ts and _TEST.ts are not here, so there is nothing to show; they are in the Python package aeon.\n");
        return example_end(&run, false);
    }
    hone_dataset *training = dataset_of(&train, train.count), *others = dataset_of(&test, test.count);
    bool good = true;
    printf("%-26s %8s %8s %8s %10s %10s %10s\n", "", "mean", "lowest", "highest", "5 frames", "10 frames", "no zeros");
    for (int i = 0; i < NETWORKS && good; i++) {
        for (int seed = 0; seed < SEEDS && good; seed++) good = try_network(i, seed, run.epochs, training, others);
        if (good) print_network(i);
    }
    good = good && draw(example_path(&run, "21-speakers.png"), run.epochs);
    hone_dataset_free(training);
    hone_dataset_free(others);
    return example_end(&run, !good);
}
