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
        fail_msg("\"%s\" does not speak of \"%s\"", hone_error_message(), words);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(another_number_of_inputs_is_told)
{
    assert_refused(make("mse", 1), hone_dataset_from_arrays(.x = {X, X}, .y = {Y}), HONE_ERROR_DATA,
                   "takes 1 input, but the data have 2");
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
