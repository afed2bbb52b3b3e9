/* Plots within a page: gaps, legends, what lies outside the axes. */
#include "testing/pages.h"

static hone_text draw(const hone_page_plot *plot)
{
    hone_text page = {.data = NULL};
    hone_internal_page_plot(&page, plot);
    assert_false(page.failed);
    return page;
}

TEST(a_gap_parts_a_line)
{
    static const double y[] = {1, 2, NAN, 3};
    const hone_page_series line = {.mark = HONE_PAGE_LINE, .y = y, .count = 4, .colour = 1};
    hone_text page =
        draw(&(hone_page_plot){.title = "a<b", .series = &line, .series_count = 1, .vertical = NAN});
    CHECK_PAGE(&page, "<title>a&lt;b", "<path class=\"line k1\" d=\"M", "L", "M", "h.01\"/>");
    assert_int_equal(count_parts(&page, "<circle"), 3);
    assert_int_equal(count_parts(&page, "class=\"mark\""), 0);
    hone_internal_text_free(&page);
}

/* Large numbers: the axis moves to the right of them, and those of the x axis do not overlap. */
TEST(large_numbers_have_room)
{
    static const double x[] = {-600000, 800000}, y[] = {-2000000, 1000000};
    const hone_page_series dots = {.mark = HONE_PAGE_DOTS, .x = x, .y = y, .count = 2, .colour = 1};
    hone_text page =
        draw(&(hone_page_plot){.title = "", .series = &dots, .series_count = 1, .vertical = NAN});
    CHECK_PAGE(&page, "x=\"94\" y=\"24\"");
    assert_int_equal(count_parts(&page, "text-anchor=\"middle\""), 4);
    hone_internal_text_free(&page);
}

TEST(a_legend_is_for_series_with_labels)
{
    static const double y[] = {1, 2};
    const hone_page_series series[] = {
        {.mark = HONE_PAGE_LINE, .label = "one & all", .y = y, .count = 2, .colour = 1, .dashed = true},
        {.mark = HONE_PAGE_DOTS, .y = y, .count = 2, .colour = 2}};
    hone_text page = draw(&(hone_page_plot){
        .title = "", .series = series, .series_count = 2, .diagonal = true, .vertical = 1.5});
    CHECK_PAGE(&page, "class=\"mark\"", "class=\"mark\"", "line k1 dash", "dots f2", "one &amp; all");
    hone_internal_text_free(&page);
}

TEST(bars_stand_on_zero)
{
    static const double left[] = {0, 1}, y[] = {4, 0};
    const hone_page_series bars = {.mark = HONE_PAGE_BARS, .x = left, .y = y, .count = 2, .colour = 4};
    hone_text page = draw(&(hone_page_plot){
        .title = "", .series = &bars, .series_count = 1, .from_zero = true, .bar_width = 1, .vertical = 9});
    assert_int_equal(count_parts(&page, "<rect"), 2);
    assert_int_equal(count_parts(&page, "height=\"0.0\""), 1);
    assert_int_equal(count_parts(&page, "class=\"mark\""), 0); /* 9 lies outside */
    hone_internal_text_free(&page);
}

TEST(of_very_many_points_some_are_drawn)
{
    static double y[100000];
    const hone_page_series dots = {.mark = HONE_PAGE_DOTS, .y = y, .count = 100000, .colour = 1};
    hone_text page =
        draw(&(hone_page_plot){.title = "", .series = &dots, .series_count = 1, .vertical = NAN});
    const int drawn = count_parts(&page, "<circle");
    assert_true(drawn > 100 && drawn < 20000);
    hone_internal_text_free(&page);
}
