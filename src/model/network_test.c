/* Networks: layers applied to tensors. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static void assert_shape(const hone_tensor *tensor, hone_shape expected)
{
    char text[128];
    if (tensor == NULL)
        fail_msg("%s", hone_error_message());
    hone_internal_shape_to_text(hone_tensor_shape(tensor), text, sizeof text);
    if (!hone_internal_shape_equal(hone_tensor_shape(tensor), expected))
        fail_msg("the shape is %s", text);
}

TEST(shapes_follow_the_layers_with_the_batch_open)
{
    hone_tensor *x = hone_input_tensor(4, 3);
    assert_shape(x, HONE_SHAPE(HONE_ANY, 4, 3));
    hone_tensor *y = hone_apply(hone_dense(5), x);
    assert_shape(y, HONE_SHAPE(HONE_ANY, 4, 5));
    assert_shape(hone_apply(hone_flatten(), y), HONE_SHAPE(HONE_ANY, 20));
    assert_int_equal(hone_tensor_shape(NULL).rank, 0);
    hone_tensor_free(x);
}

TEST(inputs_of_any_size_stay_open)
{
    hone_tensor *x = hone_input_tensor(HONE_ANY, 3);
    assert_shape(hone_apply(hone_dense(5), x), HONE_SHAPE(HONE_ANY, HONE_ANY, 5));
    hone_tensor_free(x);
}

TEST(two_inputs_that_meet_are_one_network)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_tensor *a = hone_input_tensor(4), *b = hone_input_tensor(4), *c = hone_input_tensor(4);
    hone_tensor *sum = hone_apply(hone_add(), hone_apply(hone_dense(2), a), hone_apply(hone_dense(2), b));
    hone_tensor *all = hone_apply(hone_concatenate(), sum, hone_apply(hone_dense(3), c));
    assert_shape(all, HONE_SHAPE(HONE_ANY, 5));
    hone_tensor_free(a); /* it lives until its last input is given up */
    assert_shape(all, HONE_SHAPE(HONE_ANY, 5));
    hone_tensor_free(b);
    hone_tensor_free(c);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(parts_that_never_meet_are_one_network_in_a_model)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_layer *shared = hone_dense(2, .name = "shared");
    hone_tensor *a = hone_input_tensor(4), *b = hone_input_tensor(4), *c = hone_input_tensor(4);
    hone_layer_retain(shared);
    hone_tensor *y = hone_apply(shared, a), *z = hone_apply(shared, b), *w = hone_apply(hone_dense(3), c);
    assert_ptr_not_equal(y->call->network, z->call->network);
    hone_model *model = hone_functional((a, b, c), (y, z, w));
    assert_non_null(model);
    assert_ptr_equal(y->call->network, w->call->network);
    assert_int_equal(y->call->number, 0);
    assert_int_equal(z->call->number, 1); /* of the same layer in the one network */
    assert_int_equal(hone_model_weight_count(model), 4);
    float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    hone_array rows = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){2, 4}), *outputs[3];
    hone_batch batch = {.x = {rows, rows, rows}};
    assert_int_equal(hone_predict_on_batch(model, &batch, false, outputs), HONE_OK);
    assert_memory_equal(outputs[0]->data, outputs[1]->data, sizeof(float) * 4);
    for (int i = 0; i < 3; i++)
        hone_array_free(outputs[i]);
    hone_model_free(model);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(a_shape_that_does_not_fit_is_told_and_the_network_stays)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_tensor *a = hone_input_tensor(4), *b = hone_input_tensor(5);
    assert_null(hone_apply(hone_add(), a, b));
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    hone_tensor *y = hone_apply(hone_dense(2), a);
    assert_shape(y, HONE_SHAPE(HONE_ANY, 2));
    hone_tensor_free(a);
    hone_tensor_free(b);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(an_earlier_failure_is_passed_on)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_tensor *x = hone_input_tensor(4);
    assert_null(hone_apply(hone_dense(3), hone_apply(hone_dense(3, .activation = "rellu"), x)));
    assert_non_null(strstr(hone_error_message(), "\"relu\""));
    assert_null(hone_apply(hone_add(), x, NULL));
    assert_null(hone_tensor_output(NULL, 0));
    assert_null(hone_tensor_input(NULL));
    hone_tensor_free(x);
    hone_tensor_free(NULL);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(an_output_beyond_those_there_are_is_told)
{
    hone_tensor *x = hone_input_tensor(4), *y = hone_apply(hone_dense(2), x);
    assert_ptr_equal(hone_tensor_output(y, 0), y);
    assert_null(hone_tensor_output(y, 1));
    assert_non_null(strstr(hone_error_message(), "1 output;"));
    assert_null(hone_tensor_output(y, -1));
    hone_tensor_free(x);
}

TEST(only_input_makes_an_input)
{
    int64_t before = hone_internal_blocks_in_use();
    assert_null(hone_tensor_input(hone_dense(3)));
    assert_non_null(strstr(hone_error_message(), "hone_input"));
    assert_null(hone_input_tensor(0));
    assert_null(hone_input_tensor(2, 2, 2, 2, 2, 2, 2, 2));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
