/* A part of each image, a rectangle filled, a window moved over. */
#include "testing/check_images.h"

#include <math.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "random_erasing(value_range=[-3, 3])", .joint = true},
    {.name = "random_erasing([1, 1], 0.5, fill_value=1)", .joint = true},
    {.name = "random_erasing([1, 1], [0.3, 0.6], [1, 2, 3])", .joint = true},
    {.name = "random_gaussian_blur([1, 1], 3, 0.8, value_range=[-3, 3])", .joint = true},
    {.name = "random_gaussian_blur(1, [5, 1], [0.5, 1.5], [-3, 3], channels_first)", .joint = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("random_erasing(fill_value=[1, 2])", NULL,
                        "fill_value must be one number or 3 numbers");
    check_layer_refused("random_erasing(fill_value=[1, 2, 3])", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}},
                        "3 numbers");
    check_layer_refused("random_gaussian_blur(kernel_size=4)", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}},
                        "odd");
}

TEST(crops_keep_what_every_layer_promises)
{
    const layer_example examples[] = {
        {.text = "random_crop(2, 3)", .inputs = {S(2, 4, 5, 2)}, .training = true, .joint = true},
        {.text = "random_crop(6, 3)", .inputs = {S(2, 4, 5, 2)}, .training = true},
        {.text = "random_crop(2, 3, data_format=channels_first)",
         .inputs = {S(2, 2, 4, 5)},
         .training = true,
         .joint = true},
    };
    check_layers(examples, 3);
}

/* One place for a batch, that the numbers of the pixels tell. */
TEST(crops_whole_pixels)
{
    golden_tensor x = check_images_numbered(5, 7, 1),
                  y = check_images_train("random_crop(2, 3, seed=5)", &x, 1, 0);
    const double corner = y.values[0];
    assert_true(corner == floor(corner) && (int)corner / 7 <= 3 && (int)corner % 7 <= 4);
    for (int64_t i = 0; i < y.count; i++)
        assert_true(y.values[i] == corner + (double)(i % 6 / 3 * 7 + i % 3));
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

/* The expected area is the mean of sqrt(a) sqrt(b), a little changed by whole pixels. */
TEST(erases_the_expected_area)
{
    golden_tensor x = golden_filled(S(CHECK_IMAGES_SAMPLES, 12, 12, 1), 1),
                  y = check_images_train("random_erasing([1, 1], [0.25, 0.25], fill_value=0)", &x, 1, 0);
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        double left = 0;
        for (int64_t j = 0; j < 144; j++)
            left += y.values[i * 144 + j];
        assert_true(left == 144 - 36);
    }
    golden_tensor_free(&y);
    y = check_images_train("random_erasing(fill_value=0)", &x, 1, 0);
    double touched = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++)
        for (int64_t j = 0; j < 144; j++)
            if (y.values[i * 144 + j] == 0) {
                touched++;
                break;
            }
    check_images_share("random_erasing", touched, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}
