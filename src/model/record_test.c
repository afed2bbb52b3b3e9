/* Recording a model: what its calls give each other. */
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

static const float x[4] = {1, -2, 3, 0};

/* What a model makes of one sample [count] of the numbers above. */
static void predict(hone_model *model, int64_t count, const float *expected, int outputs)
{
    hone_array *results[4];
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, count})}};
    if (model == NULL || hone_predict_on_batch(model, &batch, false, results) < 0)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < outputs; i++) {
        for (int64_t j = 0; j < hone_array_count(results[i]); j++, expected++)
            if (((float *)results[i]->data)[j] != *expected)
                fail_msg("output %d, number %d is %g, not %g", i, (int)j,
                         (double)((float *)results[i]->data)[j], (double)*expected);
        hone_array_free(results[i]);
    }
    hone_model_free(model);
}

static hone_layer *times(double factor)
{
    return hone_rescaling(factor);
}

/* 2 (2 x): each call of a layer gets the result of the one before it. */
TEST(a_shared_layer_is_called_where_it_stands)
{
    hone_layer *twice = times(2);
    hone_tensor *input = hone_input_tensor(2);
    hone_tensor *once = hone_apply(hone_layer_retain(twice), input), *again = hone_apply(twice, once);
    predict(hone_functional((input), (again, once)), 2, (const float[]){4, -8, 2, -4}, 2);
}

TEST(an_output_may_stand_twice_and_an_input_too)
{
    hone_tensor *input = hone_input_tensor(2);
    hone_tensor *y = hone_apply(times(3), input);
    predict(hone_functional((input), (y, input, y)), 2, (const float[]){3, -6, 1, -2, 3, -6}, 3);
}

/* A model may begin at a result: what makes it is not recorded. */
TEST(a_model_may_begin_within)
{
    hone_tensor *input = hone_input_tensor(2);
    hone_tensor *inner = hone_apply(times(5), input), *y = hone_apply(times(2), inner);
    predict(hone_functional((inner), (y)), 2, (const float[]){2, -4}, 1);
    hone_tensor_free(input);
}

/* A truth value is 1 whatever other number says it. */
TEST(truth_values_are_0_and_1)
{
    hone_tensor *input = hone_tensor_input(hone_layer_from_text("input(shape=[4], dtype=bool)"));
    predict(hone_functional((input), (hone_apply(times(2), input))), 4, (const float[]){2, 2, 2, 0}, 1);
}

TEST(tensors_among_the_arguments_are_handed_on)
{
    static const float mask[4] = {1, 0, 1, 1};
    hone_array *result[1];
    hone_tensor *input = hone_input_tensor(4), *kept = hone_input_tensor(4);
    hone_tensor *y = hone_masked_call(hone_softmax(), HONE_TENSOR_LIST(input), .mask = kept);
    hone_model *model = hone_functional((input, kept), (y));
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, 4}),
                                    hone_array_view(mask, HONE_FLOAT32, 2, (int64_t[]){1, 4})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    assert_true(((float *)result[0]->data)[1] == 0 && ((float *)result[0]->data)[0] > 0);
    hone_array_free(result[0]);
    hone_model_free(model);
}

TEST(a_failing_call_is_told)
{
    hone_tensor *input = hone_input_tensor(HONE_ANY, 2);
    hone_tensor *y = hone_apply(hone_layer_from_text("position_embedding(2, name=places)"), input);
    hone_model *model = hone_functional((input), (y));
    hone_array *result[1];
    static const float steps[20] = {0};
    const hone_batch batch = {.x = {hone_array_view(steps, HONE_FLOAT32, 3, (int64_t[]){1, 10, 2})}};
    assert_non_null(model);
    hone_error_clear();
    assert_true(hone_predict_on_batch(model, &batch, false, result) < 0);
    assert_message_has("places: has 2 positions, not the 10 from 0 on");
    hone_model_free(model);
}

/* Masks that a list leaves out are none, also where the tensors have their own. */
TEST(a_list_of_masks_replaces_those_of_the_inputs)
{
    static const float steps[4] = {0, 0, 1, 2};
    hone_tensor *input = hone_input_tensor(2, 2);
    hone_tensor *own = hone_apply(hone_masking(.mask_value = 0), input);
    hone_tensor *read = hone_attention_call(hone_attention(), HONE_TENSOR_LIST(own, own),
                                            .mask = HONE_TENSOR_LIST(HONE_NO_TENSOR));
    hone_model *model = hone_functional((input), (read));
    hone_array *result[1];
    const hone_batch batch = {.x = {hone_array_view(steps, HONE_FLOAT32, 3, (int64_t[]){1, 2, 2})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    assert_float_equal(((float *)result[0]->data)[0], 0.5, 1e-6); /* the mean of both steps */
    assert_float_equal(((float *)result[0]->data)[1], 1, 1e-6);
    hone_array_free(result[0]);
    hone_model_free(model);
}
