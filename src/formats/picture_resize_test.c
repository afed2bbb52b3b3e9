/* Resizing as TensorFlow's kernels do it. */
#include "formats/picture.h"
#include "testing/test.h"

#include <math.h>
#include <stdlib.h>

static uint8_t pixels[64];

/* 0, 10, 20, ... by rows. */
static hone_picture picture(int64_t height, int64_t width, int channels)
{
    for (int i = 0; i < (int)(height * width * channels); i++)
        pixels[i] = (uint8_t)(10 * i);
    return (hone_picture){height, width, channels, pixels};
}

static void check_bilinear(const hone_picture *from, hone_picture_part part, int64_t height, int64_t width,
                           const float *expected)
{
    double columns[3 * 16];
    float result[64];
    hone_internal_picture_bilinear(from, part, height, width, columns, result);
    for (int64_t i = 0; i < height * width * from->channels; i++)
        if (fabsf(result[i] - expected[i]) > 1e-4f)
            fail_msg("number %d is %g, not %g", (int)i, (double)result[i], (double)expected[i]);
}

TEST(bilinear_keeps_a_picture_of_the_same_size)
{
    hone_picture from = picture(2, 3, 2);
    float expected[12];
    for (int i = 0; i < 12; i++)
        expected[i] = (float)pixels[i];
    check_bilinear(&from, hone_internal_picture_whole(&from), 2, 3, expected);
}

/* tf.image.resize([[0, 10], [20, 30]], (4, 4)): edges are clamped, centres lie at halves. */
TEST(bilinear_doubles_as_tensorflow)
{
    static const float expected[16] = {0,  2.5f,  7.5f,  10, 5,  7.5f,  12.5f, 15,
                                       15, 17.5f, 22.5f, 25, 20, 22.5f, 27.5f, 30};
    hone_picture from = picture(2, 2, 1);
    check_bilinear(&from, hone_internal_picture_whole(&from), 4, 4, expected);
}

TEST(bilinear_halves_without_antialiasing)
{
    static const float expected[4] = {25, 45, 105, 125}; /* the mean of the four around each centre */
    hone_picture from = picture(4, 4, 1);
    check_bilinear(&from, hone_internal_picture_whole(&from), 2, 2, expected);
}

TEST(bilinear_of_one_pixel_is_that_pixel)
{
    static const float expected[12] = {0, 10, 20, 0, 10, 20, 0, 10, 20, 0, 10, 20};
    hone_picture from = picture(1, 1, 3);
    check_bilinear(&from, hone_internal_picture_whole(&from), 2, 2, expected);
}

TEST(a_part_is_resized_as_if_it_were_the_picture)
{
    static const float expected[2] = {60, 70};
    hone_picture from = picture(3, 4, 1);
    check_bilinear(&from, (hone_picture_part){1, 2, 1, 2}, 1, 2, expected);
}

TEST(nearest_takes_the_pixel_under_each_centre)
{
    static const uint8_t doubled[16] = {0, 0, 10, 10, 0, 0, 10, 10, 20, 20, 30, 30, 20, 20, 30, 30},
                         halved[4] = {50, 70, 130, 150};
    uint8_t result[16];
    hone_picture from = picture(2, 2, 1);
    hone_internal_picture_nearest(&from, hone_internal_picture_whole(&from), 4, 4, result);
    assert_memory_equal(result, doubled, 16);
    from = picture(4, 4, 1);
    hone_internal_picture_nearest(&from, hone_internal_picture_whole(&from), 2, 2, result);
    assert_memory_equal(result, halved, 4);
}

static const struct {
    const char *name;
    int64_t height, width, to_height, to_width;
    hone_picture_part part;
} crops[] = {
    {"the same shape", 4, 6, 2, 3, {0, 0, 4, 6}},
    {"a square of a wide picture", 4, 8, 3, 3, {0, 2, 4, 4}},
    {"a square of a high picture", 9, 4, 3, 3, {2, 0, 4, 4}},
    {"a wide part of a square", 6, 6, 2, 6, {2, 0, 2, 6}},
    {"at least one pixel", 1, 8, 100, 1, {0, 3, 1, 1}},
};

TEST_EACH(the_middle_is_cropped, crops)
{
    hone_picture from = {row->height, row->width, 1, pixels};
    hone_picture_part part = hone_internal_picture_crop(&from, row->to_height, row->to_width);
    if (part.top != row->part.top || part.left != row->part.left || part.height != row->part.height ||
        part.width != row->part.width)
        fail_msg("top %d, left %d, %d x %d", (int)part.top, (int)part.left, (int)part.height,
                 (int)part.width);
}
