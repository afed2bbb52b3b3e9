/* Images with other colours. */
#include "testing/check_images.h"

#include <math.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "auto_contrast(value_range=[-2, 2])"},
    {.name = "equalization(value_range=[-2, 2], bins=9)", .joint = true, .no_gradient = true},
    {.name = "solarization(0.3, 0.6, value_range=[-2, 2])", .joint = true},
    {.name = "random_contrast(0.6, value_range=[-9, 9])", .joint = true},
    {.name = "random_brightness(0.3, value_range=[-3, 3])", .joint = true},
    {.name = "random_saturation([0.2, 0.7], value_range=[-9, 9])", .joint = true},
    {.name = "random_hue(0.7, value_range=[-3, 3])", .joint = true},
    {.name = "random_grayscale", .joint = true},
    {.name = "random_color_degeneration(0.5, value_range=[-3, 3])", .joint = true},
    {.name = "random_color_jitter([-3, 3], 0.2, 0.3, [0.3, 0.6], 0.4)", .joint = true},
    {.name = "random_posterization(5, value_range=[-2, 2])", .joint = true, .no_gradient = true},
    {.name = "random_sharpness(1, value_range=[-3, 3])", .joint = true},
    {.name = "random_invert(value_range=[-2, 2])", .joint = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("random_brightness(0.2, value_range=[1, 2, 3])", NULL,
                        "value_range must be 2 numbers, not 3");
    check_layer_refused("random_contrast(-0.5)", NULL, "factor");
    check_layer_refused("random_posterization(9)", NULL, "factor");
    check_layer_refused("random_posterization([9, 10])", NULL, "between 1 and 8");
    check_layer_refused("random_hue(0.2)", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}}, "3 (red, green, blue)");
    check_layer_refused("random_grayscale", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}},
                        "1 or 3 channels, not 2");
}

/* Mean and deviation over the samples of what was added to their first number. */
static void check_moments(const char *text, double input, double mean, double deviation)
{
    golden_tensor x = golden_filled(S(CHECK_IMAGES_SAMPLES, 1, 1, 3), input),
                  y = check_images_train(text, &x, 1, 0);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        assert_true(y.values[3 * i] == y.values[3 * i + 1]);
        sum += y.values[3 * i];
        squares += y.values[3 * i] * y.values[3 * i];
    }
    const double got = sum / CHECK_IMAGES_SAMPLES, spread = sqrt(squares / CHECK_IMAGES_SAMPLES - got * got);
    if (fabs(got - mean) > 5 * deviation / sqrt(CHECK_IMAGES_SAMPLES) ||
        fabs(spread - deviation) > 5 * deviation / sqrt(2 * CHECK_IMAGES_SAMPLES))
        fail_msg("%s: mean %g, deviation %g, not %g, %g", text, got, spread, mean, deviation);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

TEST(draws_have_the_mean_and_deviation_of_keras)
{
    check_moments("random_brightness(0.2)", 100, 100, 51 / sqrt(3));
    check_moments("random_brightness([0.1, 0.3])", 100, 151, 25.5 / sqrt(3));
    check_moments("random_invert([0, 1])", 100, 127.5, 27.5);
    check_moments("solarization(0, [0, 1])", 55, 55 + 145 * 55 / 255.0, 145 * sqrt(55 * 200) / 255);
}
