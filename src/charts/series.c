/* What stands in a plot: lines, points, bands, areas, histograms, bars. */
#include "charts/panel.h"

#include <math.h>

enum { STROKE_POINTS = 500, FEW_POINTS = 15, FAR = 20000 };
static const double line_width = 1.8;

/* A point of a page; what is far outside is brought near, as cairo counts in 24 bits. */
static double near(double position)
{
    return fmax(-FAR, fmin(position, FAR));
}

double hone_internal_frame_x(const hone_frame *frame, double value)
{
    return near(frame->plot.left + frame->plot.width * hone_internal_axis_place(&frame->x, value));
}

double hone_internal_frame_y(const hone_frame *frame, double value)
{
    return near(frame->plot.top + frame->plot.height * (1 - hone_internal_axis_place(&frame->y, value)));
}

static double foot_of(const hone_frame *frame)
{
    return frame->plot.top + frame->plot.height;
}

static void clip_to_plot(hone_canvas *canvas, const hone_frame *frame)
{
    const hone_box *plot = &frame->plot;
    cairo_rectangle(canvas->cairo, plot->left - 1, plot->top - 1, plot->width + 2, plot->height + 2);
    cairo_clip(canvas->cairo);
}

bool hone_internal_frame_locate(const hone_frame *frame, const hone_series *series, size_t i, double *x,
                                double *y)
{
    double value = series->x ? series->x[i] : (double)i;
    if (!hone_internal_axis_shows(&frame->x, value) || !hone_internal_axis_shows(&frame->y, series->y[i]))
        return false;
    *x = hone_internal_frame_x(frame, value);
    *y = hone_internal_frame_y(frame, series->y[i]);
    return true;
}

/* A number alone between gaps would be a line of no length; and of few, each is shown. */
static void draw_dots_of_line(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    double x, y, ignored;
    for (size_t i = 0; i < series->count; i++) {
        if (!hone_internal_frame_locate(frame, series, i, &x, &y))
            continue;
        bool before = i > 0 && hone_internal_frame_locate(frame, series, i - 1, &ignored, &ignored);
        bool after =
            i + 1 < series->count && hone_internal_frame_locate(frame, series, i + 1, &ignored, &ignored);
        if (series->count <= FEW_POINTS || (!before && !after))
            hone_internal_canvas_dot(canvas, x, y, 2.3);
    }
}

static void draw_line(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    bool drawing = false;
    size_t length = 0;
    cairo_set_line_width(canvas->cairo, line_width);
    hone_internal_canvas_dash(canvas, series->dashed);
    for (size_t i = 0; i < series->count; i++) {
        double x, y;
        bool here = hone_internal_frame_locate(frame, series, i, &x, &y);
        if (here && drawing)
            cairo_line_to(canvas->cairo, x, y);
        else if (here)
            cairo_move_to(canvas->cairo, x, y);
        drawing = here;
        if (++length % STROKE_POINTS != 0)
            continue; /* long paths are slow to stroke */
        cairo_stroke(canvas->cairo);
        if (here)
            cairo_move_to(canvas->cairo, x, y);
    }
    cairo_stroke(canvas->cairo);
    hone_internal_canvas_dash(canvas, false);
    draw_dots_of_line(canvas, frame, series);
}

static void draw_points(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    double x, y, radius = series->count > 1000 ? 1.2 : series->count > 200 ? 1.8 : 2.6;
    for (size_t i = 0; i < series->count; i++)
        if (hone_internal_frame_locate(frame, series, i, &x, &y))
            hone_internal_canvas_dot(canvas, x, y, radius);
}

/* One edge of a band: y + side * deviation, from number `from` to `to` exclusive, or back. */
static void band_edge(hone_canvas *canvas, const hone_frame *frame, const hone_series *series, size_t from,
                      size_t to, int side)
{
    for (size_t i = from; i < to; i++) {
        size_t number = side > 0 ? i : to - 1 - (i - from);
        double value = series->y[number] + side * series->deviation[number], x, y;
        hone_internal_frame_locate(frame, series, number, &x, &y);
        bool shown = hone_internal_axis_shows(&frame->y, value);
        cairo_line_to(canvas->cairo, x, shown ? hone_internal_frame_y(frame, value) : foot_of(frame));
    }
}

static bool in_band(const hone_frame *frame, const hone_series *series, size_t i)
{
    double x, y;
    return hone_internal_frame_locate(frame, series, i, &x, &y) && isfinite(series->deviation[i]);
}

static void draw_band(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    for (size_t from = 0, to; from < series->count; from = to + 1) {
        for (to = from; to < series->count && in_band(frame, series, to);)
            to++;
        if (to == from)
            continue;
        band_edge(canvas, frame, series, from, to, 1);
        band_edge(canvas, frame, series, from, to, -1);
        cairo_close_path(canvas->cairo);
        cairo_fill(canvas->cairo);
    }
}

static void draw_area(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    double base = frame->y.logarithmic ? foot_of(frame) : hone_internal_frame_y(frame, 0);
    for (size_t from = 0, to; from < series->count; from = to + 1) {
        double x, y, first = 0;
        for (to = from; to < series->count && hone_internal_frame_locate(frame, series, to, &x, &y); to++) {
            if (to == from)
                cairo_move_to(canvas->cairo, first = x, base);
            cairo_line_to(canvas->cairo, x, y);
        }
        if (to == from)
            continue;
        hone_internal_frame_locate(frame, series, to - 1, &x, &y);
        cairo_line_to(canvas->cairo, x, base);
        cairo_line_to(canvas->cairo, first, base);
        cairo_fill(canvas->cairo);
    }
}

/* The left end of bin i: on a logarithmic axis bins are equal in the logarithm. */
static double bin_edge(const hone_frame *frame, const hone_series *series, size_t i)
{
    double part = (double)i / (double)series->count;
    if (frame->x.logarithmic)
        return series->low * pow(series->high / series->low, part);
    return series->low + (series->high - series->low) * part;
}

/* Steps, with a thin gap between them when they are wide enough. */
static void draw_histogram(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    if (!hone_internal_axis_shows(&frame->x, series->low) ||
        !hone_internal_axis_shows(&frame->x, series->high))
        return;
    double foot = foot_of(frame);
    for (size_t i = 0; i < series->count; i++) {
        if (!hone_internal_axis_shows(&frame->y, series->y[i]) || series->y[i] <= 0)
            continue;
        double left = hone_internal_frame_x(frame, bin_edge(frame, series, i));
        double right = hone_internal_frame_x(frame, bin_edge(frame, series, i + 1));
        double top = hone_internal_frame_y(frame, series->y[i]), gap = right - left > 4 ? 0.6 : 0;
        if (right - left < 2 && series->low == series->high)
            left -= 2, right += 2;
        cairo_rectangle(canvas->cairo, left, top, right - left - gap, foot - top);
    }
    cairo_fill(canvas->cairo);
}

static size_t count_bars(const hone_panel *panel)
{
    size_t count = 0;
    for (size_t i = 0; i < panel->series_count; i++)
        count += panel->series[i].kind == HONE_SERIES_BARS;
    return count;
}

static void draw_deviation(hone_canvas *canvas, const hone_frame *frame, double value, double deviation,
                           double y)
{
    double from = hone_internal_frame_x(frame, value - deviation),
           to = hone_internal_frame_x(frame, value + deviation);
    hone_internal_canvas_ink(canvas, HONE_INK_TEXT, 0.75);
    cairo_set_line_width(canvas->cairo, 1.1);
    hone_internal_canvas_line(canvas, from, y, to, y);
    hone_internal_canvas_line(canvas, from, y - 3, from, y + 3);
    hone_internal_canvas_line(canvas, to, y - 3, to, y + 3);
}

/* Beyond the end of a bar and its deviation, the number itself. */
static void draw_bar_number(hone_canvas *canvas, const hone_frame *frame, double value, double deviation,
                            double y)
{
    char text[64];
    bool left = value < 0;
    double end = hone_internal_frame_x(frame, left ? value - deviation : value + deviation);
    end = fmax(frame->plot.left, fmin(end, frame->plot.left + frame->plot.width));
    hone_text_style style = {.size = 9, .align = left ? 1 : 0, .halo = true};
    hone_internal_number_short(value, text, sizeof text);
    hone_internal_canvas_text(canvas, end + (left ? -6 : 6), y + 3.2, text, &style);
}

/* The bars of one series, thin enough that those of `all` series stand beside each other in a category. */
static void draw_bars(hone_canvas *canvas, const hone_frame *frame, const hone_series *series, size_t place,
                      size_t all, int colour)
{
    double band = frame->plot.height / (double)frame->category_count,
           thick = fmin(0.74 * band / (double)all, 22);
    double origin = hone_internal_frame_x(frame, 0);
    bool dots = frame->x.low > 0 || frame->x.high < 0; /* a bar from elsewhere than 0 would lie */
    for (size_t i = 0; i < series->count; i++) {
        double value = series->y[i], deviation = series->deviation ? series->deviation[i] : 0;
        if (!hone_internal_axis_shows(&frame->x, value))
            continue;
        double middle = hone_internal_frame_y(frame, (double)(frame->category_count - i) - 0.5);
        double y = middle + ((double)place - (double)(all - 1) / 2) * thick,
               end = hone_internal_frame_x(frame, value);
        hone_internal_canvas_ink(canvas, colour, 0.9);
        if (dots) {
            hone_internal_canvas_dot(canvas, end, y, 4);
        } else {
            cairo_rectangle(canvas->cairo, origin, y - thick / 2 + 0.5, end - origin, thick - 1);
            cairo_fill(canvas->cairo);
        }
        deviation = deviation > 0 && isfinite(deviation) ? deviation : 0;
        if (deviation > 0)
            draw_deviation(canvas, frame, value, deviation, y);
        cairo_reset_clip(canvas->cairo);
        if (thick >= 8)
            draw_bar_number(canvas, frame, value, deviation, y);
        clip_to_plot(canvas, frame);
    }
}

static void draw_all_bars(hone_canvas *canvas, const hone_frame *frame)
{
    size_t all = count_bars(frame->panel), place = 0;
    for (size_t i = 0; i < frame->panel->series_count; i++) {
        const hone_series *series = &frame->panel->series[i];
        if (series->kind != HONE_SERIES_BARS)
            continue;
        draw_bars(canvas, frame, series, place++, all, hone_internal_series_colour(series, i));
    }
}

typedef void draw_kind(hone_canvas *canvas, const hone_frame *frame, const hone_series *series);

static void draw_kind_of(hone_canvas *canvas, const hone_frame *frame, hone_series_kind kind, draw_kind *draw,
                         double alpha)
{
    for (size_t i = 0; i < frame->panel->series_count; i++) {
        const hone_series *series = &frame->panel->series[i];
        if (series->kind != kind)
            continue;
        hone_internal_canvas_ink(canvas, hone_internal_series_colour(series, i), alpha);
        draw(canvas, frame, series);
    }
}

/* What is filled first, lines over it, points over all. */
void hone_internal_frame_draw_series(hone_canvas *canvas, const hone_frame *frame)
{
    cairo_save(canvas->cairo);
    clip_to_plot(canvas, frame);
    draw_kind_of(canvas, frame, HONE_SERIES_BAND, draw_band, 0.18);
    draw_kind_of(canvas, frame, HONE_SERIES_AREA, draw_area, 0.25);
    draw_kind_of(canvas, frame, HONE_SERIES_HISTOGRAM, draw_histogram, 0.75);
    draw_kind_of(canvas, frame, HONE_SERIES_LINE, draw_line, 1);
    draw_kind_of(canvas, frame, HONE_SERIES_POINTS, draw_points, 0.7);
    if (frame->bars)
        draw_all_bars(canvas, frame);
    cairo_restore(canvas->cairo);
}
