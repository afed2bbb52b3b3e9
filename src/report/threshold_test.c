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

/* y = sigmoid(x) of two numbers, in one output of labels or in two outputs. */
static hone_model *of_two(bool outputs)
{
    if (!outputs) {
        hone_model *model =
            hone_sequential(hone_input(2), hone_dense(2, .activation = "sigmoid", .use_bias = false));
        const float ones_alone[] = {1, 0, 0, 1};
        memcpy(hone_variable_data(hone_model_weight(model, 0)), ones_alone, sizeof ones_alone);
        assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
        return model;
    }
    hone_tensor *x1 = hone_input_tensor(2);
    hone_tensor *ill =
        hone_apply(hone_dense(1, .activation = "sigmoid", .use_bias = false, .name = "ill"), x1);
    hone_tensor *old =
        hone_apply(hone_dense(1, .activation = "sigmoid", .use_bias = false, .name = "old"), x1);
    hone_model *model = hone_functional((x1), (ill, old));
    const float weights[2][2] = {{1, 0}, {0, 1}};
    for (int i = 0; i < 2; i++)
        memcpy(hone_variable_data(hone_model_weight(model, i)), weights[i], sizeof weights[i]);
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}

static const float pairs[] = {-3, 1, -2, 2, -1, -1, -1, 3, 1, -4}, both[] = {0, 1, 1, 1, 1, 0, 0, 1, 1, 0},
                   ills[] = {0, 1, 1, 0, 1}, olds[] = {1, 1, 0, 1, 0};

static hone_dataset *pairs_of(bool outputs)
{
    const hone_array x2 = hone_array_view(pairs, HONE_FLOAT32, 2, (int64_t[]){5, 2});
    if (!outputs)
        return hone_dataset_from_arrays(.x = {x2},
                                        .y = {hone_array_view(both, HONE_FLOAT32, 2, (int64_t[]){5, 2})});
    return hone_dataset_from_arrays(.x = {x2},
                                    .y = {hone_array_view(ills, HONE_FLOAT32, 1, (int64_t[]){5}),
                                          hone_array_view(olds, HONE_FLOAT32, 1, (int64_t[]){5})},
                                    .y_names = {"ill", "old"});
}

static const struct {
    const char *name, *kept, *first, *second;
    bool outputs;
} several[] = {{"labels of an output", "[", "dense_0", "dense_1", false},
               {"outputs", "{\"ill\"", "ill", "old", true}};

TEST_EACH(each_probability_has_its_own, several)
{
    hone_model *model = of_two(row->outputs);
    hone_dataset *data = pairs_of(row->outputs);
    hone_threshold_found *found;
    hone_threshold_search one;
    size_t count;
    assert_int_equal(hone_thresholds_find(model, data, "f1", &found, &count), HONE_OK);
    assert_int_equal(count, 2);
    assert_non_null(strstr(found[0].of.name, row->first));
    assert_non_null(strstr(found[1].of.name, row->second));
    assert_float_equal(found[0].search.best.threshold, (sigmoid(-3) + sigmoid(-2)) / 2, 1e-6);
    assert_float_equal(found[1].search.best.f1, 1, 0);
    assert_float_equal(found[1].search.best.threshold, 0.5, 1e-6);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(hone_model_set_threshold(model, found[i].of.output, found[i].of.number,
                                                  found[i].search.best.threshold),
                         HONE_OK);
    hone_free(found);
    char *kept = hone_model_data(model, "threshold");
    assert_non_null(strstr(kept, row->kept));
    hone_free(kept);
    assert_float_equal(hone_model_threshold_of(model, 0, 0), (sigmoid(-3) + sigmoid(-2)) / 2, 1e-6);
    assert_float_equal(hone_model_threshold_of(model, 1, 1), 0.5, 0);
    hone_scores scores;
    assert_int_equal(hone_score(model, data, 0, 0, &scores), HONE_OK);
    const float right = row->outputs ? 0.8f : 0.9f;
    assert_float_equal(scores.accuracy, right, 1e-6);
    hone_scores_free(&scores);
    assert_true(hone_threshold_find(model, data, NULL, &one) < 0);
    assert_message_has("has 2 probabilities; expected one");
    assert_true(hone_model_set_data(model, "threshold", "0.3") < 0);
    assert_message_has("several probabilities");
    assert_true(hone_model_set_threshold(model, 0, 7, 0.3) < 0 &&
                hone_model_set_threshold(model, 2, 0, 0.3) < 0);
    assert_true(hone_model_set_threshold(model, 0, 0, 1.5) < 0);
    assert_message_has("a threshold must be a number other than 0 and at most 1");
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
