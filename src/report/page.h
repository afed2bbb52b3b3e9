/* A page of HTML that stands alone: no script, no other file, light and dark, wide and narrow. */
#ifndef HONE_REPORT_PAGE_H
#define HONE_REPORT_PAGE_H

#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

void hone_internal_page_begin(hone_text *page, const char *title);
void hone_internal_page_end(hone_text *page);
/* Text as text: what comes from files goes through here. */
void hone_internal_page_say(hone_text *page, const char *text);
/* The same with a format; markup is hone_internal_text_format. */
void hone_internal_page_say_format(hone_text *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hone_internal_page_section(hone_text *page, const char *title); /* ends the one before */
/* A number in a box; a count of things. */
void hone_internal_page_number(hone_text *page, const char *label, double value);
void hone_internal_page_count(hone_text *page, const char *label, int64_t count);
/* A picture [height, width, channels] of 1 or 3 channels, black at `low`, white at `high`. */
typedef struct hone_page_picture {
    const float *pixels;
    int64_t height, width, channels;
    double low, high;
} hone_page_picture;
hone_status hone_internal_page_picture(hone_text *page, const hone_page_picture *picture, const char *words);

/* ---- plots, as SVG within the page ---- */

typedef enum hone_page_mark { HONE_PAGE_LINE, HONE_PAGE_DOTS, HONE_PAGE_BARS } hone_page_mark;
typedef struct hone_page_series {
    hone_page_mark mark;
    const char *label; /* NULL: not in the legend */
    const double *x;   /* of bars: their left ends, all equally wide; NULL: 1, 2, ... */
    const double *y;
    size_t count;
    int colour; /* 1 blue, 2 orange, 3 green, 4 grey */
    bool dashed;
} hone_page_series;
typedef struct hone_page_plot {
    const char *title, *x_label, *y_label;
    const hone_page_series *series;
    size_t series_count;
    bool x_integers, y_logarithmic, unit_square, diagonal; /* both axes from 0 to 1; a line of y = x */
    bool from_zero;                                        /* the y axis */
    double bar_width;                                      /* of bars, in x */
    double vertical;                                       /* a line at this x, unless NaN */
} hone_page_plot;
void hone_internal_page_plot(hone_text *page, const hone_page_plot *plot);

#endif
