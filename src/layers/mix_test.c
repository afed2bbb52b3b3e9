/* Images mixed with others of their batch. */
#include "testing/check_images.h"

#include <math.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

static const image_use uses[] = {
    {.name = "mix_up(0.4)", .joint = true},
    {.name = "cut_mix", .joint = true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    check_image_layer(row);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("mix_up(0)", NULL, "alpha");
    check_layer_refused("cut_mix", (hone_shape[]){S(HONE_ANY, 4, 4, 1), S(HONE_ANY), {0}},
                        "(batch, classes)");
}

TEST(targets_go_with_their_images)
{
    const layer_example examples[] = {
        {.text = "mix_up", .inputs = {S(3, 2, 2, 1), S(3, 4)}, .training = true, .joint = true},
        {.text = "cut_mix", .inputs = {S(3, 4, 4, 1), S(3, 4)}, .training = true, .joint = true},
    };
    check_layers(examples, 2);
}

/* Shares of Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)); the targets are mixed by the shares of the
 * images. */
static void check_mix(const char *text, double deviation)
{
    golden_tensor inputs[2] = {golden_filled(S(CHECK_IMAGES_SAMPLES, 1, 1, 1), 0),
                               golden_filled(S(CHECK_IMAGES_SAMPLES, 1), 0)};
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++)
        inputs[0].values[i] = inputs[1].values[i] = (double)i;
    golden_tensor images = check_images_train(text, inputs, 2, 0),
                  targets = check_images_train(text, inputs, 2, 1);
    double sum = 0, squares = 0, total = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        assert_true(fabs(images.values[i] - targets.values[i]) < 1e-3);
        total += images.values[i];
        const double away = (images.values[i] - (double)i) / CHECK_IMAGES_SAMPLES;
        sum += away;
        squares += away * away;
    }
    /* x[p] - x has mean 0 and variance 1/6 of the range's square; times 1 - L, of which E[(1 - L)^2] = 1/4 +
     * d^2. */
    const double expected = sqrt((0.25 + deviation * deviation) / 6);
    assert_true(fabs(sum / CHECK_IMAGES_SAMPLES) < 5 * expected / sqrt(CHECK_IMAGES_SAMPLES));
    assert_true(fabs(sqrt(squares / CHECK_IMAGES_SAMPLES) - expected) < 0.05 * expected);
    assert_true(fabs(total / CHECK_IMAGES_SAMPLES - CHECK_IMAGES_SAMPLES / 2.0) <
                0.03 * CHECK_IMAGES_SAMPLES);
    for (int i = 0; i < 2; i++)
        golden_tensor_free(&inputs[i]);
    golden_tensor_free(&images);
    golden_tensor_free(&targets);
}

TEST(mixes_images_and_targets_alike)
{
    check_mix("mix_up(0.2)", sqrt(1 / (4 * 1.4)));
    check_mix("mix_up(1)", sqrt(1.0 / 12));
    check_mix("mix_up(5)", sqrt(1.0 / 44));
}

/* The area of the rectangle, in the images and in the targets, has mean 1/2 for any a. */
TEST(cuts_by_the_share_of_the_targets)
{
    golden_tensor inputs[2] = {golden_filled(S(CHECK_IMAGES_SAMPLES, 10, 10, 1), 0),
                               golden_filled(S(CHECK_IMAGES_SAMPLES, 1), 0)};
    for (int64_t i = 0; i < inputs[0].count; i++)
        inputs[0].values[i] = i / 100 % 2 == 1;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++)
        inputs[1].values[i] = i % 2 == 1;
    golden_tensor images = check_images_train("cut_mix([1, 1])", inputs, 2, 0),
                  targets = check_images_train("cut_mix([1, 1])", inputs, 2, 1);
    double difference = 0, moved = 0;
    for (int64_t i = 0; i < CHECK_IMAGES_SAMPLES; i++) {
        double mean = 0;
        for (int64_t j = 0; j < 100; j++)
            mean += images.values[i * 100 + j] / 100;
        assert_true(fabs(mean - targets.values[i]) < 0.25);
        difference += (mean - targets.values[i]) / CHECK_IMAGES_SAMPLES;
        moved += fabs(targets.values[i] - (double)(i % 2)) / CHECK_IMAGES_SAMPLES;
    }
    assert_true(fabs(difference) < 0.03);
    assert_true(fabs(moved - 0.25) < 0.02);
    for (int i = 0; i < 2; i++)
        golden_tensor_free(&inputs[i]);
    golden_tensor_free(&images);
    golden_tensor_free(&targets);
}
