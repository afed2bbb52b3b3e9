/* Plots as SVG within a page: their colours are the page's, in light and in dark. */
#include "report/page.h"

#include "charts/ticks.h"
#include <math.h>
#include <string.h>

enum {
    WIDTH = 420,
    HEIGHT = 290,
    LEFT = 62,
    RIGHT = 14,
    TITLE = 38,
    LEGEND = 20,
    BOTTOM = 44,
    MOST_POINTS = 2000
};

typedef struct frame {
    hone_axis x, y;
    double top;  /* under the title and the legend */
    double left; /* with room for the longest number of the y axis */
    const hone_page_plot *plot;
} frame;

static double x_of(const frame *in, double value)
{
    return in->left + hone_internal_axis_place(&in->x, value) * (WIDTH - in->left - RIGHT);
}
static double y_of(const frame *in, double value)
{
    return HEIGHT - BOTTOM - hone_internal_axis_place(&in->y, value) * (HEIGHT - in->top - BOTTOM);
}

static double x_at(const hone_page_series *series, size_t i)
{
    return series->x != NULL ? series->x[i] : (double)i + 1;
}

static void find_ranges(frame *in)
{
    const hone_page_plot *plot = in->plot;
    in->x = hone_internal_axis(false, plot->x_integers);
    in->y = hone_internal_axis(plot->y_logarithmic, false);
    if (plot->from_zero || plot->unit_square)
        hone_internal_axis_include(&in->y, 0);
    for (int end = 0; plot->unit_square && end < 2; end++) {
        hone_internal_axis_include(&in->x, end);
        hone_internal_axis_include(&in->y, end);
    }
    for (size_t s = 0; s < plot->series_count; s++)
        for (size_t i = 0; i < plot->series[s].count; i++) {
            const hone_page_series *series = &plot->series[s];
            bool bars = series->mark == HONE_PAGE_BARS;
            if (!isfinite(series->y[i]))
                continue;
            hone_internal_axis_include(&in->x, x_at(series, i));
            if (bars)
                hone_internal_axis_include(&in->x, x_at(series, i) + plot->bar_width);
            hone_internal_axis_include(&in->y, series->y[i]);
        }
    hone_internal_axis_close(&in->x, 0);
    hone_internal_axis_close(&in->y, plot->unit_square || plot->from_zero ? 0 : 0.04);
}

static void put_text(hone_text *page, double x, double y, const char *anchor, const char *text)
{
    hone_internal_text_format(page, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    hone_internal_page_say(page, text);
    hone_internal_text_append(page, "</text>");
}

static void put_line(hone_text *page, const char *style, double x0, double y0, double x1, double y1)
{
    hone_internal_text_format(page, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                              style, x0, y0, x1, y1);
}

/* Of digits and commas, in the page's letters of 12 pixels. */
static double width_of(const char *label)
{
    return 6.8 * (double)strlen(label);
}

static void find_left(frame *in)
{
    hone_ticks ticks;
    in->left = LEFT;
    hone_internal_ticks(&in->y, 6, &ticks);
    for (size_t i = 0; i < ticks.count; i++)
        if (!ticks.items[i].minor)
            in->left = fmax(in->left, 26 + width_of(ticks.items[i].label));
}

/* Whether every `stride`-th label of the x axis has room beside the next. */
static bool have_room(const frame *in, const hone_ticks *ticks, size_t stride)
{
    double end = -HUGE_VAL;
    size_t number = 0;
    for (size_t i = 0; i < ticks->count; i++) {
        if (ticks->items[i].minor || number++ % stride != 0)
            continue;
        const double x = x_of(in, ticks->items[i].value), half = width_of(ticks->items[i].label) / 2;
        if (x - half < end)
            return false;
        end = x + half + 8;
    }
    return true;
}

static void draw_x_axis(hone_text *page, const frame *in)
{
    hone_ticks ticks;
    size_t stride = 1, number = 0;
    hone_internal_ticks(&in->x, 7, &ticks);
    while (stride < ticks.count && !have_room(in, &ticks, stride))
        stride++;
    for (size_t i = 0; i < ticks.count; i++) {
        const double x = x_of(in, ticks.items[i].value), half = width_of(ticks.items[i].label) / 2;
        if (ticks.items[i].minor)
            continue;
        put_line(page, "grid", x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4);
        if (number++ % stride == 0)
            put_text(page, fmin(x, WIDTH - 4 - half), HEIGHT - BOTTOM + 18, "middle", ticks.items[i].label);
    }
    if (in->plot->x_label != NULL)
        put_text(page, (in->left + WIDTH - RIGHT) / 2, HEIGHT - 8, "middle", in->plot->x_label);
}

static void draw_y_axis(hone_text *page, const frame *in)
{
    hone_ticks ticks;
    hone_internal_ticks(&in->y, 6, &ticks);
    for (size_t i = 0; i < ticks.count; i++) {
        double y = y_of(in, ticks.items[i].value);
        if (ticks.items[i].minor)
            continue;
        put_line(page, "grid", in->left, y, WIDTH - RIGHT, y);
        put_text(page, in->left - 6, y + 4, "end", ticks.items[i].label);
    }
    if (in->plot->y_label == NULL)
        return;
    hone_internal_text_format(page,
                              "<text transform=\"rotate(-90)\" x=\"%.1f\" y=\"14\" text-anchor=\"middle\">",
                              -(in->top + HEIGHT - BOTTOM) / 2.0);
    hone_internal_page_say(page, in->plot->y_label);
    hone_internal_text_append(page, "</text>");
}

static bool shown(const frame *in, const hone_page_series *series, size_t i)
{
    return hone_internal_axis_shows(&in->x, x_at(series, i)) &&
           hone_internal_axis_shows(&in->y, series->y[i]);
}

/* Pieces between gaps; a point alone is a dot. Of very many points, every n-th. */
static void draw_line(hone_text *page, const frame *in, const hone_page_series *series)
{
    size_t step = series->count / MOST_POINTS + 1;
    bool drawn_before = false;
    hone_internal_text_format(page, "<path class=\"line k%d%s\" d=\"", series->colour,
                              series->dashed ? " dash" : "");
    for (size_t i = 0; i < series->count; i += step) {
        bool good = shown(in, series, i), next = i + step < series->count && shown(in, series, i + step);
        double x = x_of(in, x_at(series, i)), y = y_of(in, series->y[i]);
        if (good)
            hone_internal_text_format(page, "%c%.1f %.1f", drawn_before ? 'L' : 'M', x, y);
        if (good && !drawn_before && !next)
            hone_internal_text_append(page, "h.01");
        drawn_before = good;
    }
    hone_internal_text_append(page, "\"/>");
    for (size_t i = 0; series->count <= 12 && i < series->count; i++)
        if (shown(in, series, i))
            hone_internal_text_format(page, "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                                      series->colour, x_of(in, x_at(series, i)), y_of(in, series->y[i]));
}

static void draw_dots(hone_text *page, const frame *in, const hone_page_series *series)
{
    size_t step = series->count / MOST_POINTS + 1;
    hone_internal_text_format(page, "<g class=\"dots f%d\">", series->colour);
    for (size_t i = 0; i < series->count; i += step)
        if (shown(in, series, i))
            hone_internal_text_format(page, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>",
                                      x_of(in, x_at(series, i)), y_of(in, series->y[i]));
    hone_internal_text_append(page, "</g>");
}

static void draw_bars(hone_text *page, const frame *in, const hone_page_series *series)
{
    double foot = y_of(in, in->y.low > 0 ? in->y.low : 0);
    hone_internal_text_format(page, "<g class=\"bars f%d\">", series->colour);
    for (size_t i = 0; i < series->count; i++) {
        if (!shown(in, series, i))
            continue;
        double left = x_of(in, x_at(series, i)), right = x_of(in, x_at(series, i) + in->plot->bar_width);
        double top = y_of(in, series->y[i]);
        hone_internal_text_format(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                                  left + 0.5, top, fmax(right - left - 1, 0.5), fmax(foot - top, 0));
    }
    hone_internal_text_append(page, "</g>");
}

static void draw_legend(hone_text *page, const hone_page_plot *plot, double left)
{
    double x = left;
    for (size_t i = 0; i < plot->series_count; i++) {
        const hone_page_series *series = &plot->series[i];
        if (series->label == NULL)
            continue;
        hone_internal_text_format(page, "<path class=\"line k%d%s\" d=\"M%.0f 42h22\"/>", series->colour,
                                  series->dashed ? " dash" : "", x);
        put_text(page, x + 28, 46, "start", series->label);
        x += 28 + 7.0 * (double)strlen(series->label) + 16;
    }
}

void hone_internal_page_plot(hone_text *page, const hone_page_plot *plot)
{
    static void (*const draw[])(hone_text *, const frame *, const hone_page_series *) = {
        [HONE_PAGE_LINE] = draw_line, [HONE_PAGE_DOTS] = draw_dots, [HONE_PAGE_BARS] = draw_bars};
    frame in = {.plot = plot, .top = TITLE};
    for (size_t i = 0; i < plot->series_count; i++)
        if (plot->series[i].label != NULL)
            in.top = TITLE + LEGEND;
    find_ranges(&in);
    find_left(&in);
    hone_internal_text_format(page, "<figure><svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\"><title>",
                              WIDTH, HEIGHT);
    hone_internal_page_say(page, plot->title);
    hone_internal_text_format(page, "</title><text class=\"title\" x=\"%.0f\" y=\"24\">", in.left);
    hone_internal_page_say(page, plot->title);
    hone_internal_text_append(page, "</text>");
    draw_x_axis(page, &in);
    draw_y_axis(page, &in);
    if (plot->diagonal) {
        double low = fmax(in.x.low, in.y.low), high = fmin(in.x.high, in.y.high);
        if (low < high)
            put_line(page, "mark", x_of(&in, low), y_of(&in, low), x_of(&in, high), y_of(&in, high));
    }
    if (plot->vertical >= in.x.low && plot->vertical <= in.x.high)
        put_line(page, "mark", x_of(&in, plot->vertical), in.top, x_of(&in, plot->vertical), HEIGHT - BOTTOM);
    for (size_t i = 0; i < plot->series_count; i++)
        draw[plot->series[i].mark](page, &in, &plot->series[i]);
    draw_legend(page, plot, in.left);
    hone_internal_text_append(page, "</svg></figure>\n");
}
