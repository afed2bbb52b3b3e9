/* Panels: the ranges of their data, limits, and what is refused. */
#include "testing/frames.h"

static hone_frame ranges_of(const hone_panel *panel)
{
    static const hone_chart chart = {.title = NULL};
    hone_frame frame = {.panel = panel, .chart = &chart};
    hone_internal_frame_ranges(&frame);
    return frame;
}

TEST(ranges_hold_bands_and_leave_gaps_out)
{
    static const double y[] = {1, NAN, 3}, deviation[] = {0.5, 9, 2};
    const hone_series band = {.kind = HONE_SERIES_BAND, .y = y, .deviation = deviation, .count = 3};
    const hone_panel panel = {.series = &band, .series_count = 1};
    const hone_frame frame = ranges_of(&panel);
    assert_false(frame.empty);
    assert_true(frame.x.low == 0 && frame.x.high == 2);
    assert_true(frame.y.low == 0.5 && frame.y.high == 5);
}

TEST(areas_bars_and_histograms_stand_on_zero)
{
    static const double y[] = {4, 5};
    hone_series series = {.kind = HONE_SERIES_AREA, .y = y, .count = 2, .low = -1, .high = 1};
    const hone_panel panel = {.series = &series, .series_count = 1};
    assert_true(ranges_of(&panel).y.low == 0);
    series.kind = HONE_SERIES_HISTOGRAM;
    assert_true(ranges_of(&panel).y.low == 0 && ranges_of(&panel).x.low == -1);
    series.kind = HONE_SERIES_BARS;
    const hone_frame bars = ranges_of(&panel);
    assert_true(bars.bars && bars.category_count == 2 && bars.x.low == 0 && bars.x.high == 5);
}

TEST(without_numbers_a_panel_is_empty)
{
    static const double y[] = {NAN};
    const hone_series series = {.y = y, .count = 1};
    const hone_panel panel = {.series = &series, .series_count = 1};
    assert_true(ranges_of(&panel).empty);
}

TEST(limits_replace_the_range_and_must_increase)
{
    static const double y[] = {1, 2};
    const hone_series series = {.y = y, .count = 2};
    hone_panel panel = {.series = &series, .series_count = 1, .y_limits = {-3, 7}};
    hone_frame frame = ranges_of(&panel);
    assert_int_equal(hone_internal_frame_close_ranges(&frame), HONE_OK);
    assert_true(frame.y.low == -3 && frame.y.high == 7);
    panel.y_limits[1] = -4;
    frame = ranges_of(&panel);
    assert_failed(hone_internal_frame_close_ranges(&frame), HONE_ERROR_ARGUMENT, "two increasing numbers");
    panel = (hone_panel){.series = &series, .series_count = 1, .y_logarithmic = true, .y_limits = {0, 1}};
    frame = ranges_of(&panel);
    assert_failed(hone_internal_frame_close_ranges(&frame), HONE_ERROR_ARGUMENT,
                  "increasing numbers above 0");
}
