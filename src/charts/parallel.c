/* Parallel coordinates: an upright axis for each number, and a line across them for each run. Lines are the
 * stronger the better their result on the last axis is, and the best one is drawn last, in red. */
#include "base/memory.h"
#include "charts/canvas.h"
#include "charts/chart.h"
#include "charts/ticks.h"

#include <math.h>
#include <stdlib.h>

enum { SPACING = 150, SIDE = 84, TOP = 78, PLOT = 300, BOTTOM = 26, MOST_AXES = 64, MOST_NAMES = 64 };

typedef struct page {
    const hone_parallel *chart;
    hone_canvas canvas;
    hone_axis axes[MOST_AXES];
    double top;
} page;

static const hone_text_style tick_style = {.size = 9, .align = 1, .ink = HONE_INK_SOFT, .halo = true},
                             axis_style = {.size = 10.5, .bold = true, .align = 0.5, .room = SPACING - 10},
                             title_style = {.size = 14, .bold = true};

static double x_of(size_t axis)
{
    return SIDE + (double)axis * SPACING;
}

/* NaN when there is nothing to show. */
static double y_of(const page *on, size_t axis, double value)
{
    return on->top + PLOT * (1 - hone_internal_axis_place(&on->axes[axis], value));
}

static void find_range(page *on, size_t index)
{
    const hone_parallel_axis *axis = &on->chart->axes[index];
    hone_axis *range = &on->axes[index];
    *range = hone_internal_axis(axis->logarithmic, axis->names != NULL);
    for (size_t i = 0; axis->names == NULL && i < on->chart->count; i++)
        if (hone_internal_axis_shows(range, axis->values[i]))
            hone_internal_axis_include(range, axis->values[i]);
    for (size_t i = 0; axis->names != NULL && i < axis->name_count; i++)
        hone_internal_axis_include(range, (double)i);
    hone_internal_axis_close(range, 0.02);
    if (axis->names != NULL)
        *range = (hone_axis){.low = -0.5, .high = (double)axis->name_count - 0.5};
}

/* ---- drawing ---- */

static void draw_tick(page *on, size_t axis, double value, const char *label)
{
    double x = x_of(axis), y = y_of(on, axis, value);
    hone_text_style style = tick_style;
    style.room = axis == 0 ? SIDE - 12 : SPACING / 2.0;
    hone_internal_canvas_ink(&on->canvas, HONE_INK_AXIS, 1);
    cairo_set_line_width(on->canvas.cairo, 1);
    hone_internal_canvas_line(&on->canvas, x - 4, y, x, y);
    hone_internal_canvas_text(&on->canvas, x - 7, y + 3.2, label, &style);
}

static void draw_axis(page *on, size_t index)
{
    const hone_parallel_axis *axis = &on->chart->axes[index];
    hone_ticks ticks = {.count = 0};
    hone_internal_canvas_ink(&on->canvas, HONE_INK_AXIS, 1);
    cairo_set_line_width(on->canvas.cairo, 1);
    hone_internal_canvas_line(&on->canvas, x_of(index), on->top, x_of(index), on->top + PLOT);
    hone_internal_canvas_text(&on->canvas, x_of(index), on->top - 12, axis->title, &axis_style);
    for (size_t i = 0; axis->names != NULL && i < axis->name_count; i++)
        draw_tick(on, index, (double)i, axis->names[i]);
    if (axis->names == NULL)
        hone_internal_ticks(&on->axes[index], 8, &ticks);
    for (size_t i = 0; i < ticks.count; i++)
        if (!ticks.items[i].minor)
            draw_tick(on, index, ticks.items[i].value, ticks.items[i].label);
}

static void draw_line(page *on, size_t run)
{
    bool begun = false;
    for (size_t axis = 0; axis < on->chart->axis_count; axis++) {
        double y = y_of(on, axis, on->chart->axes[axis].values[run]);
        if (!isfinite(y))
            begun = false;
        else if (begun)
            cairo_line_to(on->canvas.cairo, x_of(axis), y);
        else
            cairo_move_to(on->canvas.cairo, x_of(axis), y);
        begun = isfinite(y);
    }
    cairo_stroke(on->canvas.cairo);
}

static void draw_best(page *on, size_t run)
{
    hone_internal_canvas_ink(&on->canvas, HONE_COLOUR_RED, 1);
    cairo_set_line_width(on->canvas.cairo, 2.6);
    draw_line(on, run);
    for (size_t axis = 0; axis < on->chart->axis_count; axis++) {
        double y = y_of(on, axis, on->chart->axes[axis].values[run]);
        if (isfinite(y))
            hone_internal_canvas_dot(&on->canvas, x_of(axis), y, 3.6);
    }
}

/* ---- the order: failed runs, then the worst first ---- */

typedef struct place {
    double result;
    size_t run;
} place;

/* Lower is better here; NaN is worst. */
static int by_result(const void *left, const void *right)
{
    const place *a = left, *b = right;
    if (isnan(a->result) != isnan(b->result))
        return isnan(a->result) ? -1 : 1;
    if (!isnan(a->result) && a->result != b->result)
        return a->result > b->result ? -1 : 1;
    return a->run > b->run ? -1 : a->run < b->run;
}

static void draw_lines(page *on, place *places)
{
    const hone_parallel *chart = on->chart;
    const double *results = chart->axes[chart->axis_count - 1].values;
    for (size_t i = 0; i < chart->count; i++)
        places[i] = (place){chart->highest ? -results[i] : results[i], i};
    qsort(places, chart->count, sizeof *places, by_result);
    for (size_t i = 0; i < chart->count; i++) {
        bool failed = isnan(places[i].result);
        double rank = chart->count > 1 ? (double)i / (double)(chart->count - 1) : 1;
        hone_internal_canvas_ink(&on->canvas, failed ? HONE_COLOUR_GREY : HONE_COLOUR_BLUE,
                                 failed ? 0.5 : 0.12 + 0.6 * rank * rank);
        hone_internal_canvas_dash(&on->canvas, failed);
        cairo_set_line_width(on->canvas.cairo, 1.2);
        draw_line(on, places[i].run);
    }
    hone_internal_canvas_dash(&on->canvas, false);
    if (chart->count > 0 && !isnan(places[chart->count - 1].result))
        draw_best(on, places[chart->count - 1].run);
}

static hone_status draw(page *on, const char *path, place *places)
{
    const hone_parallel *chart = on->chart;
    double width = 2.0 * SIDE + (double)(chart->axis_count - 1) * SPACING;
    on->top = chart->title != NULL ? TOP : TOP - 30;
    HONE_TRY(hone_internal_canvas_open(&on->canvas, path, width, on->top + PLOT + BOTTOM));
    hone_text_style style = title_style;
    style.room = width - 32;
    hone_internal_canvas_text(&on->canvas, 16, 28, chart->title, &style);
    for (size_t i = 0; i < chart->axis_count; i++)
        find_range(on, i);
    draw_lines(on, places);
    for (size_t i = 0; i < chart->axis_count; i++)
        draw_axis(on, i);
    return hone_internal_canvas_save(&on->canvas, path);
}

static hone_status check(const hone_parallel *chart)
{
    if (chart == NULL || chart->axes == NULL)
        return hone_internal_fail_null(chart == NULL ? "a chart" : "axes");
    if (chart->axis_count < 2 || chart->axis_count > MOST_AXES || chart->count == 0)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "parallel coordinates need 2 to %d axes and at least one line, not %zu axes and %zu lines",
            MOST_AXES, chart->axis_count, chart->count);
    for (size_t i = 0; i < chart->axis_count; i++)
        if (chart->axes[i].values == NULL || (chart->axes[i].names != NULL && chart->axes[i].name_count == 0))
            return hone_fail(HONE_ERROR_ARGUMENT, "axis %zu of the parallel coordinates has no %s", i,
                             chart->axes[i].values == NULL ? "values" : "names");
    return HONE_OK;
}

hone_status hone_parallel_write(const char *path, const hone_parallel *chart)
{
    HONE_TRY(hone_internal_chart_check_path(path));
    HONE_TRY(check(chart));
    page on = {.chart = chart};
    place *places = hone_internal_allocate_zeroed(chart->count, sizeof *places);
    hone_status status = places == NULL ? HONE_ERROR_MEMORY : draw(&on, path, places);
    hone_internal_canvas_close(&on.canvas);
    hone_internal_free(places);
    return status;
}
