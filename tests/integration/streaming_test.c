/* Training from files that are not in memory: the same bits as from memory, memory that stays flat, and
 * readers that fail, are slow, or are stopped. */
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { SAMPLES = 600, WIDTH = 20, CLASSES = 4 };

static float inputs[SAMPLES][WIDTH], weights[SAMPLES];
static uint8_t bytes[SAMPLES][WIDTH];
static int64_t labels[SAMPLES];

static void make_samples(void)
{
    uint32_t random = 5;
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i % CLASSES;
        weights[i] = 1 + (float)(i % 3);
        for (int j = 0; j < WIDTH; j++) {
            bytes[i][j] = (uint8_t)(testing_random(&random) % 200 + (j % CLASSES == labels[i] ? 55 : 0));
            inputs[i][j] = bytes[i][j];
        }
    }
}

/* "x.npy,y.npy" with these inputs. */
static const char *write_files(const void *data, hone_dtype type)
{
    static char both[600];
    hone_array x = hone_array_view(data, type, 2, (int64_t[]){SAMPLES, WIDTH});
    hone_array y = hone_array_view(labels, HONE_INT64, 1, (int64_t[]){SAMPLES});
    char x_path[256], y_path[256];
    snprintf(x_path, sizeof x_path, "%s", testing_path("x.npy"));
    snprintf(y_path, sizeof y_path, "%s", testing_path("y.npy"));
    assert_int_equal(hone_array_save(&x, x_path), HONE_OK);
    assert_int_equal(hone_array_save(&y, y_path), HONE_OK);
    snprintf(both, sizeof both, "%s,%s", x_path, y_path);
    return both;
}

static hone_model *make_model(int width)
{
    hone_model *model = hone_sequential(hone_input(width), hone_dense(16, .activation = "relu"),
                                        hone_dropout(0.3), hone_dense(CLASSES, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01),
                                  .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

/* ---- the same bits ---- */

typedef struct outcome {
    double loss, held_out, evaluated;
    float prediction[SAMPLES * CLASSES], weight[WIDTH * 16];
} outcome;

static void train(hone_dataset *data, outcome *result)
{
    assert_non_null(data);
    hone_model *model = make_model(WIDTH);
    const hone_history *history = hone_fit(model, data, .epochs = 3, .validation_split = 0.21);
    assert_non_null(history);
    result->loss = hone_history_last(history, "loss");
    result->held_out = hone_history_last(history, "val_loss");
    hone_logs logs;
    hone_array *output = NULL;
    assert_int_equal(hone_evaluate(model, data, &logs, .batch_size = 50), HONE_OK);
    result->evaluated = logs.values[1];
    assert_int_equal(hone_predict(model, data, &output, .batch_size = 50), HONE_OK);
    memcpy(result->prediction, output->data, sizeof result->prediction);
    memcpy(result->weight, hone_variable_data(hone_model_weight(model, 0)), sizeof result->weight);
    hone_array_free(output);
    hone_model_free(model);
    hone_dataset_free(data);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(files_give_the_bits_of_memory)
{
    static outcome memory, files;
    make_samples();
    const struct {
        const void *data;
        hone_dtype type;
    } forms[] = {{inputs, HONE_FLOAT32}, {bytes, HONE_UINT8}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *both = write_files(forms[i].data, forms[i].type);
        int64_t before = hone_internal_blocks_in_use();
        train(hone_dataset_load(both, NULL, 1.0 / 255), &memory);
        for (int depth = -1; depth < 4; depth += 2) {
            hone_dataset *data = hone_dataset_from_files(both, .scale = 1.0 / 255, .memory_limit = 1000);
            assert_non_null(data);
            assert_null(hone_dataset_input(data, 0)->data);
            train(depth < 0 ? data : hone_dataset_prefetch(data, depth), &files);
            assert_memory_equal(&memory, &files, sizeof files);
        }
        /* The data set's own shuffle is fit's; a map that does nothing, a cache, a batch of 32 change
         * nothing. */
        assert_int_equal(hone_internal_blocks_in_use() - before, 0);
    }
}

static hone_status nothing(void *context, hone_sample *sample)
{
    (void)context, (void)sample;
    return HONE_OK;
}

TEST(pipelines_keep_the_bits)
{
    static outcome memory, piped;
    make_samples();
    const char *both = write_files(inputs, HONE_FLOAT32);
    train(hone_dataset_load(both, NULL, 1.0 / 255), &memory);
    hone_dataset *data = hone_dataset_from_files(both, .scale = 1.0 / 255, .memory_limit = 1000);
    data = hone_dataset_cache(hone_dataset_map(data, nothing, NULL, NULL), testing_path("bits.cache"));
    hone_dataset *halves[2];
    assert_int_equal(hone_dataset_split(data, 0.5, halves), HONE_OK);
    data = hone_dataset_batch(hone_dataset_concatenate(halves[0], halves[1]), 32, false);
    train(hone_dataset_prefetch(data, 2), &piped);
    assert_true(memory.loss == piped.loss && memory.held_out == piped.held_out);
    assert_memory_equal(memory.weight, piped.weight, sizeof memory.weight);
    assert_memory_equal(memory.prediction, piped.prediction, sizeof memory.prediction);
}

/* ---- memory ---- */

enum { BIG_ROWS = 20000, BIG_WIDTH = 1024, LIMIT = 8 << 20 }; /* 80 MB: ten times the limit */

static const char *write_big_file(void)
{
    static char both[600];
    char path[256], y_path[256];
    static float row[BIG_WIDTH];
    snprintf(path, sizeof path, "%s", testing_path("big.npy"));
    snprintf(y_path, sizeof y_path, "%s", testing_path("big_y.npy"));
    FILE *file = fopen(path, "wb");
    char header[129];
    int length =
        snprintf(header + 10, sizeof header - 10,
                 "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", BIG_ROWS, BIG_WIDTH);
    memset(header + 10 + length, ' ', (size_t)(117 - length));
    memcpy(header, "\x93NUMPY\1\0\x76\0", 10);
    header[127] = '\n';
    fwrite(header, 1, 128, file);
    for (int i = 0; i < BIG_ROWS; i++) {
        row[i % BIG_WIDTH] = (float)i / BIG_ROWS;
        assert_int_equal(fwrite(row, sizeof row, 1, file), 1);
    }
    fclose(file);
    uint8_t *classes = calloc(BIG_ROWS, 1);
    for (int i = 0; i < BIG_ROWS; i++)
        classes[i] = (uint8_t)(i % CLASSES);
    hone_array y = hone_array_view(classes, HONE_UINT8, 1, (int64_t[]){BIG_ROWS});
    assert_int_equal(hone_array_save(&y, y_path), HONE_OK);
    free(classes);
    snprintf(both, sizeof both, "%s,%s", path, y_path);
    return both;
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* In a process of its own: what training adds to its peak of resident memory, in kilobytes, to a pipe. */
static long measure(const char *both, int64_t limit)
{
    int ends[2];
    long grown = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        hone_model *model = make_model(BIG_WIDTH);
        hone_dataset *data = hone_dataset_from_files(both, .memory_limit = limit);
        hone_dataset *little = hone_dataset_slice(data, 0, 64);
        bool good = hone_fit(model, little, .epochs = 1) != NULL; /* kernels, plans, threads */
        long before = peak_kilobytes();
        good = good && hone_fit(model, data, .epochs = 2, .validation_split = 0.1) != NULL;
        grown = good ? peak_kilobytes() - before : -1;
        ssize_t written = write(ends[1], &grown, sizeof grown);
        _exit(written == sizeof grown ? 0 : 1);
    }
    close(ends[1]);
    int status;
    assert_int_equal(read(ends[0], &grown, sizeof grown), sizeof grown);
    waitpid(child, &status, 0);
    close(ends[0]);
    assert_true(grown >= 0);
    return grown;
}

TEST(memory_stays_flat)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip(); /* the sanitizers' own memory */
#endif
    const char *both = write_big_file();
    long grown = measure(both, LIMIT);
    print_message("peak grown by %ld kB for 80 MB of samples, of which %d kB may be held\n", grown,
                  LIMIT / 1024);
    assert_true(grown < LIMIT / 1024 + 4096);
}

/* ---- what goes wrong ---- */

typedef struct event {
    const char *path;
    int64_t at, seen;
    hone_model *stop;
} event;

static hone_status at_sample(void *context, hone_sample *sample)
{
    event *of = context;
    (void)sample;
    if (++of->seen != of->at)
        return HONE_OK;
    if (of->path && truncate(of->path, 1000) != 0)
        return hone_fail(HONE_ERROR_FILE, "truncate");
    if (of->stop)
        hone_model_stop(of->stop);
    return HONE_OK;
}

/* A file that becomes shorter is a sentence. */
TEST(a_file_that_shrinks_is_told)
{
    make_samples();
    for (int depth = 0; depth < 3; depth++) {
        const char *both = write_files(inputs, HONE_FLOAT32);
        char path[256];
        snprintf(path, sizeof path, "%s", testing_path("x.npy"));
        int64_t before = hone_internal_blocks_in_use();
        event of = {.path = path, .at = 100};
        hone_model *model = make_model(WIDTH);
        hone_dataset *data = hone_dataset_from_files(both, .memory_limit = 1000);
        data = hone_dataset_prefetch(hone_dataset_map(data, at_sample, &of, NULL), depth);
        assert_null(hone_fit(model, data, .epochs = 3, .shuffle = false));
        assert_int_equal(hone_error_status(), HONE_ERROR_FORMAT);
        assert_non_null(strstr(hone_error_message(), "x.npy: the file ends"));
        assert_non_null(strstr(hone_error_message(), "streaming_test.c:"));
        hone_model_free(model);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}

TEST(stops_at_any_batch)
{
    make_samples();
    for (int depth = 0; depth < 3; depth++) {
        int64_t before = hone_internal_blocks_in_use();
        hone_model *model = make_model(WIDTH);
        event of = {.at = 200, .stop = model};
        hone_dataset *data = hone_dataset_from_files(write_files(inputs, HONE_FLOAT32), .memory_limit = 1000);
        data = hone_dataset_prefetch(hone_dataset_map(data, at_sample, &of, NULL), depth);
        assert_non_null(hone_fit(model, data, .epochs = 100));
        assert_string_equal(hone_history_stopped_by(hone_model_history(model)), "interrupt");
        assert_in_range(of.seen, 200, 400);
        hone_model_free(model);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}

static hone_status slowly(void *context, hone_sample *sample)
{
    (void)context, (void)sample;
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    return HONE_OK;
}

TEST(a_slow_reader_changes_nothing)
{
    static outcome memory, slow;
    make_samples();
    const char *both = write_files(inputs, HONE_FLOAT32);
    train(hone_dataset_load(both, NULL, 1), &memory);
    hone_dataset *data = hone_dataset_map(hone_dataset_load(both, NULL, 1), slowly, NULL, NULL);
    train(hone_dataset_prefetch(data, 1), &slow);
    assert_memory_equal(&memory, &slow, sizeof slow);
}

/* ---- loops of one's own ---- */

TEST(a_custom_loop_trains_the_same)
{
    make_samples();
    const char *both = write_files(inputs, HONE_FLOAT32);
    hone_model *a = make_model(WIDTH), *b = make_model(WIDTH);
    hone_dataset *data = hone_dataset_from_files(both, .scale = 1.0 / 255, .memory_limit = 1000);
    assert_non_null(hone_fit(a, data, .epochs = 2));
    data = hone_dataset_shuffle(data, SAMPLES, HONE_NONE_INTEGER);
    for (int epoch = 0; epoch < 2; epoch++) {
        hone_iterator *iterator = hone_dataset_iterate(data, 32, hone_model_seed(b), epoch);
        const hone_batch *batch;
        while (hone_iterator_next(iterator, &batch) == 1)
            assert_int_equal(hone_train_on_batch(b, batch, NULL), HONE_OK);
        hone_iterator_free(iterator);
    }
    for (int i = 0; i < hone_model_weight_count(a); i++) {
        size_t count = 1;
        hone_shape shape = hone_variable_shape(hone_model_weight(a, i));
        for (int axis = 0; axis < shape.rank; axis++)
            count *= (size_t)shape.size[axis];
        assert_memory_equal(hone_variable_data(hone_model_weight(a, i)),
                            hone_variable_data(hone_model_weight(b, i)), count * sizeof(float));
    }
    hone_dataset_free(data);
    hone_model_free(a);
    hone_model_free(b);
}

/* Class ids and the rows they stand in, as from memory. */
TEST(a_bad_label_is_told_with_its_row)
{
    make_samples();
    labels[77] = 9;
    hone_model *model = make_model(WIDTH);
    hone_dataset *data = hone_dataset_from_files(write_files(inputs, HONE_FLOAT32), .memory_limit = 1000);
    assert_null(hone_fit(model, data));
    assert_non_null(strstr(hone_error_message(), "the label 9 in row 77"));
    hone_dataset_free(data);
    hone_model_free(model);
}
