/* Options, rounds, data and networks of the benchmarks. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const double shortest_round = 0.2; /* seconds */

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_peak_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

void bench_fail(void)
{
    fprintf(stderr, "%s\n", hone_error_message());
    exit(1);
}

/* ---- options and rounds ---- */

bench_options bench_begin(int *count, char **words)
{
    bench_options options = {.threads = 1, .rounds = 5};
    int kept = 1;
    for (int i = 1; i < *count; i++) {
        if (strcmp(words[i], "--threads") == 0 && i + 1 < *count)
            options.threads = atoi(words[++i]);
        else if (strcmp(words[i], "--rounds") == 0 && i + 1 < *count)
            options.rounds = atoi(words[++i]);
        else if (strcmp(words[i], "--serve") == 0)
            options.serve = true;
        else if (strcmp(words[i], "--profile") == 0)
            options.profile = true;
        else if (strcmp(words[i], "--limits") == 0)
            options.limits = true;
        else
            words[kept++] = words[i];
    }
    words[kept] = NULL;
    *count = kept;
    if (options.rounds < 1 || hone_set_threads(options.threads) < 0) {
        fprintf(stderr, "expected 1 to 256 threads and at least one round\n");
        exit(2);
    }
    return options;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One round's line of JSON. */
static double measure_once(bench_round *round, void *context)
{
    double seconds = round(context);
    if (seconds < 0)
        bench_fail();
    printf("{\"seconds\": %.9g}\n", seconds);
    fflush(stdout);
    return seconds;
}

static void serve(bench_round *round, void *context)
{
    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL)
        measure_once(round, context);
}

static void print_median(const bench_options *options, bench_round *round, void *context)
{
    double *times = calloc((size_t)options->rounds, sizeof *times);
    if (times == NULL)
        exit(1);
    for (int i = 0; i < options->rounds; i++)
        times[i] = measure_once(round, context);
    qsort(times, (size_t)options->rounds, sizeof *times, ascending);
    printf("{\"median\": %.9g, \"least\": %.9g, \"most\": %.9g}\n", times[options->rounds / 2], times[0],
           times[options->rounds - 1]);
    free(times);
}

int bench_measure(const bench_options *options, const char *name, bench_round *round, void *context)
{
    if (round(context) < 0)
        bench_fail();
    printf("{\"name\": \"%s\", \"threads\": %d}\n", name, options->threads);
    fflush(stdout);
    if (options->serve)
        serve(round, context);
    else
        print_median(options, round, context);
    printf("{\"peak_mb\": %.1f}\n", bench_peak_mb());
    return 0;
}

/* ---- data ---- */

float *bench_numbers(int64_t count)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
    if (block == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    for (int64_t i = 0; i < count; i++)
        block[i] = (float)(i % 17 - 8) * 0.01f;
    return block;
}

/* The next of a sequence of 32 random bits: a linear congruential generator's upper half. */
static uint32_t next_random(void)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static hone_array *new_array(hone_dtype type, int rank, const int64_t *shape)
{
    hone_array *array = hone_array_create(type, rank, shape);
    if (array == NULL)
        bench_fail();
    return array;
}

hone_array *bench_floats(int rank, const int64_t *shape)
{
    hone_array *array = new_array(HONE_FLOAT32, rank, shape);
    float *values = array->data;
    for (int64_t i = 0; i < hone_array_count(array); i++)
        values[i] = (float)next_random() * 0x1p-31f - 1.0f;
    return array;
}

hone_array *bench_bytes(int rank, const int64_t *shape)
{
    hone_array *array = new_array(HONE_UINT8, rank, shape);
    uint8_t *values = array->data;
    for (int64_t i = 0; i < hone_array_count(array); i++)
        values[i] = (uint8_t)(next_random() >> 24);
    return array;
}

hone_array *bench_integers(int64_t count, int32_t bound)
{
    hone_array *array = new_array(HONE_INT32, 1, &count);
    int32_t *values = array->data;
    for (int64_t i = 0; i < count; i++)
        values[i] = (int32_t)(next_random() % (uint32_t)bound);
    return array;
}

hone_array *bench_ids(int64_t rows, int64_t columns, int32_t bound)
{
    hone_array *ids = bench_integers(rows * columns, bound);
    if (columns > 1) {
        ids->rank = 2;
        ids->shape[0] = rows;
        ids->shape[1] = columns;
    }
    return ids;
}

/* ---- networks ---- */

int bench_sizes(const char *text, int64_t *sizes)
{
    int count = 0;
    char *end;
    for (const char *at = text;; at = end + 1) {
        if (count == BENCH_MOST_SIZES || *at < '0' || *at > '9')
            return 0;
        sizes[count++] = strtoll(at, &end, 10);
        if (sizes[count - 1] < 1)
            return 0;
        if (*end == '\0')
            return count > 1 ? count : 0;
        if (*end != '-')
            return 0;
    }
}

/* Compiled for classes; ends the program when something went wrong before. */
hone_model *bench_classifier(hone_model *model, hone_optimizer *optimizer)
{
    if (hone_compile(model, .optimizer = optimizer, .loss = "sparse_categorical_crossentropy",
                     .metrics = {"accuracy"}) < 0)
        bench_fail();
    return model;
}

hone_model *bench_dense(const int64_t *sizes, int count, const char *optimizer)
{
    hone_model *model = hone_sequential(hone_input(sizes[0]));
    for (int i = 1; i < count - 1; i++)
        hone_model_add(model, hone_dense(sizes[i], .activation = "relu", .kernel_initializer = "he_normal"));
    hone_model_add(model, hone_dense(sizes[count - 1], .activation = "softmax"));
    return bench_classifier(model, hone_optimizer_from_text(optimizer));
}

hone_model *bench_chapter(void)
{
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_flatten(),
        hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"), hone_batch_normalization(),
        hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"), hone_dropout(0.5),
        hone_dense(10, .activation = "softmax"));
    return bench_classifier(model, hone_adam());
}

hone_model *bench_deep(void)
{
    hone_model *model = hone_sequential(hone_input(3072));
    for (int i = 0; i < 20; i++) {
        hone_model_add(model, hone_dense(100, .kernel_initializer = "he_normal", .use_bias = false));
        hone_model_add(model, hone_batch_normalization());
        hone_model_add(model, hone_activation("swish"));
    }
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    return bench_classifier(model, hone_nadam());
}

hone_model *bench_wide_deep(void)
{
    hone_tensor *wide = hone_input_tensor(500, .name = "wide"), *deep = hone_input_tensor(8, .name = "deep");
    hone_tensor *id = hone_input_tensor(1, .name = "id", .dtype = "int32");
    hone_tensor *row = hone_apply(hone_flatten(), hone_apply(hone_embedding(100000, 16), id));
    hone_tensor *hidden = hone_apply(hone_concatenate(), deep, row);
    hidden = hone_apply(hone_dense(64, .activation = "relu"), hidden);
    hidden = hone_apply(hone_dense(32, .activation = "relu"), hidden);
    hone_tensor *both = hone_apply(hone_concatenate(), wide, hidden);
    hone_tensor *answer = hone_apply(hone_dense(1, .activation = "sigmoid"), both);
    hone_model *model = hone_functional((wide, deep, id), (answer));
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy",
                     .metrics = {"accuracy"}) < 0)
        bench_fail();
    return model;
}

hone_model *bench_convnet(void)
{
    hone_model *model =
        hone_sequential(hone_input(28, 28, 1), hone_conv2d(32, 3, .activation = "relu"), hone_max_pooling2d(),
                        hone_conv2d(64, 3, .activation = "relu"), hone_max_pooling2d(), hone_flatten(),
                        hone_dropout(0.5), hone_dense(10, .activation = "softmax"));
    return bench_classifier(model, hone_adam());
}

hone_model *bench_characters(void)
{
    return hone_sequential(hone_input(BENCH_SYMBOL_STEPS), hone_embedding(BENCH_SYMBOLS, 256),
                           hone_gru(512, .return_sequences = true),
                           hone_dense(BENCH_SYMBOLS, .activation = "softmax"));
}

enum { GPT_WIDTH = 128, GPT_BLOCKS = 4 };

static hone_tensor *block(hone_tensor *x)
{
    hone_tensor *y = hone_apply(hone_layer_normalization(), x);
    y = hone_heads_call(hone_multi_head_attention(4, GPT_WIDTH / 4), HONE_TENSOR_LIST(y, y),
                        .use_causal_mask = true);
    x = hone_apply(hone_add(), x, y);
    y = hone_apply(hone_dense(4 * GPT_WIDTH, .activation = "gelu"),
                   hone_apply(hone_layer_normalization(), x));
    return hone_apply(hone_add(), x, hone_apply(hone_dense(GPT_WIDTH), y));
}

hone_model *bench_gpt(void)
{
    hone_tensor *ids = hone_input_tensor(BENCH_GPT_STEPS);
    hone_tensor *x =
        hone_apply(hone_token_and_position_embedding(BENCH_GPT_SYMBOLS, BENCH_GPT_STEPS, GPT_WIDTH), ids);
    for (int i = 0; i < GPT_BLOCKS; i++)
        x = block(x);
    x = hone_apply(hone_layer_normalization(), x);
    return hone_functional((ids), (hone_apply(hone_dense(BENCH_GPT_SYMBOLS, .activation = "softmax"), x)));
}

/* ---- training ---- */

/* Seconds of `epochs` epochs, without what stands around them; below zero: failed. */
static double fit_seconds(const bench_training *training, int64_t epochs)
{
    const hone_history *history =
        hone_fit(training->model, training->data, .epochs = epochs, .batch_size = training->batch);
    double seconds = 0;
    if (history == NULL)
        return -1;
    for (int64_t i = 0; i < hone_history_epoch_count(history); i++)
        seconds += hone_history_seconds(history, i);
    return seconds;
}

double bench_epoch(void *context)
{
    bench_training *training = context;
    if (training->epochs == 0) {
        double first = fit_seconds(training, 1), second = first < 0 ? first : fit_seconds(training, 1);
        if (second < 0)
            return second;
        training->epochs = 1 + (int64_t)(shortest_round / (second + 1e-6));
    }
    double seconds = fit_seconds(training, training->epochs);
    return seconds < 0 ? seconds : seconds / (double)training->epochs;
}

double bench_step(void *context)
{
    const bench_training *training = context;
    int64_t steps = (hone_dataset_count(training->data) + training->batch - 1) / training->batch;
    double seconds = bench_epoch(context);
    return seconds < 0 ? seconds : seconds / (double)steps;
}

static void print_profile(hone_model *model)
{
    char *profile = hone_model_profile(model);
    if (profile == NULL)
        bench_fail();
    printf("%s", profile);
    hone_free(profile);
}

int bench_measure_training(const bench_options *options, const char *name, bench_round *round,
                           bench_training *training)
{
    if (options->limits) {
        bench_limits(training->model, training->data, training->batch, options->profile);
        return 0;
    }
    if (options->profile && hone_model_profile_begin(training->model) < 0)
        bench_fail();
    int status = bench_measure(options, name, round, training);
    if (options->profile)
        print_profile(training->model);
    return status;
}

int bench_steps(const bench_options *options, const char *name, hone_model *model, hone_array *x,
                hone_array *y, int64_t batch)
{
    hone_dataset *data = hone_dataset_from_arrays(.x = {*x}, .y = {*y});
    if (data == NULL)
        bench_fail();
    bench_training training = {.model = model, .data = data, .batch = batch};
    int status = bench_measure_training(options, name, bench_step, &training);
    hone_model_free(model);
    hone_dataset_free(data);
    hone_array_free(x);
    hone_array_free(y);
    return status;
}

double bench_one_by_one(hone_model *model, const hone_array *x, int64_t calls)
{
    int64_t shape[HONE_MAX_RANK] = {1}, size = 1;
    for (int axis = 1; axis < x->rank; axis++)
        size *= shape[axis] = x->shape[axis];
    const double start = bench_seconds();
    for (int64_t i = 0; i < calls; i++) {
        const float *row = (const float *)x->data + i % x->shape[0] * size;
        hone_batch batch = {.x = {hone_array_view(row, HONE_FLOAT32, x->rank, shape)}};
        hone_array *answer;
        if (hone_predict_on_batch(model, &batch, false, &answer) < 0)
            return -1;
        hone_array_free(answer);
    }
    return (bench_seconds() - start) / (double)calls;
}
