/* Images moved. */
#include "testing/check_images.h"

#include <math.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "random_flip", .joint = true},
    {.name = "random_flip(horizontal, seed=3)", .joint = true},
    {.name = "random_flip(vertical, data_format=channels_first)", .joint = true},
    {.name = "random_rotation(0.2)", .joint = true},
    {.name = "random_rotation([0.1, 0.3], constant, nearest, fill_value=1)", .joint = true},
    {.name = "random_rotation(0.5, data_format=channels_first)", .joint = true},
    {.name = "random_zoom(0.4)", .joint = true},
    {.name = "random_zoom([-0.5, -0.2], [0.1, 0.6], fill_mode=wrap)", .joint = true},
    {.name = "random_translation(0.3, [-0.2, 0.9], fill_mode=nearest)", .joint = true},
    {.name = "random_shear(0.4, 0.2)", .joint = true},
    {.name = "random_perspective", .joint = true},
    {.name = "random_perspective([1, 1], 0.5, fill_value=2)", .joint = true},
    {.name = "random_elastic_transform(value_range=[-3, 3])", .joint = true},
    {.name = "random_elastic_transform([1, 1], 0.7, nearest, mirror, value_range=[-3, 3])", .joint = true},
    {.name = "random_elastic_transform(1, [0.5, 1], fill_mode=wrap, data_format=channels_first)",
     .joint = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("random_rotation", NULL, "factor");
    check_layer_refused("random_rotation(1.5)", NULL, "factor");
    check_layer_refused("random_rotation([0.1, 0.2, 0.3])", NULL, "must be a number or two");
    check_layer_refused("random_rotation(0.2, fill_mode=mirror)", NULL, "fill_mode");
    check_layer_refused("random_zoom(-1)", NULL, "height_factor");
    check_layer_refused("random_flip(sideways)", NULL, "horizontal");
    check_layer_refused("random_flip", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
}

/* Half of the images are as before; the others have their first pixel elsewhere. */
static void check_flips(const char *text, double elsewhere)
{
    golden_tensor x = check_images_numbered(2, 3, 1), y = check_images_train(text, &x, 1, 0);
    double same = 0, flipped = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        same += y.values[i * 6] == 0;
        flipped += y.values[i * 6] == elsewhere;
    }
    assert_true(same + flipped == CHECK_IMAGES_SAMPLES);
    check_images_share(text, flipped, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

TEST(flips_half_of_the_images)
{
    check_flips("random_flip", 5);
    check_flips("random_flip(horizontal)", 2);
    check_flips("random_flip(vertical)", 3);
}

/* In a ramp the shift of a pixel is its change: of noise with deviation s, smoothed by a window of three
 * weights a b a, s (2 a^2 + b^2) remains in each direction, times the strength. */
TEST(elastic_shifts_have_the_deviation_of_their_formula)
{
    golden_tensor x = check_images_numbered(7, 9, 1),
                  y = check_images_train("random_elastic_transform([1, 1], [1, 1], value_range=[-999, 999])",
                                         &x, 1, 0);
    const double s = 0.05 * 7, side = exp(-0.5 / (s * s)), a = side / (1 + 2 * side), b = 1 / (1 + 2 * side),
                 expected = s * 0.1 * 9 * (2 * a * a + b * b) * sqrt(1 + 81);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        const double moved = y.values[i * 63 + 31] - 31; /* the middle */
        sum += moved;
        squares += moved * moved;
    }
    assert_true(fabs(sum / CHECK_IMAGES_SAMPLES) < 5 * expected / sqrt(CHECK_IMAGES_SAMPLES));
    const double deviation = sqrt(squares / CHECK_IMAGES_SAMPLES);
    if (fabs(deviation / expected - 1) > 5 / sqrt(2 * CHECK_IMAGES_SAMPLES))
        fail_msg("deviation %g, not %g", deviation, expected);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

/* A sheared row moves as far one way as the other. */
TEST(shears_both_ways)
{
    golden_tensor x = check_images_numbered(2, 9, 1),
                  y = check_images_train("random_shear([0.5, 0.5], fill_mode=nearest)", &x, 1, 0);
    double forward = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        const double moved = y.values[i * 18 + 13] - 13;
        assert_true(fabs(fabs(moved) - 0.5) < 1e-5);
        forward += moved > 0;
    }
    check_images_share("random_shear", forward, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}
