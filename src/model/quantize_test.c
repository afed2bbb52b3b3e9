/* Quantising a model. */
#include "graph/variable.h"
#include "testing/test.h"

#include <hone/extend.h>
#include <hone/hone.h>
#include <math.h>
#include <string.h>

static hone_array *predict(hone_model *model)
{
    float x[2][3] = {{1, 2, 3}, {-3, 1, 0.5f}};
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){2, 3})});
    hone_array *outputs = NULL;
    assert_int_equal(hone_predict(model, data, &outputs), HONE_OK);
    hone_dataset_free(data);
    return outputs;
}

TEST(a_quantised_model_computes_nearly_the_same)
{
    static const struct {
        const char *mode;
        int weights;
        double near;
    } rows[] = {{"int8", 6, 0.05}, {"int4/2", 10, 0.5}, {"int4/-1", 6, 0.7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_model *inner = hone_sequential(hone_input(4), hone_dense(2, .name = "d"));
        hone_model *model = hone_sequential(hone_input(3), hone_dense(4, "tanh"), hone_model_as_layer(inner));
        hone_array *before = predict(model);
        assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
        assert_int_equal(hone_quantize(model, rows[i].mode), HONE_OK);
        assert_int_equal(hone_model_weight_count(model), rows[i].weights);
        assert_false(hone_variable_trainable(hone_model_weight(model, 1)));
        const float q = hone_variable_data(hone_model_weight(model, 1))[0];
        assert_true(q == rintf(q));
        hone_array *after = predict(model);
        for (int k = 0; k < 4; k++)
            assert_true(fabs((double)((float *)before->data)[k] - (double)((float *)after->data)[k]) <
                        rows[i].near);
        assert_int_equal(hone_quantize(model, "int8"), HONE_ERROR_ARGUMENT); /* each layer once */
        hone_array_free(before);
        hone_array_free(after);
        hone_model_free(model);
    }
}

TEST(what_cannot_be_quantised_is_told)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dropout(0.5));
    assert_int_equal(hone_quantize(model, "int8"), HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "Dense"));
    hone_error_clear();
    assert_int_equal(hone_quantize(model, "int7"), HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "int7"));
    hone_model_free(model);
    model = hone_sequential(hone_input(3), hone_dense(2));
    assert_int_equal(hone_enable_lora(model, "dense", .rank = 1), HONE_OK);
    assert_int_equal(hone_quantize(model, "int8"), HONE_ERROR_STATE);
    assert_int_equal(hone_model_weight_count(model), 4);
    hone_model_free(model);
}
