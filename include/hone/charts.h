/* Charts and sheets of images, drawn into a PNG (at twice the stated size, for sharp screens) or an SVG, by
 * the path's extension. Plain structs that borrow the caller's arrays; zero is a sensible default for every
 * member. The same content gives the same bytes. Files are written whole or not at all. */
#ifndef HONE_CHARTS_H
#define HONE_CHARTS_H

#include <hone/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The curves of a training run: one panel per metric (the first twelve), loss first, training solid and
 * validation dashed, the best epoch marked. */
hone_status hone_plot_history(const hone_history *history, const char *path);

typedef enum hone_series_kind {
    HONE_SERIES_LINE,
    HONE_SERIES_POINTS,
    HONE_SERIES_BAND,      /* filled from y - deviation to y + deviation */
    HONE_SERIES_AREA,      /* filled from 0 (the foot of a logarithmic axis) to y */
    HONE_SERIES_HISTOGRAM, /* y: counts of equal bins from `low` to `high` (equal on the axis, so in the
                              logarithm on a logarithmic one) */
    HONE_SERIES_BARS /* a bar along x for each of the panel's categories, `y` long, with its deviation */
} hone_series_kind;

/* Colour-blind people can distinguish colours 1 to 8; 0 takes the next one. */
enum {
    HONE_COLOUR_NEXT,
    HONE_COLOUR_BLUE,
    HONE_COLOUR_RED,
    HONE_COLOUR_GREEN,
    HONE_COLOUR_PINK,
    HONE_COLOUR_ORANGE,
    HONE_COLOUR_SKY,
    HONE_COLOUR_GREY,
    HONE_COLOUR_BROWN,
    HONE_COLOURS = HONE_COLOUR_BROWN
};

/* Numbers that are not finite, or not positive on a logarithmic axis, leave gaps. */
typedef struct hone_series {
    hone_series_kind kind;
    const char *label; /* in the legend; NULL: not there */
    const double *x;   /* NULL: 0, 1, 2, ... */
    const double *y;
    const double *deviation; /* of bands and bars */
    size_t count;
    double low, high; /* of a histogram */
    int colour;
    bool dashed;
} hone_series;

typedef enum hone_mark_kind {
    HONE_MARK_POINT,     /* at (x, y) */
    HONE_MARK_VERTICAL,  /* a line at x */
    HONE_MARK_HORIZONTAL /* a line at y */
} hone_mark_kind;

typedef struct hone_mark {
    hone_mark_kind kind;
    double x, y;
    const char *label; /* NULL: none */
    int colour;        /* 0: grey */
} hone_mark;

typedef struct hone_panel {
    const char *title, *x_label, *y_label; /* NULL: none */
    bool x_logarithmic, y_logarithmic;
    bool x_integers;                 /* ticks at whole numbers only: epochs */
    double x_limits[2], y_limits[2]; /* from, to; equal: from the data */
    const hone_series *series;
    size_t series_count;
    const hone_mark *marks;
    size_t mark_count;
    const char *const
        *categories; /* names of the bars, as many as the longest series of bars has. If
                        x_limits exclude 0, dots are drawn, because the lengths of bars would mislead */
} hone_panel;

typedef struct hone_chart {
    const char *title;
    const hone_panel *panels;
    size_t panel_count;
    size_t columns;                   /* of the grid; 0: chosen */
    double panel_width, panel_height; /* 0: 400 and 350, compact 190 and 96 */
    const char *const *column_titles; /* above each column of the grid; NULL: none */
    bool compact;                     /* small panels without y ticks, for many histograms */
    bool same_x, same_y; /* one range for all panels; with column titles, for those of a column */
    bool shared_legend;  /* one legend under the title (the first panel's) in place of one per panel */
} hone_chart;

/* Errors: another extension, nothing to draw, a chart that is too large, files, memory. */
hone_status hone_chart_write(const char *path, const hone_chart *chart);

/* Runs side by side, as parallel coordinates: an upright axis for each number, the result last, and a line
 * for each run. Lines are the fainter the worse their result is, and the best one is marked; a run without a
 * result (NaN) is grey. */
typedef struct hone_parallel_axis {
    const char *title;
    const double *values;     /* one for each run; NaN: none */
    const char *const *names; /* of the values 0, 1, 2, ...; NULL: they are numbers */
    size_t name_count;
    bool logarithmic;
} hone_parallel_axis;

typedef struct hone_parallel {
    const char *title;
    const hone_parallel_axis *axes; /* 2 to 64 */
    size_t axis_count;
    size_t count; /* of runs */
    bool highest; /* the highest result is the best */
} hone_parallel;

hone_status hone_parallel_write(const char *path, const hone_parallel *chart);

/* The same and a table of texts, as a page of HTML; runs and rows come best first. */
typedef struct hone_report_rows {
    const char *const *header; /* of the columns */
    const char *const *cells;  /* row after row */
    size_t columns, rows;
} hone_report_rows;

hone_status hone_report_table(const char *path, const hone_parallel *chart, const hone_report_rows *rows);

/* Images in a grid. */
typedef struct hone_sheet {
    const char *title;
    const float *pixels; /* (count, height, width, channels); channels 1 or 3 */
    size_t count, height, width, channels;
    double low, high;          /* drawn black and white; equal: the smallest and largest of all */
    size_t columns;            /* 0: chosen */
    size_t scale;              /* points per pixel; 0: chosen */
    const char *const *labels; /* under each image; NULL: none, also single ones */
    const bool *marked;        /* labels to be drawn in red; NULL: none */
} hone_sheet;

hone_status hone_sheet_write(const char *path, const hone_sheet *sheet);

#ifdef __cplusplus
}
#endif
#endif
