/* What convolutions and pools share: sizes of results, and windows of fewer axes than three. */
#include "ops/window.h"
#include "testing/message.h"

TEST(sizes_follow_from_the_reach_of_the_window)
{
    const hone_window_attributes attributes = {.axes = 2,
                                               .groups = 1,
                                               .size = {3, 2},
                                               .stride = {2, 1},
                                               .dilation = {1, 3},
                                               .before = {1, 0},
                                               .after = {1, 0}};
    hone_shape shape = HONE_SHAPE(5, 9, 8, 4);
    assert_int_equal(hone_internal_window_infer("a pool", &attributes, &shape), HONE_OK);
    assert_int_equal(shape.size[1], 5); /* (9 + 2 - 3) / 2 + 1 */
    assert_int_equal(shape.size[2], 5); /* 8 - ((2 - 1) 3 + 1) + 1 */
    shape = HONE_SHAPE(5, HONE_ANY, 8, 4);
    assert_int_equal(hone_internal_window_infer("a pool", &attributes, &shape), HONE_OK);
    assert_true(shape.size[1] == HONE_ANY);
    shape = HONE_SHAPE(5, 9, 3, 4);
    assert_failed(hone_internal_window_infer("a pool", &attributes, &shape), HONE_ERROR_SHAPE,
                  "a pool: a window of 4 does not fit in the 3 positions of axis 2");
}

TEST(axes_that_are_missing_have_size_1)
{
    const hone_window_attributes attributes = {
        .axes = 1, .groups = 2, .size = {3}, .stride = {2}, .dilation = {1}, .before = {1}};
    const hone_window window = hone_internal_window_of(&attributes, HONE_SHAPE(7, 9, 4), HONE_SHAPE(7, 4, 6));
    assert_int_equal(window.batch, 7);
    assert_int_equal(window.channels, 4);
    assert_int_equal(window.filters, 6);
    assert_int_equal(window.groups, 2);
    for (int axis = 0; axis < 2; axis++)
        assert_true(window.input[axis] == 1 && window.output[axis] == 1 && window.size[axis] == 1 &&
                    window.stride[axis] == 1 && window.before[axis] == 0);
    assert_true(window.input[2] == 9 && window.output[2] == 4 && window.size[2] == 3 &&
                window.stride[2] == 2 && window.before[2] == 1);
}
