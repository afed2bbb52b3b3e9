/* What layers over images share. */
#include "layers/images.h"
#include "testing/check_layer.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

static void assert_box(hone_image_box box, int64_t top, int64_t left, int64_t height, int64_t width)
{
    assert_int_equal(box.top, top);
    assert_int_equal(box.left, left);
    assert_int_equal(box.height, height);
    assert_int_equal(box.width, width);
}

TEST(the_largest_box_of_an_aspect_ratio_is_in_the_middle)
{
    assert_box(hone_internal_image_largest(10, 10, 2, 2), 0, 0, 10, 10);
    assert_box(hone_internal_image_largest(10, 20, 1, 1), 0, 5, 10, 10);
    assert_box(hone_internal_image_largest(20, 10, 1, 1), 5, 0, 10, 10);
    assert_box(hone_internal_image_largest(7, 9, 4, 3), 0, 2, 7, 5);
    assert_box(hone_internal_image_largest(1, 100, 100, 1), 0, 49, 1, 1);
}

static hone_range range_of(const double *ends, size_t count, double lowest)
{
    const struct {
        HONE_DECLARE_NUMBERS(factor)
    } field = {.factor_list = ends, .factor_count = count};
    return hone_internal_image_range(&field, lowest);
}

TEST(a_factor_of_one_number_is_a_range_around_0)
{
    assert_true(range_of((double[]){0.5}, 1, -1).low == -0.5);
    assert_true(range_of((double[]){-0.5}, 1, -1).high == 0.5);
    assert_true(range_of((double[]){3}, 1, -1).low == -1); /* not below the lowest */
    assert_true(range_of((double[]){3}, 1, -1).high == 3);
}

TEST(a_factor_of_two_numbers_is_sorted)
{
    assert_true(range_of((double[]){0.3, 0.1}, 2, 0).low == 0.1);
    assert_true(range_of((double[]){0.3, 0.1}, 2, 0).high == 0.3);
}

TEST(images_have_the_channels_that_are_asked_for)
{
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4, 7), false, 0), HONE_OK);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 3, 4, 4), true, 3), HONE_OK);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4, 1), false, 1), HONE_OK);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4, HONE_ANY), false, 3), HONE_OK);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4, 1), false, 3), HONE_ERROR_SHAPE);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4, 2), false, 1), HONE_ERROR_SHAPE);
    assert_int_equal(hone_internal_image_check(S(HONE_ANY, 4, 4), false, 0), HONE_ERROR_SHAPE);
}
