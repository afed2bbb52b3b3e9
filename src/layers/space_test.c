/* Layers with channels_first, one after the other: what they compute and learn is what channels_last does,
 * and their channels are moved where the first begins and the last ends. */
#include "layers/space.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <string.h>

enum { IMAGES = 4, SIDE = 6, CHANNELS = 3, PLANE = SIDE * SIDE, CLASSES = 5 };

static float first[IMAGES][CHANNELS][PLANE], last[IMAGES][PLANE][CHANNELS], labels[IMAGES];

static void fill(void)
{
    for (int n = 0; n < IMAGES; n++)
        for (int c = 0; c < CHANNELS; c++)
            for (int i = 0; i < PLANE; i++)
                first[n][c][i] = last[n][i][c] = (float)((n * 31 + c * 17 + i * 7) % 23) / 23;
    for (int n = 0; n < IMAGES; n++)
        labels[n] = (float)n;
}

/* A residual block with a pool behind it. */
static hone_model *network(bool front, bool with_mean)
{
    const char *format = front ? "channels_first" : "channels_last";
    hone_tensor *input =
        front ? hone_input_tensor(CHANNELS, SIDE, SIDE) : hone_input_tensor(SIDE, SIDE, CHANNELS);
    hone_tensor *x = hone_apply(hone_conv2d(4, 3, .padding = "same", .data_format = format), input), *y;
    x = hone_apply(hone_activation("relu"), hone_apply(hone_batch_normalization(.axis = front ? 1 : -1), x));
    y = hone_apply(hone_depthwise_conv2d(3, .padding = "same", .data_format = format), x);
    x = hone_apply(hone_activation("tanh"), hone_apply(hone_add(), y, x));
    x = hone_apply(hone_max_pooling2d(.data_format = format), x);
    x = hone_apply(hone_conv2d(CLASSES, 2, .data_format = format), x);
    if (with_mean)
        x = hone_apply(hone_softmax(), hone_apply(hone_global_average_pooling2d(.data_format = format), x));
    hone_model *model = hone_functional((input), (x));
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.5),
                                  .loss = with_mean ? "sparse_categorical_crossentropy" : "mse"),
                     HONE_OK);
    return model;
}

static int64_t count_of(hone_shape shape)
{
    int64_t count = 1;
    for (int axis = 0; axis < shape.rank; axis++)
        count *= shape.size[axis];
    return count;
}

TEST(learns_what_channels_last_does)
{
    fill();
    hone_model *models[] = {network(false, true), network(true, true)};
    const hone_batch batches[] = {
        {.x = {hone_array_view(last, HONE_FLOAT32, 4, (int64_t[]){IMAGES, SIDE, SIDE, CHANNELS})},
         .y = {hone_array_view(labels, HONE_FLOAT32, 1, (int64_t[]){IMAGES})}},
        {.x = {hone_array_view(first, HONE_FLOAT32, 4, (int64_t[]){IMAGES, CHANNELS, SIDE, SIDE})},
         .y = {hone_array_view(labels, HONE_FLOAT32, 1, (int64_t[]){IMAGES})}}};
    for (int step = 0; step < 3; step++)
        for (int i = 0; i < 2; i++)
            assert_int_equal(hone_train_on_batch(models[i], &batches[i], NULL), HONE_OK);
    for (int w = 0; w < hone_model_weight_count(models[0]); w++) {
        hone_variable *a = hone_model_weight(models[0], w), *b = hone_model_weight(models[1], w);
        for (int64_t i = 0; i < count_of(hone_variable_shape(a)); i++)
            assert_float_equal(hone_variable_data(a)[i], hone_variable_data(b)[i], 1e-5);
    }
    hone_model_free(models[0]);
    hone_model_free(models[1]);
}

/* The image on its way in, the maps on their way out, and nothing between. */
TEST(moves_channels_at_both_ends_only)
{
    hone_model *model = network(true, false);
    char *plan = hone_model_plan(model, IMAGES, false);
    assert_non_null(plan);
    int moves = 0;
    for (const char *at = plan; (at = strstr(at, "strided_copy")) != NULL; at++)
        moves++;
    assert_int_equal(moves, 2);
    hone_free(plan);
    hone_model_free(model);
}

/* The batch that an input tells may be any number. */
TEST(refuses_an_input_without_channels)
{
    static const struct {
        int64_t batch;
        const char *part;
    } inputs[] = {
        {HONE_ANY, "not (None, 8); for one channel put a reshape layer in front of it, to [8, 1]"},
        {7, "not (7, 8); for one channel put a reshape layer in front of it, to [8, 1]"},
        {1234567, "not (1234567, 8); for one channel put a reshape layer in front of it, to [8, 1]"}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        hone_shape shape = {.rank = 2, .size = {inputs[i].batch, 8}};
        assert_int_equal(hone_internal_space_check(shape, 1, false), HONE_ERROR_SHAPE);
        assert_non_null(strstr(hone_error_message(), inputs[i].part));
    }
}
