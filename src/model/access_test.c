/* Looking at a model: its layers, ends, weights. */
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static hone_model *make(void)
{
    hone_model *model = hone_sequential(hone_input(4), hone_dense(3, .name = "first"), hone_dropout(0.5),
                                        hone_dense(2, .name = "last", .use_bias = false));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

TEST(layers_are_counted_without_the_input_and_from_either_end)
{
    hone_model *model = make();
    assert_int_equal(hone_model_layer_count(model), 3);
    assert_string_equal(hone_layer_name(hone_model_layer_at(model, 0)), "first");
    assert_ptr_equal(hone_model_layer_at(model, -1), hone_model_layer_at(model, 2));
    assert_ptr_equal(hone_model_layer_at(model, -3), hone_model_layer_at(model, 0));
    assert_null(hone_model_layer_at(model, 3));
    assert_non_null(strstr(hone_error_message(), "3 layers"));
    assert_null(hone_model_layer_at(model, -4));
    hone_model_free(model);
}

TEST(a_layer_is_found_by_name_or_the_nearest_is_said)
{
    hone_model *model = make();
    assert_ptr_equal(hone_model_layer(model, "last"), hone_model_layer_at(model, 2));
    assert_null(hone_model_layer(model, "lost"));
    assert_int_equal(hone_error_status(), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "\"last\""));
    hone_model_free(model);
}

TEST(weights_stand_in_the_order_of_keras)
{
    static const char *const paths[] = {"first/kernel", "first/bias", "last/kernel"};
    hone_model *model = make();
    assert_int_equal(hone_model_weight_count(model), 3);
    for (int i = 0; i < 3; i++)
        assert_non_null(strstr(hone_variable_path(hone_model_weight(model, i)), paths[i]));
    assert_int_equal(hone_variable_shape(hone_model_weight(model, 2)).size[0], 3);
    assert_null(hone_model_weight(model, 3));
    assert_null(hone_model_weight(model, -1));
    hone_model_free(model);
}

TEST(statistics_come_after_what_is_trained)
{
    hone_model *model = hone_sequential(hone_input(4), hone_batch_normalization(), hone_dense(2));
    assert_string_equal(hone_variable_name(hone_model_weight(model, 0)), "gamma");
    assert_true(hone_variable_trainable(hone_model_weight(model, 0)));
    assert_string_equal(hone_variable_name(hone_model_weight(model, 2)), "moving_mean");
    assert_false(hone_variable_trainable(hone_model_weight(model, 2)));
    hone_model_free(model);
}

TEST(freezing_a_model_freezes_all_its_layers)
{
    hone_model *model = make();
    hone_model_set_trainable(model, false);
    for (int i = 0; i < hone_model_weight_count(model); i++)
        assert_false(hone_variable_trainable(hone_model_weight(model, i)));
    hone_model_set_trainable(model, true);
    for (int i = 0; i < hone_model_weight_count(model); i++)
        assert_true(hone_variable_trainable(hone_model_weight(model, i)));
    hone_model_free(model);
}

TEST(the_output_of_a_layer_makes_a_model_of_its_own)
{
    hone_model *model = make();
    hone_tensor *middle = hone_model_layer_output(model, "first");
    assert_non_null(middle);
    assert_int_equal(hone_tensor_shape(middle).size[1], 3);
    hone_model *front = hone_functional((hone_model_input(model, 0)), (middle));
    if (front == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(front), 2);
    assert_ptr_equal(hone_model_weight(front, 0), hone_model_weight(model, 0)); /* shared */
    assert_null(hone_model_layer_output(model, "frist"));
    hone_model_free(front);
    hone_model_free(model);
}

TEST(no_model_has_nothing)
{
    assert_int_equal(hone_model_layer_count(NULL), 0);
    assert_int_equal(hone_model_weight_count(NULL), 0);
    assert_null(hone_model_layer(NULL, "dense"));
    assert_null(hone_model_layer_output(NULL, "dense"));
    hone_model_set_trainable(NULL, false);
    hone_model_free(NULL);
}
