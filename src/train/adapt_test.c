/* What layers learn from data without training. */
#include "model/model.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <math.h>
#include <string.h>

static const float numbers[] = {1, 10, 3, 30, 5, 50, 7, 70};

static hone_dataset *of_pairs(const float *from)
{
    hone_array x = {.rank = 2, .shape = {4, 2}, .type = HONE_FLOAT32, .data = (void *)from};
    return hone_dataset_from_arrays(.x = {x});
}

static const float *statistic(hone_model *model, int index)
{
    return hone_variable_data(hone_model_weight(model, index));
}

TEST(takes_statistics_of_what_reaches_a_layer)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_rescaling(10), hone_normalization(), hone_dense(1));
    hone_dataset *data = of_pairs(numbers);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_float_equal(statistic(model, 0)[0], 40, 1e-4);
    assert_float_equal(statistic(model, 0)[1], 400, 1e-3);
    assert_float_equal(statistic(model, 1)[0], 500, 1e-2);
    assert_float_equal(statistic(model, 1)[1], 50000, 1);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(follows_the_order_of_layers)
{
    hone_tensor *a = hone_input_tensor(2, .name = "a");
    hone_tensor *once = hone_apply(hone_normalization(), a);
    hone_tensor *twice = hone_apply(hone_normalization(), hone_apply(hone_rescaling(3), once));
    hone_model *model = hone_functional((a), (twice));
    hone_dataset *data = of_pairs(numbers);
    hone_array *outputs = NULL;
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_int_equal(hone_predict(model, data, &outputs), HONE_OK);
    const float *y = outputs->data;
    double sum = 0, squares = 0;
    for (int i = 0; i < 8; i += 2) {
        sum += (double)y[i];
        squares += (double)y[i] * (double)y[i];
    }
    assert_float_equal(sum, 0, 1e-5);
    assert_float_equal(squares / 4, 1, 1e-5);
    hone_array_free(outputs);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(builds_a_model_without_an_input)
{
    hone_model *model = hone_sequential(hone_normalization(), hone_dense(1));
    hone_dataset *data = of_pairs(numbers);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_float_equal(statistic(model, 0)[0], 4, 1e-5);
    assert_float_equal(statistic(model, 1)[1], 500, 1e-2);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(leaves_what_is_there)
{
    const float others[] = {0, 0, 0, 0, 0, 0, 0, 1};
    hone_model *model = hone_sequential(hone_input(2), hone_normalization());
    hone_model *given =
        hone_sequential(hone_input(2), hone_normalization(.mean = {1, 2}, .variance = {3, 4}));
    hone_dataset *data = of_pairs(numbers), *later = of_pairs(others);
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    assert_int_equal(hone_adapt(model, later), HONE_OK);
    assert_float_equal(statistic(model, 0)[0], 4, 1e-6);
    assert_int_equal(hone_adapt(given, data), HONE_OK);
    assert_int_equal(hone_model_weight_count(given), 0);
    hone_dataset_free(data);
    hone_dataset_free(later);
    hone_model_free(model);
    hone_model_free(given);
}

TEST(refuses_numbers_that_are_none)
{
    const float holes[] = {1, 2, NAN, 4, 5, 6, 7, 8};
    hone_model *model = hone_sequential(hone_input(2), hone_normalization());
    hone_dataset *data = of_pairs(holes);
    assert_int_equal(hone_adapt(model, data), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "sample 1 contains NaN"));
    assert_float_equal(statistic(model, 0)[0], 0, 0);
    assert_float_equal(statistic(model, 1)[0], 1, 0);
    hone_error_clear();
    assert_int_equal(hone_adapt(NULL, data), HONE_ERROR_ARGUMENT);
    hone_error_clear();
    assert_int_equal(hone_adapt(model, NULL), HONE_ERROR_ARGUMENT);
    hone_dataset_free(data);
    hone_model_free(model);
}
