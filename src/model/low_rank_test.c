/* Low-rank adaptations of a model. */
#include "graph/variable.h"
#include "testing/test.h"

#include <hone/extend.h>
#include <hone/hone.h>
#include <math.h>
#include <string.h>

/* W stays, A and B are trained; what is computed does not change when they are merged. */
TEST(a_model_is_adapted_trained_and_merged)
{
    float x[8][3] = {{1, 2, 3}, {3, 1, 0}, {0, -1, 1}, {2, 2, -1}}, y[8][2] = {{1, 0}, {0, 2}};
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(4, "tanh", .name = "inner"), hone_dense(2, .name = "top"));
    assert_int_equal(hone_enable_lora(model, "in*", .rank = 2, .alpha = 6), HONE_OK);
    assert_int_equal(hone_model_weight_count(model), 6);
    const hone_layer *layer = hone_model_layer(model, "inner");
    hone_variable *kernel = hone_layer_weight(layer, "kernel"),
                  *a = hone_layer_weight(layer, "lora_kernel_a"),
                  *b = hone_layer_weight(layer, "lora_kernel_b");
    assert_string_equal(hone_variable_path(b), "inner/lora_kernel_b");
    assert_false(hone_variable_trainable(kernel));
    assert_true(hone_variable_trainable(a) && hone_variable_trainable(b));
    hone_model_set_trainable(model, true);
    assert_false(hone_variable_trainable(kernel));
    float before[12];
    memcpy(before, hone_variable_data(kernel), sizeof before);
    assert_int_equal(hone_compile(model, .optimizer = hone_optimizer_from_text("adam(0.1)"), .loss = "mse"),
                     HONE_OK);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){8, 3})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){8, 2})});
    assert_non_null(hone_fit(model, data, .epochs = 3, .verbose = 0));
    assert_memory_equal(before, hone_variable_data(kernel), sizeof before);
    assert_true(hone_variable_data(b)[0] != 0);
    hone_array *adapted, *merged;
    assert_int_equal(hone_predict(model, data, &adapted), HONE_OK);
    assert_int_equal(hone_merge_lora(model), HONE_OK);
    assert_int_equal(hone_model_weight_count(model), 4);
    assert_true(hone_variable_trainable(kernel));
    assert_int_equal(hone_predict(model, data, &merged), HONE_OK);
    for (int i = 0; i < 16; i++)
        assert_true(fabs((double)((float *)adapted->data)[i] - (double)((float *)merged->data)[i]) < 1e-5);
    assert_int_equal(hone_enable_lora(model, "inner", .rank = 1), HONE_OK); /* again, if anybody wants to */
    assert_int_equal(hone_enable_lora(model, "inner", .rank = 1), HONE_ERROR_STATE);
    assert_int_equal(hone_merge_lora(model), HONE_OK);
    hone_array_free(adapted);
    hone_array_free(merged);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(a_frozen_model_trains_its_adaptations_alone)
{
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(4, .name = "inner"), hone_dense(2, .name = "top"));
    hone_model_set_trainable(model, false);
    assert_int_equal(hone_enable_lora(model, "in*", .rank = 2), HONE_OK);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        const hone_variable *weight = hone_model_weight(model, i);
        assert_true(hone_variable_trainable(weight) == (strstr(hone_variable_path(weight), "lora") != NULL));
    }
    assert_false(hone_layer_trainable(hone_model_layer(model, "inner")));
    hone_model_free(model);
}

TEST(patterns_without_a_layer_are_told)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(2, .name = "top"), hone_dropout(0.5));
    assert_int_equal(hone_enable_lora(model, "dropout", .rank = 2), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "\"top\""));
    assert_int_equal(hone_enable_lora(model, "top", .rank = 0), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_enable_lora(NULL, "top", .rank = 1), HONE_ERROR_ARGUMENT);
    hone_model_free(model);
    model = hone_sequential(hone_input(3), hone_dropout(0.5));
    assert_int_equal(hone_enable_lora(model, "*", .rank = 2), HONE_ERROR_NAME);
    hone_model_free(model);
}
