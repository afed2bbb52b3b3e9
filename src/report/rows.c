/* A page of runs: parallel coordinates in the page's colours, and a table of texts. */
#include "base/file.h"
#include "base/memory.h"
#include "charts/ticks.h"
#include "report/page.h"
#include <hone/charts.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPACING = 150, SIDE = 90, TOP = 44, PLOT = 300, BOTTOM = 16, MOST_AXES = 64 };

typedef struct frame {
    const hone_parallel *chart;
    hone_axis axes[MOST_AXES];
} frame;

static double x_of(size_t axis)
{
    return SIDE + (double)axis * SPACING;
}

static double y_of(const frame *in, size_t axis, double value)
{
    return TOP + PLOT * (1 - hone_internal_axis_place(&in->axes[axis], value));
}

static void find_range(frame *in, size_t index)
{
    const hone_parallel_axis *axis = &in->chart->axes[index];
    hone_axis range = hone_internal_axis(axis->logarithmic, false);
    for (size_t i = 0; i < in->chart->count; i++)
        if (hone_internal_axis_shows(&range, axis->values[i]))
            hone_internal_axis_include(&range, axis->values[i]);
    hone_internal_axis_close(&range, 0.02);
    if (axis->names != NULL)
        range = (hone_axis){.low = -0.5, .high = (double)axis->name_count - 0.5};
    in->axes[index] = range;
}

static void put_text(hone_text *page, const char *style, double x, double y, const char *anchor,
                     const char *text)
{
    hone_internal_text_format(page, "<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", style, x, y, anchor);
    hone_internal_page_say(page, text != NULL ? text : "");
    hone_internal_text_append(page, "</text>");
}

static void put_tick(hone_text *page, const frame *in, size_t axis, double value, const char *label)
{
    double x = x_of(axis), y = y_of(in, axis, value);
    hone_internal_text_format(page, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                              x - 4, y, x, y);
    put_text(page, "", x - 7, y + 4, "end", label);
}

static void put_axis(hone_text *page, const frame *in, size_t index)
{
    const hone_parallel_axis *axis = &in->chart->axes[index];
    hone_ticks ticks = {.count = 0};
    hone_internal_text_format(page, "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
                              x_of(index), TOP, x_of(index), TOP + PLOT);
    put_text(page, " class=\"title\"", x_of(index), TOP - 14, "middle", axis->title);
    for (size_t i = 0; axis->names != NULL && i < axis->name_count; i++)
        put_tick(page, in, index, (double)i, axis->names[i]);
    if (axis->names == NULL)
        hone_internal_ticks(&in->axes[index], 8, &ticks);
    for (size_t i = 0; i < ticks.count; i++)
        if (!ticks.items[i].minor)
            put_tick(page, in, index, ticks.items[i].value, ticks.items[i].label);
}

/* The runs come best first: the first is marked, and the others are fainter the later they come. */
static void put_run(hone_text *page, const frame *in, size_t run)
{
    const hone_parallel *chart = in->chart;
    bool best = run == 0, begun = false, failed = isnan(chart->axes[chart->axis_count - 1].values[run]);
    double rank = 1 - (double)run / (double)chart->count;
    hone_internal_text_format(
        page, "<path class=\"line %s%s\" style=\"stroke-width:%s;stroke-opacity:%.2f\" d=\"",
        best && !failed ? "k2"
        : failed        ? "k4"
                        : "k1",
        failed ? " dash" : "", best && !failed ? "3" : "1.3", best || failed ? 1 : 0.12 + 0.6 * rank * rank);
    for (size_t axis = 0; axis < chart->axis_count; axis++) {
        double y = y_of(in, axis, chart->axes[axis].values[run]);
        if (isfinite(y))
            hone_internal_text_format(page, "%c%.1f %.1f", begun ? 'L' : 'M', x_of(axis), y);
        begun = isfinite(y);
    }
    hone_internal_text_append(page, "\"/>");
}

static void put_chart(hone_text *page, const hone_parallel *chart)
{
    frame in = {.chart = chart};
    double width = 2.0 * SIDE + (double)(chart->axis_count - 1) * SPACING;
    hone_internal_text_format(
        page,
        "<div class=\"wide\"><svg class=\"plot\" style=\"min-width:%.0fpx;max-width:%.0fpx\" "
        "viewBox=\"0 0 %.0f %d\" role=\"img\">\n",
        width * 0.8, width * 1.5, width, TOP + PLOT + BOTTOM);
    for (size_t i = 0; i < chart->axis_count; i++)
        find_range(&in, i);
    for (size_t i = chart->count; i-- > 0;)
        put_run(page, &in, i);
    for (size_t i = 0; i < chart->axis_count; i++)
        put_axis(page, &in, i);
    hone_internal_text_append(page, "\n</svg></div>\n");
}

static void put_row(hone_text *page, const char *const *cells, size_t columns, const char *tag)
{
    hone_internal_text_append(page, "<tr>");
    for (size_t i = 0; i < columns; i++) {
        hone_internal_text_format(page, "<%s%s>", tag, i + 1 == columns ? " class=\"name long\"" : "");
        hone_internal_page_say(page, cells[i] != NULL ? cells[i] : "");
        hone_internal_text_format(page, "</%s>", tag);
    }
    hone_internal_text_append(page, "</tr>\n");
}

hone_status hone_report_table(const char *path, const hone_parallel *chart, const hone_report_rows *rows)
{
    hone_text page = {.data = NULL};
    if (path == NULL || chart == NULL || rows == NULL || rows->header == NULL || rows->cells == NULL)
        return hone_internal_fail_null(path == NULL ? "a path" : chart == NULL ? "a chart" : "rows");
    if (chart->axis_count < 2 || chart->axis_count > MOST_AXES || chart->count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%s: parallel coordinates need 2 to %d axes and at least one line", path, MOST_AXES);
    hone_internal_page_begin(&page, chart->title != NULL ? chart->title : "Runs");
    put_chart(&page, chart);
    hone_internal_text_append(&page,
                              "<p class=\"soft\">A line is a run; the best one is marked, and the others are "
                              "fainter the worse they are.</p>\n<div class=\"wide\"><table>\n");
    put_row(&page, rows->header, rows->columns, "th");
    for (size_t row = 0; row < rows->rows; row++)
        put_row(&page, rows->cells + row * rows->columns, rows->columns, "td");
    hone_internal_text_append(&page, "</table></div>\n");
    hone_internal_page_end(&page);
    hone_status status = page.failed ? HONE_ERROR_MEMORY : hone_write_file(path, page.data, page.length);
    hone_internal_text_free(&page);
    return status;
}
