/* Fits that ranks share: stops, failures, what must be the same, and resuming on another number of ranks. */
#include "model/model.h"
#include "testing/files.h"
#include "testing/ranks.h"
#include "train/checkpoint.h"

#include <hone/hone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 50, WIDTH = 4, MOST = TESTING_MOST_RANKS, WEIGHTS = WIDTH * 3 + 3 + 3 + 1 };

typedef struct shared shared;
/* One rank of a fit, and what became of it. */
typedef struct member {
    shared *all;
    int rank;
    hone_model *model;
    hone_status status;
    char message[512], stopped_by[32];
    int64_t steps, made; /* samples */
    float weights[WEIGHTS];
} member;

struct shared {
    int ranks;
    int64_t stops, fails; /* the step after which rank 1 stops, rank 2 fails; 0: never */
    const char *folder;
    int64_t batch_size, shards, epochs, seed;
    bool resume, maps, fewer_rows; /* on rank 1 */
    member of[MOST];
};

static float samples[ROWS][WIDTH], targets[ROWS];

static void fill(void)
{
    for (int i = 0; i < ROWS; i++) {
        targets[i] = (float)(i % 7) / 7;
        for (int j = 0; j < WIDTH; j++)
            samples[i][j] = (float)((i * 31 + j * 17) % 23) / 23 - 0.5F;
    }
}

static hone_dataset *make_data(int64_t rows)
{
    hone_array x = hone_array_view(samples, HONE_FLOAT32, 2, (int64_t[]){rows, WIDTH}),
               y = hone_array_view(targets, HONE_FLOAT32, 1, (int64_t[]){rows});
    return hone_dataset_from_arrays(.x = {x}, .y = {y});
}

static hone_status count_sample(void *context, hone_sample *sample)
{
    member *self = context;
    (void)sample;
    self->made++;
    return HONE_OK;
}

static hone_model *make_model(uint64_t seed)
{
    hone_model *model =
        hone_sequential(hone_input(WIDTH), hone_dense(3, .activation = "tanh"), hone_dense(1));
    hone_model_set_seed(model, seed);
    return hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01), .loss = "mse") < 0 ? NULL
                                                                                                 : model;
}

static hone_status batch_end(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    member *self = context;
    (void)batch, (void)logs;
    self->steps = hone_trainer_iteration(trainer);
    if (hone_trainer_rank(trainer) != self->rank)
        return hone_fail(HONE_ERROR_CALLBACK, "rank %d is told to be %d", self->rank,
                         hone_trainer_rank(trainer));
    if (self->rank == 1 && self->steps == self->all->stops)
        hone_model_stop(self->model);
    if (self->rank == 2 && self->steps == self->all->fails)
        return hone_fail(HONE_ERROR_CALLBACK, "the disk is full");
    return HONE_OK;
}

static void copy_weights(member *self)
{
    float *next = self->weights;
    for (int i = 0; i < hone_model_weight_count(self->model); i++) {
        const size_t count = (size_t)hone_internal_variable_count(hone_model_weight(self->model, i));
        memcpy(next, hone_internal_variable_data(hone_model_weight(self->model, i)), count * sizeof *next);
        next += count;
    }
}

static const hone_history *fit(member *self, hone_dataset *data)
{
    const shared *all = self->all;
    return hone_fit(
        self->model, data, .epochs = all->epochs > 0 ? all->epochs : 3,
        .batch_size = all->batch_size > 0 ? all->batch_size : 12, .shards = all->shards > 0 ? all->shards : 4,
        .checkpoint = all->folder, .resume = all->resume,
        .callbacks = hone_callbacks(hone_lambda_callback(.on_train_batch_end = batch_end, .context = self)));
}

static void run(void *context, hone_group *group)
{
    shared *all = context;
    const int rank = hone_group_rank(group);
    member *self = &all->of[rank];
    *self = (member){.all = all, .rank = rank, .model = make_model(all->seed != 0 && rank == 1 ? 8 : 7)};
    hone_dataset *data = make_data(all->fewer_rows && rank == 1 ? ROWS - 1 : ROWS);
    if (all->maps)
        data = hone_dataset_prefetch(hone_dataset_map(data, count_sample, self, NULL), 2);
    self->made = 0;
    const hone_history *history =
        self->model == NULL || hone_distribute(self->model, group) < 0 ? NULL : fit(self, data);
    self->status = history == NULL ? hone_error_status() : HONE_OK;
    if (history == NULL)
        snprintf(self->message, sizeof self->message, "%s", hone_error_message());
    else if (hone_history_stopped_by(history) != NULL)
        snprintf(self->stopped_by, sizeof self->stopped_by, "%s", hone_history_stopped_by(history));
    copy_weights(self);
    hone_model_free(self->model);
    hone_dataset_free(data);
}

static void share(shared *all, int ranks)
{
    fill();
    all->ranks = ranks;
    testing_run_ranks(ranks, run, all);
}

static void check_messages(const shared *all, const char *expected)
{
    for (int r = 0; r < all->ranks; r++) {
        assert_true(all->of[r].status < 0);
        if (strstr(all->of[r].message, expected) == NULL)
            fail_msg("rank %d: \"%s\"", r, all->of[r].message);
    }
}

/* ---- ends ---- */

TEST(all_stop_after_the_same_step)
{
    shared all = {.stops = 6};
    share(&all, 3);
    for (int r = 0; r < 3; r++) {
        assert_int_equal(all.of[r].status, HONE_OK);
        assert_int_equal(all.of[r].steps, 7); /* it says so with the next one */
        assert_string_equal(all.of[r].stopped_by, "interrupt");
        assert_memory_equal(all.of[r].weights, all.of[0].weights, sizeof all.of[0].weights);
    }
}

TEST(a_failure_of_one_is_that_of_all)
{
    shared all = {.fails = 4};
    share(&all, 4);
    check_messages(&all, "the disk is full");
    for (int r = 0; r < 4; r++) {
        assert_int_equal(all.of[r].steps, 4);
        assert_int_equal(strstr(all.of[r].message, "rank 2: ") != NULL, r != 2);
    }
}

/* ---- what must be the same ---- */

TEST(other_weights_are_refused)
{
    shared all = {.seed = 1};
    share(&all, 3);
    check_messages(
        &all, "the start of a training: the weights, the data or the settings at the start differ on rank 1");
}

TEST(other_data_are_refused)
{
    shared all = {.fewer_rows = true};
    share(&all, 2);
    check_messages(&all, "the weights, the data or the settings at the start differ on rank 1");
}

TEST(fewer_shards_than_ranks_are_refused)
{
    shared all = {.shards = 2};
    share(&all, 3);
    check_messages(&all, "shards 2: fewer than the 3 processes, which would have none; at least 3");
    all = (shared){.shards = 1, .batch_size = 32};
    share(&all, 4);
    check_messages(
        &all, "batch_size 32 makes 1 shard, fewer than the 4 processes: raise it to 512, or give shards 4 "
              "(8 samples each)");
}

TEST(shards_are_chosen_by_the_batch_alone)
{
    const int64_t cases[][2] = {{1, 1}, {255, 1}, {256, 2}, {2047, 8}, {2048, 16}, {1 << 20, 64}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hone_default_shards(cases[i][0]), cases[i][1]);
}

/* Samples that are made one by one are made by the rank that has them in one of its shards. */
TEST(each_rank_makes_its_own_samples)
{
    shared whole = {0}, all = {.maps = true};
    int64_t made = 0;
    share(&whole, 1);
    share(&all, 3);
    for (int r = 0; r < 3; r++) {
        assert_int_equal(all.of[r].status, HONE_OK);
        assert_memory_equal(all.of[r].weights, whole.of[0].weights, sizeof whole.of[0].weights);
        assert_true(all.of[r].made > 0);
        made += all.of[r].made;
    }
    assert_int_equal(made, 3 * ROWS); /* in 3 epochs */
}

/* ---- checkpoints ---- */

/* From any number of ranks to any other, stopped in the midst of an epoch. */
TEST(others_go_on_where_some_stopped)
{
    const int numbers[] = {1, 2, 3, 4};
    shared whole = {0};
    share(&whole, 1);
    for (size_t from = 1; from < 4; from++)
        for (size_t to = 0; to < 4; to++) {
            const char *folder = testing_path("resumed");
            shared all = {.folder = folder, .stops = 6};
            share(&all, numbers[from]);
            assert_int_equal(all.of[0].status, HONE_OK);
            all.stops = 0;
            all.resume = true;
            share(&all, numbers[to]);
            for (int r = 0; r < numbers[to]; r++) {
                assert_string_equal(all.of[r].message, "");
                assert_int_equal(all.of[r].steps, 15);
                assert_memory_equal(all.of[r].weights, whole.of[0].weights, sizeof whole.of[0].weights);
            }
            hone_internal_checkpoint_remove(folder);
        }
}
