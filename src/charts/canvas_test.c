/* Pages: text that is cut where there is no room, and broken bytes in it. */
#include "testing/frames.h"

TEST(text_is_cut_to_its_room)
{
    hone_canvas canvas = page();
    hone_text_style style = {.size = 10};
    const double whole = hone_internal_canvas_text_width(&canvas, "a rather long label", &style);
    style.room = whole / 2;
    const double cut = hone_internal_canvas_text_width(&canvas, "a rather long label", &style);
    assert_true(cut <= whole / 2 && cut > whole / 4);
    assert_true(hone_internal_canvas_text_width(&canvas, "a", &style) < cut);
    hone_internal_canvas_close(&canvas);
}

TEST(broken_text_is_drawn_all_the_same)
{
    hone_canvas canvas = page();
    const hone_text_style style = {.size = 10, .bold = true};
    hone_internal_canvas_text(&canvas, 10, 50, "\xff\xfe\n", &style);
    hone_internal_canvas_text(&canvas, 10, 80, "HHHH", &style);
    int dark = 0;
    for (double x = 10; x < 60; x += 0.5)
        dark += colour_at(&canvas, x, 77) != 0xffffff;
    assert_true(dark > 8);
    assert_int_equal(cairo_status(canvas.cairo), CAIRO_STATUS_SUCCESS);
    hone_internal_canvas_close(&canvas);
}

TEST(pages_have_a_largest_size)
{
    hone_canvas canvas = {0};
    assert_int_equal(hone_internal_canvas_open(&canvas, "a.png", 1e6, 10), HONE_ERROR_ARGUMENT);
    hone_internal_canvas_close(&canvas);
}
