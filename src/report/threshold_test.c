/* Thresholds: against numbers counted by hand, and what is refused. */
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/look.h>
#include <math.h>
#include <string.h>

/* y = sigmoid(x) of one number. */
static hone_model *logistic(const char *activation)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_dense(1, .activation = activation, .use_bias = false));
    *(float *)hone_variable_data(hone_model_weight(model, 0)) = 1;
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}

static hone_dataset *data_of(const float *x, const float *y, int64_t count)
{
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){count, 1})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){count})});
}

/* Probabilities 0.05, 0.12, 0.27, 0.27, 0.73; the second class at 0.12 and above but for one. */
static const float x[] = {-3, -2, -1, -1, 1}, y[] = {0, 1, 1, 0, 1}, ones[] = {1, 1, 1, 1, 1};

static double sigmoid(double number)
{
    return 1 / (1 + exp(-number));
}

TEST(the_best_is_found_and_kept)
{
    hone_model *model = logistic("sigmoid");
    hone_dataset *data = data_of(x, y, 5);
    hone_threshold_search found;
    assert_int_equal(hone_threshold_find(model, data, NULL, &found), HONE_OK);
    assert_float_equal(found.before.threshold, 0.5, 0);
    assert_float_equal(found.before.recall, 1.0 / 3, 1e-6);
    assert_float_equal(found.before.precision, 1, 0);
    assert_float_equal(found.best.threshold, (sigmoid(-3) + sigmoid(-2)) / 2, 1e-6);
    assert_float_equal(found.best.f1, 6.0 / 7, 1e-6);
    assert_float_equal(found.best.accuracy, 0.8, 1e-6);
    assert_float_equal(found.best.balanced_accuracy, 0.75, 1e-6);
    assert_int_equal(hone_model_set_data(model, "threshold", "0.0833"), HONE_OK);
    hone_scores scores;
    assert_int_equal(hone_score(model, data, 0, 0, &scores), HONE_OK);
    assert_float_equal(scores.accuracy, 0.8, 1e-6);
    assert_float_equal(scores.classes[1].recall, 1, 1e-6);
    hone_scores_free(&scores);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* 0 and 1 apart: every threshold between them is as good, and 0.5 is the nearest. */
TEST(of_equal_ones_the_nearest_to_a_half)
{
    static const float far[] = {-4, -3, 3, 4}, labels[] = {0, 0, 1, 1};
    hone_model *model = logistic("sigmoid");
    hone_dataset *data = data_of(far, labels, 4);
    hone_threshold_search found;
    assert_int_equal(hone_threshold_find(model, data, "balanced_accuracy", &found), HONE_OK);
    assert_float_equal(found.best.threshold, 0.5, 1e-6);
    assert_float_equal(found.best.balanced_accuracy, 1, 0);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(refuses)
{
    hone_model *model = logistic("sigmoid"), *logits = logistic("linear");
    hone_dataset *data = data_of(x, y, 5), *same = data_of(x, ones, 5);
    hone_threshold_search found;
    assert_true(hone_threshold_find(model, data, "f2", &found) < 0);
    assert_message_has("unknown measure of a threshold \"f2\"");
    assert_true(hone_threshold_find(model, same, NULL, &found) < 0);
    assert_message_has("samples of one class only");
    assert_true(hone_threshold_find(logits, data, NULL, &found) < 0);
    assert_message_has("probability of the second of two classes");
    hone_error_clear();
    assert_true(hone_threshold_find(NULL, data, NULL, &found) < 0);
    hone_error_clear();
    assert_true(hone_threshold_find(model, data, NULL, NULL) < 0);
    hone_dataset_free(data);
    hone_dataset_free(same);
    hone_model_free(logits);
    hone_model_free(model);
}
