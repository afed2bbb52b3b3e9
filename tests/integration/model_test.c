/* Models through the public API: put together, trained, taken apart, saved; the same bits with any number of
 * threads; one check at the end. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 96, FEATURES = 20, CLASSES = 4 };

/* Two clouds and more: class = which of four features is largest. */
typedef struct sample_data {
    float x[SAMPLES][FEATURES];
    uint8_t y[SAMPLES];
    float target[SAMPLES];
} sample_data;

static void fill_data(sample_data *data)
{
    uint32_t state = 12345;
    for (int i = 0; i < SAMPLES; i++) {
        int best = 0;
        for (int j = 0; j < FEATURES; j++) {
            state = state * 1664525u + 1013904223u;
            data->x[i][j] = (float)(state >> 8) / (float)(1 << 24) - 0.5f;
        }
        for (int j = 1; j < CLASSES; j++)
            if (data->x[i][j] > data->x[i][best])
                best = j;
        data->y[i] = (uint8_t)best;
        data->target[i] = data->x[i][0] * 2 + data->x[i][1];
    }
}

static hone_dataset *classes_of(const sample_data *data)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(data->x, HONE_FLOAT32, 2,
                                                          (int64_t[]){SAMPLES, FEATURES})},
                                    .y = {hone_array_view(data->y, HONE_UINT8, 1, (int64_t[]){SAMPLES})},
                                    .scale = 1);
}

static hone_model *small_model(void)
{
    hone_model *model = hone_sequential(
        hone_input(FEATURES), hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_batch_normalization(), hone_dense(40, .activation = "tanh"), hone_dropout(0.5),
        hone_dense(CLASSES, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.01),
                 .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

static double weight_sum(const hone_model *model)
{
    double sum = 0;
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        hone_shape shape = hone_variable_shape(weight);
        int64_t count = hone_internal_shape_count(shape);
        for (int64_t j = 0; j < count; j++)
            sum += (double)hone_variable_data(weight)[j] * (double)(j % 17 + 1);
    }
    return sum;
}

TEST(a_model_learns)
{
    sample_data data;
    fill_data(&data);
    hone_model *model = small_model();
    hone_dataset *train = classes_of(&data);
    const hone_history *history = hone_fit(model, train, .epochs = 60, .batch_size = 16);
    assert_non_null(history);
    assert_int_equal(hone_history_epoch_count(history), 60);
    assert_true(hone_history_last(history, "accuracy") > 0.8);
    assert_true(hone_history_last(history, "loss") < hone_history_value(history, "loss", 0));
    hone_dataset_free(train);
    hone_model_free(model);
}

/* Weights after a few epochs with shuffling and dropout, byte for byte, for 1, 2, 3 and 8 threads. */
TEST(same_bits_with_any_threads)
{
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    const int threads[] = {1, 2, 3, 8};
    hone_model *first = NULL;
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        hone_set_threads(threads[t]);
        hone_model *model = small_model();
        assert_non_null(hone_fit(model, train, .epochs = 3, .batch_size = 32));
        for (int i = 0; first != NULL && i < hone_model_weight_count(model); i++) {
            hone_variable *a = hone_model_weight(first, i), *b = hone_model_weight(model, i);
            assert_memory_equal(hone_variable_data(a), hone_variable_data(b),
                                (size_t)hone_internal_variable_count(a) * sizeof(float));
        }
        if (first == NULL)
            first = model;
        else
            hone_model_free(model);
    }
    hone_set_threads(0);
    hone_model_free(first);
    hone_dataset_free(train);
}

/* Who has taken the address of a weight sees it row by row through every training; nothing else changes. */
TEST(the_address_of_a_weight_holds)
{
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    hone_model *model = small_model(), *other = small_model();
    assert_non_null(hone_fit(model, train, .epochs = 1));
    const float *kernel = hone_variable_data(hone_model_weight(model, 0));
    assert_non_null(hone_fit(model, train, .epochs = 1));
    assert_non_null(hone_fit(other, train, .epochs = 1));
    assert_non_null(hone_fit(other, train, .epochs = 1));
    assert_memory_equal(kernel, hone_variable_data(hone_model_weight(other, 0)),
                        FEATURES * 300 * sizeof(float));
    assert_ptr_equal(kernel, hone_variable_data(hone_model_weight(model, 0)));
    hone_model_free(model), hone_model_free(other);
    hone_dataset_free(train);
}

TEST(seeds_make_a_difference)
{
    hone_model *a = small_model(), *b = small_model(), *c = small_model();
    assert_int_equal(hone_model_set_seed(c, 7), HONE_OK);
    assert_true(weight_sum(a) == weight_sum(b));
    assert_true(weight_sum(a) != weight_sum(c));
    hone_model_free(a);
    hone_model_free(b);
    hone_model_free(c);
}

/* A mistake in the middle of everything: the rest of the program passes it on, and its sentence is the one
 * that is read. */
TEST(one_check_at_the_end_is_enough)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3, .activation = "rellu"), hone_dense(2));
    assert_null(model);
    assert_int_not_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "mse"), HONE_OK);
    assert_null(hone_fit(model, NULL, .epochs = 2, .callbacks = hone_callbacks(hone_early_stopping())));
    assert_int_not_equal(hone_save(model, "nothing.keras"), HONE_OK);
    assert_non_null(strstr(hone_error_message(), "model_test.c:"));
    assert_non_null(strstr(hone_error_message(), "\"rellu\"; did you mean \"relu\"?"));
}

TEST(shapes_that_do_not_fit_are_told)
{
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    hone_model *model = hone_sequential(hone_input(7), hone_dense(CLASSES, .activation = "softmax"));
    hone_compile(model, .loss = "sparse_categorical_crossentropy");
    assert_null(hone_fit(model, train));
    assert_non_null(strstr(hone_error_message(), "(None, 7)"));
    assert_non_null(strstr(hone_error_message(), "(None, 20)"));
    hone_model_free(model);
    hone_dataset_free(train);
}

TEST(labels_out_of_range_are_told)
{
    sample_data data;
    fill_data(&data);
    data.y[37] = 9;
    hone_dataset *train = classes_of(&data);
    hone_model *model = small_model();
    assert_null(hone_fit(model, train));
    assert_int_equal(hone_error_status(), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "label 9 in row 37"));
    hone_model_free(model);
    hone_dataset_free(train);
}

/* wide and deep: two inputs, a shared layer, two outputs with a loss, a weight and metrics each. */
static hone_model *wide_and_deep(void)
{
    hone_tensor *wide = hone_input_tensor(5, .name = "wide"), *deep = hone_input_tensor(6, .name = "deep");
    hone_layer *shared = hone_dense(8, .activation = "tanh", .name = "shared");
    hone_tensor *hidden = hone_apply(hone_layer_retain(shared), hone_apply(hone_dense(7), deep));
    hidden = hone_apply(hone_add(), hidden, hone_apply(shared, hone_apply(hone_dense(7), wide)));
    hone_tensor *both = hone_apply(hone_concatenate(), wide, hidden);
    hone_tensor *price = hone_apply(hone_dense(1, .name = "price"), both),
                *aux = hone_apply(hone_dense(1, .name = "aux"), hidden);
    return hone_functional((wide, deep), (price, aux), .name = "wide_and_deep");
}

static hone_dataset *two_inputs(const sample_data *data, float wide[SAMPLES][5], float deep[SAMPLES][6])
{
    for (int i = 0; i < SAMPLES; i++) {
        memcpy(wide[i], data->x[i], sizeof wide[i]);
        memcpy(deep[i], data->x[i] + 5, sizeof deep[i]);
    }
    hone_array target = hone_array_view(data->target, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    return hone_dataset_from_arrays(.x = {hone_array_view(deep, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 6}),
                                          hone_array_view(wide, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 5})},
                                    .y = {target, target}, .x_names = {"deep", "wide"}, .scale = 1);
}

TEST(graphs_are_put_together)
{
    sample_data data;
    float wide[SAMPLES][5], deep[SAMPLES][6];
    fill_data(&data);
    hone_model *model = wide_and_deep();
    assert_non_null(model);
    assert_int_equal(hone_model_weight_count(model), 10); /* two dense of 7, shared once, price, aux */
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.05),
                                  .losses = {"mse", "mse"}, .loss_weights = {0.9, 0.1},
                                  .metrics = {"price: mae"}),
                     HONE_OK);
    hone_dataset *train = two_inputs(&data, wide, deep);
    const hone_history *history = hone_fit(model, train, .epochs = 30, .batch_size = 16);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    double total = hone_history_last(history, "loss"), price = hone_history_last(history, "price_loss"),
           aux = hone_history_last(history, "aux_loss");
    assert_true(fabs(total - (0.9 * price + 0.1 * aux)) < 1e-5);
    assert_true(price < hone_history_value(history, "price_loss", 0));
    assert_true(!isnan(hone_history_last(history, "price_mae")));
    assert_true(isnan(hone_history_last(history, "aux_mae")));
    hone_dataset_free(train);
    hone_model_free(model);
}

/* Saved, loaded, cloned, cut in two, nested: predictions stay. */
static void predict_row(hone_model *model, const float *x, int64_t width, float *y, int64_t outputs)
{
    hone_array *result[HONE_MAX_ENDS];
    hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, width})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    memcpy(y, result[0]->data, sizeof *y * (size_t)outputs);
    for (int i = 0; i < hone_model_output_count(model); i++)
        hone_array_free(result[i]);
}

TEST(files_and_parts_give_models)
{
#ifdef HONE_CORE_ONLY
    skip(); /* no model files there */
#endif
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    hone_model *model = small_model();
    assert_non_null(hone_fit(model, train, .epochs = 2));
    float before[CLASSES], after[CLASSES];
    predict_row(model, data.x[3], FEATURES, before, CLASSES);

    char path[64];
    snprintf(path, sizeof path, "/tmp/hone_model_test_%ld.keras", (long)getpid());
    assert_int_equal(hone_save(model, path), HONE_OK);
    hone_model *loaded = hone_load(path);
    if (loaded == NULL)
        fail_msg("%s", hone_error_message());
    predict_row(loaded, data.x[3], FEATURES, after, CLASSES);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(loaded)),
                     hone_optimizer_iterations(hone_model_optimizer(model)));

    hone_model *clone = hone_model_clone(model);
    if (clone == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(clone), hone_model_weight_count(model));
    assert_true(weight_sum(clone) != weight_sum(model));
    assert_int_equal(hone_load_weights(clone, path), HONE_OK);
    predict_row(clone, data.x[3], FEATURES, after, CLASSES);
    assert_memory_equal(before, after, sizeof before);
    remove(path);

    hone_tensor *middle = hone_model_layer_output(model, "dense_1");
    hone_model *front = hone_functional((hone_model_input(model, 0)), (middle));
    if (front == NULL)
        fail_msg("%s", hone_error_message());
    float features[40];
    predict_row(front, data.x[3], FEATURES, features, 40);
    for (int i = 0; i < 40; i++)
        assert_true(fabsf(features[i]) <= 1);

    hone_model *nested = hone_sequential(hone_input(FEATURES), hone_model_as_layer(clone), hone_dense(2));
    if (nested == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(nested), hone_model_weight_count(model) + 2);
    assert_int_equal(hone_save(nested, path), HONE_OK);
    hone_model *nested_loaded = hone_load(path);
    if (nested_loaded == NULL)
        fail_msg("%s", hone_error_message());
    float outer[2], outer_loaded[2];
    predict_row(nested, data.x[3], FEATURES, outer, 2);
    predict_row(nested_loaded, data.x[3], FEATURES, outer_loaded, 2);
    assert_memory_equal(outer, outer_loaded, sizeof outer);
    remove(path);

    hone_model_free(nested_loaded);
    hone_model_free(nested);
    hone_model_free(front);
    hone_model_free(loaded);
    hone_model_free(model);
    hone_dataset_free(train);
}

TEST(layers_are_added_and_taken_off)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3));
    assert_int_equal(hone_model_add(model, hone_dense(2)), HONE_OK);
    assert_int_equal(hone_model_layer_count(model), 2);
    assert_int_equal(hone_model_weight_count(model), 4);
    assert_int_equal(hone_model_pop(model), HONE_OK);
    assert_int_equal(hone_model_weight_count(model), 2);
    assert_int_not_equal(hone_model_add(model, hone_permute(.dims = {5})), HONE_OK);
    assert_int_equal(hone_model_layer_count(model), 1);
    assert_int_equal(hone_model_pop(model), HONE_OK);
    assert_int_not_equal(hone_model_pop(model), HONE_OK);
    hone_model_free(model);
}

/* A model that learns its input's shape from the data. */
TEST(data_build_a_model)
{
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    hone_model *model = hone_sequential(hone_dense(6), hone_dense(CLASSES, .activation = "softmax"));
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy", .metrics = {"acc"}),
                     HONE_OK);
    if (hone_fit(model, train) == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(model), 4);
    hone_model_free(model);
    hone_dataset_free(train);
}

/* Frozen layers keep their weights; a frozen batch normalisation keeps its statistics. */
TEST(frozen_layers_do_not_move)
{
    sample_data data;
    fill_data(&data);
    hone_dataset *train = classes_of(&data);
    hone_model *model = small_model();
    for (int i = 0; i < 2; i++)
        hone_layer_set_trainable(hone_model_layer_at(model, i), false);
    hone_compile(model, .optimizer = hone_sgd(), .loss = "sparse_categorical_crossentropy");
    float kernel = hone_variable_data(hone_model_weight(model, 0))[5],
          mean = hone_variable_data(hone_model_weight(model, 4))[5];
    float later = hone_variable_data(hone_model_weight(model, 6))[5];
    assert_non_null(hone_fit(model, train));
    assert_true(kernel == hone_variable_data(hone_model_weight(model, 0))[5]);
    assert_true(mean == hone_variable_data(hone_model_weight(model, 4))[5]);
    assert_true(later != hone_variable_data(hone_model_weight(model, 6))[5]);
    for (int i = 0; i < 2; i++)
        hone_layer_set_trainable(hone_model_layer_at(model, i), true);
    hone_compile(model, .optimizer = hone_sgd(), .loss = "sparse_categorical_crossentropy");
    assert_non_null(hone_fit(model, train));
    assert_true(kernel != hone_variable_data(hone_model_weight(model, 0))[5]);
    hone_model_free(model);
    hone_dataset_free(train);
}

/* Gradients in hand: what train_on_batch does in one, done in two, gives the same weights. */
TEST(a_custom_loop_trains_the_same)
{
    sample_data data;
    fill_data(&data);
    hone_model *a = small_model(), *b = small_model();
    hone_batch batch = {.x = {hone_array_view(data.x, HONE_FLOAT32, 2, (int64_t[]){32, FEATURES})},
                        .y = {hone_array_view(data.y, HONE_UINT8, 1, (int64_t[]){32})}};
    for (int step = 0; step < 3; step++) {
        assert_int_equal(hone_train_on_batch(a, &batch, NULL), HONE_OK);
        hone_gradients *gradients = hone_gradients_compute(b, &batch);
        if (gradients == NULL)
            fail_msg("%s", hone_error_message());
        hone_shape shape;
        assert_non_null(hone_gradients_input(gradients, 0, &shape));
        assert_int_equal(shape.size[0], 32);
        assert_int_equal(hone_gradients_apply(b, gradients), HONE_OK);
        hone_gradients_free(gradients);
    }
    for (int i = 0; i < hone_model_weight_count(a); i++) {
        hone_variable *x = hone_model_weight(a, i), *y = hone_model_weight(b, i);
        for (int64_t j = 0; j < hone_internal_variable_count(x); j++)
            assert_true(fabsf(hone_variable_data(x)[j] - hone_variable_data(y)[j]) < 1e-5f);
    }
    hone_model_free(a);
    hone_model_free(b);
}

/* Two optimizers, each on a part of the weights: all weights move; an optimizer stays with its part. */
TEST(two_optimizers_move_their_parts)
{
    sample_data data;
    fill_data(&data);
    hone_model *model = small_model();
    hone_optimizer *front = hone_sgd(.learning_rate = 0.1, .momentum = 0.9), *back = hone_adam();
    hone_batch batch = {.x = {hone_array_view(data.x, HONE_FLOAT32, 2, (int64_t[]){32, FEATURES})},
                        .y = {hone_array_view(data.y, HONE_UINT8, 1, (int64_t[]){32})}};
    const int first[] = {0, 1, 2, 3}, rest[] = {4, 5, 6, 7};
    float before = hone_variable_data(hone_model_weight(model, 0))[3],
          after = hone_variable_data(hone_model_weight(model, 8))[3];
    for (int step = 0; step < 2; step++) {
        hone_gradients *gradients = hone_gradients_compute(model, &batch);
        if (gradients == NULL)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_gradients_count(gradients), 8);
        assert_int_equal(hone_gradients_apply_part(front, gradients, first, 4), HONE_OK);
        assert_int_equal(hone_gradients_apply_part(back, gradients, rest, 4), HONE_OK);
        assert_int_not_equal(hone_gradients_apply_part(back, gradients, first, 4), HONE_OK);
        hone_gradients_free(gradients);
    }
    assert_true(before != hone_variable_data(hone_model_weight(model, 0))[3]);
    assert_true(after != hone_variable_data(hone_model_weight(model, 8))[3]);
    assert_int_equal(hone_optimizer_iterations(front), 2);
    hone_optimizer_free(front);
    hone_optimizer_free(back);
    hone_model_free(model);
}

/* Draws of Monte Carlo dropout differ from call to call and repeat with the seed. */
TEST(monte_carlo_draws_differ_and_repeat)
{
    sample_data data;
    fill_data(&data);
    float draws[2][2][CLASSES];
    hone_batch batch = {.x = {hone_array_view(data.x, HONE_FLOAT32, 2, (int64_t[]){1, FEATURES})}};
    for (int round = 0; round < 2; round++) {
        hone_model *model = small_model();
        for (int draw = 0; draw < 2; draw++) {
            hone_array *result[HONE_MAX_ENDS];
            assert_int_equal(hone_predict_on_batch(model, &batch, true, result), HONE_OK);
            memcpy(draws[round][draw], result[0]->data, sizeof draws[round][draw]);
            hone_array_free(result[0]);
        }
        hone_model_free(model);
    }
    assert_memory_not_equal(draws[0][0], draws[0][1], sizeof draws[0][0]);
    assert_memory_equal(draws[0], draws[1], sizeof draws[0]);
}

/* Every allocation made to fail in turn: a sentence, no crash, no leak. */
TEST(survives_failing_allocations)
{
    sample_data data;
    fill_data(&data);
    hone_set_threads(1);
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t allowed = 0; !done && allowed < 20000; allowed += allowed < 400 ? 1 : 37) {
        hone_internal_fail_allocations_after(allowed);
        hone_model *model = small_model();
        hone_dataset *train = classes_of(&data);
        const hone_history *history = hone_fit(model, train, .epochs = 1, .validation_split = 0.25);
        hone_internal_fail_allocations_after(-1);
        done = history != NULL;
        if (!done)
            assert_true(hone_error_message()[0] != '\0');
        hone_model_free(model);
        hone_dataset_free(train);
        if (hone_internal_blocks_in_use() != blocks)
            fail_msg("%lld blocks leaked after allocation %lld failed",
                     (long long)(hone_internal_blocks_in_use() - blocks), (long long)allowed);
    }
    assert_true(done);
    hone_set_threads(0);
}
