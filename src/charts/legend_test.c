/* The legend of a plot: as many rows as the labels need. */
#include "testing/frames.h"

TEST(labels_wrap_into_rows)
{
    const hone_series series[] = {{.label = "training"}, {.label = NULL}, {.label = "validation"}};
    const hone_panel panel = {.series = series, .series_count = 3},
                     none = {.series = series + 1, .series_count = 1};
    hone_canvas canvas = page();
    const double one = hone_internal_legend_height(&canvas, &panel, 1000),
                 two = hone_internal_legend_height(&canvas, &panel, 90);
    assert_true(one > 0 && two > one + 10);
    assert_true(hone_internal_legend_height(&canvas, &none, 90) == 0);
    hone_internal_canvas_close(&canvas);
}

TEST(a_swatch_has_the_colour_of_its_series)
{
    const hone_series series[] = {{.label = "a", .kind = HONE_SERIES_HISTOGRAM, .colour = 2}};
    const hone_panel panel = {.series = series, .series_count = 1};
    hone_canvas canvas = page();
    hone_internal_legend_draw(&canvas, &panel, 10, 20, 100);
    const uint32_t colour = colour_at(&canvas, 20, 28);
    assert_true((colour >> 16) > (colour & 0xff)); /* 2 is orange */
    hone_internal_canvas_close(&canvas);
}
