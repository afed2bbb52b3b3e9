/* Batch normalisation folded into the layer before it: what is folded gives the same numbers, what is not
 * says why. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/moved_weights.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <string.h>

enum { ROWS = 3, PIXELS = 6 * 6 * 2 };

static hone_array *predict(hone_model *model)
{
    static float x[ROWS * PIXELS];
    for (int i = 0; i < ROWS * PIXELS; i++)
        x[i] = (float)cos(i * 0.7);
    hone_array *result[1];
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 4, (int64_t[]){ROWS, 6, 6, 2})}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    return result[0];
}

/* The largest difference between two models' outputs, as a share of the largest output. */
static double difference(hone_model *a, hone_model *b)
{
    hone_array *y = predict(a), *z = predict(b);
    const float *from = y->data, *to = z->data;
    double most = 0, largest = 0;
    assert_int_equal(hone_array_count(y), hone_array_count(z));
    for (int64_t i = 0; i < hone_array_count(y); i++) {
        most = fmax(most, fabs((double)from[i] - (double)to[i]));
        largest = fmax(largest, fabs((double)from[i]));
    }
    hone_array_free(y);
    hone_array_free(z);
    return most / largest;
}

static const struct {
    const char *name, *before, *normalization;
} folded[] = {
    {"a convolution without a bias", "conv2d(3, 3, use_bias=false)", "batch_normalization"},
    {"a convolution with a bias and groups", "conv2d(4, 3, groups=2, padding=same, strides=2)",
     "batch_normalization"},
    {"channels first", "conv2d(2, 2, data_format=channels_first)", "batch_normalization(axis=1)"},
    {"a depthwise convolution", "depthwise_conv2d(3, depth_multiplier=2, use_bias=false)",
     "batch_normalization"},
    {"a separable convolution", "separable_conv2d(5, 3)", "batch_normalization(scale=false)"},
    {"a transposed convolution", "conv2d_transpose(3, 2, strides=2)", "batch_normalization(center=false)"},
    {"a dense layer", "dense(4)", "batch_normalization(epsilon=0.1)"},
    {"a normalisation with renorm", "dense(4, use_bias=false)", "batch_normalization(renorm=true)"},
};

TEST_EACH(gives_the_same_numbers, folded)
{
    hone_model *model = hone_sequential(hone_input(6, 6, 2), hone_layer_from_text(row->before),
                                        hone_layer_from_text(row->normalization), hone_activation("relu"));
    char *report = NULL;
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    move_weights(model);
    hone_model *copy = hone_model_fold(model, &report);
    if (copy == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(report, "1 of 1 batch normalizations folded\n");
    assert_string_equal(hone_layer_get_type(hone_model_layer_at(copy, 1))->type.name, "identity");
    if (!(difference(model, copy) <= 1e-6))
        fail_msg("differs by %g", difference(model, copy));
    hone_free(report);
    hone_model_free(copy);
    hone_model_free(model);
}

static hone_model *behind_an_activation(void)
{
    return hone_sequential(hone_input(6, 6, 2), hone_conv2d(2, 3, .activation = "relu"),
                           hone_batch_normalization());
}

static hone_model *behind_a_pool(void)
{
    return hone_sequential(hone_input(6, 6, 2), hone_conv2d(2, 3), hone_max_pooling2d(),
                           hone_batch_normalization());
}

static hone_model *at_the_start(void)
{
    return hone_sequential(hone_input(6, 6, 2), hone_batch_normalization(),
                           hone_layer_from_text("conv2d(2, 3)"));
}

static hone_model *over_another_axis(void)
{
    return hone_sequential(hone_input(6, 6, 2), hone_conv2d(4, 3), hone_batch_normalization(.axis = 1));
}

static hone_model *of_a_result_read_twice(void)
{
    hone_tensor *x = hone_input_tensor(6, 6, 2), *y = hone_apply(hone_dense(4), x);
    return hone_functional((x), (hone_apply(hone_add(), y, hone_apply(hone_batch_normalization(), y))));
}

static hone_model *of_an_output(void)
{
    hone_tensor *x = hone_input_tensor(6, 6, 2), *y = hone_apply(hone_dense(4), x);
    return hone_functional((x), (y, hone_apply(hone_batch_normalization(), y)));
}

static hone_model *of_a_shared_layer(void)
{
    hone_tensor *x = hone_input_tensor(6, 6, 2);
    hone_layer *shared = hone_dense(2);
    hone_tensor *y = hone_apply(hone_layer_retain(shared), x);
    return hone_functional((x), (hone_apply(hone_batch_normalization(), hone_apply(shared, y))));
}

static hone_model *that_is_shared(void)
{
    hone_tensor *x = hone_input_tensor(6, 6, 2);
    hone_layer *shared = hone_batch_normalization();
    hone_tensor *y = hone_apply(hone_layer_retain(shared), hone_apply(hone_dense(2), x));
    return hone_functional((x), (hone_apply(shared, hone_apply(hone_dense(2), y))));
}

static hone_model *in_a_smaller_type(void)
{
    return hone_sequential(hone_input(6, 6, 2), hone_dense(4, .dtype = "mixed_bfloat16"),
                           hone_batch_normalization());
}

static hone_model *of_a_large_mean(void)
{
    hone_model *model = hone_sequential(hone_input(6, 6, 2), hone_dense(2), hone_batch_normalization());
    hone_variable_data(hone_model_weight(model, 4))[1] = 100;
    return model;
}

static const struct {
    const char *name;
    hone_model *(*make)(void);
    const char *words;
    int outputs;
} kept[] = {
    {"behind an activation", behind_an_activation, "the activation relu of \"conv2d\" is between them", 1},
    {"behind a pool", behind_a_pool, "\"max_pooling2d\" (max_pooling2d) is before it", 1},
    {"at the start", at_the_start, "no layer is before it", 1},
    {"over another axis", over_another_axis, "normalises another axis than the channels of \"conv2d\"", 1},
    {"of a result that is read twice", of_a_result_read_twice, "what \"dense\" gives is also read by \"add\"",
     1},
    {"of an output", of_an_output, "also read by \"an output of the model\"", 2},
    {"of a shared layer", of_a_shared_layer, "\"dense\" is shared: it is called 2 times", 1},
    {"that is shared", that_is_shared, "it is shared: it is called 2 times", 1},
    {"in a smaller type", in_a_smaller_type, "smaller type than float32", 1},
    {"of a large mean", of_a_large_mean, "the mean of channel 1 is so large", 1},
};

TEST_EACH(says_why_it_keeps_a_normalisation, kept)
{
    hone_model *model = row->make();
    char *report = NULL;
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *copy = hone_model_fold(model, &report);
    if (copy == NULL)
        fail_msg("%s", hone_error_message());
    if (strncmp(report, "0 of ", 5) != 0 || strstr(report, row->words) == NULL)
        fail_msg("%s", report);
    if (row->outputs == 1)
        assert_true(difference(model, copy) == 0);
    hone_free(report);
    hone_model_free(copy);
    hone_model_free(model);
}

TEST(folds_within_models_that_are_layers_and_leaves_the_model_alone)
{
    hone_model *base = hone_sequential(hone_input(6, 6, 2), hone_conv2d(3, 3), hone_batch_normalization());
    hone_model *model = hone_sequential(hone_input(6, 6, 2), hone_model_as_layer(base), hone_conv2d(2, 2),
                                        hone_batch_normalization(), hone_flatten(), hone_dense(1));
    move_weights(model);
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    char *report;
    hone_model *copy = hone_model_fold(model, &report), *before = hone_model_clone(model);
    assert_string_equal(report, "2 of 2 batch normalizations folded\n");
    assert_true(difference(model, copy) <= 1e-6);
    assert_int_equal(hone_model_weight_count(copy), hone_model_weight_count(before) - 8);
    assert_non_null(hone_model_optimizer(copy));
    hone_free(report);
    hone_model_free(before);
    hone_model_free(copy);
    hone_model_free(model);
    assert_null(hone_model_fold(NULL, NULL));
}

TEST(survives_failing_allocations)
{
    hone_model *model = hone_sequential(hone_input(6, 6, 2), hone_dense(2), hone_batch_normalization(),
                                        hone_activation("relu"), hone_batch_normalization());
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    const int64_t before = hone_internal_blocks_in_use();
    hone_model *copy = NULL;
    char *report = NULL;
    for (int64_t n = 0; copy == NULL && n < 4000; n++) {
        hone_internal_fail_allocations_after(n);
        copy = hone_model_fold(model, &report);
        hone_internal_fail_allocations_after(-1);
        if (copy == NULL) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
    }
    assert_non_null(copy);
    hone_model_free(copy);
    hone_free(report);
    assert_int_equal(hone_internal_blocks_in_use(), before);
    hone_model_free(model);
}
