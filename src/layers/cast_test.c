/* Layers that give integers for integers. */
#include "layers/layer.h"
#include "testing/message.h"
#include "testing/test.h"
#include <hone/hone.h>

enum { MOST = 8 };

static const struct {
    const char *name, *layer, *dtype;
    float x[2];
    int count;
    float y[MOST];
} examples[] = {
    {"the nearest, ties to even", "resizing(1, 1)", "int32", {1, 4}, 1, {2}},
    {"of bytes", "resizing(1, 1)", "uint8", {3, 4}, 1, {4}},
    {"floats stay", "resizing(1, 1)", "float32", {1, 4}, 1, {2.5F}},
    {"enlarged", "up_sampling2d([1, 2], interpolation=bilinear)", "int32", {1, 4}, 4, {1, 2, 3, 4}},
    {"enlarged floats",
     "up_sampling2d([1, 2], interpolation=bilinear)",
     "float32",
     {1, 4},
     4,
     {1, 1.75F, 3.25F, 4}},
    {"repeated", "up_sampling2d([1, 2])", "int32", {1, 4}, 4, {1, 1, 4, 4}},
    {"bytes stay between their ends",
     "up_sampling2d([1, 2], interpolation=bicubic)",
     "uint8",
     {0, 254},
     4,
     {0, 53, 201, 255}},
    {"integers do not",
     "up_sampling2d([1, 2], interpolation=bicubic)",
     "int32",
     {0, 254},
     4,
     {-22, 53, 201, 276}},
};

static hone_model *model_of(const char *layer, const char *dtype)
{
    hone_tensor *x = hone_input_tensor(1, 2, 1, .dtype = dtype);
    hone_model *model = hone_functional((x), (hone_apply(hone_layer_from_text(layer), x)));
    if (model == NULL)
        fail_msg("%s: %s", layer, hone_error_message());
    return model;
}

TEST_EACH(gives_back_the_type, examples)
{
    hone_model *model = model_of(row->layer, row->dtype);
    const hone_batch batch = {.x = {hone_array_view(row->x, HONE_FLOAT32, 4, (int64_t[]){1, 1, 2, 1})}};
    hone_array *y[1];
    assert_int_equal(hone_predict_on_batch(model, &batch, false, y), HONE_OK);
    for (int i = 0; i < row->count; i++)
        assert_float_equal(((const float *)y[0]->data)[i], row->y[i], 1e-5);
    hone_array_free(y[0]);
    hone_model_free(model);
}

TEST(tiles_are_cut_towards_zero)
{
    hone_model
        *whole = model_of("contrast_limited_adaptive_histogram_equalization(tile_grid_size=[1, 1])", "int32"),
        *floats = model_of(
            "contrast_limited_adaptive_histogram_equalization(tile_grid_size=[1, 1], value_range=[0, 200])",
            "float32");
    const float x[] = {31, 170};
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 4, (int64_t[]){1, 1, 2, 1})}};
    hone_array *y[1];
    assert_int_equal(hone_predict_on_batch(whole, &batch, false, y), HONE_OK);
    for (int i = 0; i < 2; i++)
        assert_true(((const float *)y[0]->data)[i] == (float)(int)((const float *)y[0]->data)[i]);
    hone_array_free(y[0]);
    assert_int_equal(hone_predict_on_batch(floats, &batch, false, y), HONE_OK);
    assert_true(((const float *)y[0]->data)[0] != (float)(int)((const float *)y[0]->data)[0]);
    hone_array_free(y[0]);
    hone_model_free(whole);
    hone_model_free(floats);
}
