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

TEST(calls_of_a_layer_come_by_their_numbers)
{
    enum { CALLS = 5, OTHERS = 40 };
    hone_layer *shared = hone_dense(2, .name = "shared");
    hone_tensor *x = hone_input_tensor(2), *y = x;
    for (int i = 0; i < OTHERS; i++) {
        y = hone_apply(hone_dense(2), y);
        if (i % (OTHERS / CALLS) == 0)
            y = hone_apply(hone_layer_retain(shared), y);
    }
    hone_model *model = hone_functional((x), (y));
    assert_non_null(model);
    const hone_call *call = NULL, *last = NULL;
    int count = 0;
    while ((call = hone_internal_model_next_call(model, shared, call)) != NULL) {
        assert_ptr_equal(call->layer, shared);
        assert_int_equal(call->number, count);
        assert_int_equal(hone_internal_model_call_rank(model, call), count++);
        last = call;
    }
    assert_int_equal(count, CALLS);
    assert_ptr_equal(hone_internal_model_last_call(model, shared), last);
    for (int i = 0; i < hone_model_layer_count(model); i++) {
        hone_layer *layer = hone_model_layer_at(model, i);
        if (layer != shared)
            assert_ptr_equal(hone_internal_model_next_call(model, layer, NULL),
                             hone_internal_model_last_call(model, layer));
    }
    hone_layer *other = hone_dense(1);
    assert_null(hone_internal_model_next_call(model, other, NULL));
    assert_null(hone_internal_model_last_call(model, other));
    hone_layer_free(other);
    hone_layer_free(shared);
    hone_model_free(model);
}

TEST(calls_of_layers_that_are_added_are_found)
{
    hone_model *model = hone_sequential(hone_input(2));
    for (int i = 0; i < 30; i++) {
        assert_int_equal(hone_model_add(model, hone_dense(2)), HONE_OK);
        for (int j = 0; j <= i; j++)
            assert_non_null(hone_internal_model_next_call(model, hone_model_layer_at(model, j), NULL));
    }
    assert_int_equal(hone_model_pop(model), HONE_OK);
    for (int j = 0; j < 29; j++)
        assert_non_null(hone_internal_model_last_call(model, hone_model_layer_at(model, j)));
    hone_model_free(model);
}
