/* Filters and feature maps as pictures. */
#include "train/maps.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/hone.h>

static hone_model *of_channels(int64_t channels)
{
    return hone_sequential(hone_input(4, 5, channels), hone_conv2d(7, 1, .name = "points"),
                           hone_depthwise_conv2d(3, .depth_multiplier = 2, .name = "depth"),
                           hone_conv2d(2, 2, .name = "last"), hone_flatten(), hone_dense(2, .name = "dense"));
}

TEST(filters_are_of_the_first_kernels_larger_than_a_pixel)
{
    hone_model *model = of_channels(3);
    const char *name;
    hone_array *filters = hone_internal_filters(model, NULL, &name);
    assert_non_null(filters);
    assert_string_equal(name, "depth");
    assert_memory_equal(filters->shape, ((int64_t[]){14, 3, 3, 1}), 4 * sizeof(int64_t));
    const float *kernel = hone_variable_data(hone_model_weight(model, 2)); /* (3, 3, 7, 2) */
    assert_true(((const float *)filters->data)[9 * 9 + 4] ==
                kernel[4 * 14 + 2 * 2 + 1]); /* input 2, filter 1 */
    hone_array_free(filters);
    filters = hone_internal_filters(model, "points", &name); /* in colour */
    assert_memory_equal(filters->shape, ((int64_t[]){7, 1, 1, 3}), 4 * sizeof(int64_t));
    kernel = hone_variable_data(hone_model_weight(model, 0)); /* (1, 1, 3, 7) */
    assert_true(((const float *)filters->data)[5 * 3 + 1] == kernel[7 + 5]);
    hone_array_free(filters);
    hone_model_free(model);
}

TEST(maps_are_what_a_layer_gives)
{
    hone_model *model = of_channels(2);
    float x[2 * 40];
    for (int i = 0; i < 80; i++)
        x[i] = (float)(i % 13) / 13;
    const char *name;
    hone_array images = hone_array_view(x, HONE_FLOAT32, 4, (int64_t[]){2, 4, 5, 2});
    hone_array *maps = hone_internal_maps(model, &images, "points", &name), *all;
    assert_non_null(maps);
    assert_memory_equal(maps->shape, ((int64_t[]){7, 4, 5}), 3 * sizeof(int64_t));
    const float *kernel = hone_variable_data(hone_model_weight(model, 0)); /* (1, 1, 2, 7) */
    for (int k = 0; k < 7; k++)
        assert_float_equal(((const float *)maps->data)[k * 20 + 11],
                           x[22] * kernel[k] + x[23] * kernel[7 + k], 1e-5);
    hone_array_free(maps);
    all = hone_internal_maps(model, &images, NULL, &name);
    assert_string_equal(name, "depth");
    hone_array_free(all);
    hone_model_free(model);
}

TEST(refuses_layers_without_pictures)
{
    hone_model *model = of_channels(1), *plain = hone_sequential(hone_input(3), hone_dense(2));
    float x[20] = {0};
    const char *name;
    hone_array images = hone_array_view(x, HONE_FLOAT32, 4, (int64_t[]){1, 4, 5, 1});
    assert_null(hone_internal_filters(model, "dense", &name));
    assert_non_null(strstr(hone_error_message(), "the layer \"dense\" has no filters"));
    assert_null(hone_internal_maps(model, &images, "dense", &name));
    assert_non_null(strstr(hone_error_message(), "the layer \"dense\" gives no feature maps"));
    assert_null(hone_internal_filters(model, "dept", &name));
    assert_non_null(strstr(hone_error_message(), "did you mean \"depth\"?"));
    assert_null(hone_internal_filters(plain, NULL, &name));
    assert_non_null(strstr(hone_error_message(), "the model has no layer with filters"));
    assert_false(hone_internal_has_filters(plain));
    hone_model_free(plain);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = of_channels(1);
    float x[20] = {0};
    const char *name;
    hone_array images = hone_array_view(x, HONE_FLOAT32, 4, (int64_t[]){1, 4, 5, 1});
    hone_array_free(hone_internal_maps(model, &images, NULL, &name)); /* what is made once and kept */
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 20000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_array *maps = hone_internal_maps(model, &images, NULL, &name);
        hone_internal_fail_allocations_after(-1);
        done = maps != NULL;
        hone_array_free(maps);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 20, 19999);
    hone_model_free(model);
}
