/* Sheets of filters and of feature maps. */
#include "testing/files.h"
#include "testing/test.h"
#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static off_t bytes_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : 0;
}

TEST(draws_filters_and_maps)
{
    float pixels[6 * 7 * 3];
    for (int i = 0; i < 6 * 7 * 3; i++)
        pixels[i] = (float)(i % 13);
    hone_model *model =
        hone_sequential(hone_input(6, 7, 3), hone_conv2d(5, 3, .name = "first"), hone_flatten());
    const hone_array images = hone_array_view(pixels, HONE_FLOAT32, 4, (int64_t[]){1, 6, 7, 3});
    const char *filters = testing_path("filters.png"), *maps = testing_path("maps.svg");
    assert_int_equal(hone_filters_draw(model, NULL, filters), HONE_OK);
    assert_int_equal(hone_maps_draw(model, &images, "first", maps), HONE_OK);
    assert_true(bytes_of(filters) > 500 && bytes_of(maps) > 500);
    assert_true(hone_filters_draw(model, "flatten", filters) < 0);
    assert_non_null(strstr(hone_error_message(), "the layer \"flatten\" has no filters"));
    hone_error_clear();
    assert_int_equal(hone_maps_draw(model, NULL, NULL, maps), HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "expected images, received NULL"));
    hone_error_clear();
    assert_int_equal(hone_filters_draw(NULL, NULL, filters), HONE_ERROR_ARGUMENT);
    hone_model_free(model);
}
