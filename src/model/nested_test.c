/* Models as layers of models. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

static void predict(hone_model *model, float *y)
{
    static const float x[2][4] = {{1, 2, 3, 4}, {-1, 0.5f, 0, 2}};
    hone_array *result[1];
    hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){2, 4})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    memcpy(y, result[0]->data, 4 * sizeof *y);
    hone_array_free(result[0]);
}

TEST(gives_what_its_layers_give)
{
    float plain[4], nested[4];
    hone_model *flat = hone_sequential(hone_input(4), hone_dense(3, .activation = "tanh"), hone_dense(2));
    hone_model *inner = hone_sequential(hone_input(4), hone_dense(3, .activation = "tanh"));
    hone_model *outer = hone_sequential(hone_input(4), hone_model_as_layer(inner), hone_dense(2));
    assert_int_equal(hone_model_weight_count(outer), 4);
    for (int i = 0; i < 4; i++) {
        hone_variable *from = hone_model_weight(flat, i), *into = hone_model_weight(outer, i);
        assert_int_equal(hone_internal_variable_count(from), hone_internal_variable_count(into));
        memcpy(hone_internal_variable_data(into), hone_internal_variable_data(from),
               (size_t)hone_internal_variable_count(from) * sizeof(float));
    }
    predict(flat, plain);
    predict(outer, nested);
    assert_memory_equal(plain, nested, sizeof plain);
    hone_model_free(flat);
    hone_model_free(outer);
}

TEST(one_without_an_input_is_built_by_its_place)
{
    hone_model *inner = hone_sequential(hone_dense(3));
    hone_model *outer = hone_sequential(hone_input(4), hone_model_as_layer(inner), hone_dense(2));
    if (outer == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_variable_shape(hone_model_weight(outer, 0)).size[0], 4);
    hone_model_free(outer);
}

TEST(a_wrong_shape_or_count_of_inputs_is_told)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_model *inner = hone_sequential(hone_input(5), hone_dense(3));
    assert_null(hone_sequential(hone_input(4), hone_model_as_layer(inner)));
    assert_int_equal(hone_error_status(), HONE_ERROR_SHAPE);
    hone_tensor *a = hone_input_tensor(4), *b = hone_input_tensor(4);
    hone_model *pair = hone_functional((a, b), (hone_apply(hone_add(), a, b)));
    assert_null(hone_sequential(hone_input(4), hone_model_as_layer(pair)));
    assert_non_null(strstr(hone_error_message(), "2 inputs, not 1"));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(used_twice_it_has_its_weights_once)
{
    hone_layer *shared = hone_model_as_layer(hone_sequential(hone_input(4), hone_dense(4)));
    hone_tensor *x = hone_input_tensor(4);
    hone_tensor *y = hone_apply(shared, hone_apply(hone_layer_retain(shared), x));
    hone_model *model = hone_functional((x), (y));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_weight_count(model), 2);
    hone_model_free(model);
}

TEST(freezing_it_freezes_what_is_within)
{
    hone_model *inner = hone_sequential(hone_input(4), hone_dense(3));
    hone_model *outer = hone_sequential(hone_input(4), hone_model_as_layer(inner), hone_dense(2));
    hone_layer_set_trainable(hone_model_layer_at(outer, 0), false);
    int frozen = 0;
    for (int i = 0; i < hone_model_weight_count(outer); i++)
        frozen += !hone_variable_trainable(hone_model_weight(outer, i));
    assert_int_equal(frozen, 2);
    hone_model_free(outer);
}

TEST(no_model_is_no_layer)
{
    assert_null(hone_model_as_layer(NULL));
    hone_layer *empty = hone_layer_create(&hone_internal_functional_layer, NULL);
    assert_non_null(empty);
    hone_error_clear();
    assert_null(hone_sequential(hone_input(4), empty));
    assert_non_null(strstr(hone_error_message(), "a model without its layers"));
}
