/* One panel: ranges, margins, grid, axes, titles. */
#include "charts/panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const hone_text_style title_style = {.size = 12.5, .bold = true};
static const hone_text_style compact_title_style = {.size = 9, .ink = HONE_INK_SOFT};
static const hone_text_style label_style = {.size = 10.5, .ink = HONE_INK_SOFT};
static const hone_text_style tick_style = {.size = 9.5, .ink = HONE_INK_SOFT};
static const hone_text_style compact_tick_style = {.size = 7.5, .ink = HONE_INK_SOFT};

static const hone_text_style *tick_style_of(const hone_frame *frame)
{
    return frame->chart->compact ? &compact_tick_style : &tick_style;
}

static hone_status check_series(const hone_series *series, size_t index)
{
    bool deviates = series->kind == HONE_SERIES_BAND;
    if ((unsigned)series->kind > HONE_SERIES_BARS)
        return hone_fail(HONE_ERROR_ARGUMENT, "series %zu of a chart has the unknown kind %d", index,
                         (int)series->kind);
    if (series->count > 0 && (!series->y || (deviates && !series->deviation)))
        return hone_fail(HONE_ERROR_ARGUMENT, "series %zu of a chart has %zu numbers but no array of them",
                         index, series->count);
    return HONE_OK;
}

hone_status hone_internal_frame_check(const hone_panel *panel)
{
    for (size_t i = 0; i < panel->series_count; i++)
        HONE_TRY(check_series(&panel->series[i], i));
    for (size_t i = 0; i < panel->mark_count; i++)
        if ((unsigned)panel->marks[i].kind > HONE_MARK_HORIZONTAL)
            return hone_fail(HONE_ERROR_ARGUMENT, "mark %zu of a chart has the unknown kind %d", i,
                             (int)panel->marks[i].kind);
    return HONE_OK;
}

static void include_points(hone_frame *frame, const hone_series *series)
{
    bool band = series->kind == HONE_SERIES_BAND;
    for (size_t i = 0; i < series->count; i++) {
        double x = series->x ? series->x[i] : (double)i, spread = band ? series->deviation[i] : 0;
        if (!hone_internal_axis_shows(&frame->x, x) || !hone_internal_axis_shows(&frame->y, series->y[i]))
            continue;
        hone_internal_axis_include(&frame->x, x);
        hone_internal_axis_include(&frame->y, series->y[i] - spread);
        hone_internal_axis_include(&frame->y, series->y[i] + spread);
    }
    if (series->kind == HONE_SERIES_AREA)
        hone_internal_axis_include(&frame->y, 0);
}

static void include_histogram(hone_frame *frame, const hone_series *series)
{
    hone_internal_axis_include(&frame->x, series->low);
    hone_internal_axis_include(&frame->x, series->high);
    for (size_t i = 0; i < series->count; i++)
        hone_internal_axis_include(&frame->y, series->y[i]);
    hone_internal_axis_include(&frame->y, frame->y.logarithmic ? 0.5 : 0);
}

static void include_bars(hone_frame *frame, const hone_series *series)
{
    for (size_t i = 0; i < series->count; i++) {
        double spread = series->deviation && isfinite(series->deviation[i]) ? series->deviation[i] : 0;
        hone_internal_axis_include(&frame->x, series->y[i] + spread);
        hone_internal_axis_include(&frame->x, series->y[i] - spread);
    }
    hone_internal_axis_include(&frame->x, 0);
    frame->bars = true;
    if (series->count > frame->category_count)
        frame->category_count = series->count;
}

void hone_internal_frame_ranges(hone_frame *frame)
{
    typedef void include(hone_frame * frame, const hone_series *series);
    static include *const includes[] = {
        [HONE_SERIES_LINE] = include_points,         [HONE_SERIES_POINTS] = include_points,
        [HONE_SERIES_BAND] = include_points,         [HONE_SERIES_AREA] = include_points,
        [HONE_SERIES_HISTOGRAM] = include_histogram, [HONE_SERIES_BARS] = include_bars,
    };
    const hone_panel *panel = frame->panel;
    frame->x = hone_internal_axis(panel->x_logarithmic, panel->x_integers);
    frame->y = hone_internal_axis(panel->y_logarithmic, false);
    for (size_t i = 0; i < panel->series_count; i++)
        includes[panel->series[i].kind](frame, &panel->series[i]);
    frame->empty = !(frame->x.low <= frame->x.high) || (!frame->bars && !(frame->y.low <= frame->y.high));
}

static hone_status set_limits(hone_axis *axis, const double limits[2], const char *name)
{
    if (limits[0] == limits[1])
        return HONE_OK;
    if (!(limits[0] < limits[1]) || !hone_internal_axis_shows(axis, limits[0]) ||
        !hone_internal_axis_shows(axis, limits[1]))
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "the %s limits of a chart must be two increasing numbers%s, not %g and %g", name,
                         axis->logarithmic ? " above 0" : "", limits[0], limits[1]);
    axis->low = limits[0];
    axis->high = limits[1];
    return HONE_OK;
}

static bool has_histogram(const hone_panel *panel)
{
    for (size_t i = 0; i < panel->series_count; i++)
        if (panel->series[i].kind == HONE_SERIES_HISTOGRAM)
            return true;
    return false;
}

hone_status hone_internal_frame_close_ranges(hone_frame *frame)
{
    static const double bar_margin = 0.15, plot_margin = 0.02, height_margin = 0.05;
    hone_axis *x = &frame->x, *y = &frame->y;
    /* A range that begins near 0 begins at 0: the height of a curve then says something. */
    if (!y->logarithmic && y->low > 0 && y->low < 0.15 * y->high)
        y->low = 0;
    hone_internal_axis_close(x, frame->bars ? bar_margin : has_histogram(frame->panel) ? 0 : plot_margin);
    hone_internal_axis_close(y, height_margin);
    HONE_TRY(set_limits(x, frame->panel->x_limits, "x"));
    HONE_TRY(set_limits(y, frame->panel->y_limits, "y"));
    if (frame->bars)
        *y = (hone_axis){0, (double)frame->category_count, false, false};
    return HONE_OK;
}

static double widest_tick(hone_canvas *canvas, const hone_ticks *ticks, const hone_text_style *style)
{
    double widest = 0;
    for (size_t i = 0; i < ticks->count; i++)
        widest = fmax(widest, hone_internal_canvas_text_width(canvas, ticks->items[i].label, style));
    return widest;
}

static double widest_category(hone_canvas *canvas, const hone_frame *frame)
{
    double widest = 0;
    for (size_t i = 0; i < frame->category_count && frame->panel->categories; i++)
        widest =
            fmax(widest, hone_internal_canvas_text_width(canvas, frame->panel->categories[i], &tick_style));
    return fmin(widest, 0.45 * frame->cell.width);
}

/* As many ticks as leave room between their labels. */
static void choose_x_ticks(hone_canvas *canvas, hone_frame *frame, double width)
{
    const hone_text_style *style = tick_style_of(frame);
    double smallest = frame->chart->compact ? 3 : 4;
    for (double most = width / (frame->chart->compact ? 30 : 38);; most *= 0.8) {
        hone_internal_ticks(&frame->x, most, &frame->x_ticks);
        double labelled = 0;
        for (size_t i = 0; i < frame->x_ticks.count; i++)
            labelled += !frame->x_ticks.items[i].minor;
        double needed = labelled * (widest_tick(canvas, &frame->x_ticks, style) + smallest + style->size / 2);
        if (needed <= width || most < 1.5)
            return;
    }
}

static double left_margin(hone_canvas *canvas, const hone_frame *frame)
{
    if (frame->bars)
        return widest_category(canvas, frame) + 14;
    if (frame->chart->compact)
        return 10;
    double title = frame->panel->y_label ? 18 : 4;
    return title + widest_tick(canvas, &frame->y_ticks, &tick_style) + 8;
}

hone_margins hone_internal_frame_margins(hone_canvas *canvas, hone_frame *frame)
{
    const hone_panel *panel = frame->panel;
    bool compact = frame->chart->compact;
    hone_internal_ticks(&frame->y, (frame->cell.height - 70) / 34, &frame->y_ticks);
    hone_margins margins = {.left = left_margin(canvas, frame), .right = compact ? 8 : 14};
    choose_x_ticks(canvas, frame, frame->cell.width - margins.left - margins.right);
    margins.top = compact ? (panel->title ? 15 : 5) : panel->title ? 26 : 10;
    if (!frame->chart->shared_legend && !compact)
        margins.top +=
            hone_internal_legend_height(canvas, panel, frame->cell.width - margins.left - margins.right);
    margins.bottom = compact ? (frame->unlabelled_x ? 3 : 15) : panel->x_label ? 38 : 22;
    return margins;
}

static void draw_grid(hone_canvas *canvas, const hone_frame *frame)
{
    const hone_box *plot = &frame->plot;
    cairo_set_line_width(canvas->cairo, 0.8);
    for (size_t i = 0; i < frame->x_ticks.count; i++) {
        double x = hone_internal_frame_x(frame, frame->x_ticks.items[i].value);
        hone_internal_canvas_ink(canvas, frame->x_ticks.items[i].minor ? HONE_INK_FAINT : HONE_INK_GRID, 1);
        hone_internal_canvas_line(canvas, x, plot->top, x, plot->top + plot->height);
    }
    for (size_t i = 0; i < frame->y_ticks.count && !frame->bars && !frame->chart->compact; i++) {
        double y = hone_internal_frame_y(frame, frame->y_ticks.items[i].value);
        hone_internal_canvas_ink(canvas, frame->y_ticks.items[i].minor ? HONE_INK_FAINT : HONE_INK_GRID, 1);
        hone_internal_canvas_line(canvas, plot->left, y, plot->left + plot->width, y);
    }
}

/* 0, where it is within the plot: under the series. */
static void draw_zero(hone_canvas *canvas, const hone_frame *frame)
{
    if (frame->bars || frame->y.logarithmic || frame->y.low >= 0 || frame->y.high <= 0)
        return;
    double zero = hone_internal_frame_y(frame, 0);
    cairo_set_line_width(canvas->cairo, 1);
    hone_internal_canvas_ink(canvas, HONE_INK_AXIS, 1);
    hone_internal_canvas_line(canvas, frame->plot.left, zero, frame->plot.left + frame->plot.width, zero);
}

/* What plots stand on: their foot; bars, 0. */
static void draw_base(hone_canvas *canvas, const hone_frame *frame)
{
    const hone_box *plot = &frame->plot;
    double foot = plot->top + plot->height;
    cairo_set_line_width(canvas->cairo, 1);
    hone_internal_canvas_ink(canvas, HONE_INK_AXIS, 1);
    if (!frame->bars) {
        hone_internal_canvas_line(canvas, plot->left, foot, plot->left + plot->width, foot);
    } else if (frame->x.low <= 0 && frame->x.high >= 0) {
        double x = hone_internal_frame_x(frame, 0);
        hone_internal_canvas_line(canvas, x, plot->top, x, foot);
    }
}

/* Labels at the ends stay within the cell. */
static void draw_x_ticks(hone_canvas *canvas, const hone_frame *frame)
{
    hone_text_style style = *tick_style_of(frame);
    double right = frame->cell.left + frame->cell.width;
    for (size_t i = 0; i < frame->x_ticks.count; i++) {
        const hone_tick *tick = &frame->x_ticks.items[i];
        if (tick->minor)
            continue;
        double half = hone_internal_canvas_text_width(canvas, tick->label, &style) / 2;
        double x = hone_internal_frame_x(frame, tick->value);
        x = fmax(frame->cell.left + half, fmin(x, right - half));
        style.align = 0.5;
        hone_internal_canvas_text(canvas, x, frame->plot.top + frame->plot.height + style.size + 4,
                                  tick->label, &style);
    }
}

static void draw_y_ticks(hone_canvas *canvas, const hone_frame *frame)
{
    hone_text_style style = tick_style;
    style.align = 1;
    for (size_t i = 0; i < frame->y_ticks.count; i++) {
        double y = hone_internal_frame_y(frame, frame->y_ticks.items[i].value);
        hone_internal_canvas_text(canvas, frame->plot.left - 6, y + 3.4, frame->y_ticks.items[i].label,
                                  &style);
    }
}

static void draw_categories(hone_canvas *canvas, const hone_frame *frame)
{
    hone_text_style style = tick_style;
    style.align = 1;
    style.ink = HONE_INK_TEXT;
    style.room = frame->plot.left - frame->cell.left - 8;
    for (size_t i = 0; i < frame->category_count && frame->panel->categories; i++) {
        double y = hone_internal_frame_y(frame, (double)(frame->category_count - i) - 0.5);
        hone_internal_canvas_text(canvas, frame->plot.left - 7, y + 3.4, frame->panel->categories[i], &style);
    }
}

/* Where title and legend begin: names of bars are long and stand under them. */
static double text_start(const hone_frame *frame)
{
    return frame->bars ? frame->cell.left + 4 : frame->plot.left;
}

static void draw_titles(hone_canvas *canvas, const hone_frame *frame)
{
    const hone_box *cell = &frame->cell, *plot = &frame->plot;
    hone_text_style title = frame->chart->compact ? compact_title_style : title_style, label = label_style;
    double start = text_start(frame);
    title.room = cell->left + cell->width - start - 4;
    double baseline = cell->top + (frame->chart->compact ? 11 : 16);
    hone_internal_canvas_text(canvas, start, baseline, frame->panel->title, &title);
    if (frame->chart->compact)
        return;
    label.align = 0.5;
    label.room = plot->width;
    hone_internal_canvas_text(canvas, plot->left + plot->width / 2, plot->top + plot->height + 32,
                              frame->panel->x_label, &label);
    label.upright = true;
    label.room = plot->height;
    if (!frame->bars)
        hone_internal_canvas_text(canvas, cell->left + 12, plot->top + plot->height / 2,
                                  frame->panel->y_label, &label);
}

/* Why there is nothing to see: no points, or none that is a number, from the first x on. */
static void draw_empty(hone_canvas *canvas, const hone_frame *frame)
{
    const hone_panel *panel = frame->panel;
    char text[96] = "no data";
    for (size_t i = 0; i < panel->series_count; i++) {
        const hone_series *series = &panel->series[i];
        if (series->count == 0 || series->y == NULL)
            continue;
        snprintf(text, sizeof text, "not a number");
        if (panel->x_label != NULL)
            snprintf(text, sizeof text, "not a number from %.40s %g", panel->x_label,
                     series->x != NULL ? series->x[0] : 0);
        break;
    }
    hone_text_style style = label_style;
    style.align = 0.5;
    hone_internal_canvas_text(canvas, frame->plot.left + frame->plot.width / 2,
                              frame->plot.top + frame->plot.height / 2 + 4, text, &style);
}

void hone_internal_frame_draw(hone_canvas *canvas, hone_frame *frame)
{
    draw_titles(canvas, frame);
    if (!frame->chart->shared_legend && !frame->chart->compact)
        hone_internal_legend_draw(canvas, frame->panel, text_start(frame),
                                  frame->cell.top + (frame->panel->title ? 22 : 6), frame->plot.width);
    if (!frame->empty) {
        draw_grid(canvas, frame);
        draw_zero(canvas, frame);
        if (!frame->unlabelled_x)
            draw_x_ticks(canvas, frame);
        if (!frame->bars && !frame->chart->compact)
            draw_y_ticks(canvas, frame);
    }
    if (frame->bars)
        draw_categories(canvas, frame);
    hone_internal_frame_draw_series(canvas, frame);
    draw_base(canvas, frame);
    if (frame->empty)
        draw_empty(canvas, frame);
    else
        hone_internal_frame_draw_marks(canvas, frame);
}
