/* One panel of a chart: its ranges, the room it needs around the plot, and its drawing. */
#ifndef HONE_CHARTS_PANEL_H
#define HONE_CHARTS_PANEL_H

#include "charts/canvas.h"
#include "charts/chart.h"
#include "charts/ticks.h"

enum { HONE_MOST_LABELS = 32 };

typedef struct hone_box {
    double left, top, width, height;
} hone_box;

/* A panel on its way to the page. */
typedef struct hone_frame {
    const hone_panel *panel;
    const hone_chart *chart;
    bool bars, empty;
    bool unlabelled_x; /* the panel below says it */
    size_t category_count;
    hone_axis x, y;
    hone_ticks x_ticks, y_ticks;
    hone_box cell, plot;               /* cell: with all around the plot */
    hone_box labels[HONE_MOST_LABELS]; /* of marks, drawn so far */
    size_t label_count;
} hone_frame;

typedef struct hone_margins {
    double left, top, right, bottom;
} hone_margins;

hone_status hone_internal_frame_check(const hone_panel *panel);
/* The ranges of the data, still open: panels that share a range take each other's now. */
void hone_internal_frame_ranges(hone_frame *frame);
hone_status hone_internal_frame_close_ranges(hone_frame *frame);
/* What the plot needs around it in its cell, for text. */
hone_margins hone_internal_frame_margins(hone_canvas *canvas, hone_frame *frame);
void hone_internal_frame_draw(hone_canvas *canvas, hone_frame *frame);

/* Series and marks, within the plot. */
static inline int hone_internal_series_colour(const hone_series *series, size_t index)
{
    return series->colour > 0 ? series->colour : (int)(index % HONE_COLOURS) + 1;
}
/* Where number i of a series is drawn; false for a gap. */
bool hone_internal_frame_locate(const hone_frame *frame, const hone_series *series, size_t i, double *x,
                                double *y);
void hone_internal_frame_draw_series(hone_canvas *canvas, const hone_frame *frame);
void hone_internal_frame_draw_marks(hone_canvas *canvas, hone_frame *frame);
double hone_internal_frame_x(const hone_frame *frame, double value); /* points from the left of the page */
double hone_internal_frame_y(const hone_frame *frame, double value);
/* The height of a legend of these series in lines of `room` points; drawn with its top left there. */
double hone_internal_legend_height(hone_canvas *canvas, const hone_panel *panel, double room);
void hone_internal_legend_draw(hone_canvas *canvas, const hone_panel *panel, double left, double top,
                               double room);

#endif
