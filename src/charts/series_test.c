/* Series in a plot: where numbers are, gaps, clipping. */
#include "testing/frames.h"

TEST(numbers_are_located_and_gaps_are_not)
{
    static const double x[] = {0, 5, NAN}, y[] = {0, 10, 1};
    const hone_series series = {.x = x, .y = y, .count = 3};
    const hone_panel panel = {.series = &series, .series_count = 1};
    const hone_frame frame = frame_of(&panel);
    double left, top;
    assert_true(hone_internal_frame_locate(&frame, &series, 0, &left, &top));
    assert_true(left == 10 && top == 120);
    assert_true(hone_internal_frame_locate(&frame, &series, 1, &left, &top));
    assert_true(left == 60 && top == 20);
    assert_false(hone_internal_frame_locate(&frame, &series, 2, &left, &top));
    assert_true(hone_internal_frame_x(&frame, 1e300) == 20000); /* as far as cairo counts */
}

TEST(a_line_is_drawn_within_the_plot_alone)
{
    static const double x[] = {-5, 15}, y[] = {5, 5};
    const hone_series series = {.x = x, .y = y, .count = 2};
    const hone_panel panel = {.series = &series, .series_count = 1};
    const hone_frame frame = frame_of(&panel);
    hone_canvas canvas = page();
    hone_internal_frame_draw_series(&canvas, &frame);
    assert_int_equal(colour_at(&canvas, 60, 70), 0x0072b2);
    assert_int_equal(colour_at(&canvas, 5, 70), 0xffffff);
    assert_int_equal(colour_at(&canvas, 115, 70), 0xffffff);
    hone_internal_canvas_close(&canvas);
}

TEST(a_bar_begins_at_zero_or_is_a_dot)
{
    static const double y[] = {8};
    const hone_series series = {.kind = HONE_SERIES_BARS, .y = y, .count = 1};
    const hone_panel panel = {.series = &series, .series_count = 1};
    hone_frame frame = frame_of(&panel);
    frame.bars = true;
    frame.category_count = 1;
    frame.y = (hone_axis){.low = 0, .high = 1};
    hone_canvas canvas = page();
    hone_internal_frame_draw_series(&canvas, &frame);
    assert_int_not_equal(colour_at(&canvas, 15, 70), 0xffffff);
    hone_internal_canvas_close(&canvas);
    canvas = page();
    frame.x.low = 6; /* 0 is not on the axis */
    hone_internal_frame_draw_series(&canvas, &frame);
    assert_int_equal(colour_at(&canvas, 15, 70), 0xffffff);
    assert_int_not_equal(colour_at(&canvas, 60, 70), 0xffffff);
    hone_internal_canvas_close(&canvas);
}
