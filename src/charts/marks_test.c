/* Marks: labels where they cover least, and none for what lies outside. */
#include "testing/frames.h"

static bool overlap(const hone_box *a, const hone_box *b)
{
    return a->left <= b->left + b->width && b->left <= a->left + a->width && a->top <= b->top + b->height &&
           b->top <= a->top + a->height;
}

TEST(labels_do_not_cover_each_other)
{
    const hone_mark marks[] = {{.kind = HONE_MARK_POINT, .x = 5, .y = 5, .label = "here"},
                               {.kind = HONE_MARK_POINT, .x = 5, .y = 5, .label = "and here"},
                               {.kind = HONE_MARK_VERTICAL, .x = 5, .label = "best"}};
    const hone_panel panel = {.marks = marks, .mark_count = 3};
    hone_frame frame = frame_of(&panel);
    hone_canvas canvas = page();
    hone_internal_frame_draw_marks(&canvas, &frame);
    assert_int_equal(frame.label_count, 3);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(overlap(&frame.labels[i], &frame.labels[j]));
    hone_internal_canvas_close(&canvas);
}

TEST(a_label_does_not_stand_on_the_line)
{
    static const double x[] = {0, 10}, y[] = {10, 10};
    const hone_series line = {.x = x, .y = y, .count = 2};
    const hone_mark mark = {.kind = HONE_MARK_POINT, .x = 5, .y = 5, .label = "here"};
    hone_panel panel = {.series = &line, .series_count = 1, .marks = &mark, .mark_count = 1};
    static const double near[] = {5.9, 5.9};
    hone_frame frame = frame_of(&panel), other = frame;
    hone_canvas canvas = page();
    hone_internal_frame_draw_marks(&canvas, &frame);
    assert_true(frame.labels[0].top < 70); /* above the point, where nothing is */
    const hone_series above = {.x = x, .y = near, .count = 2};
    panel.series = &above;
    hone_internal_frame_draw_marks(&canvas, &other);
    assert_true(other.labels[0].top > 70); /* below it */
    hone_internal_canvas_close(&canvas);
}

TEST(what_lies_outside_is_not_marked)
{
    const hone_mark marks[] = {{.kind = HONE_MARK_POINT, .x = 11, .y = 5, .label = "a"},
                               {.kind = HONE_MARK_VERTICAL, .x = -1, .label = "b"},
                               {.kind = HONE_MARK_HORIZONTAL, .y = NAN, .label = "c"}};
    const hone_panel panel = {.marks = marks, .mark_count = 3};
    hone_frame frame = frame_of(&panel);
    hone_canvas canvas = page();
    hone_internal_frame_draw_marks(&canvas, &frame);
    assert_int_equal(frame.label_count, 0);
    hone_internal_canvas_close(&canvas);
}
