/* Calibration: against the temperature by which answers were made too sure, and what is refused. */
#include "testing/message.h"

#include <hone/hone.h>
#include <hone/look.h>
#include <math.h>
#include <string.h>

/* Answers that are right as often as these numbers say: of `of` samples with the input x, `yes` are of the
 * second class. sigmoid(log(yes / no)) would be calibrated. */
static const struct {
    int yes, of;
} groups[] = {{1, 10}, {3, 10}, {6, 10}, {9, 10}};
enum { GROUPS = 4, SAMPLES = 40 };

static double odds(int group)
{
    return log((double)groups[group].yes / (groups[group].of - groups[group].yes));
}

static double entropy(void)
{
    double sum = 0;
    for (int i = 0; i < GROUPS; i++) {
        const double p = (double)groups[i].yes / groups[i].of;
        sum -= (p * log(p) + (1 - p) * log(1 - p)) / GROUPS;
    }
    return sum;
}

/* y[outputs]: the same answers for each output of a model. */
static hone_dataset *data_of(int outputs)
{
    static float x[SAMPLES], y[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        x[i] = (float)odds(i / 10);
        y[i] = i % 10 < groups[i / 10].yes;
    }
    const hone_array answers = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    const hone_array inputs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1});
    return outputs == 1
               ? hone_dataset_from_arrays(.x = {inputs}, .y = {answers})
               : hone_dataset_from_arrays(.x = {inputs}, .y = {answers, answers}, .y_names = {"a", "b"});
}

static void set(hone_model *model, int weight, const float *numbers, size_t count)
{
    memcpy(hone_variable_data(hone_model_weight(model, weight)), numbers, count * sizeof *numbers);
}

/* Models that are too sure by 3, each in another way of ending. */
static hone_model *sigmoid_model(void)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1, .activation = "sigmoid"));
    set(model, 0, (float[]){3}, 1);
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}
static hone_model *softmax_model(void)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(2), hone_softmax());
    set(model, 0, (float[]){1, 4}, 2);
    set(model, 1, (float[]){0.5f, 0.5f}, 2);
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy"), HONE_OK);
    return model;
}
static hone_model *logits_model(void)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(2, .use_bias = false));
    set(model, 0, (float[]){-1.5f, 1.5f}, 2);
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy(from_logits=true)"),
                     HONE_OK);
    return model;
}
/* A mean over two pixels, in front of the activation: 3 x and a pixel that is 0. */
static hone_model *pooled_model(void)
{
    hone_model *model = hone_sequential(hone_input(1), hone_reshape(.target_shape = {1, 1, 1}),
                                        hone_zero_padding2d(.padding = {0, 0, 0, 1}),
                                        hone_conv2d(1, .kernel_size = {1, 1}, .use_bias = false),
                                        hone_global_average_pooling2d(), hone_activation("sigmoid"));
    set(model, 0, (float[]){6}, 1);
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}

static const struct {
    const char *name;
    hone_model *(*make)(void);
} endings[] = {{"sigmoid", sigmoid_model},
               {"softmax behind", softmax_model},
               {"logits", logits_model},
               {"a mean of pixels", pooled_model}};

TEST_EACH(what_is_too_sure_by_three_has_the_temperature_three, endings)
{
    hone_model *model = row->make();
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset *data = data_of(1);
    hone_temperature *found;
    size_t count;
    if (hone_calibrate(model, data, &found, &count) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(count, 1);
    assert_int_equal(found->samples, SAMPLES);
    assert_float_equal(found->temperature, 3, 1e-3);
    assert_float_equal(found->loss_after, entropy(), 1e-5);
    assert_true(found->loss_before > found->loss_after + 0.1);
    assert_true(found->error_before > 0.05);
    assert_float_equal(found->error_after, 0, 1e-5);
    hone_scores scores; /* the model itself says so now */
    assert_int_equal(hone_score(model, data, 0, 0, &scores), HONE_OK);
    assert_float_equal(scores.calibration_error, 0, 1e-5);
    hone_scores_free(&scores);
    hone_free(found);
    assert_int_equal(hone_calibrate(model, data, &found, &count), HONE_OK); /* and is calibrated */
    assert_float_equal(found->temperature, 1, 1e-3);
    hone_free(found);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(a_threshold_decides_as_before)
{
    hone_model *model = sigmoid_model();
    hone_dataset *data = data_of(1);
    hone_temperature *found;
    size_t count;
    hone_scores before, after;
    assert_int_equal(hone_model_set_threshold(model, 0, 0, 0.05), HONE_OK);
    assert_int_equal(hone_score(model, data, 0, 0, &before), HONE_OK);
    assert_int_equal(hone_calibrate(model, data, &found, &count), HONE_OK);
    assert_int_equal(hone_score(model, data, 0, 0, &after), HONE_OK);
    const double odds_of_0_05 = 1.0 / 19; /* divided by 3 as logarithms */
    assert_float_equal(log(hone_model_threshold(model) / (1 - hone_model_threshold(model))),
                       log(odds_of_0_05) / 3, 1e-3);
    assert_float_equal(before.accuracy, after.accuracy, 0);
    hone_free(found);
    hone_scores_free(&before);
    hone_scores_free(&after);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* One is too sure by 2, the other not sure enough by 2. */
TEST(each_output_has_its_own)
{
    hone_tensor *x = hone_input_tensor(1);
    hone_tensor *a = hone_apply(hone_dense(1, .activation = "sigmoid", .use_bias = false, .name = "a"), x);
    hone_tensor *b = hone_apply(hone_dense(1, .activation = "sigmoid", .use_bias = false, .name = "b"), x);
    hone_model *model = hone_functional((x), (a, b));
    set(model, 0, (float[]){2}, 1);
    set(model, 1, (float[]){0.5f}, 1);
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    hone_dataset *data = data_of(2);
    hone_temperature *found;
    size_t count;
    assert_int_equal(hone_calibrate(model, data, &found, &count), HONE_OK);
    assert_int_equal(count, 2);
    assert_float_equal(found[0].temperature, 2, 1e-3);
    assert_float_equal(found[1].temperature, 0.5, 1e-3);
    assert_float_equal(*hone_variable_data(hone_model_weight(model, 0)), 1, 1e-3);
    hone_free(found);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* ---- what is refused, and leaves the weights as they were ---- */

static hone_model *of_layers(const char *activation, const char *loss, float weight)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_dense(1, .activation = activation, .use_bias = false));
    set(model, 0, &weight, 1);
    assert_int_equal(hone_compile(model, .loss = loss), HONE_OK);
    return model;
}
static hone_model *normalized_model(void)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_dense(1), hone_batch_normalization(), hone_activation("sigmoid"));
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}
static hone_model *shared_model(void)
{
    hone_tensor *x = hone_input_tensor(1);
    hone_layer *one = hone_dense(1, .use_bias = false);
    hone_tensor *y = hone_apply(hone_layer_retain(one), x);
    hone_model *model = hone_functional((x), (hone_apply(hone_activation("sigmoid"), hone_apply(one, y))));
    assert_int_equal(hone_compile(model, .loss = "binary_crossentropy"), HONE_OK);
    return model;
}
static hone_model *relu_model(void)
{
    return of_layers("relu", "binary_crossentropy", 1);
}
static hone_model *numbers_model(void)
{
    return of_layers(NULL, "mse", 1);
}
static hone_model *wrong_model(void)
{
    return of_layers("sigmoid", "binary_crossentropy", -2);
}

static const struct {
    const char *name;
    hone_model *(*make)(void);
    const char *words;
} refusals[] = {
    {"numbers", numbers_model, "expected an output of classes (softmax), or of a yes or no (sigmoid)"},
    {"relu", relu_model, "expected one softmax or sigmoid at the end of the network, received relu"},
    {"normalised", normalized_model, "expected a dense or convolution layer at the end of the network"},
    {"shared", shared_model, "is called in several places"},
    {"wrong", wrong_model, "at any temperature the answers are worse than chance"},
};

TEST_EACH(others_are_refused, refusals)
{
    hone_model *model = row->make();
    hone_dataset *data = data_of(1);
    hone_temperature *found;
    size_t count;
    const float before = *hone_variable_data(hone_model_weight(model, 0));
    assert_true(hone_calibrate(model, data, &found, &count) < 0);
    assert_message_has(row->words);
    assert_null(found);
    assert_float_equal(*hone_variable_data(hone_model_weight(model, 0)), before, 0);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(answers_that_are_right_have_no_temperature)
{
    static const float x[] = {-2, -1, 1, 2}, y[] = {0, 0, 1, 1};
    hone_model *model = of_layers("sigmoid", "binary_crossentropy", 1);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){4, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){4})});
    hone_temperature *found;
    size_t count;
    assert_int_equal(hone_calibrate(model, data, &found, &count), HONE_ERROR_DATA);
    assert_message_has("hardly one of 4 answers is wrong, so the surer the better");
    assert_true(hone_calibrate(NULL, data, &found, &count) < 0);
    assert_true(hone_calibrate(model, NULL, &found, &count) < 0);
    assert_true(hone_calibrate(model, data, NULL, &count) < 0);
    hone_dataset_free(data);
    hone_model_free(model);
}
