/* Marks in a plot: points and dotted lines, with labels where they cover least. */
#include "charts/panel.h"

#include <math.h>

static const double dot_pattern[] = {1.5, 3};

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
        bool here = hone_internal_frame_locate(frame, series, i, &x, &y);
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
    double result = 12 * marks_inside(frame, box) + 3 * data_inside(frame, box);
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
        {-0.5, -1, 0, -8},  {-0.5, 0, 0, 8},   {0, -1, 6, -3},     {-1, -1, -6, -3},  {0, 0, 6, 3},
        {-1, 0, -6, 3},     {0, -1, 10, -14},  {-1, -1, -10, -14}, {0, 0, 10, 14},    {-1, 0, -10, 14},
        {-0.5, -1, 0, -24}, {-0.5, 0, 0, 24},  {0, -1, 8, -34},    {-1, -1, -8, -34}, {0, 0, 8, 34},
        {-1, 0, -8, 34},    {0, -1, 8, -54},   {-1, -1, -8, -54},  {0, 0, 8, 54},     {-1, 0, -8, 54},
        {0, -1, 8, -80},    {-1, -1, -8, -80}, {0, 0, 8, 80},      {-1, 0, -8, 80}};
    if (!hone_internal_axis_shows(&frame->x, mark->x) || !hone_internal_axis_shows(&frame->y, mark->y))
        return;
    double x = hone_internal_frame_x(frame, mark->x), y = hone_internal_frame_y(frame, mark->y);
    if (!inside(&frame->plot, x, y))
        return;
    hone_internal_canvas_ink(canvas, HONE_INK_PAPER, 1);
    hone_internal_canvas_dot(canvas, x, y, 5.2);
    hone_internal_canvas_ink(canvas, ink, 1);
    hone_internal_canvas_dot(canvas, x, y, 3.8);
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
    if (y < frame->plot.top || y > frame->plot.top + frame->plot.height)
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
