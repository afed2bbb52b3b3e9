/* What stands in a plot: lines, points, bands, areas, histograms, bars; marks and their labels; the legend.
 */
#include "charts/panel.h"

#include <math.h>

enum { STROKE_POINTS = 500, FEW_POINTS = 15, FAR = 20000 };
static const double line_width = 1.8, legend_row = 17;
static const double dash_pattern[] = {5, 3.2}, dot_pattern[] = {1.5, 3};

static int series_colour(const hone_series *series, size_t index)
{
    return series->colour > 0 ? series->colour : (int)(index % HONE_COLOURS) + 1;
}

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

/* Where number i of a series is drawn; false for a gap. */
static bool locate(const hone_frame *frame, const hone_series *series, size_t i, double *x, double *y)
{
    double value = series->x ? series->x[i] : (double)i;
    if (!hone_internal_axis_shows(&frame->x, value) || !hone_internal_axis_shows(&frame->y, series->y[i]))
        return false;
    *x = hone_internal_frame_x(frame, value);
    *y = hone_internal_frame_y(frame, series->y[i]);
    return true;
}

static void draw_dot(hone_canvas *canvas, double x, double y, double radius)
{
    cairo_new_sub_path(canvas->cairo);
    cairo_arc(canvas->cairo, x, y, radius, 0, 4 * acos(0));
    cairo_fill(canvas->cairo);
}

/* A number alone between gaps would be a line of no length; and of few, each is shown. */
static void draw_dots_of_line(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    double x, y, ignored;
    for (size_t i = 0; i < series->count; i++) {
        if (!locate(frame, series, i, &x, &y))
            continue;
        bool before = i > 0 && locate(frame, series, i - 1, &ignored, &ignored);
        bool after = i + 1 < series->count && locate(frame, series, i + 1, &ignored, &ignored);
        if (series->count <= FEW_POINTS || (!before && !after))
            draw_dot(canvas, x, y, 2.3);
    }
}

static void draw_line(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    bool drawing = false;
    size_t length = 0;
    cairo_set_line_width(canvas->cairo, line_width);
    cairo_set_dash(canvas->cairo, dash_pattern, series->dashed ? 2 : 0, 0);
    for (size_t i = 0; i < series->count; i++) {
        double x, y;
        bool here = locate(frame, series, i, &x, &y);
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
    cairo_set_dash(canvas->cairo, NULL, 0, 0);
    draw_dots_of_line(canvas, frame, series);
}

static void draw_points(hone_canvas *canvas, const hone_frame *frame, const hone_series *series)
{
    double x, y, radius = series->count > 1000 ? 1.2 : series->count > 200 ? 1.8 : 2.6;
    for (size_t i = 0; i < series->count; i++)
        if (locate(frame, series, i, &x, &y))
            draw_dot(canvas, x, y, radius);
}

/* One edge of a band: y + side * deviation, from number `from` to `to` exclusive, or back. */
static void band_edge(hone_canvas *canvas, const hone_frame *frame, const hone_series *series, size_t from,
                      size_t to, int side)
{
    for (size_t i = from; i < to; i++) {
        size_t number = side > 0 ? i : to - 1 - (i - from);
        double value = series->y[number] + side * series->deviation[number], x, y;
        locate(frame, series, number, &x, &y);
        bool shown = hone_internal_axis_shows(&frame->y, value);
        cairo_line_to(canvas->cairo, x, shown ? hone_internal_frame_y(frame, value) : foot_of(frame));
    }
}

static bool in_band(const hone_frame *frame, const hone_series *series, size_t i)
{
    double x, y;
    return locate(frame, series, i, &x, &y) && isfinite(series->deviation[i]);
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
        for (to = from; to < series->count && locate(frame, series, to, &x, &y); to++) {
            if (to == from)
                cairo_move_to(canvas->cairo, first = x, base);
            cairo_line_to(canvas->cairo, x, y);
        }
        if (to == from)
            continue;
        locate(frame, series, to - 1, &x, &y);
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
            draw_dot(canvas, end, y, 4);
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
        draw_bars(canvas, frame, series, place++, all, series_colour(series, i));
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
        hone_internal_canvas_ink(canvas, series_colour(series, i), alpha);
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

/* ---- Marks --------------------------------------------------------------------------------------------- */

static bool inside(const hone_box *box, double x, double y)
{
    return x >= box->left && x <= box->left + box->width && y >= box->top && y <= box->top + box->height;
}

static bool overlap(const hone_box *a, const hone_box *b)
{
    return a->left <= b->left + b->width && b->left <= a->left + a->width && a->top <= b->top + b->height &&
           b->top <= a->top + a->height;
}

/* How much of a line from (x0, y0) to (x1, y1) is in a box, in steps of 2 points. */
static double line_inside(const hone_box *box, double x0, double y0, double x1, double y1)
{
    hone_box reach = {fmin(x0, x1), fmin(y0, y1), fabs(x1 - x0), fabs(y1 - y0)};
    if (!overlap(box, &reach))
        return 0;
    double found = 0, steps = fmin(ceil(hypot(x1 - x0, y1 - y0) / 2), 400);
    for (double i = 0; i <= steps; i++) {
        double part = steps > 0 ? i / steps : 0;
        found += inside(box, x0 + (x1 - x0) * part, y0 + (y1 - y0) * part);
    }
    return found;
}

static double series_inside(const hone_frame *frame, const hone_series *series, const hone_box *box)
{
    double found = 0, last_x = 0, last_y = 0;
    bool last = false;
    for (size_t i = 0; i < series->count; i++) {
        double x, y;
        bool here = locate(frame, series, i, &x, &y);
        bool line = here && last && series->kind == HONE_SERIES_LINE;
        if (line)
            found += line_inside(box, last_x, last_y, x, y);
        else if (here)
            found += 4 * inside(box, x, y);
        last = here;
        if (here)
            last_x = x, last_y = y;
    }
    return found;
}

/* Dotted lines that cross a box. */
static double marks_inside(const hone_frame *frame, const hone_box *box)
{
    double found = 0;
    for (size_t i = 0; i < frame->panel->mark_count; i++) {
        const hone_mark *mark = &frame->panel->marks[i];
        double x = hone_internal_frame_x(frame, mark->x), y = hone_internal_frame_y(frame, mark->y);
        if (mark->kind == HONE_MARK_VERTICAL)
            found += x > box->left && x < box->left + box->width;
        if (mark->kind == HONE_MARK_HORIZONTAL)
            found += y > box->top && y < box->top + box->height;
    }
    return found;
}

/* What of lines and points is in a box. */
static double data_inside(const hone_frame *frame, const hone_box *box)
{
    double found = 0;
    for (size_t i = 0; i < frame->panel->series_count; i++) {
        const hone_series *series = &frame->panel->series[i];
        if (series->kind == HONE_SERIES_LINE || series->kind == HONE_SERIES_POINTS)
            found += series_inside(frame, series, box);
    }
    return found;
}

/* How badly a label would stand here: over lines, over other labels, out of the plot. */
static double badness(const hone_frame *frame, const hone_box *box)
{
    double result = 12 * marks_inside(frame, box) + data_inside(frame, box);
    for (size_t i = 0; i < frame->label_count; i++)
        result += overlap(box, &frame->labels[i]) ? 5000 : 0;
    hone_box plot = frame->plot;
    bool out = box->left < plot.left || box->left + box->width > plot.left + plot.width ||
               box->top < plot.top || box->top + box->height > plot.top + plot.height;
    return result + (out ? 10000 : 0);
}

/* Lines that part a label from its point (x, y) make it seem theirs. */
static double parted(const hone_frame *frame, const hone_box *label, double x, double y)
{
    static const double near_point = 7, half = 2;
    double foot = label->top + label->height;
    double top = label->top > y ? y + near_point : foot,
           bottom = label->top > y ? label->top : y - near_point;
    hone_box between = {x - half, top, 2 * half, bottom - top};
    return bottom > top ? 10 * data_inside(frame, &between) : 0;
}

static const hone_text_style mark_style = {.size = 9.5, .halo = true};

/* Writes a label at the best of places: offsets of its box from (x, y), in widths and heights and then
 * points. */
typedef struct place {
    double widths, heights, right, down;
} place;

static void draw_label(hone_canvas *canvas, hone_frame *frame, const char *label, int ink, double x, double y,
                       const place *places, size_t count)
{
    double width = hone_internal_canvas_text_width(canvas, label, &mark_style), height = 13, least = INFINITY;
    hone_box best = {x, y, width, height};
    for (size_t i = 0; i < count; i++) {
        hone_box box = {x + places[i].widths * width + places[i].right,
                        y + places[i].heights * height + places[i].down, width, height};
        double here = badness(frame, &box) + parted(frame, &box, x, y) + (double)i;
        if (here < least)
            least = here, best = box;
    }
    double edge = frame->plot.left + frame->plot.width - width;
    best.left = fmax(frame->plot.left, fmin(best.left, edge)); /* nothing fitted: at least not cut off */
    hone_text_style style = mark_style;
    style.ink = ink;
    hone_internal_canvas_text(canvas, best.left, best.top + 10, label, &style);
    if (frame->label_count < HONE_MOST_LABELS)
        frame->labels[frame->label_count++] = best;
}

static void draw_point_mark(hone_canvas *canvas, hone_frame *frame, const hone_mark *mark, int ink)
{
    static const place places[] = {
        {-0.5, -1, 0, -8}, {-0.5, 0, 0, 8},   {0, -1, 6, -3},     {-1, -1, -6, -3},
        {0, 0, 6, 3},      {-1, 0, -6, 3},    {0, -1, 10, -14},   {-1, -1, -10, -14},
        {0, 0, 10, 14},    {-1, 0, -10, 14},  {-0.5, -1, 0, -24}, {-0.5, 0, 0, 24},
        {0, -1, 8, -34},   {-1, -1, -8, -34}, {0, 0, 8, 34},      {-1, 0, -8, 34}};
    if (!hone_internal_axis_shows(&frame->x, mark->x) || !hone_internal_axis_shows(&frame->y, mark->y))
        return;
    double x = hone_internal_frame_x(frame, mark->x), y = hone_internal_frame_y(frame, mark->y);
    if (!inside(&frame->plot, x, y))
        return;
    hone_internal_canvas_ink(canvas, HONE_INK_PAPER, 1);
    draw_dot(canvas, x, y, 5.2);
    hone_internal_canvas_ink(canvas, ink, 1);
    draw_dot(canvas, x, y, 3.8);
    int label_ink = mark->colour > 0 ? ink : 0;
    if (mark->label)
        draw_label(canvas, frame, mark->label, label_ink, x, y, places, sizeof places / sizeof *places);
}

static void draw_vertical_mark(hone_canvas *canvas, hone_frame *frame, const hone_mark *mark, int ink)
{
    const hone_box *plot = &frame->plot;
    double h = plot->height;
    const place places[] = {{0, 0, 5, 2},     {-1, 0, -5, 2},     {0, -1, 5, h - 4},  {-1, -1, -5, h - 4},
                            {0, 0, 5, 18},    {-1, 0, -5, 18},    {0, -1, 5, h - 20}, {-1, -1, -5, h - 20},
                            {0, 0, 5, h / 2}, {-1, 0, -5, h / 2}, {0, 0, 5, h / 4},   {-1, 0, -5, h / 4}};
    if (!hone_internal_axis_shows(&frame->x, mark->x))
        return;
    double x = hone_internal_frame_x(frame, mark->x);
    if (x < plot->left || x > plot->left + plot->width)
        return;
    hone_internal_canvas_ink(canvas, ink, 0.8);
    hone_internal_canvas_line(canvas, x, plot->top, x, plot->top + h);
    if (mark->label)
        draw_label(canvas, frame, mark->label, 0, x, plot->top, places, sizeof places / sizeof *places);
}

static void draw_horizontal_mark(hone_canvas *canvas, hone_frame *frame, const hone_mark *mark, int ink)
{
    static const place places[] = {{-1, -1, -4, -1}, {-1, 0, -4, 2}, {-3, -1, 0, -1}, {-3, 0, 0, 2}};
    if (!hone_internal_axis_shows(&frame->y, mark->y) || frame->bars)
        return;
    double y = hone_internal_frame_y(frame, mark->y), right = frame->plot.left + frame->plot.width;
    if (y < frame->plot.top || y > foot_of(frame))
        return;
    hone_internal_canvas_ink(canvas, ink, 0.8);
    hone_internal_canvas_line(canvas, frame->plot.left, y, right, y);
    if (mark->label)
        draw_label(canvas, frame, mark->label, 0, right, y, places, sizeof places / sizeof *places);
}

void hone_internal_frame_draw_marks(hone_canvas *canvas, hone_frame *frame)
{
    typedef void draw_mark(hone_canvas * canvas, hone_frame * frame, const hone_mark *mark, int ink);
    static draw_mark *const draws[] = {[HONE_MARK_POINT] = draw_point_mark,
                                       [HONE_MARK_VERTICAL] = draw_vertical_mark,
                                       [HONE_MARK_HORIZONTAL] = draw_horizontal_mark};
    static const hone_mark_kind order[] = {HONE_MARK_VERTICAL, HONE_MARK_HORIZONTAL, HONE_MARK_POINT};
    for (size_t pass = 0; pass < sizeof order / sizeof *order; pass++) {
        for (size_t i = 0; i < frame->panel->mark_count; i++) {
            const hone_mark *mark = &frame->panel->marks[i];
            if (mark->kind != order[pass])
                continue;
            bool line = mark->kind != HONE_MARK_POINT;
            cairo_set_line_width(canvas->cairo, 1.1);
            cairo_set_dash(canvas->cairo, dot_pattern, line ? 2 : 0, 0);
            draws[mark->kind](canvas, frame, mark, mark->colour > 0 ? mark->colour : HONE_INK_SOFT);
            cairo_set_dash(canvas->cairo, NULL, 0, 0);
        }
    }
}

/* ---- Legend -------------------------------------------------------------------------------------------- */

enum { SWATCH = 20, SWATCH_GAP = 6, ENTRY_GAP = 16 };
static const hone_text_style legend_style = {.size = 9.5, .ink = HONE_INK_SOFT};

static void draw_swatch(hone_canvas *canvas, const hone_series *series, size_t index, double x, double y)
{
    hone_internal_canvas_ink(canvas, series_colour(series, index), 1);
    if (series->kind == HONE_SERIES_LINE) {
        cairo_set_line_width(canvas->cairo, line_width + 0.2);
        cairo_set_dash(canvas->cairo, dash_pattern, series->dashed ? 2 : 0, 0);
        hone_internal_canvas_line(canvas, x, y, x + SWATCH, y);
        cairo_set_dash(canvas->cairo, NULL, 0, 0);
        return;
    }
    if (series->kind == HONE_SERIES_POINTS) {
        draw_dot(canvas, x + SWATCH / 2.0, y, 3);
        return;
    }
    bool light = series->kind == HONE_SERIES_BAND || series->kind == HONE_SERIES_AREA;
    hone_internal_canvas_ink(canvas, series_colour(series, index), light ? 0.25 : 0.85);
    cairo_rectangle(canvas->cairo, x, y - 4.5, SWATCH, 9);
    cairo_fill(canvas->cairo);
}

/* Lays the entries into rows and, when `draw`, draws them; returns the height. */
static double lay_legend(hone_canvas *canvas, const hone_panel *panel, double left, double top, double room,
                         bool draw)
{
    double x = 0, rows = 0;
    hone_text_style style = legend_style;
    style.room = fmax(room - SWATCH - SWATCH_GAP, 20);
    for (size_t i = 0; i < panel->series_count; i++) {
        const hone_series *series = &panel->series[i];
        if (!series->label)
            continue;
        double width = SWATCH + SWATCH_GAP + hone_internal_canvas_text_width(canvas, series->label, &style);
        if (rows == 0 || x + width > room)
            x = 0, rows++;
        double middle = top + (rows - 1) * legend_row + legend_row / 2;
        if (draw) {
            draw_swatch(canvas, series, i, left + x, middle);
            hone_internal_canvas_text(canvas, left + x + SWATCH + SWATCH_GAP, middle + 3.4, series->label,
                                      &style);
        }
        x += width + ENTRY_GAP;
    }
    return rows * legend_row + (rows > 0 ? 4 : 0);
}

double hone_internal_legend_height(hone_canvas *canvas, const hone_panel *panel, double room)
{
    return lay_legend(canvas, panel, 0, 0, room, false);
}

void hone_internal_legend_draw(hone_canvas *canvas, const hone_panel *panel, double left, double top,
                               double room)
{
    lay_legend(canvas, panel, left, top, room, true);
}
