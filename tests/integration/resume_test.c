/* Checkpoint and resume: a run that is stopped or killed anywhere and goes on gives the same weights,
 * optimizer, history and decisions of callbacks, to the bit, as one that nothing disturbed. */
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

static void make_data(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        labels[i] = i * 7 % CLASSES;
        for (int j = 0; j < FEATURES; j++)
            samples[i][j] = (float)(sin(i * 3.1 + j * 1.7) + (j == labels[i] ? 0.8 : 0));
    }
}

static hone_dataset *data_set(void)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
}

static hone_status add_noise(void *context, hone_sample *sample)
{
    (void)context;
    for (int i = 0; i < FEATURES; i++)
        ((float *)sample->x[0].data)[i] += (float)(sample->random >> (8 * i) & 255) / 1024;
    return HONE_OK;
}

/* The same samples from files beyond every limit, with random noise, in an order of the data set's own. */
static hone_dataset *data_of_files(void)
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

static hone_dataset *images(void)
{
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(samples, HONE_FLOAT32, 4,
                                                       (int64_t[]){SAMPLES, FEATURES, 1, 1})},
                                 .y = {hone_array_view(labels, HONE_INT32, 1, (int64_t[]){SAMPLES})});
    return hone_dataset_augment(data, hone_random_flip(.mode = "vertical"), hone_gaussian_noise(0.1));
}

/* Batches from a function of the epoch and step: 4 of them, of different sizes. */
static int next_batch(void *context, int64_t epoch, int64_t step, hone_batch *batch)
{
    (void)context;
    int64_t first = (epoch * 3 + step * 5) % 20, count = 3 + step;
    if (step == 4)
        return 0;
    batch->x[0] = hone_array_view(samples[first], HONE_FLOAT32, 2, (int64_t[]){count, FEATURES});
    batch->y[0] = hone_array_view(labels + first, HONE_INT32, 1, (int64_t[]){count});
    return 1;
}

/* ---- a way to train ---- */

typedef struct setup {
    const char *name;
    const char *optimizer;
    const char *callback; /* or NULL */
    bool streams, shuffle;
    int64_t steps_per_epoch, epochs;
    double split;
    bool files;  /* the samples stay in NPY files, mapped, shuffled by the data set itself, made ahead */
    bool images; /* of 5 x 1 pixels, augmented, for convolutions */
} setup;

static const setup setups[] = {
    {"dropout, shuffle, early stopping", "adam(0.02)",
     "early_stopping(patience=1, restore_best_weights=true, min_delta=0.05)", false, true, HONE_NONE_INTEGER,
     6, 0.3, false, false},
    {"plateau", "sgd(0.3, momentum=0.9)",
     "reduce_lr_on_plateau(factor=0.37, patience=1, min_delta=0.2, monitor=loss)", false, true,
     HONE_NONE_INTEGER, 4, 0, false, false},
    {"an epoch of few steps", "adam", NULL, false, true, 3, 4, 0, false, false},
    {"averages and accumulation",
     "sgd(0.1, use_ema=true, ema_overwrite_frequency=2, gradient_accumulation_steps=3)", NULL, false, false,
     HONE_NONE_INTEGER, 3, 0, false, false},
    {"a stream", "adam(exponential_decay(0.01, 3, 0.7))", NULL, true, false, HONE_NONE_INTEGER, 3, 0, false,
     false},
    {"files", "adam(0.02)", NULL, false, true, HONE_NONE_INTEGER, 3, 0.3, true, false},
    {"files, an epoch of few steps", "sgd(0.1)", NULL, false, true, 3, 4, 0, true, false},
    {"averages swapped in", "sgd(0.1, use_ema=true)", "swap_ema_weights(swap_on_epoch=true)", false, true,
     HONE_NONE_INTEGER, 3, 0.3, false, false},
    {"convolutions, augmentation", "adam(0.02)", NULL, false, true, HONE_NONE_INTEGER, 3, 0, false, true},
    {"scheduler", "adam", "learning_rate_scheduler(exponential_decay(0.01, 1, 0.7))", false, true,
     HONE_NONE_INTEGER, 3, 0.3, false, false},
};

static hone_model *network(bool images)
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

static hone_model *make_model(const setup *how, uint64_t seed)
{
    hone_model *model = network(how->images);
    assert_non_null(model);
    hone_model_set_seed(model, seed);
    assert_int_equal(hone_compile(model, .optimizer = hone_optimizer_from_text(how->optimizer),
                                  .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

/* ---- disturbances: a callback that acts at a step ---- */

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

static hone_status disturb(hone_callback *callback, hone_trainer *trainer, int64_t batch, hone_logs *logs)
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

static const hone_history *train(const setup *how, hone_model *model, const char *checkpoint, int64_t every,
                                 bool resume)
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
        .checkpoint_identity = "a recipe");
    hone_dataset_free(data);
    return history;
}

/* ---- comparing ---- */

static void check_variable(const char *where, hone_variable *a, hone_variable *b)
{
    int64_t count = hone_internal_variable_count(a);
    assert_int_equal(count, hone_internal_variable_count(b));
    if (memcmp(hone_internal_variable_data(a), hone_internal_variable_data(b),
               (size_t)count * sizeof(float)) != 0)
        fail_msg("%s: %s differs", where, a->name);
}

static void check_history(const char *where, const hone_history *a, const hone_history *b)
{
    if (hone_history_epoch_count(a) != hone_history_epoch_count(b))
        fail_msg("%s: %d epochs, expected %d", where, (int)hone_history_epoch_count(b),
                 (int)hone_history_epoch_count(a));
    assert_int_equal(hone_history_metric_count(a), hone_history_metric_count(b));
    assert_int_equal(hone_history_best_epoch(a), hone_history_best_epoch(b));
    const char *reason = hone_history_stopped_by(a), *other = hone_history_stopped_by(b);
    assert_string_equal(reason != NULL ? reason : "", other != NULL ? other : "");
    for (int64_t row = 0; row < hone_history_epoch_count(a); row++)
        for (int i = 0; i < hone_history_metric_count(a); i++) {
            const char *name = hone_history_name(a, i);
            double x = hone_history_value(a, name, row), y = hone_history_value(b, name, row);
            if (memcmp(&x, &y, sizeof x) != 0)
                fail_msg("%s: %s of epoch %d is %.17g, expected %.17g", where, name, (int)row, y, x);
        }
}

static void check_same(const char *where, hone_model *a, hone_model *b)
{
    for (int i = 0; i < hone_model_weight_count(a); i++)
        check_variable(where, hone_model_weight(a, i), hone_model_weight(b, i));
    const hone_optimizer *one = hone_model_optimizer(a), *two = hone_model_optimizer(b);
    assert_int_equal(hone_optimizer_iterations(one), hone_optimizer_iterations(two));
    assert_true(hone_optimizer_learning_rate(one) == hone_optimizer_learning_rate(two));
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(one); i++)
        check_variable(where, hone_internal_optimizer_slot_at(one, i),
                       hone_internal_optimizer_slot_at(two, i));
    check_history(where, hone_model_history(a), hone_model_history(b));
}

/* ---- undisturbed, disturbed, resumed ---- */

static hone_model *undisturbed(const setup *how, int64_t *steps)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){0};
    if (train(how, model, NULL, 0, false) == NULL)
        fail_msg("%s: %s", how->name, hone_error_message());
    *steps = steps_done;
    return model;
}

static void run_killed(const setup *how, int64_t step, int64_t every)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        hone_model *model = make_model(how, 3);
        present = (disturbance){model, step, true};
        train(how, model, folder, every, true);
        _exit(3); /* not killed */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void run_stopped(const setup *how, int64_t step)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){model, step, false};
    const hone_history *history = train(how, model, folder, 0, true);
    if (history == NULL)
        fail_msg("%s: %s", how->name, hone_error_message());
    assert_true(hone_internal_checkpoint_exists(folder));
    hone_model_free(model);
}

static void go_on(const setup *how, const char *where, hone_model *expected)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){0};
    if (train(how, model, folder, 0, true) == NULL)
        fail_msg("%s: %s", where, hone_error_message());
    check_same(where, expected, model);
    hone_model_free(model);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* At each step: stopped; killed with a checkpoint after each step; killed with one an epoch. */
TEST(resumes_exactly_after_each_step)
{
    for (size_t i = 0; i < sizeof setups / sizeof *setups; i++) {
        const setup *how = &setups[i];
        char where[128];
        int64_t steps;
        hone_model *expected = undisturbed(how, &steps);
        assert_true(steps > 5);
        for (int64_t step = 1; step <= steps; step++) {
            snprintf(where, sizeof where, "%s, stopped at step %d", how->name, (int)step);
            run_stopped(how, step);
            go_on(how, where, expected);
            for (int64_t every = 0; every < 3; every++) {
                snprintf(where, sizeof where, "%s, killed at step %d, every %d", how->name, (int)step,
                         (int)every);
                run_killed(how, step, every);
                go_on(how, where, expected);
            }
        }
        hone_model_free(expected);
    }
}

/* Stopped at every step in turn, in one run. */
TEST(resumes_exactly_after_many_stops)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_model *expected = undisturbed(how, &steps);
    for (int64_t step = 1; step < steps; step++)
        run_stopped(how, 1);
    go_on(how, "stopped at every step", expected);
    hone_model_free(expected);
}

/* Threads do not matter, neither before nor after. */
TEST(resumes_exactly_with_other_threads)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_set_threads(1);
    hone_model *expected = undisturbed(how, &steps);
    hone_set_threads(3);
    run_stopped(how, 5);
    hone_set_threads(2);
    go_on(how, "other threads", expected);
    hone_set_threads(0);
    hone_model_free(expected);
}

TEST(a_finished_run_does_nothing_more)
{
    for (size_t i = 0; i < 2; i++) {
        const setup *how = &setups[i];
        int64_t steps;
        hone_model *expected = undisturbed(how, &steps), *model = make_model(how, 3);
        assert_non_null(train(how, model, folder, 0, true));
        hone_model_free(model);
        model = make_model(how, 3);
        assert_non_null(train(how, model, folder, 0, true));
        assert_int_equal(steps_done, 0);
        check_same("finished", expected, model);
        hone_model_free(model);
        hone_model_free(expected);
        assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
    }
}

/* The checkpoint is a model file too. */
TEST(a_checkpoint_is_a_model)
{
    hone_model *model = make_model(&setups[2], 3);
    assert_non_null(train(&setups[2], model, folder, 0, false));
    char *path = hone_internal_checkpoint_path(folder);
    hone_model *loaded = hone_load(path);
    if (loaded == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < hone_model_weight_count(model); i++)
        check_variable("loaded", hone_model_weight(model, i), hone_model_weight(loaded, i));
    hone_internal_free(path);
    hone_model_free(loaded);
    hone_model_free(model);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* Killed at any moment, as its files are written too, again and again until it is done. */
TEST(survives_being_killed_at_any_moment)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_model *expected = undisturbed(how, &steps);
    int kills = 0, wanted = getenv("HONE_TEST_FULL") != NULL ? 500 : 20;
    for (unsigned random = 1; kills < wanted;) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            hone_model *model = make_model(how, 3);
            _exit(train(how, model, folder, 1, true) == NULL);
        }
        random = random * 1664525u + 1013904223u;
        usleep(random >> 16);
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) {
            kills++;
            continue;
        }
        assert_int_equal(WEXITSTATUS(status), 0);
        go_on(how, "killed at random", expected);
    }
    hone_model_free(expected);
    if (hone_internal_checkpoint_exists(folder))
        assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* More epochs than were asked for at first. */
TEST(goes_on_for_more_epochs)
{
    for (size_t i = 1; i < sizeof setups / sizeof *setups; i++) {
        setup how = setups[i];
        int64_t steps;
        hone_model *expected = undisturbed(&how, &steps), *model = make_model(&how, 3);
        how.epochs--;
        assert_non_null(train(&how, model, folder, 0, true));
        hone_model_free(model);
        how.epochs++;
        go_on(&how, how.name, expected);
        hone_model_free(expected);
    }
}

/* A file that a callback writes has each epoch once. */
TEST(a_csv_file_has_each_epoch_once)
{
    char path[96], text[160];
    void *wanted, *given;
    size_t bytes, given_bytes;
    setup how = setups[1];
    int64_t steps;
    snprintf(path, sizeof path, "%s.csv", folder);
    snprintf(text, sizeof text, "csv_logger(\"%s\")", path);
    how.callback = text;
    hone_model *expected = undisturbed(&how, &steps);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &wanted, &bytes), HONE_OK);
    for (int64_t step = 1; step <= steps; step++) {
        run_killed(&how, step, 3);
        go_on(&how, "with a CSV file", expected);
        assert_int_equal(hone_internal_file_read(path, 1 << 20, &given, &given_bytes), HONE_OK);
        assert_string_equal(given, wanted);
        hone_internal_free(given);
    }
    hone_internal_free(wanted);
    hone_model_free(expected);
    assert_int_equal(unlink(path), 0);
}

/* ---- what is refused ---- */

static void check_refused(const setup *how, uint64_t seed, bool resume, const char *word)
{
    hone_model *model = make_model(how, seed);
    assert_null(train(how, model, folder, 0, resume));
    assert_int_equal(hone_error_status(), HONE_ERROR_STATE);
    if (strstr(hone_error_message(), word) == NULL)
        fail_msg("\"%s\" does not speak of %s", hone_error_message(), word);
    hone_model_free(model);
}

TEST(refuses_the_checkpoint_of_another_run)
{
    setup how = setups[0];
    hone_model *model = make_model(&how, 3);
    present = (disturbance){0};
    assert_non_null(train(&how, model, folder, 0, false));
    hone_model_free(model);
    check_refused(&how, 3, false, "resume");
    check_refused(&how, 4, true, "seed");
    float kept = samples[0][0];
    samples[0][0] += 1;
    check_refused(&how, 3, true, "data");
    samples[0][0] = kept;
    how.optimizer = "sgd";
    check_refused(&how, 3, true, "model");
    how = setups[0];
    how.split = 0.2;
    check_refused(&how, 3, true, "number of samples was 20, but here it is 23");
    how = setups[0];
    how.callback = "early_stopping(patience=2)";
    check_refused(&how, 3, true, "callbacks");
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

static void write_file(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

/* Cut or changed anywhere: an error, never a crash, or what the checksums do not cover and nothing reads. */
TEST(broken_checkpoints_are_told)
{
    const setup *how = &setups[0];
    run_stopped(how, 7);
    char *path = hone_internal_checkpoint_path(folder);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 24, &data, &bytes), HONE_OK);
    unsigned char *good = data;
    present = (disturbance){0};
    for (size_t i = 0; i < bytes; i += bytes / 60 + 1) {
        hone_model *model = make_model(how, 3);
        write_file(path, good, i);
        assert_null(train(how, model, folder, 0, true));
        good[i] ^= 0x10;
        write_file(path, good, bytes);
        train(how, model, folder, 0, true);
        good[i] ^= 0x10;
        hone_model_free(model);
    }
    hone_internal_free(data);
    hone_internal_free(path);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* Each allocation failing in turn while it saves and goes on: an error, nothing lost, no leak. */
TEST(survives_failing_allocations)
{
    setup how = setups[0];
    how.epochs = 2;
    run_stopped(&how, 3);
    char *path = hone_internal_checkpoint_path(folder);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 24, &data, &bytes), HONE_OK);
    bool done = false;
    for (int64_t count = 0; !done; count += 23) {
        hone_model *model = make_model(&how, 3);
        hone_dataset *set = data_set();
        hone_callback_list *callbacks =
            hone_callbacks(hone_callback_create(&disturber, NULL), hone_callback_from_text(how.callback));
        present = (disturbance){0};
        hone_internal_fail_allocations_after(count);
        const hone_history *history = hone_fit(
            model, set, .epochs = how.epochs, .batch_size = BATCH, .validation_split = how.split,
            .callbacks = callbacks, .checkpoint = folder, .resume = true, .checkpoint_identity = "a recipe");
        hone_internal_fail_allocations_after(-1);
        done = history != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(set);
        hone_model_free(model);
        write_file(path, data, bytes);
    }
    hone_internal_free(data);
    hone_internal_free(path);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

static int begin(void **state)
{
    (void)state;
    bool memory = access("/dev/shm", W_OK) == 0; /* where syncing costs nothing */
    snprintf(folder, sizeof folder, "%s/hone_resume_XXXXXX", memory ? "/dev/shm" : "/tmp");
    make_data();
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    return access(folder, F_OK) == 0; /* the last test's clearing took it away */
}

AROUND_ALL(begin, end);
