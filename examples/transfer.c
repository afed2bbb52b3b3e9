/* Transfer learning: a network that knows eight kinds of clothes learns to tell two others, sandals and shirts, from 200 images: its
 * hidden layers frozen at first, then all of it with a lower rate. Beside it the same network from nothing; and a network that was
 * trained by real Keras, from the file keras_transfer.py made (--keras FILE). */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SANDAL = 5, SHIRT = 6, PIXELS = 28 * 28, FEW = 200, FROZEN_EPOCHS = 8, FREE_EPOCHS = 24 };

/* Arrays of a task; the data set lends them. */
typedef struct task {
    float *x, *y;
    hone_dataset *data;
} task;

/* The class in the new task, or -1: the eight are numbered 0 to 7, sandals and shirts 0 and 1. */
static int new_class(int label, bool of_two)
{
    if (label == SANDAL || label == SHIRT) return of_two ? label == SHIRT : -1;
    return of_two ? -1 : label < SANDAL ? label : label - 2;
}

static task make_task(hone_dataset *from, bool of_two, int64_t most)
{
    task made = {.x = NULL};
    hone_batch all;
    int64_t count = 0;
    if (!from || !example_batch(from, 0, hone_dataset_count(from), &all)) return made;
    int64_t samples = all.x[0].shape[0];
    made.x = malloc((size_t)samples * PIXELS * sizeof(float));
    made.y = malloc((size_t)samples * sizeof(float));
    for (int64_t i = 0; made.x && made.y && i < samples && count < most; i++) {
        int class = new_class((int)((float *)all.y[0].data)[i], of_two);
        if (class < 0) continue;
        made.y[count] = (float)class;
        memcpy(made.x + count++ * PIXELS, (float *)all.x[0].data + i * PIXELS, PIXELS * sizeof(float));
    }
    made.data = hone_dataset_from_arrays(.x = {hone_array_view(made.x, HONE_FLOAT32, 3, (int64_t[]){count, 28, 28})},
                                         .y = {hone_array_view(made.y, HONE_FLOAT32, 1, (int64_t[]){count})}, .scale = 1);
    example_batch_free(&all);
    return made;
}

/* Accuracy on the test images after each epoch, of one way after the other. */
static struct curve {
    const char *label;
    int count;
    double accuracy[FROZEN_EPOCHS + FREE_EPOCHS];
} curves[3];

static bool train(hone_model *model, struct curve *noted, hone_dataset *few, hone_dataset *test, int epochs)
{
    const hone_history *history = hone_fit(model, few, .epochs = epochs, .validation_data = test);
    for (int64_t i = 0; history && i < hone_history_epoch_count(history); i++)
        noted->accuracy[noted->count++] = hone_history_value(history, "val_accuracy", i);
    return history != NULL;
}

static bool draw(const char *path, int ways)
{
    double epochs[FROZEN_EPOCHS + FREE_EPOCHS];
    hone_series series[3];
    hone_mark mark = {.kind = HONE_MARK_VERTICAL, .x = FROZEN_EPOCHS};
    for (int i = 0; i < FROZEN_EPOCHS + FREE_EPOCHS; i++) epochs[i] = i + 1;
    for (int i = 0; i < ways; i++)
        series[i] = (hone_series){.label = curves[i].label, .x = epochs, .y = curves[i].accuracy, .count = (size_t)curves[i].count};
    hone_panel panel = {.title = "Sandal or shirt, from 200 images; hidden layers frozen up to the dotted line", .x_label = "epoch", .y_label = "accuracy on 2000 test images",
                        .x_integers = true, .y_limits = {0.9, 1.003}, .series = series, .series_count = (size_t)ways, .marks = &mark, .mark_count = 1};
    return hone_chart_write(path, &(hone_chart){.panels = &panel, .panel_count = 1, .panel_width = 640}) >= 0;
}

static void free_task(task *made)
{
    hone_dataset_free(made->data);
    free(made->x);
    free(made->y);
}

static hone_model *make_network(int outputs, const char *activation)
{
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten());
    for (int layer = 0; layer < 3; layer++)
        hone_model_add(model, hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"));
    hone_model_add(model, hone_dense(outputs, .activation = activation));
    return model;
}

static hone_status compile_binary(hone_model *model, double rate)
{
    return hone_compile(model, .optimizer = hone_adam(.learning_rate = rate), .loss = "binary_crossentropy", .metrics = {"accuracy"});
}

/* All layers of a trained model but its last, and a new last one. The layers are shared: what one model learns, the other has. */
static hone_model *new_head(const hone_model *trained)
{
    hone_model *model = hone_sequential(hone_input(28, 28));
    for (int i = 0; i < hone_model_layer_count(trained) - 1; i++)
        hone_model_add(model, hone_layer_retain(hone_model_layer_at(trained, i)));
    hone_model_add(model, hone_dense(1, .activation = "sigmoid", .name = "two"));
    return model;
}

static bool print_accuracy(hone_model *model, const char *what, hone_dataset *test)
{
    hone_logs logs;
    double accuracy;
    if (hone_evaluate(model, test, &logs) < 0 || !hone_logs_get(&logs, "accuracy", &accuracy)) return false;
    printf("%-44s accuracy on %lld test images %.4f\n", what, (long long)hone_dataset_count(test), accuracy);
    return true;
}

/* Frozen, then free: after each change of what is frozen the model is compiled again. */
static bool transfer(hone_model *trained, const char *name, struct curve *noted, hone_dataset *few, hone_dataset *test)
{
    char what[80];
    noted->label = name;
    hone_model *model = new_head(trained);
    for (int i = 0; i < hone_model_layer_count(model) - 1; i++) hone_layer_set_trainable(hone_model_layer_at(model, i), false);
    snprintf(what, sizeof what, "%s, frozen, %d epochs", name, FROZEN_EPOCHS);
    bool good = compile_binary(model, 2e-2) >= 0 && train(model, noted, few, test, FROZEN_EPOCHS) && print_accuracy(model, what, test);
    hone_model_set_trainable(model, true);
    snprintf(what, sizeof what, "%s, then all of it, %d epochs", name, FREE_EPOCHS);
    good = good && compile_binary(model, 5e-4) >= 0 && train(model, noted, few, test, FREE_EPOCHS) && print_accuracy(model, what, test);
    hone_model_free(model);
    return good;
}

static bool from_nothing(hone_dataset *few, hone_dataset *test)
{
    char what[80];
    curves[0].label = "from nothing";
    hone_model *model = make_network(1, "sigmoid");
    snprintf(what, sizeof what, "from nothing, %d epochs", FROZEN_EPOCHS + FREE_EPOCHS);
    bool good = compile_binary(model, 5e-4) >= 0 && train(model, &curves[0], few, test, FROZEN_EPOCHS + FREE_EPOCHS) &&
                print_accuracy(model, what, test);
    hone_model_free(model);
    return good;
}

int main(int count, char **words)
{
    example run;
    const char *file = count > 2 && strcmp(words[1], "--keras") == 0 ? words[2] : NULL;
    int used = file ? 2 : 0;
    words[used] = words[0];
    if (!example_begin(&run, count - used, words + used, 40000, 8)) return 2;
    task eight = make_task(run.train, false, run.samples), eight_test = make_task(run.test, false, run.samples);
    task few = make_task(run.train, true, FEW), test = make_task(run.test, true, run.samples);
    hone_model *model = make_network(8, "softmax");
    hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    bool good = hone_fit(model, eight.data, .epochs = run.epochs) && print_accuracy(model, "eight classes", eight_test.data) &&
                from_nothing(few.data, test.data) && transfer(model, "eight classes", &curves[1], few.data, test.data);
    hone_model *keras = good && file ? hone_load(file) : NULL;
    if (file) good = keras && print_accuracy(keras, "eight classes, by Keras", eight_test.data) &&
                     transfer(keras, "eight classes, by Keras", &curves[2], few.data, test.data);
    good = good && draw(example_path(&run, "09-transfer.png"), file ? 3 : 2);
    hone_model_free(keras);
    hone_model_free(model);
    free_task(&eight);
    free_task(&eight_test);
    free_task(&few);
    free_task(&test);
    return example_end(&run, !good);
}
