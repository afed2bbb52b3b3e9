/* The picture of a search for a learning rate. */
#include "base/memory.h"
#include "charts/chart.h"
#include <hone/look.h>

#include <math.h>
#include <stdio.h>

hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path)
{
    HONE_TRY(hone_internal_chart_check_path(path));
    size_t count = (size_t)search->count;
    double *columns = hone_internal_allocate_zeroed(3 * count, sizeof *columns), *rates = columns, top = 0,
           bottom = HUGE_VAL;
    if (columns == NULL)
        return HONE_ERROR_MEMORY;
    double *losses = columns + count, *smooth = columns + 2 * count;
    for (size_t i = 0; i < count; i++) {
        rates[i] = search->points[i].rate;
        losses[i] = search->points[i].loss;
        smooth[i] = search->points[i].smooth;
        top = fmax(top, smooth[i]);
        bottom = fmin(bottom, fmin(smooth[i], losses[i]));
    }
    const hone_series series[] = {{.kind = HONE_SERIES_LINE,
                                   .label = "each step",
                                   .x = rates,
                                   .y = losses,
                                   .count = count,
                                   .colour = HONE_COLOUR_SKY},
                                  {.kind = HONE_SERIES_LINE,
                                   .label = "averaged",
                                   .x = rates,
                                   .y = smooth,
                                   .count = count,
                                   .colour = HONE_COLOUR_BLUE}};
    char label[64];
    snprintf(label, sizeof label, "suggested: %.2g", search->suggestion);
    const hone_mark marks[] = {
        {.kind = HONE_MARK_VERTICAL, .x = search->suggestion, .label = label, .colour = HONE_COLOUR_RED}};
    const hone_panel panel = {.x_label = "learning rate",
                              .y_label = "loss",
                              .x_logarithmic = true,
                              .y_limits = {bottom, top * 1.1},
                              .series = series,
                              .series_count = 2,
                              .marks = marks,
                              .mark_count = 1};
    const hone_chart chart = {
        .title = "Loss against learning rate", .panels = &panel, .panel_count = 1, .panel_width = 640};
    hone_status status = hone_chart_write(path, &chart);
    hone_internal_free(columns);
    return status;
}
