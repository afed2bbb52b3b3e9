/* Training in shards: against whole batches, against other numbers of threads, and what is refused. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/ranks.h"

#include <hone/hone.h>
#include <hone/extend.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 45, WIDTH = 6, CLASSES = 3 };

static float samples[ROWS][WIDTH], weights[ROWS];
static int32_t labels[ROWS];

static void fill_data(void)
{
    for (int i = 0; i < ROWS; i++) {
        labels[i] = i * 7 % CLASSES;
        weights[i] = (float)(i % 4) / 2;
        for (int j = 0; j < WIDTH; j++)
            samples[i][j] = (float)sin(i * 3.1 + j * 1.7);
    }
}

static hone_dataset *view_data(bool weighted)
{
    hone_array x = hone_array_view(samples, HONE_FLOAT32, 2, (int64_t[]){ROWS, WIDTH}),
               y = hone_array_view(labels, HONE_INT32, 1, (int64_t[]){ROWS}),
               w = hone_array_view(weights, HONE_FLOAT32, 1, (int64_t[]){ROWS});
    return weighted ? hone_dataset_from_arrays(.x = {x}, .y = {y}, .sample_weight = w)
                    : hone_dataset_from_arrays(.x = {x}, .y = {y});
}

static hone_dataset *make_data(bool weighted)
{
    fill_data();
    return view_data(weighted);
}

/* ---- networks ---- */

typedef struct network {
    const char *name;
    hone_layer *(*middle)(void);
    const char *optimizer, *loss;
    bool weighted;
    float tolerance; /* of shards against whole batches; 0: they differ by design */
    const char *regularizer, *policy;
} network;

static hone_layer *relu(void)
{
    return hone_activation("relu");
}
static hone_layer *dropout(void)
{
    return hone_dropout(0.4);
}
static hone_layer *noise(void)
{
    return hone_gaussian_noise(0.3);
}
static hone_layer *normalized(void)
{
    return hone_batch_normalization();
}
static hone_layer *synchronized(void)
{
    return hone_batch_normalization(.synchronized = true);
}
static hone_layer *renormalized(void)
{
    return hone_batch_normalization(.synchronized = true, .renorm = true);
}
/* Two meetings at a time: branches that join. */
static hone_layer *two_synchronized(void)
{
    hone_tensor *x = hone_tensor_input(hone_input(16)),
                *one = hone_apply(hone_batch_normalization(.synchronized = true), x),
                *other = hone_apply(hone_batch_normalization(.synchronized = true, .scale = false), x),
                *sum = hone_apply(hone_add(), one, other);
    return hone_model_as_layer(hone_functional((x), (sum)));
}
static hone_layer *convolution(void)
{
    return hone_model_as_layer(hone_sequential(hone_input(16), hone_reshape(.target_shape = {8, 2}),
                                               hone_conv1d(3, 3),
                                               hone_batch_normalization(.synchronized = true),
                                               hone_max_pooling1d(.pool_size = {2}), hone_flatten()));
}
static hone_layer *recurrent(void)
{
    return hone_model_as_layer(
        hone_sequential(hone_input(16), hone_reshape(.target_shape = {8, 2}), hone_lstm(5)));
}
/* Steps of which both numbers are 0 are masked: each row has others. */
static hone_layer *masked(void)
{
    return hone_model_as_layer(hone_sequential(hone_input(16), hone_activation("relu"),
                                               hone_reshape(.target_shape = {8, 2}), hone_masking(),
                                               hone_lstm(5)));
}
static hone_layer *masked_means(void)
{
    return hone_model_as_layer(hone_sequential(
        hone_input(16), hone_activation("relu"), hone_reshape(.target_shape = {8, 2}), hone_masking(),
        hone_bidirectional(hone_gru(3, .return_sequences = true)), hone_global_average_pooling1d()));
}
static hone_layer *spectral(void)
{
    return hone_spectral_normalization(hone_dense(5));
}
static hone_layer *active(void)
{
    return hone_activity_regularization(.l2 = 0.01);
}

#define CROSSENTROPY "sparse_categorical_crossentropy"
static const network networks[] = {
    {"plain", relu, "sgd(0.1)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"adam", relu, "adam(0.01)", CROSSENTROPY, false, 3e-5f, NULL, NULL},
    {"sum of losses", relu, "sgd(0.005)", CROSSENTROPY "(reduction=sum)", false, 2e-6f, NULL, NULL},
    {"weights of samples", relu, "sgd(0.1)", CROSSENTROPY, true, 2e-6f, NULL, NULL},
    {"dropout", dropout, "sgd(0.1)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"noise", noise, "sgd(0.1)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"penalties", relu, "sgd(0.1)", CROSSENTROPY, false, 2e-6f, "l2(0.01)", NULL},
    {"penalties of activity", active, "sgd(0.1)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"clipped", relu, "sgd(0.1, clipnorm=0.05)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"clipped together", relu, "sgd(0.1, global_clipnorm=0.05)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"accumulated", relu, "sgd(0.1, gradient_accumulation_steps=2)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"scaled loss", relu, "sgd(0.1, loss_scale_factor=8)", CROSSENTROPY, false, 2e-6f, "l1(0.001)", NULL},
    {"averages", relu, "sgd(0.1, use_ema=true)", CROSSENTROPY, false, 2e-6f, NULL, NULL},
    {"power iterations", spectral, "sgd(0.1)", CROSSENTROPY, false, 5e-6f, NULL, NULL},
    {"two bytes", relu, "sgd(0.1)", CROSSENTROPY, false, 5e-3f, NULL, "mixed_bfloat16"},
    {"synchronized", synchronized, "sgd(0.1)", CROSSENTROPY, false, 5e-6f, NULL, NULL},
    {"synchronized, weights", synchronized, "sgd(0.1)", CROSSENTROPY, true, 5e-6f, NULL, NULL},
    {"synchronized, renormalised", renormalized, "sgd(0.1)", CROSSENTROPY, false, 5e-6f, NULL, NULL},
    {"synchronized, two branches", two_synchronized, "sgd(0.1)", CROSSENTROPY, false, 5e-6f, NULL, NULL},
    {"convolution", convolution, "sgd(0.1)", CROSSENTROPY, false, 5e-6f, NULL, NULL},
    {"recurrence", recurrent, "adam(0.01)", CROSSENTROPY, false, 1e-4f, NULL, NULL},
    {"masked recurrence", masked, "adam(0.01)", CROSSENTROPY, false, 1e-4f, NULL, NULL},
    {"means of a masked recurrence", masked_means, "adam(0.01)", CROSSENTROPY, true, 1e-4f, NULL, NULL},
    {"batch normalisation", normalized, "sgd(0.1)", CROSSENTROPY, false, 0, NULL, NULL},
};

static hone_model *make_model(const network *row)
{
    hone_model *model = hone_sequential(hone_input(WIDTH),
                                        hone_dense(16, .kernel_regularizer = row->regularizer,
                                                   .dtype = row->policy != NULL ? row->policy : "float32"),
                                        row->middle(), hone_dense(CLASSES, .activation = "softmax"));
    assert_non_null(model);
    hone_model_set_seed(model, 3);
    if (hone_compile(model, .optimizer = hone_optimizer_from_text(row->optimizer), .loss = row->loss,
                     .metrics = {"accuracy"}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

/* All weights, one after the other, to be freed. */
static float *numbers_of(const hone_model *model, size_t *count)
{
    *count = 0;
    for (int i = 0; i < hone_model_weight_count(model); i++)
        *count += (size_t)hone_internal_variable_count(hone_model_weight(model, i));
    float *all = malloc(*count * sizeof *all), *next = all;
    assert_non_null(all);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        const size_t own = (size_t)hone_internal_variable_count(hone_model_weight(model, i));
        memcpy(next, hone_internal_variable_data(hone_model_weight(model, i)), own * sizeof *next);
        next += own;
    }
    return all;
}

typedef struct trained {
    float *numbers;
    size_t count;
    double loss, accuracy;
} trained;

static trained train(const network *row, int64_t shards, int threads)
{
    hone_dataset *data = make_data(row->weighted);
    hone_model *model = make_model(row);
    hone_set_threads(threads);
    const hone_history *history = hone_fit(model, data, .epochs = 3, .batch_size = 16, .shards = shards);
    hone_set_threads(0);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    trained made = {.loss = hone_history_value(history, "loss", 2),
                    .accuracy = hone_history_value(history, "accuracy", 2)};
    made.numbers = numbers_of(model, &made.count);
    hone_model_free(model);
    hone_dataset_free(data);
    return made;
}

/* 45 samples in batches of 16 end with one of 13, which 4 and 5 shards cut unevenly. */
TEST_EACH(shards_train_as_whole_batches_do, networks)
{
    trained whole = train(row, 1, 1);
    for (int64_t shards = 2; shards <= 16 && row->tolerance > 0; shards += shards < 4 ? 2 : 3) {
        trained made = train(row, shards, 1);
        for (size_t i = 0; i < whole.count; i++)
            assert_float_equal(made.numbers[i], whole.numbers[i], row->tolerance);
        assert_true(fabs(made.loss - whole.loss) <= (row->policy == NULL ? 1e-5 : 5e-3));
        if (row->policy == NULL)
            assert_true(fabs(made.accuracy - whole.accuracy) <= 1e-12);
        free(made.numbers);
    }
    free(whole.numbers);
}

TEST_EACH(the_bits_do_not_depend_on_threads, networks)
{
    for (int64_t shards = 3; shards <= 8; shards += 5) {
        trained one = train(row, shards, 1);
        for (int threads = 2; threads <= 5; threads++) {
            trained made = train(row, shards, threads);
            assert_memory_equal(made.numbers, one.numbers, one.count * sizeof(float));
            assert_true(made.loss == one.loss && made.accuracy == one.accuracy);
            free(made.numbers);
        }
        free(one.numbers);
    }
}

/* ---- several ranks ---- */

typedef struct shared_training {
    const network *row;
    int64_t shards;
    trained of[TESTING_MOST_RANKS]; /* no numbers: it failed */
    char message[TESTING_MOST_RANKS][256];
} shared_training;

/* Each rank has a model and data of its own, in place of those of another process. */
static void train_rank(void *context, hone_group *group)
{
    shared_training *all = context;
    const int rank = hone_group_rank(group);
    hone_dataset *data = view_data(all->row->weighted);
    hone_model *model = make_model(all->row);
    const hone_history *history = NULL;
    if (hone_distribute(model, group) >= 0)
        history = hone_fit(model, data, .epochs = 3, .batch_size = 16, .shards = all->shards);
    snprintf(all->message[rank], sizeof *all->message, "%s", history == NULL ? hone_error_message() : "");
    if (history != NULL) {
        all->of[rank] = (trained){.loss = hone_history_value(history, "loss", 2),
                                  .accuracy = hone_history_value(history, "accuracy", 2)};
        all->of[rank].numbers = numbers_of(model, &all->of[rank].count);
    }
    hone_model_free(model);
    hone_dataset_free(data);
}

static void check_ranks(const network *row, const trained *one, int64_t shards, int ranks)
{
    shared_training all = {.row = row, .shards = shards};
    testing_run_ranks(ranks, train_rank, &all);
    for (int r = 0; r < ranks; r++) {
        const trained *made = &all.of[r];
        if (made->numbers == NULL)
            fail_msg("rank %d of %d: %s", r, ranks, all.message[r]);
        assert_memory_equal(made->numbers, one->numbers, one->count * sizeof(float));
        assert_true(made->loss == one->loss && made->accuracy == one->accuracy);
        free(made->numbers);
    }
}

/* The last batch of 13 samples leaves 3 of 16 shards without any. */
TEST_EACH(the_bits_do_not_depend_on_ranks, networks)
{
    for (int64_t shards = 8; shards <= 16; shards += 8) {
        trained one = train(row, shards, 1);
        const int ranks[] = {1, 2, 3, 4, 5, 8};
        for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
            hone_set_threads(1 + (int)i % 3);
            check_ranks(row, &one, shards, ranks[i]);
        }
        hone_set_threads(0);
        free(one.numbers);
    }
}

/* ---- batch normalisation ---- */

/* Each shard by its own mean and variance; the moving ones by the means of these over the rows. */
TEST(moving_statistics_are_means_over_the_shards)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_batch_normalization(.momentum = 0.5), hone_dense(1));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0), .loss = "mse"), HONE_OK);
    float x[6] = {1, 3, 10, 20, 40, 60};
    hone_array array = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){6, 1});
    hone_dataset *data = hone_dataset_from_arrays(.x = {array}, .y = {array});
    assert_non_null(hone_fit(model, data, .batch_size = 6, .shards = 4, .shuffle = false));
    /* shards of 1, 2, 1, 2 rows: {1}, {3, 10}, {20}, {40, 60} */
    const double mean = (1 + 2 * 6.5 + 20 + 2 * 50) / 6.0, variance = (2 * 12.25 + 2 * 100) / 6.0;
    const float *moving_mean = hone_internal_variable_data(hone_model_weight(model, 2)),
                *moving_variance = hone_internal_variable_data(hone_model_weight(model, 3));
    assert_true(fabs((double)moving_mean[0] - 0.5 * mean) < 1e-5);
    assert_true(fabs((double)moving_variance[0] - 0.5 - 0.5 * variance) < 1e-4);
    hone_model_free(model);
    hone_dataset_free(data);
}

/* With synchronized the moments are those of the whole batch, whatever the shards. */
TEST(synchronized_moments_are_those_of_the_batch)
{
    float x[6] = {1, 3, 10, 20, 40, 60};
    const double mean = 134 / 6.0, variance = (1 + 9 + 100 + 400 + 1600 + 3600) / 6.0 - mean * mean;
    hone_array array = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){6, 1});
    for (int64_t shards = 1; shards <= 6; shards++) {
        hone_dataset *data = hone_dataset_from_arrays(.x = {array}, .y = {array});
        hone_model *model = hone_sequential(
            hone_input(1), hone_batch_normalization(.momentum = 0.5, .synchronized = true), hone_dense(1));
        assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0), .loss = "mse"),
                         HONE_OK);
        assert_non_null(hone_fit(model, data, .batch_size = 6, .shards = shards, .shuffle = false));
        const float *moving_mean = hone_internal_variable_data(hone_model_weight(model, 2)),
                    *moving_variance = hone_internal_variable_data(hone_model_weight(model, 3));
        assert_true(fabs((double)moving_mean[0] - 0.5 * mean) < 1e-5);
        assert_true(fabs((double)moving_variance[0] - 0.5 - 0.5 * variance) < 1e-4);
        hone_model_free(model);
        hone_dataset_free(data);
    }
}

/* ---- between two trainings ---- */

/* A layer that is frozen in between has no gradient in batches of another size: its weights stay. */
TEST(a_layer_that_is_frozen_later_stays)
{
    hone_dataset *data = make_data(false);
    for (int64_t shards = 1; shards <= 3; shards += 2) {
        hone_model *model = make_model(&networks[0]);
        const size_t frozen = 16 * WIDTH + 16;
        size_t count;
        assert_non_null(hone_fit(model, data, .batch_size = 16, .shards = shards));
        hone_layer_set_trainable(hone_model_layer_at(model, 0), false);
        float *before = numbers_of(model, &count);
        assert_non_null(hone_fit(model, data, .batch_size = 15, .shards = shards));
        float *after = numbers_of(model, &count);
        assert_memory_equal(after, before, frozen * sizeof *after);
        assert_true(memcmp(after + frozen, before + frozen, (count - frozen) * sizeof *after) != 0);
        free(before);
        free(after);
        hone_model_free(model);
    }
    hone_dataset_free(data);
}

/* ---- what is refused ---- */

TEST(more_shards_than_samples_are_refused)
{
    hone_dataset *data = make_data(false);
    hone_model *model = make_model(&networks[0]);
    assert_null(hone_fit(model, data, .batch_size = 8, .shards = 9));
    assert_non_null(
        strstr(hone_error_message(), "shards 9 of batches of 8 samples: some would have none; at most 8"));
    assert_null(hone_fit(model, data, .shards = 0));
    assert_non_null(strstr(hone_error_message(), "shards"));
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(a_layer_with_a_state_of_each_sample_is_refused)
{
    hone_model *model = hone_sequential(hone_input(6, 1), hone_lstm(4, .stateful = true, .name = "keeper"),
                                        hone_dense(CLASSES, .activation = "softmax"));
    hone_array x = hone_array_view(samples, HONE_FLOAT32, 3, (int64_t[]){ROWS, WIDTH, 1}),
               y = hone_array_view(labels, HONE_INT32, 1, (int64_t[]){ROWS});
    hone_dataset *data = hone_dataset_from_arrays(.x = {x}, .y = {y});
    assert_int_equal(hone_compile(model, .loss = CROSSENTROPY), HONE_OK);
    assert_null(hone_fit(model, data, .batch_size = 15, .shards = 3));
    assert_non_null(strstr(hone_error_message(), "the layer \"keeper\" carries states"));
    hone_model_free(model);
    hone_dataset_free(data);
}

/* The row is that of the data set, whichever shard has it; of two the first is told, by any number of
 * threads. */
TEST(a_bad_label_is_told_with_its_row)
{
    for (int threads = 1; threads <= 3; threads++) {
        hone_dataset *data = make_data(false);
        hone_model *model = make_model(&networks[0]);
        labels[29] = 7;
        labels[11] = 5;
        hone_set_threads(threads);
        assert_null(hone_fit(model, data, .batch_size = ROWS, .shards = 8, .shuffle = false));
        hone_set_threads(0);
        assert_non_null(strstr(hone_error_message(), "the label 5 in row 11 is not a class id"));
        hone_model_free(model);
        hone_dataset_free(data);
    }
}

static const network failing[] = {
    {"batch normalisation", normalized, "sgd(0.1)", CROSSENTROPY, false, 0, NULL, NULL},
    {"synchronized", synchronized, "sgd(0.1)", CROSSENTROPY, false, 0, NULL, NULL},
};

TEST_EACH(survives_failing_allocations, failing)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* one thread alone, which has no races */
#endif
    const int64_t before = hone_internal_blocks_in_use();
    bool complete = false;
    for (int64_t n = 0; !complete && n < 3000; n += 1 + n / 40) {
        hone_dataset *data = make_data(false);
        hone_model *model = make_model(row);
        hone_set_threads(1);
        hone_internal_fail_allocations_after(n);
        complete = hone_fit(model, data, .batch_size = 16, .shards = 3, .steps_per_epoch = 1) != NULL;
        hone_internal_fail_allocations_after(-1);
        if (!complete) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_non_null(hone_fit(model, data, .batch_size = 16, .shards = 3, .steps_per_epoch = 1));
        }
        hone_set_threads(0);
        hone_model_free(model);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_true(complete);
}
