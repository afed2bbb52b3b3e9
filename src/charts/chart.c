/* A chart: panels in a grid under a title. Decides the grid, then the ranges (shared ones first), then the
 * margins, and draws. */
#include "charts/chart.h"

#include "base/memory.h"
#include "charts/panel.h"
#include <math.h>

enum { MOST_PANELS = 256 };
static const double page_margin = 10, cell_gap = 14, compact_gap = 16, compact_row_gap = 4;

typedef struct page {
    const hone_chart *chart;
    hone_frame *frames;
    hone_margins *margins;
    size_t columns, rows;
    double cell_width, cell_height, last_extra, gap, row_gap, width, height;
    double title_height, head_height; /* head: title and shared legend */
    hone_canvas canvas;
} page;

static const hone_text_style chart_title_style = {.size = 15, .bold = true};
static const hone_text_style column_title_style = {.size = 11, .bold = true, .align = 0.5};

static size_t choose_columns(const hone_chart *chart)
{
    static const size_t chosen[] = {1, 1, 2, 3, 2, 3, 3, 4, 4, 3, 4, 4, 4};
    size_t count = chart->panel_count;
    if (chart->columns > 0)
        return chart->columns < count ? chart->columns : count;
    if (chart->compact)
        return count < 5 ? count : 5;
    return count < sizeof chosen / sizeof *chosen ? chosen[count] : 5;
}

static hone_status check(const hone_chart *chart)
{
    if (chart->panel_count == 0 || chart->panel_count > MOST_PANELS)
        return hone_fail(HONE_ERROR_ARGUMENT, "a chart has 1 to %d panels, not %zu", MOST_PANELS,
                         chart->panel_count);
    for (size_t i = 0; i < chart->panel_count; i++)
        HONE_TRY(hone_internal_frame_check(&chart->panels[i]));
    return HONE_OK;
}

/* Small panels of a column that share their x range have it written under the last one only. */
static bool labelled_below(const page *target, size_t index)
{
    const hone_chart *chart = target->chart;
    bool shared = chart->compact && chart->same_x && chart->column_titles;
    return shared && index + target->columns < chart->panel_count;
}

static void lay_grid(page *target)
{
    const hone_chart *chart = target->chart;
    target->columns = choose_columns(chart);
    target->rows = (chart->panel_count + target->columns - 1) / target->columns;
    target->cell_width = chart->panel_width > 0 ? chart->panel_width : chart->compact ? 190 : 400;
    target->cell_height = chart->panel_height > 0 ? chart->panel_height : chart->compact ? 96 : 350;
    target->gap = chart->compact ? compact_gap : cell_gap;
    target->row_gap = chart->compact ? compact_row_gap : cell_gap;
    target->last_extra = labelled_below(target, 0) ? 12 : 0;
    target->width =
        (double)target->columns * (target->cell_width + target->gap) - target->gap + 2 * page_margin;
}

static void join(hone_axis *all, const hone_axis *one)
{
    all->low = fmin(all->low, one->low);
    all->high = fmax(all->high, one->high);
}

/* Panels in the same group share ranges: those of a column under column titles, else all. */
static void share_ranges(page *target)
{
    const hone_chart *chart = target->chart;
    size_t groups = chart->column_titles ? target->columns : 1;
    for (size_t group = 0; group < groups; group++) {
        hone_axis x = target->frames[group].x, y = target->frames[group].y;
        for (size_t i = group; i < chart->panel_count; i += groups) {
            join(&x, &target->frames[i].x);
            join(&y, &target->frames[i].y);
        }
        for (size_t i = group; i < chart->panel_count; i += groups) {
            if (chart->same_x)
                target->frames[i].x = x;
            if (chart->same_y)
                target->frames[i].y = y;
        }
    }
}

static hone_status set_ranges(page *target)
{
    const hone_chart *chart = target->chart;
    for (size_t i = 0; i < chart->panel_count; i++) {
        hone_frame *frame = &target->frames[i];
        frame->chart = chart;
        frame->panel = &chart->panels[i];
        frame->unlabelled_x = labelled_below(target, i);
        hone_internal_frame_ranges(frame);
    }
    share_ranges(target);
    for (size_t i = 0; i < chart->panel_count; i++)
        HONE_TRY(hone_internal_frame_close_ranges(&target->frames[i]));
    return HONE_OK;
}

/* The page's height depends on the legend's, which needs letters to be measured: on a first, small canvas. */
static hone_status lay_head(page *target, const char *path)
{
    const hone_chart *chart = target->chart;
    hone_canvas trial = {0};
    hone_status status = hone_internal_canvas_open(&trial, path, 16, 16);
    target->title_height = chart->title ? 28 : 0;
    target->head_height = target->title_height;
    if (status == HONE_OK && chart->shared_legend)
        target->head_height +=
            hone_internal_legend_height(&trial, chart->panels, target->width - 4 * page_margin) + 4;
    if (chart->column_titles)
        target->head_height += 18;
    hone_internal_canvas_close(&trial);
    target->height = target->head_height + (double)target->rows * (target->cell_height + target->row_gap) -
                     target->row_gap + target->last_extra + 2 * page_margin;
    return status;
}

static void place_cells(page *target)
{
    for (size_t i = 0; i < target->chart->panel_count; i++) {
        size_t column = i % target->columns, row = i / target->columns;
        target->frames[i].cell = (hone_box){
            page_margin + (double)column * (target->cell_width + target->gap),
            page_margin + target->head_height + (double)row * (target->cell_height + target->row_gap),
            target->cell_width, target->cell_height + (row + 1 == target->rows ? target->last_extra : 0)};
    }
}

/* Margins alike within a row and within a column, so that plots stand in line. */
static void place_plots(page *target)
{
    size_t count = target->chart->panel_count;
    for (size_t i = 0; i < count; i++)
        target->margins[i] = hone_internal_frame_margins(&target->canvas, &target->frames[i]);
    for (size_t i = 0; i < count; i++) {
        hone_margins widest = {0};
        for (size_t other = 0; other < count; other++) {
            const hone_margins *margins = &target->margins[other];
            if (other % target->columns == i % target->columns) {
                widest.left = fmax(widest.left, margins->left);
                widest.right = fmax(widest.right, margins->right);
            }
            if (other / target->columns == i / target->columns) {
                widest.top = fmax(widest.top, margins->top);
                widest.bottom = fmax(widest.bottom, margins->bottom);
            }
        }
        hone_box *cell = &target->frames[i].cell;
        target->frames[i].plot = (hone_box){cell->left + widest.left, cell->top + widest.top,
                                            fmax(cell->width - widest.left - widest.right, 10),
                                            fmax(cell->height - widest.top - widest.bottom, 10)};
    }
}

static void draw_head(page *target)
{
    const hone_chart *chart = target->chart;
    hone_text_style title = chart_title_style, column = column_title_style;
    title.room = target->width - 4 * page_margin;
    column.room = target->cell_width;
    hone_internal_canvas_text(&target->canvas, 2 * page_margin, page_margin + 16, chart->title, &title);
    if (chart->shared_legend)
        hone_internal_legend_draw(&target->canvas, chart->panels, 2 * page_margin,
                                  page_margin + target->title_height, target->width - 4 * page_margin);
    for (size_t i = 0; i < target->columns && chart->column_titles; i++) {
        const hone_box *plot = &target->frames[i].plot;
        hone_internal_canvas_text(&target->canvas, plot->left + plot->width / 2,
                                  page_margin + target->head_height - 6, chart->column_titles[i], &column);
    }
}

static hone_status draw(page *target, const char *path)
{
    lay_grid(target);
    HONE_TRY(set_ranges(target));
    HONE_TRY(lay_head(target, path));
    HONE_TRY(hone_internal_canvas_open(&target->canvas, path, target->width, target->height));
    place_cells(target);
    place_plots(target);
    draw_head(target);
    for (size_t i = 0; i < target->chart->panel_count; i++)
        hone_internal_frame_draw(&target->canvas, &target->frames[i]);
    return hone_internal_canvas_save(&target->canvas, path);
}

hone_status hone_chart_write(const char *path, const hone_chart *chart)
{
    HONE_TRY(hone_internal_chart_check_path(path));
    HONE_TRY(check(chart));
    page target = {.chart = chart};
    target.frames = hone_internal_allocate_zeroed(chart->panel_count, sizeof *target.frames);
    target.margins = hone_internal_allocate_zeroed(chart->panel_count, sizeof *target.margins);
    hone_status status = target.frames && target.margins ? draw(&target, path) : HONE_ERROR_MEMORY;
    hone_internal_canvas_close(&target.canvas);
    hone_internal_free(target.margins);
    hone_internal_free(target.frames);
    return status;
}
