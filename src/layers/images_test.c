/* Layers that change images at random. Golden files hold what Keras gives with factors that leave nothing to
 * chance; here stands the law of the draws. */
#include "testing/check_layer.h"
#include "testing/golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

/* ---- what holds for every layer, in training and in prediction ---- */

typedef struct use {
    const char *name;
    bool joint, no_gradient;
} use;

static const use uses[] = {
    {"auto_contrast(value_range=[-2, 2])", false, false},
    {"equalization(value_range=[-2, 2], bins=9)", true, true},
    {"solarization(0.3, 0.6, value_range=[-2, 2])", true, false},
    {"random_flip", true, false},
    {"random_flip(horizontal, seed=3)", true, false},
    {"random_flip(vertical, data_format=channels_first)", true, false},
    {"random_rotation(0.2)", true, false},
    {"random_rotation([0.1, 0.3], constant, nearest, fill_value=1)", true, false},
    {"random_rotation(0.5, data_format=channels_first)", true, false},
    {"random_zoom(0.4)", true, false},
    {"random_zoom([-0.5, -0.2], [0.1, 0.6], fill_mode=wrap)", true, false},
    {"random_translation(0.3, [-0.2, 0.9], fill_mode=nearest)", true, false},
    {"random_shear(0.4, 0.2)", true, false},
    {"random_perspective", true, false},
    {"random_perspective([1, 1], 0.5, fill_value=2)", true, false},
    {"random_contrast(0.6, value_range=[-9, 9])", true, false},
    {"random_brightness(0.3, value_range=[-3, 3])", true, false},
    {"random_saturation([0.2, 0.7], value_range=[-9, 9])", true, false},
    {"random_hue(0.7, value_range=[-3, 3])", true, false},
    {"random_grayscale", true, false},
    {"random_color_degeneration(0.5, value_range=[-3, 3])", true, false},
    {"random_color_jitter([-3, 3], 0.2, 0.3, [0.3, 0.6], 0.4)", true, false},
    {"random_erasing(value_range=[-3, 3])", true, false},
    {"random_erasing([1, 1], 0.5, fill_value=1)", true, false},
    {"random_erasing([1, 1], [0.3, 0.6], [1, 2, 3])", true, false},
    {"random_gaussian_blur([1, 1], 3, 0.8, value_range=[-3, 3])", true, false},
    {"random_gaussian_blur(1, [5, 1], [0.5, 1.5], [-3, 3], channels_first)", true, false},
    {"random_posterization(5, value_range=[-2, 2])", true, true},
    {"random_sharpness(1, value_range=[-3, 3])", true, false},
    {"random_invert(value_range=[-2, 2])", true, false},
    {"mix_up(0.4)", true, false},
    {"cut_mix", true, false},
    {"rand_augment([-2, 2], 1)", true, true},
    {"aug_mix([-2, 2], 2, 1)", true, true},
};

TEST_EACH(keeps_what_every_layer_promises, uses)
{
    const bool first = strstr(row->name, "channels_first") != NULL;
    layer_example example = {.text = row->name, .inputs = {first ? S(2, 3, 4, 5) : S(2, 4, 5, 3)}};
    check_layer(&example);
    example.training = true;
    example.joint = row->joint;
    example.no_gradient = row->no_gradient;
    check_layer(&example);
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
        {.text = "mix_up", .inputs = {S(3, 2, 2, 1), S(3, 4)}, .training = true, .joint = true},
        {.text = "cut_mix", .inputs = {S(3, 4, 4, 1), S(3, 4)}, .training = true, .joint = true},
    };
    check_layers(examples, 3);
}

TEST(refuses_arguments_that_do_not_fit)
{
    check_layer_refused("random_rotation", NULL, "factor");
    check_layer_refused("random_rotation(1.5)", NULL, "factor");
    check_layer_refused("random_rotation([0.1, 0.2, 0.3])", NULL, "must be a number or two");
    check_layer_refused("random_rotation(0.2, fill_mode=mirror)", NULL, "fill_mode");
    check_layer_refused("random_brightness(0.2, value_range=[1, 2, 3])", NULL,
                        "value_range must be 2 numbers, not 3");
    check_layer_refused("random_zoom(-1)", NULL, "height_factor");
    check_layer_refused("random_contrast(-0.5)", NULL, "factor");
    check_layer_refused("random_posterization(9)", NULL, "factor");
    check_layer_refused("random_posterization([9, 10])", NULL, "between 1 and 8");
    check_layer_refused("random_flip(sideways)", NULL, "horizontal");
    check_layer_refused("random_erasing(fill_value=[1, 2])", NULL,
                        "fill_value must be one number or 3 numbers");
    check_layer_refused("mix_up(0)", NULL, "alpha");
    check_layer_refused("random_flip", (hone_shape[]){S(HONE_ANY, 4), {0}},
                        "(batch, height, width, channels)");
    check_layer_refused("random_hue(0.2)", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}}, "3 (red, green, blue)");
    check_layer_refused("random_grayscale", (hone_shape[]){S(HONE_ANY, 4, 4, 2), {0}},
                        "1 or 3 channels, not 2");
    check_layer_refused("random_erasing(fill_value=[1, 2, 3])", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}},
                        "3 numbers");
    check_layer_refused("random_gaussian_blur(kernel_size=4)", (hone_shape[]){S(HONE_ANY, 4, 4, 1), {0}},
                        "odd");
    check_layer_refused("cut_mix", (hone_shape[]){S(HONE_ANY, 4, 4, 1), S(HONE_ANY), {0}},
                        "(batch, classes)");
}

/* ---- the law of the draws ---- */

/* What a layer gives in training for these inputs; `second`: its second output. */
static golden_tensor train(const char *text, const golden_tensor *inputs, int count, int output)
{
    hone_layer *layer = hone_layer_from_text(text);
    hone_shape shapes[2];
    hone_value values[2], outputs[HONE_MAX_OUTPUTS];
    golden_run run = golden_begin("ref", true);
    for (int i = 0; i < count; i++) {
        shapes[i] = inputs[i].shape;
        shapes[i].size[0] = HONE_ANY;
        values[i] = golden_input_of(&run, &inputs[i]);
    }
    if (layer == NULL || hone_internal_layer_build(layer, shapes, count) < 0 ||
        hone_internal_layer_call(layer, run.graph, values, count, NULL, outputs, 0, 0) != count)
        fail_msg("%s: %s", text, hone_error_message());
    golden_keep(&run, outputs[output]);
    golden_execute(&run);
    golden_tensor result = golden_result(&run, outputs[output]);
    golden_end(&run);
    hone_layer_free(layer);
    return result;
}

enum { SAMPLES = 4000 };

/* Images of h x w x c of which each number tells its place. */
static golden_tensor numbered(int64_t h, int64_t w, int64_t c)
{
    golden_tensor tensor = golden_filled(S(SAMPLES, h, w, c), 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)(i % (h * w * c));
    return tensor;
}

static void check_share(const char *text, double hits, double share)
{
    const double part = hits / SAMPLES;
    if (fabs(part - share) > 5 * sqrt(share * (1 - share) / SAMPLES))
        fail_msg("%s: a share of %g, not %g", text, part, share);
}

/* Half of the images are as before; the others have their first pixel elsewhere. */
static void check_flips(const char *text, double elsewhere)
{
    golden_tensor x = numbered(2, 3, 1), y = train(text, &x, 1, 0);
    double same = 0, flipped = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        same += y.values[i * 6] == 0;
        flipped += y.values[i * 6] == elsewhere;
    }
    assert_true(same + flipped == SAMPLES);
    check_share(text, flipped, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

TEST(flips_half_of_the_images)
{
    check_flips("random_flip", 5);
    check_flips("random_flip(horizontal)", 2);
    check_flips("random_flip(vertical)", 3);
}

/* Mean and deviation over the samples of what was added to their first number. */
static void check_moments(const char *text, double input, double mean, double deviation)
{
    golden_tensor x = golden_filled(S(SAMPLES, 1, 1, 3), input), y = train(text, &x, 1, 0);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        assert_true(y.values[3 * i] == y.values[3 * i + 1]);
        sum += y.values[3 * i];
        squares += y.values[3 * i] * y.values[3 * i];
    }
    const double got = sum / SAMPLES, spread = sqrt(squares / SAMPLES - got * got);
    if (fabs(got - mean) > 5 * deviation / sqrt(SAMPLES) ||
        fabs(spread - deviation) > 5 * deviation / sqrt(2 * SAMPLES))
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

/* A sheared row moves as far one way as the other. */
TEST(shears_both_ways)
{
    golden_tensor x = numbered(2, 9, 1), y = train("random_shear([0.5, 0.5], fill_mode=nearest)", &x, 1, 0);
    double forward = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        const double moved = y.values[i * 18 + 13] - 13;
        assert_true(fabs(fabs(moved) - 0.5) < 1e-5);
        forward += moved > 0;
    }
    check_share("random_shear", forward, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

/* One place for a batch, that the numbers of the pixels tell. */
TEST(crops_whole_pixels)
{
    golden_tensor x = numbered(5, 7, 1), y = train("random_crop(2, 3, seed=5)", &x, 1, 0);
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
    golden_tensor x = golden_filled(S(SAMPLES, 12, 12, 1), 1),
                  y = train("random_erasing([1, 1], [0.25, 0.25], fill_value=0)", &x, 1, 0);
    for (int64_t i = 0; i < SAMPLES; i++) {
        double left = 0;
        for (int64_t j = 0; j < 144; j++)
            left += y.values[i * 144 + j];
        assert_true(left == 144 - 36);
    }
    golden_tensor_free(&y);
    y = train("random_erasing(fill_value=0)", &x, 1, 0);
    double touched = 0;
    for (int64_t i = 0; i < SAMPLES; i++)
        for (int64_t j = 0; j < 144; j++)
            if (y.values[i * 144 + j] == 0) {
                touched++;
                break;
            }
    check_share("random_erasing", touched, 0.5);
    golden_tensor_free(&x);
    golden_tensor_free(&y);
}

/* Shares of Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)); the targets are mixed by the shares of the
 * images. */
static void check_mix(const char *text, double deviation)
{
    golden_tensor inputs[2] = {golden_filled(S(SAMPLES, 1, 1, 1), 0), golden_filled(S(SAMPLES, 1), 0)};
    for (int64_t i = 0; i < SAMPLES; i++)
        inputs[0].values[i] = inputs[1].values[i] = (double)i;
    golden_tensor images = train(text, inputs, 2, 0), targets = train(text, inputs, 2, 1);
    double sum = 0, squares = 0, total = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        assert_true(fabs(images.values[i] - targets.values[i]) < 1e-3);
        total += images.values[i];
        const double away = (images.values[i] - (double)i) / SAMPLES;
        sum += away;
        squares += away * away;
    }
    /* x[p] - x has mean 0 and variance 1/6 of the range's square; times 1 - L, of which E[(1 - L)^2] = 1/4 +
     * d^2. */
    const double expected = sqrt((0.25 + deviation * deviation) / 6);
    assert_true(fabs(sum / SAMPLES) < 5 * expected / sqrt(SAMPLES));
    assert_true(fabs(sqrt(squares / SAMPLES) - expected) < 0.05 * expected);
    assert_true(fabs(total / SAMPLES - SAMPLES / 2.0) < 0.03 * SAMPLES);
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
    golden_tensor inputs[2] = {golden_filled(S(SAMPLES, 10, 10, 1), 0), golden_filled(S(SAMPLES, 1), 0)};
    for (int64_t i = 0; i < inputs[0].count; i++)
        inputs[0].values[i] = i / 100 % 2 == 1;
    for (int64_t i = 0; i < SAMPLES; i++)
        inputs[1].values[i] = i % 2 == 1;
    golden_tensor images = train("cut_mix([1, 1])", inputs, 2, 0),
                  targets = train("cut_mix([1, 1])", inputs, 2, 1);
    double difference = 0, moved = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        double mean = 0;
        for (int64_t j = 0; j < 100; j++)
            mean += images.values[i * 100 + j] / 100;
        assert_true(fabs(mean - targets.values[i]) < 0.25);
        difference += (mean - targets.values[i]) / SAMPLES;
        moved += fabs(targets.values[i] - (double)(i % 2)) / SAMPLES;
    }
    assert_true(fabs(difference) < 0.03);
    assert_true(fabs(moved - 0.25) < 0.02);
    for (int i = 0; i < 2; i++)
        golden_tensor_free(&inputs[i]);
    golden_tensor_free(&images);
    golden_tensor_free(&targets);
}

/* Of eleven transformations only some change an image of one value; each image of a batch meets the same
 * ones. */
TEST(augmented_images_stay_within_their_range)
{
    golden_tensor x = golden_filled(S(3, 4, 4, 3), 0);
    for (int64_t i = 0; i < x.count; i++)
        x.values[i] = (double)(i * 37 % 256);
    for (int seed = 0; seed < 8; seed++) {
        static const char *const forms[] = {"rand_augment([0, 255]", "aug_mix(chain_depth=2",
                                            "aug_mix(all_ops=false, num_chains=1"};
        for (size_t form = 0; form < 3; form++) {
            char text[64];
            snprintf(text, sizeof text, "%s, seed=%d)", forms[form], seed);
            golden_tensor y = train(text, &x, 1, 0);
            for (int64_t i = 0; i < y.count; i++)
                if (!(y.values[i] >= 0 && y.values[i] <= 255))
                    fail_msg("%s: %g", text, y.values[i]);
            golden_tensor_free(&y);
        }
    }
    golden_tensor_free(&x);
}
