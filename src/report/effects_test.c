/* What columns of a row do to an output: against slopes that are known, ids without a gradient, what is
 * refused. */
#include <hone/look.h>
#include "testing/message.h"
#include "testing/telling_model.h"

#include <math.h>

static void assert_near(double found, double expected)
{
    if (!(fabs(found - expected) <= 1e-5))
        fail_msg("%.9g is not %.9g", found, expected);
}

/* The score of class 1 is 3 x[0]; the mean of x[0] is 0.2, and the first row has 1. */
TEST(slope_and_effect_of_a_row)
{
    hone_model *model = telling_model();
    hone_dataset *data = telling_data();
    hone_row_effects effects;
    assert_int_equal(hone_row_effects_of(model, data, 0, HONE_NONE_INTEGER, &effects), HONE_OK);
    assert_int_equal(effects.class_number, 1);
    assert_near(effects.output, 1 / (1 + exp(-6)));
    assert_int_equal(effects.count, 2);
    assert_string_equal(effects.columns[0].name, "column 0");
    assert_near(effects.columns[0].value, 1);
    assert_near(effects.columns[0].slope, 3);
    assert_near(effects.columns[0].effect, 3 * (1 - 0.2));
    assert_near(effects.columns[1].effect, 0);
    hone_row_effects_free(&effects);
    assert_int_equal(hone_row_effects_of(model, data, 2, 1, &effects), HONE_OK);
    assert_near(effects.columns[0].slope, 3);
    assert_near(effects.columns[0].effect, 3 * (-1 - 0.2));
    hone_row_effects_free(&effects);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* Two inputs: the ids of an embedding have no gradient, and stand last. */
TEST(ids_have_no_slope)
{
    static const float ids[] = {0, 1, 1}, numbers[] = {1, 2, 6}, y[] = {0, 0, 0};
    hone_tensor *a = hone_input_tensor(1, .name = "ids"), *b = hone_input_tensor(1, .name = "numbers");
    hone_tensor *flat = hone_apply(hone_flatten(), hone_apply(hone_embedding(2, 3), a));
    hone_model *model =
        hone_functional((a, b), (hone_apply(hone_dense(1), hone_apply(hone_concatenate(), flat, b))));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(ids, HONE_FLOAT32, 2, (int64_t[]){3, 1}),
                                       hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){3, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){3})});
    hone_row_effects effects;
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_int_equal(hone_row_effects_of(model, data, 1, HONE_NONE_INTEGER, &effects), HONE_OK);
    assert_int_equal(effects.count, 2);
    assert_string_equal(effects.columns[0].name, "numbers 0");
    assert_near(effects.columns[0].effect, effects.columns[0].slope * (2 - 3));
    assert_true(isnan(effects.columns[1].slope) && isnan(effects.columns[1].effect));
    hone_row_effects_free(&effects);
    hone_dataset_free(data);
    hone_model_free(model);
}

/* 2 a + 5 b, of data that have b first: by their names. */
TEST(inputs_are_found_by_name)
{
    static const float a_numbers[] = {1, 3}, b_numbers[] = {10, 40}, y[] = {0, 0};
    hone_tensor *a = hone_input_tensor(1, .name = "a"), *b = hone_input_tensor(1, .name = "b");
    hone_model *model = hone_functional(
        (a, b),
        (hone_apply(hone_add(),
                    hone_apply(hone_dense(1, .use_bias = false, .kernel_initializer = "constant(2)"), a),
                    hone_apply(hone_dense(1, .use_bias = false, .kernel_initializer = "constant(5)"), b))));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(b_numbers, HONE_FLOAT32, 2, (int64_t[]){2, 1}),
                                       hone_array_view(a_numbers, HONE_FLOAT32, 2, (int64_t[]){2, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){2})},
                                 .x_names = {"b", "a"});
    hone_row_effects effects;
    hone_importance importance;
    assert_int_equal(hone_compile(model, .loss = "mae"), HONE_OK);
    assert_int_equal(hone_row_effects_of(model, data, 1, HONE_NONE_INTEGER, &effects), HONE_OK);
    assert_string_equal(effects.columns[0].name, "b 0");
    assert_near(effects.columns[0].value, 40);
    assert_near(effects.columns[0].slope, 5);
    assert_near(effects.columns[1].slope, 2);
    assert_near(effects.output, 2 * 3 + 5 * 40);
    hone_row_effects refused;
    assert_true(hone_row_effects_of(model, data, 1, 0, &refused) < 0); /* a number has no class 0 */
    assert_non_null(strstr(hone_error_message(), "the model predicts a number and has no classes"));
    assert_int_equal(hone_importance_of(model, data, &importance), HONE_OK);
    assert_near(importance.loss, (2 * (1 + 3) + 5 * (10 + 40)) / 2.0);
    hone_importance_free(&importance);
    hone_row_effects_free(&effects);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(refuses_what_has_no_rows)
{
    static const float x[2][2][2] = {{{0}}}, y[2] = {0};
    hone_model *model = telling_model();
    hone_dataset *data = telling_data();
    hone_dataset *images =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){2, 2, 2})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){2})});
    hone_row_effects effects;
    assert_true(hone_row_effects_of(model, data, 5, HONE_NONE_INTEGER, &effects) < 0);
    assert_message_has("sample must be from 0 to 4, not 5");
    hone_error_clear();
    assert_true(hone_row_effects_of(model, data, 0, 2, &effects) < 0);
    assert_message_has("class must be from 0 to 1, not 2");
    hone_error_clear();
    assert_true(hone_row_effects_of(model, images, 0, HONE_NONE_INTEGER, &effects) < 0);
    assert_message_has("the data are not a table");
    assert_true(hone_row_effects_of(NULL, data, 0, HONE_NONE_INTEGER, &effects) < 0);
    hone_dataset_free(images);
    assert_int_equal(hone_row_effects_of(model, data, 0, HONE_NONE_INTEGER, &effects),
                     HONE_OK); /* afterwards */
    hone_row_effects_free(&effects);
    hone_dataset_free(data);
    hone_model_free(model);
}
