/* Feature maps for callbacks. */
#include "callbacks/callback.h"
#include "train/fit.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SAMPLES = 6, SIDE = 5 };

typedef struct seen {
    int count;
    hone_shape shapes[4];
    float first[4];
} seen;

static hone_status note(void *context, const char *layer, hone_shape shape, const float *data)
{
    seen *all = context;
    (void)layer;
    all->shapes[all->count] = shape;
    all->first[all->count++] = data[0];
    return HONE_OK;
}

static hone_status look(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    (void)epoch, (void)logs;
    return trainer->visit_maps(trainer->context, note, context);
}

static hone_model *make(bool convolutions)
{
    hone_model *model =
        convolutions ? hone_sequential(hone_input(SIDE, SIDE, 1), hone_conv2d(5, 3, .padding = "same"),
                                       hone_layer_from_text("conv2d(2, 2)"), hone_flatten(), hone_dense(1))
                     : hone_sequential(hone_input(SIDE, SIDE, 1), hone_flatten(), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse", .optimizer = hone_sgd()), HONE_OK);
    return model;
}

static void fit(hone_model *model, hone_callback *callback)
{
    static float x[SAMPLES * SIDE * SIDE], y[SAMPLES];
    for (int i = 0; i < SAMPLES * SIDE * SIDE; i++)
        x[i] = (float)sin(i);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 4,
                                                       (int64_t[]){SAMPLES, SIDE, SIDE, 1})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 1})});
    if (hone_fit(model, data, .epochs = 1, .validation_split = 0.5, .callbacks = hone_callbacks(callback)) ==
        NULL)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
}

TEST(each_convolution_gives_its_maps_for_the_first_validation_sample)
{
    seen all = {.count = 0};
    hone_model *model = make(true);
    fit(model, hone_lambda_callback(.context = &all, .on_epoch_end = look));
    assert_int_equal(all.count, 2);
    const hone_shape *first = &all.shapes[0], *second = &all.shapes[1];
    assert_true(first->size[0] == 2 && first->size[1] == 3 && first->size[2] == SIDE &&
                first->size[3] == SIDE);
    assert_true(second->size[0] == 1 && second->size[1] == 2 && second->size[2] == SIDE - 1);
    const float *kernel = hone_variable_data(hone_model_weight(model, 0));
    double expected = (double)hone_variable_data(hone_model_weight(model, 1))[0];
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < 2; column++)
            expected +=
                (double)kernel[((row + 1) * 3 + column + 1) * 5] * sin(3 * SIDE * SIDE + row * SIDE + column);
    assert_true(fabs((double)all.first[0] - expected) < 1e-5);
    hone_model_free(model);
}

TEST(without_convolutions_there_is_nothing_to_see)
{
    seen all = {.count = 0};
    hone_model *model = make(false);
    fit(model, hone_lambda_callback(.context = &all, .on_epoch_end = look));
    assert_int_equal(all.count, 0);
    hone_model_free(model);
}

TEST(a_training_with_maps_in_its_logs_keeps_its_bits)
{
    hone_model *models[] = {make(true), make(true)};
    fit(models[0], hone_terminate_on_nan());
    fit(models[1], hone_tensor_board(testing_path("logs"), .histogram_freq = 1, .write_maps = true));
    for (int i = 0; i < hone_model_weight_count(models[0]); i++)
        assert_true(hone_variable_data(hone_model_weight(models[0], i))[0] ==
                    hone_variable_data(hone_model_weight(models[1], i))[0]);
    hone_model_free(models[0]);
    hone_model_free(models[1]);
}
