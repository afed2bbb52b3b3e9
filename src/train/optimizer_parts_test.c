/* The optimizer's state in parts: the bits of the whole, files that are whole, what is refused. */
#include "model/model.h"
#include "testing/files.h"
#include "testing/ranks.h"
#include "train/checkpoint.h"

#include <hone/hone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum {
    ROWS = 45,
    WIDTH = 6,
    HIDDEN = 16,
    MOST = TESTING_MOST_RANKS,
    WEIGHTS = WIDTH * HIDDEN + 4 * HIDDEN + HIDDEN * 3 + 3
};

static float samples[ROWS][WIDTH], targets[ROWS][3];

static void fill(void)
{
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < WIDTH; j++) {
            samples[i][j] = (float)((i * 31 + j * 17) % 23) / 23 - 0.5F;
            targets[i][j % 3] = (float)((i * 7 + j * 5) % 11) / 11;
        }
}

typedef struct training {
    const char *name, *regularizer, *constraint; /* the name is that of the optimizer */
} training;

typedef struct shared {
    const training *of;
    bool parts, resume;
    int64_t epochs, stops; /* the step after which rank 0 stops; 0: never */
    const char *folder;
    void (*then)(struct shared *all, int rank, hone_model *model, hone_dataset *data);
    hone_status status[MOST];
    char message[MOST][512];
    float weights[MOST][WEIGHTS];
    hone_model *models[MOST];
} shared;

static hone_model *make_model(const training *of)
{
    hone_model *model = hone_sequential(
        hone_input(WIDTH), hone_dense(HIDDEN, .activation = "tanh", .kernel_regularizer = of->regularizer),
        hone_batch_normalization(.scale = false), hone_dense(3, .kernel_constraint = of->constraint));
    hone_model_set_seed(model, 7);
    if (hone_compile(model, .optimizer = hone_optimizer_from_text(of->name), .loss = "mse") < 0)
        return NULL;
    return model;
}

static void copy_weights(const hone_model *model, float *next)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        const size_t count = (size_t)hone_internal_variable_count(hone_model_weight(model, i));
        memcpy(next, hone_internal_variable_data(hone_model_weight(model, i)), count * sizeof *next);
        next += count;
    }
}

typedef struct stopper {
    const shared *all;
    int rank;
} stopper;

static hone_status batch_end(void *context, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    const stopper *self = context;
    (void)batch, (void)logs;
    if (self->rank == 0 && hone_trainer_iteration(trainer) == self->all->stops)
        hone_model_stop(self->all->models[0]);
    return HONE_OK;
}

static hone_dataset *make_data(void)
{
    hone_array x = hone_array_view(samples, HONE_FLOAT32, 2, (int64_t[]){ROWS, WIDTH}),
               y = hone_array_view(targets, HONE_FLOAT32, 2, (int64_t[]){ROWS, 3});
    return hone_dataset_from_arrays(.x = {x}, .y = {y});
}

static void run(void *context, hone_group *group)
{
    shared *all = context;
    const int rank = hone_group_rank(group);
    stopper self = {all, rank};
    hone_model *model = all->models[rank] = make_model(all->of);
    hone_dataset *data = make_data();
    const hone_history *history = NULL;
    if (model != NULL && hone_distribute(model, group) >= 0)
        history =
            hone_fit(model, data, .epochs = all->epochs > 0 ? all->epochs : 3, .batch_size = 16, .shards = 8,
                     .shard_optimizer = all->parts, .checkpoint = all->folder, .resume = all->resume,
                     .callbacks = hone_callbacks(
                         hone_lambda_callback(.on_train_batch_end = batch_end, .context = &self)));
    all->status[rank] = history == NULL ? hone_error_status() : HONE_OK;
    snprintf(all->message[rank], sizeof all->message[rank], "%s",
             history == NULL ? hone_error_message() : "");
    if (history != NULL) {
        copy_weights(model, all->weights[rank]);
        if (all->then != NULL)
            all->then(all, rank, model, data);
    }
    hone_model_free(model);
    hone_dataset_free(data);
}

static void share(shared *all, int ranks)
{
    fill();
    testing_run_ranks(ranks, run, all);
}

static void check_same(const shared *all, const shared *whole, int ranks)
{
    for (int r = 0; r < ranks; r++) {
        if (all->status[r] < 0 || memcmp(all->weights[r], whole->weights[0], sizeof all->weights[r]) != 0)
            fail_msg("%s: rank %d of %d: %s", all->of->name, r, ranks,
                     all->status[r] < 0 ? all->message[r] : "other weights");
    }
}

/* ---- bits ---- */

static const training trials[] = {
    {"adadelta(1)", NULL, NULL},
    {"adafactor(0.01)", NULL, NULL},
    {"adagrad(0.05)", NULL, NULL},
    {"adam(0.01)", NULL, NULL},
    {"adam(0.01, amsgrad=true)", "l2(0.01)", NULL},
    {"adam(0.01, clipnorm=0.05)", NULL, NULL},
    {"adam(0.01, clipvalue=0.01)", NULL, "max_norm(0.5)"},
    {"adam(0.01, gradient_accumulation_steps=2)", NULL, NULL},
    {"adamax(0.01)", NULL, NULL},
    {"adamw(0.01, weight_decay=0.1)", NULL, NULL},
    {"ftrl(0.05)", NULL, NULL},
    {"lamb(0.01)", NULL, NULL},
    {"lion(0.001)", NULL, NULL},
    {"muon(0.01)", NULL, NULL},
    {"nadam(0.01)", "l1(0.001)", "unit_norm"},
    {"rmsprop(0.01, momentum=0.5, centered=true)", NULL, NULL},
    {"schedule_free_adamw(0.01)", NULL, NULL},
    {"sgd(0.1)", NULL, NULL},
    {"sgd(0.1, momentum=0.9, nesterov=true)", NULL, NULL},
};

TEST_EACH(parts_have_the_bits_of_the_whole, trials)
{
    shared whole = {.of = row};
    share(&whole, 1);
    assert_string_equal(whole.message[0], "");
    const int ranks[] = {1, 2, 3, 5, 8};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        shared all = {.of = row, .parts = true};
        hone_set_threads(1 + (int)i % 3);
        share(&all, ranks[i]);
        check_same(&all, &whole, ranks[i]);
    }
    hone_set_threads(0);
}

/* ---- checkpoints ---- */

static const training resumed[] = {
    {"adam(0.01)", NULL, NULL},
    {"nadam(0.01)", "l2(0.01)", NULL},
    {"lamb(0.01)", NULL, NULL},
    {"adagrad(0.05)", NULL, NULL},
};

#ifndef HONE_CORE_ONLY /* which has no checkpoints and no model files */

/* From parts to the whole and back, from any number of ranks to any other, stopped in the midst of an epoch.
 */
TEST_EACH(checkpoints_are_whole, resumed)
{
    const struct {
        int from, to;
        bool parts_before, parts_after;
    } ways[] = {{2, 1, true, false},
                {2, 3, true, true},
                {3, 2, true, false},
                {2, 2, false, true},
                {1, 3, false, true}};
    shared whole = {.of = row};
    share(&whole, 1);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *folder = testing_path("resumed");
        shared all = {.of = row, .folder = folder, .stops = 4, .parts = ways[i].parts_before};
        share(&all, ways[i].from);
        assert_string_equal(all.message[0], "");
        all.stops = 0;
        all.resume = true;
        all.parts = ways[i].parts_after;
        share(&all, ways[i].to);
        check_same(&all, &whole, ways[i].to);
        hone_internal_checkpoint_remove(folder);
    }
}

/* ---- after the training ---- */

static void keep_slots(shared *all, int rank, hone_model *model, hone_dataset *data)
{
    char name[64];
    (void)data;
    snprintf(name, sizeof name, "rank%d.keras", rank);
    all->status[rank] = hone_save(model, testing_path(name));
    snprintf(all->message[rank], sizeof all->message[rank], "%s",
             all->status[rank] < 0 ? hone_error_message() : "");
}

TEST(rank_0_saves_all_and_others_say_why_they_cannot)
{
    shared all = {.of = &resumed[0], .parts = true, .then = keep_slots},
           whole = {.of = &resumed[0], .then = keep_slots};
    share(&whole, 1);
    assert_string_equal(whole.message[0], "");
    hone_model *expected = hone_load(testing_path("rank0.keras"));
    share(&all, 3);
    assert_string_equal(all.message[0], "");
    for (int r = 1; r < 3; r++) {
        char sentence[64];
        snprintf(sentence, sizeof sentence, "this is rank %d", r);
        assert_non_null(strstr(all.message[r], "the optimizer's state is in parts on 3 processes"));
        assert_non_null(strstr(all.message[r], sentence));
    }
    hone_model *made = hone_load(testing_path("rank0.keras"));
    assert_non_null(expected);
    assert_non_null(made);
    const hone_optimizer *one = made->compiled.optimizer, *other = expected->compiled.optimizer;
    assert_int_equal(hone_internal_optimizer_slot_count(one), 10);
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(one); i++)
        assert_memory_equal(hone_internal_variable_data(hone_internal_optimizer_slot_at(one, i)),
                            hone_internal_variable_data(hone_internal_optimizer_slot_at(other, i)),
                            (size_t)hone_internal_variable_count(hone_internal_optimizer_slot_at(one, i)) *
                                sizeof(float));
    hone_model_free(made);
    hone_model_free(expected);
}

#endif

/* Without the others a part of the state trains nothing. */
static void train_alone(shared *all, int rank, hone_model *model, hone_dataset *data)
{
    hone_distribute(model, NULL);
    const bool trained = hone_fit(model, data, .batch_size = 16, .shards = 8) != NULL;
    snprintf(all->message[rank], sizeof all->message[rank], "%s", trained ? "" : hone_error_message());
}

TEST(only_rank_0_can_go_on_alone)
{
    shared all = {.of = &resumed[0], .parts = true, .then = train_alone};
    share(&all, 2);
    assert_string_equal(all.message[0], "");
    assert_non_null(strstr(all.message[1], "the optimizer's state is in parts on 2 processes"));
}

/* ---- what is refused ---- */

typedef struct refused {
    const char *name;
    training of;
    const char *sentence;
} refused;
static const refused refusals[] = {
    {"averages",
     {"adam(0.01, use_ema=true)", NULL, NULL},
     "shard_optimizer: use_ema=... of adam needs the averages of all weights on each process"},
    {"clipped together",
     {"sgd(0.1, global_clipnorm=1)", NULL, NULL},
     "shard_optimizer: global_clipnorm=... of sgd needs the gradients of all weights on each process; clipnorm and clipvalue do not"},
};

TEST_EACH(what_needs_all_of_the_state_is_refused, refusals)
{
    shared all = {.of = &row->of, .parts = true};
    share(&all, 2);
    for (int r = 0; r < 2; r++) {
        assert_true(all.status[r] < 0);
        assert_non_null(strstr(all.message[r], row->sentence));
    }
}
