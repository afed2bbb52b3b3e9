/* The legend of a plot: a swatch for each series with a label. */
#include "charts/panel.h"

#include <math.h>

static const double legend_row = 17;

enum { SWATCH = 20, SWATCH_GAP = 6, ENTRY_GAP = 16 };
static const hone_text_style legend_style = {.size = 9.5, .ink = HONE_INK_SOFT};

static void draw_swatch(hone_canvas *canvas, const hone_series *series, size_t index, double x, double y)
{
    hone_internal_canvas_ink(canvas, hone_internal_series_colour(series, index), 1);
    if (series->kind == HONE_SERIES_LINE) {
        cairo_set_line_width(canvas->cairo, 2);
        hone_internal_canvas_dash(canvas, series->dashed);
        hone_internal_canvas_line(canvas, x, y, x + SWATCH, y);
        hone_internal_canvas_dash(canvas, false);
        return;
    }
    if (series->kind == HONE_SERIES_POINTS) {
        hone_internal_canvas_dot(canvas, x + SWATCH / 2.0, y, 3);
        return;
    }
    bool light = series->kind == HONE_SERIES_BAND || series->kind == HONE_SERIES_AREA;
    hone_internal_canvas_ink(canvas, hone_internal_series_colour(series, index), light ? 0.25 : 0.85);
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
