/* Tiles of images. Numbers of Keras: golden files. */
#include "testing/check_images.h"

#include <math.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "contrast_limited_adaptive_histogram_equalization(value_range=[-2, 2], tile_grid_size=2)",
     .no_gradient = true},
    {.name = "contrast_limited_adaptive_histogram_equalization([-2, 2], 0, [3, 1], channels_first)",
     .no_gradient = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

TEST(refuses_arguments_that_do_not_fit)
{
    const hone_shape good[] = {S(HONE_ANY, 4, 4, 1), {0}};
    check_layer_refused("contrast_limited_adaptive_histogram_equalization(tile_grid_size=0)", NULL,
                        "tile_grid_size");
    check_layer_refused("contrast_limited_adaptive_histogram_equalization(tile_grid_size=[1024, 17])", good,
                        "at most 16384 tiles");
    check_layer_refused("contrast_limited_adaptive_histogram_equalization(value_range=[1, 1])", good,
                        "two different ends");
}

/* A flat image has one level in every tile, which keeps its place among the others: 255 area / area. */
TEST(an_even_image_stays_even)
{
    golden_tensor x = golden_filled(S(3, 5, 5, 1), 9),
                  y = check_images_train("contrast_limited_adaptive_histogram_equalization(clip_limit=4)", &x,
                                         1, 0);
    for (int64_t i = 1; i < y.count; i++)
        assert_true(fabs(y.values[i] - y.values[0]) < 1e-3);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}
