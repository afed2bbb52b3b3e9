/* The learning-rate finder. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

enum { SAMPLES = 64 };

static float x[SAMPLES][2], y[SAMPLES];

static hone_dataset *make_data(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        x[i][0] = (float)sin(i);
        x[i][1] = (float)cos(3 * i);
        y[i] = 2 * x[i][0] - x[i][1] + 1;
    }
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
}

static hone_model *make_model(const char *optimizer)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    if (hone_compile(model, .optimizer = hone_optimizer_from_text(optimizer), .loss = "mse") < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

TEST(rates_grow_by_equal_factors_and_losses_are_averaged)
{
    hone_rate_search search;
    hone_model *model = make_model("sgd");
    hone_dataset *data = make_data();
    if (hone_find_rate(model, data, &search, .lowest = 1e-3, .highest = 0.1, .steps = 50, .batch_size = 8) <
        0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(search.count, 50);
    assert_false(search.diverged);
    double factor = pow(100, 1.0 / 49), average = 0, weight = 0;
    for (int i = 0; i < 50; i++) {
        assert_true(fabs(search.points[i].rate / (1e-3 * pow(factor, i)) - 1) < 1e-9);
        average = 0.9 * average + 0.1 * search.points[i].loss;
        weight = 0.9 * weight + 0.1;
        assert_true(fabs(search.points[i].smooth - average / weight) < 1e-9);
        assert_true(search.points[i].smooth >= search.points[search.least].smooth);
    }
    assert_true(search.suggestion == search.points[search.least].rate / 10);
    assert_true(strlen(search.reason) > 0);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(ends_where_the_loss_grows_beyond_measure)
{
    hone_rate_search search;
    hone_model *model = make_model("sgd");
    hone_dataset *data = make_data();
    assert_int_equal(
        hone_find_rate(model, data, &search, .lowest = 1e-2, .highest = 1e4, .steps = 200, .batch_size = 8),
        HONE_OK);
    assert_true(search.diverged && search.count < 200);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(the_model_stays_as_it_is)
{
    hone_rate_search search;
    hone_model *model = make_model("adam");
    hone_dataset *data = make_data();
    float kernel[2];
    memcpy(kernel, hone_variable_data(hone_model_weight(model, 0)), sizeof kernel);
    assert_int_equal(hone_find_rate(model, data, &search, .lowest = 1e-3, .highest = 1, .steps = 30),
                     HONE_OK);
    assert_memory_equal(kernel, hone_variable_data(hone_model_weight(model, 0)), sizeof kernel);
    assert_true(hone_optimizer_learning_rate(hone_model_optimizer(model)) == 0.001);
    assert_int_equal(hone_optimizer_iterations(hone_model_optimizer(model)), 0);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    hone_model_free(model);
}

static void assert_refused(const char *optimizer, double lowest, double highest, int64_t steps,
                           hone_status status)
{
    hone_rate_search search;
    hone_model *model = make_model(optimizer);
    hone_dataset *data = make_data();
    assert_int_equal(
        hone_find_rate(model, data, &search, .lowest = lowest, .highest = highest, .steps = steps), status);
    assert_null(search.points);
    hone_rate_search_free(&search);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(refuses_ranges_that_are_none_and_scheduled_rates)
{
    assert_refused("sgd", 0, 1, 10, HONE_ERROR_ARGUMENT);
    assert_refused("sgd", 1, 0.1, 10, HONE_ERROR_ARGUMENT);
    assert_refused("sgd", 0.1, INFINITY, 10, HONE_ERROR_ARGUMENT);
    assert_refused("sgd", (double)NAN, 1, 10, HONE_ERROR_ARGUMENT);
    assert_refused("sgd", 0.1, 1, 1, HONE_ERROR_ARGUMENT);
    assert_refused("sgd(exponential_decay(0.1, 10, 0.5))", 0.1, 1, 10, HONE_ERROR_STATE);
}

TEST(a_loss_that_is_no_number_from_the_start_is_told)
{
    hone_rate_search search;
    hone_model *model = make_model("sgd");
    hone_dataset *data = make_data();
    for (int i = 0; i < SAMPLES; i++)
        y[i] = NAN;
    assert_int_equal(hone_find_rate(model, data, &search, .steps = 20), HONE_ERROR_NUMERIC);
    assert_non_null(strstr(hone_error_message(), "first step"));
    hone_rate_search_free(&search);
    hone_rate_search_free(NULL);
    hone_dataset_free(data);
    hone_model_free(model);
}
