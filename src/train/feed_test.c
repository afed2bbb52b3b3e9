/* What a model takes from a data set: checked before, told with names and rows. */
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

enum { SAMPLES = 6 };

static const float x[SAMPLES][2] = {{1, 0}, {0, 1}, {2, 2}, {-1, 0.5f}, {3, 1}, {0, 0}};
static float y[SAMPLES] = {1, 0, 2, 1, 0, 2};
static const float weights[SAMPLES] = {1, 1, 0, 1, 1, 0};

#define X hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})
#define Y hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})

static hone_model *make(const char *loss, int64_t outputs)
{
    hone_model *model = hone_sequential(hone_input(2, .name = "point"), hone_dense(outputs, .name = "kind"));
    if (hone_compile(model, .optimizer = hone_sgd(), .loss = loss) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

/* `data` is taken over. */
static void assert_refused(hone_model *model, hone_dataset *data, hone_status status, const char *words)
{
    assert_non_null(data);
    hone_error_clear();
    if (hone_fit(model, data) != NULL)
        fail_msg("accepted, where \"%s\" was expected", words);
    assert_int_equal(hone_error_status(), status);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), words);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(another_number_of_inputs_is_told)
{
    assert_refused(make("mse", 1), hone_dataset_from_arrays(.x = {X, X}, .y = {Y}), HONE_ERROR_DATA,
                   "takes 1 input, but the data have 2");
    assert_refused(make("mse", 1),
                   hone_dataset_from_arrays(.x = {X, X}, .y = {Y}, .x_names = {"numbers", "town"}),
                   HONE_ERROR_DATA, "have 2 (numbers, ...): each needs an input layer of its name");
}

TEST(another_name_of_an_input_is_told_with_the_nearest)
{
    hone_tensor *a = hone_input_tensor(2, .name = "left"), *b = hone_input_tensor(2, .name = "right");
    hone_model *model = hone_functional((a, b), (hone_apply(hone_dense(1), hone_apply(hone_add(), a, b))));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_refused(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y}, .x_names = {"rigth", "left"}),
                   HONE_ERROR_NAME, "\"right\"");
}

TEST(missing_and_superfluous_targets_are_told)
{
    assert_refused(make("mse", 1), hone_dataset_from_arrays(.x = {X}), HONE_ERROR_DATA, "targets");
    assert_refused(make("mse", 1), hone_dataset_from_arrays(.x = {X}, .y = {Y, Y}), HONE_ERROR_DATA,
                   "1 output with a loss, but the data have 2 targets");
}

TEST(a_label_that_is_no_class_is_told_with_its_row)
{
    static const float wrong[] = {3, -1, 0.5f, NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        float before = y[4];
        y[4] = wrong[i];
        assert_refused(make("sparse_categorical_crossentropy", 3),
                       hone_dataset_from_arrays(.x = {X}, .y = {Y}), HONE_ERROR_DATA, "row 4");
        y[4] = before;
    }
}

TEST(a_model_without_an_input_takes_the_datas_shape)
{
    hone_model *model = hone_sequential(hone_dense(3));
    hone_dataset *data = hone_dataset_from_arrays(.x = {X}, .y = {Y});
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy(from_logits=true)"),
                     HONE_OK);
    assert_non_null(hone_fit(model, data));
    assert_int_equal(hone_variable_shape(hone_model_weight(model, 0)).size[0], 2);
    hone_dataset_free(data);
    hone_model_free(model);
}

static double loss_of(hone_model *model, hone_dataset *data)
{
    hone_logs logs = {0};
    double loss;
    if (hone_evaluate(model, data, &logs) < 0)
        fail_msg("%s", hone_error_message());
    assert_true(hone_logs_get(&logs, "loss", &loss));
    hone_dataset_free(data);
    return loss;
}

TEST(samples_of_weight_zero_do_not_count)
{
    float kept_x[4][2], kept_y[4];
    int kept = 0;
    for (int i = 0; i < SAMPLES; i++)
        if (weights[i] > 0) {
            memcpy(kept_x[kept], x[i], sizeof x[i]);
            kept_y[kept++] = y[i];
        }
    hone_model *model = make("mse", 1);
    double weighted =
        loss_of(model, hone_dataset_from_arrays(.x = {X}, .y = {Y},
                                                .sample_weight = hone_array_view(weights, HONE_FLOAT32, 1,
                                                                                 (int64_t[]){SAMPLES})));
    double alone = loss_of(
        model, hone_dataset_from_arrays(.x = {hone_array_view(kept_x, HONE_FLOAT32, 2, (int64_t[]){4, 2})},
                                        .y = {hone_array_view(kept_y, HONE_FLOAT32, 1, (int64_t[]){4})}));
    /* Keras divides by the number of samples, hidden ones too: 4 of 6 count. */
    assert_true(fabs(weighted * 6 / 4 - alone) < 1e-5 || fabs(weighted - alone) < 1e-5);
    hone_model_free(model);
}

TEST(weights_of_a_batch_are_as_many_as_its_samples)
{
    hone_model *model = make("mse", 1);
    const hone_batch batch = {
        .x = {X}, .y = {Y}, .sample_weight = hone_array_view(weights, HONE_FLOAT32, 1, (int64_t[]){2})};
    assert_true(hone_train_on_batch(model, &batch, NULL) < 0);
    assert_non_null(strstr(hone_error_message(), "the batch has another number of weights than of samples"));
    hone_model_free(model);
}

TEST(every_type_of_number_is_fed_alike)
{
    static const double wide[SAMPLES][2] = {{1, 0}, {0, 1}, {2, 2}, {-1, 0.5}, {3, 1}, {0, 0}};
    static const int64_t labels[SAMPLES] = {1, 0, 2, 1, 0, 2};
    hone_model *model = make("sparse_categorical_crossentropy(from_logits=true)", 3);
    double first = loss_of(model, hone_dataset_from_arrays(.x = {X}, .y = {Y}));
    double second = loss_of(
        model,
        hone_dataset_from_arrays(.x = {hone_array_view(wide, HONE_FLOAT64, 2, (int64_t[]){SAMPLES, 2})},
                                 .y = {hone_array_view(labels, HONE_INT64, 1, (int64_t[]){SAMPLES})}));
    assert_true(first == second);
    hone_model_free(model);
}

TEST(a_model_built_after_its_compile_has_its_losses)
{
    hone_model *model = hone_sequential(hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_int_equal(hone_model_build(model, HONE_SHAPE(HONE_ANY, 2)), HONE_OK);
    assert_true(loss_of(model, hone_dataset_from_arrays(.x = {X}, .y = {Y})) > 0);
    hone_model_free(model);
}

/* ---- several outputs ---- */

static float other[SAMPLES] = {5, -5, 4, 0, 9, 1};
#define OTHER hone_array_view(other, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})

/* The layer "d" called on each of two inputs, and with `third` a layer "d_1" on the first. */
static hone_model *make_shared(bool third)
{
    hone_layer *layer = hone_dense(1, .name = "d");
    hone_layer_retain(layer);
    hone_tensor *a = hone_input_tensor(2, .name = "a"), *b = hone_input_tensor(2, .name = "b");
    hone_tensor *first = hone_apply(layer, a), *second = hone_apply(layer, b);
    hone_model *model =
        third ? hone_functional((a, b), (first, second, hone_apply(hone_dense(1, .name = "d_1"), a)))
              : hone_functional((a, b), (first, second));
    hone_model_set_seed(model, 4);
    if (hone_compile(model, .optimizer = hone_sgd(), .loss = "mse", .loss_weights = {1, 3}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

TEST(outputs_of_one_layer_have_targets_by_numbered_names)
{
    hone_model *model = make_shared(false);
    double by_place = loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y, OTHER}));
    double by_name =
        loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {OTHER, Y}, .y_names = {"d_1", "d"}));
    double swapped = loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {OTHER, Y}));
    assert_true(by_name == by_place);
    assert_true(swapped != by_place);
    assert_refused(model, hone_dataset_from_arrays(.x = {X, X}, .y = {OTHER, Y}, .y_names = {"d", "d_2"}),
                   HONE_ERROR_NAME, "\"d_1\"");
}

TEST(outputs_of_one_layer_share_a_target_of_its_name_as_in_keras)
{
    hone_model *model = make_shared(false);
    double both = loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y, Y}));
    double shared = loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y}, .y_names = {"d"}));
    assert_true(both == shared);
    assert_refused(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y}), HONE_ERROR_DATA,
                   "2 outputs with a loss, but the data have 1 target");
}

TEST(a_numbered_name_is_not_that_of_another_output)
{
    hone_model *model = make_shared(true);
    double by_place = loss_of(model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y, OTHER, Y}));
    double by_name = loss_of(
        model, hone_dataset_from_arrays(.x = {X, X}, .y = {Y, Y, OTHER}, .y_names = {"d_1", "d", "d_2"}));
    assert_true(by_name == by_place);
    hone_model_free(model);
}

static hone_model *make_half(const char *second_loss)
{
    hone_tensor *a = hone_input_tensor(2, .name = "a");
    hone_tensor *first = hone_apply(hone_dense(1, .name = "p"), a),
                *second = hone_apply(hone_dense(1, .name = "q"), a);
    hone_model *model = hone_functional((a), (first, second));
    if (hone_compile(model, .optimizer = hone_sgd(), .losses = {"mse", second_loss},
                     .metrics = {"p: mae", "q: mae"}) < 0)
        fail_msg("%s", hone_error_message());
    return model;
}

/* The mean of |q(x) - other|. */
static double error_of_second(hone_model *model)
{
    hone_batch batch = {.x = {X}};
    hone_array *outputs[2];
    double sum = 0;
    assert_int_equal(hone_predict_on_batch(model, &batch, false, outputs), HONE_OK);
    for (int i = 0; i < SAMPLES; i++)
        sum += fabs((double)((float *)outputs[1]->data)[i] - (double)other[i]) / SAMPLES;
    hone_array_free(outputs[0]);
    hone_array_free(outputs[1]);
    return sum;
}

/* Keras: metrics of an output without a loss are computed when there is a target for it. */
TEST(metrics_of_an_output_without_a_loss_need_its_target)
{
    hone_model *model = make_half("none");
    hone_dataset *data[] = {
        hone_dataset_from_arrays(.x = {X}, .y = {Y, OTHER}),
        hone_dataset_from_arrays(.x = {X}, .y = {OTHER, Y}, .y_names = {"q", "p"}),
        hone_dataset_from_arrays(.x = {X}, .y = {Y}),
        hone_dataset_from_arrays(.x = {X}, .y = {Y}, .y_names = {"p"}),
    };
    double expected = error_of_second(model), loss = 0, received;
    for (int i = 0; i < 4; i++) {
        hone_logs logs = {0};
        if (hone_evaluate(model, data[i], &logs) < 0)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_logs_count(&logs), i < 2 ? 3 : 2); /* loss, p_mae, q_mae */
        assert_true(hone_logs_get(&logs, "loss", &received) && (i == 0 || received == loss));
        loss = received;
        assert_int_equal(hone_logs_get(&logs, "q_mae", &received), i < 2);
        assert_true(i >= 2 || fabs(received - expected) < 1e-5 * expected);
        hone_dataset_free(data[i]);
    }
    hone_batch batch = {.x = {X}, .y = {Y, OTHER}};
    hone_logs logs = {0};
    assert_int_equal(hone_test_on_batch(model, &batch, &logs), HONE_OK);
    assert_true(hone_logs_get(&logs, "q_mae", &received) && fabs(received - expected) < 1e-5 * expected);
    assert_refused(model, hone_dataset_from_arrays(.x = {X}, .y = {Y}, .y_names = {"q"}), HONE_ERROR_DATA,
                   "no target for the output \"p\", which has a loss");
}
