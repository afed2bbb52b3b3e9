/* What charts are drawn on: a cairo surface, a palette, text, and the way into a file. */
#ifndef HONE_CHARTS_CANVAS_H
#define HONE_CHARTS_CANVAS_H

#include "base/error.h"
#include "charts/cairo.h"
#include <stdbool.h>

/* Inks besides the palette's 1 to HONE_COLOURS. */
enum { HONE_INK_TEXT = 100, HONE_INK_SOFT, HONE_INK_AXIS, HONE_INK_GRID, HONE_INK_FAINT, HONE_INK_PAPER };

typedef struct hone_canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    char *data; /* of the file */
    size_t length, capacity;
    bool vector;        /* SVG */
    hone_status status; /* of writing into data */
} hone_canvas;

/* What is to be drawn, first of all an empty page of `width` by `height` points. Close it after all. */
hone_status hone_internal_canvas_open(hone_canvas *canvas, const char *path, double width, double height);
hone_status hone_internal_canvas_save(hone_canvas *canvas, const char *path);
void hone_internal_canvas_close(hone_canvas *canvas); /* fine on a zeroed one */

void hone_internal_canvas_ink(hone_canvas *canvas, int ink, double alpha);
void hone_internal_canvas_line(hone_canvas *canvas, double x0, double y0, double x1, double y1);
void hone_internal_canvas_dot(hone_canvas *canvas, double x, double y, double radius);
void hone_internal_canvas_dash(hone_canvas *canvas, bool dashed); /* of the lines from here on */

typedef struct hone_text_style {
    double size;
    bool bold, upright; /* upright: read from below, along the y axis */
    double align;       /* 0: x is the left end, 0.5 the middle, 1 the right end (upright: of y) */
    double room;        /* the widest it may be, cut with an ellipsis; 0: any */
    int ink;            /* 0: HONE_INK_TEXT */
    bool halo;          /* paper around the letters, over lines */
} hone_text_style;
void hone_internal_canvas_text(hone_canvas *canvas, double x, double baseline, const char *text,
                               const hone_text_style *style);
double hone_internal_canvas_text_width(hone_canvas *canvas, const char *text, const hone_text_style *style);

#endif
