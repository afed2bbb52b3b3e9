/* For the tests of resuming: ways to train, and a callback that stops or kills the run at a step. */
#ifndef TESTS_INTEGRATION_RESUME_H
#define TESTS_INTEGRATION_RESUME_H

#include "base/file.h"
#include "base/memory.h"
#include "model/model.h"
#include "train/checkpoint.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAMPLES = 29, FEATURES = 5, CLASSES = 3, BATCH = 6 };

static float samples[SAMPLES][FEATURES];
static int32_t labels[SAMPLES];
static char folder[64];

static inline void make_data(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i * 7 % CLASSES;
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)(sin(i * 3.1 + j * 1.7) + (j == labels[i] ? 0.8 : 0));
    }
}

static inline hone_dataset *data_set(void)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
}

static inline hone_status add_noise(void *context, hone_sample *sample)
{
    (void)context;
    for (int i = 0; i < FEATURES; i++)
        ((float *)sample->x[0].data)[i] += (float)(sample->random >> (8 * i) & 255) / 1024;
    return HONE_OK;
}

/* The same samples from files beyond every limit, with random noise, in an order of the data set's own. */
static inline hone_dataset *data_of_files(void)
{
    char x[96], y[96], both[200];
    hone_array arrays[] = {hone_array_view(samples, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, FEATURES}),
                           hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})};
    snprintf(x, sizeof x, "%s-x.npy", folder);
    snprintf(y, sizeof y, "%s-y.npy", folder);
    snprintf(both, sizeof both, "%s,%s", x, y);
    assert_int_equal(hone_array_save(&arrays[0], x), HONE_OK);
    assert_int_equal(hone_array_save(&arrays[1], y), HONE_OK);
    hone_dataset *data = hone_dataset_from_files(both, .memory_limit = 1);
    unlink(x); /* the data set has them open */
    unlink(y);
    data = hone_dataset_map(hone_dataset_shuffle(data, 12, HONE_NONE_INTEGER), add_noise, NULL, NULL);
    return hone_dataset_prefetch(data, 3);
}

static inline hone_dataset *images(void)
{
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 4,
                                                       (int64_t[]){SAMPLES, FEATURES, 1, 1})},
                                 .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
    return hone_dataset_augment(data, hone_random_flip(.mode = "vertical"), hone_gaussian_noise(0.1));
}

/* Batches from a function of the epoch and step: 4 of them, of different sizes. */
static inline int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    (void)context;
    int64_t first = (epoch * 3 + step * 5) % 20, count = 3 + step;
    if (step == 4)
        return 0;
    batch->x[0] = hone_array_view(samples[first], HONE_FLOAT32, 2, (int64_t[]){count, FEATURES});
    batch->y[0] = hone_array_view(labels + first, HONE_INT32, 1, (int64_t[]){count});
    return 1;
}

typedef struct setup {
    const char *name;
    const char *optimizer;
    const char *callback; /* or NULL */
    bool streams, shuffle;
    int64_t steps_per_epoch, epochs;
    double split;
    bool files;     /* the samples stay in NPY files, mapped, shuffled by the data set itself, made ahead */
    bool images;    /* of 5 x 1 pixels, augmented, for convolutions */
    int64_t shards; /* of a batch; 0: as by default */
} setup;

static const setup setups[] = {
    {"dropout, shuffle, early stopping", "adam(0.02)",
     "early_stopping(patience=1, restore_best_weights=true, min_delta=0.05)", false, true, HONE_NONE_INTEGER,
     6, 0.3, false, false, 0},
    {"plateau", "sgd(0.3, momentum=0.9)",
     "reduce_lr_on_plateau(factor=0.37, patience=1, min_delta=0.2, monitor=loss)", false, true,
     HONE_NONE_INTEGER, 4, 0, false, false, 0},
    {"an epoch of few steps", "adam", NULL, false, true, 3, 4, 0, false, false, 0},
    {"averages and accumulation",
     "sgd(0.1, use_ema=true, ema_overwrite_frequency=2, gradient_accumulation_steps=3)", NULL, false, false,
     HONE_NONE_INTEGER, 3, 0, false, false, 0},
    {"a stream", "adam(exponential_decay(0.01, 3, 0.7))", NULL, true, false, HONE_NONE_INTEGER, 3, 0, false,
     false, 0},
    {"files", "adam(0.02)", NULL, false, true, HONE_NONE_INTEGER, 3, 0.3, true, false, 0},
    {"files, an epoch of few steps", "sgd(0.1)", NULL, false, true, 3, 4, 0, true, false, 0},
    {"averages swapped in", "sgd(0.1, use_ema=true)", "swap_ema_weights(swap_on_epoch=true)", false, true,
     HONE_NONE_INTEGER, 3, 0.3, false, false, 0},
    {"convolutions, augmentation", "adam(0.02)", NULL, false, true, HONE_NONE_INTEGER, 3, 0, false, true, 0},
    {"scheduler", "adam", "learning_rate_scheduler(exponential_decay(0.01, 1, 0.7))", false, true,
     HONE_NONE_INTEGER, 3, 0.3, false, false, 0},
    {"shards", "adam(0.02, gradient_accumulation_steps=2)", NULL, false, true, HONE_NONE_INTEGER, 3, 0.3,
     true, false, 4},
    {"a stream in shards", "adam", NULL, true, false, HONE_NONE_INTEGER, 3, 0, false, false, 4},
};

static inline hone_model *network(bool images)
{
    if (!images)
        return hone_sequential(
            hone_input(FEATURES), hone_dense(7, .activation = "relu", .kernel_regularizer = "l2(0.01)"),
            hone_batch_normalization(), hone_dropout(0.4), hone_dense(CLASSES, .activation = "softmax"));
    return hone_sequential(hone_input(FEATURES, 1, 1),
                           hone_conv2d(6, .kernel_size = {3, 1}, .padding = "same", .activation = "relu"),
                           hone_batch_normalization(), hone_max_pooling2d(.pool_size = {2, 1}),
                           hone_conv2d_transpose(4, .kernel_size = {2, 1}), hone_spatial_dropout2d(0.3),
                           hone_flatten(), hone_dense(CLASSES, .activation = "softmax"));
}

static inline hone_model *make_model(const setup *how, uint64_t seed)
{
    hone_model *model = network(how->images);
    assert_non_null(model);
    hone_model_set_seed(model, seed);
    assert_int_equal(hone_compile(model, .optimizer = hone_optimizer_from_text(how->optimizer),
                                  .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

typedef struct disturbance {
    hone_model *model;
    int64_t at; /* steps done; 0: never */
    bool kill;  /* else it stops */
} disturbance;
static disturbance present;
static int64_t steps_done;

typedef struct disturb_args {
    hone_args base;
} disturb_args;
static const disturb_args disturb_defaults = {{sizeof(disturb_args), NULL}};

static inline hone_status disturb(hone_callback *callback, hone_trainer *trainer, int64_t batch,
                                  hone_logs *logs)
{
    (void)callback, (void)trainer, (void)batch, (void)logs;
    if (++steps_done != present.at)
        return HONE_OK;
    if (present.kill)
        raise(SIGKILL);
    hone_model_stop(present.model);
    return HONE_OK;
}

static const hone_callback_type disturber = {
    .type = {.name = "disturb",
             .class_name = "Disturb",
             .args_size = sizeof(disturb_args),
             .defaults = &disturb_defaults},
    .batch_end = disturb,
};

static inline const hone_history *train(const setup *how, hone_model *model, const char *checkpoint,
                                        int64_t every, bool resume)
{
    hone_dataset *data = how->streams  ? hone_dataset_from_callback(next_batch, NULL, NULL)
                         : how->images ? images()
                         : how->files  ? data_of_files()
                                       : data_set();
    assert_non_null(data);
    hone_callback *second = how->callback == NULL ? NULL : hone_callback_from_text(how->callback);
    if (how->callback != NULL && second == NULL)
        fail_msg("%s", hone_error_message());
    hone_callback *disturbing = hone_callback_create(&disturber, NULL);
    hone_callback_list *callbacks =
        second == NULL ? hone_callbacks(disturbing) : hone_callbacks(disturbing, second);
    steps_done = 0;
    const hone_history *history = hone_fit(
        model, data, .epochs = how->epochs, .batch_size = BATCH, .shuffle = how->shuffle,
        .validation_split = how->split, .steps_per_epoch = how->steps_per_epoch, .callbacks = callbacks,
        .checkpoint = checkpoint, .checkpoint_every = every > 0 ? every : HONE_NONE_INTEGER, .resume = resume,
        .checkpoint_identity = "a recipe", .shards = how->shards > 0 ? how->shards : 1);
    hone_dataset_free(data);
    return history;
}

static inline void run_stopped(const setup *how, int64_t step)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){model, step, false};
    const hone_history *history = train(how, model, folder, 0, true);
    if (history == NULL)
        fail_msg("%s: %s", how->name, hone_error_message());
    assert_true(hone_internal_checkpoint_exists(folder));
    hone_model_free(model);
}

static inline void write_file(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

static inline int begin(void **state)
{
    (void)state;
    bool memory = access("/dev/shm", W_OK) == 0; /* where syncing costs nothing */
    snprintf(folder, sizeof folder, "%s/hone_resume_XXXXXX", memory ? "/dev/shm" : "/tmp");
    make_data();
    return mkdtemp(folder) == NULL;
}

static inline int end(void **state)
{
    (void)state;
    return access(folder, F_OK) == 0; /* the last test's clearing took it away */
}

AROUND_ALL(begin, end);

#endif
