/* Training curves. */
#include "charts/curves.h"

#include "base/memory.h"
#include "charts/chart.h"
#include "charts/curve_table.h"
#include "charts/ticks.h"
#include "train/history.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CURVE_PANELS = 12, TITLE_SIZE = 80, LABEL_SIZE = 64, NOT_FOUND = -1 };

/* What the panels point to. */
typedef struct plot {
    const hone_history_plot *history;
    double *epochs; /* from 1 */
    int64_t best;   /* its place among the epochs, or NOT_FOUND */
    hone_panel panels[MOST_CURVE_PANELS];
    hone_series series[MOST_CURVE_PANELS][2];
    hone_mark marks[MOST_CURVE_PANELS][2];
    char titles[MOST_CURVE_PANELS][TITLE_SIZE];
    char labels[MOST_CURVE_PANELS][LABEL_SIZE];
    size_t count;
} plot;

static bool is_validation(const char *name)
{
    return strncmp(name, "val_", 4) == 0;
}

static const double *find_values(const hone_history_plot *history, const char *prefix, const char *name)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < history->name_count; i++)
        if (strncmp(history->names[i], prefix, length) == 0 && strcmp(history->names[i] + length, name) == 0)
            return history->values[i];
    return NULL;
}

static int64_t place_of_least(const double *values, size_t count)
{
    int64_t best = NOT_FOUND;
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]) && (best == NOT_FOUND || values[i] < values[best]))
            best = (int64_t)i;
    return best;
}

static int64_t epoch_at(const hone_history_plot *history, size_t i)
{
    return history->epochs ? history->epochs[i] : (int64_t)i;
}

static int64_t find_best(const hone_history_plot *history)
{
    for (size_t i = 0; i < history->epoch_count && history->best_epoch >= 0; i++)
        if (epoch_at(history, i) == history->best_epoch)
            return (int64_t)i;
    if (history->best_epoch >= 0)
        return NOT_FOUND;
    const double *judged = find_values(history, "val_", "loss");
    if (!judged || place_of_least(judged, history->epoch_count) == NOT_FOUND)
        judged = find_values(history, "", "loss");
    return judged ? place_of_least(judged, history->epoch_count) : NOT_FOUND;
}

static void add_series(plot *target, size_t panel, const double *values, bool validation)
{
    if (!values)
        return;
    target->series[panel][target->panels[panel].series_count++] = (hone_series){
        .label = validation ? "validation" : "training",
        .x = target->epochs,
        .y = values,
        .count = target->history->epoch_count,
        .colour = validation ? HONE_COLOUR_RED : HONE_COLOUR_BLUE,
        .dashed = validation,
    };
}

/* The best epoch: a line in each panel, and the number reached there on the curve that counts. */
static void add_marks(plot *target, size_t panel, const double *judged)
{
    if (target->best == NOT_FOUND)
        return;
    double x = target->epochs[target->best], y = judged[target->best];
    char number[40];
    hone_internal_number_short(y, number, sizeof number);
    bool alone = target->history->epoch_count == 1;
    snprintf(target->labels[panel], LABEL_SIZE, alone ? "%s" : "%s at epoch %.0f", number, x);
    target->marks[panel][0] = (hone_mark){.kind = HONE_MARK_VERTICAL, .x = x};
    target->marks[panel][1] =
        (hone_mark){.kind = HONE_MARK_POINT,
                    .x = x,
                    .y = y,
                    .label = target->labels[panel],
                    .colour = target->series[panel][target->panels[panel].series_count - 1].colour};
    target->panels[panel].marks = target->marks[panel];
    target->panels[panel].mark_count = isfinite(y) ? 2 : 1;
}

static bool positive(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]) && values[i] <= 0)
            return false;
    return true;
}

/* A loss that falls by three powers of ten shows nothing on an axis of equal steps. */
static bool falls_far(const double *values, size_t count)
{
    double low = HUGE_VAL, high = 0;
    for (size_t i = 0; values != NULL && i < count; i++)
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    return low > 0 && high > 1000 * low;
}

static void add_panel(plot *target, const char *name)
{
    if (target->count == MOST_CURVE_PANELS)
        return;
    const hone_history_plot *history = target->history;
    size_t panel = target->count++;
    const double *training = find_values(history, "", name), *validation = find_values(history, "val_", name);
    bool rate = strcmp(name, "learning_rate") == 0, loss = strcmp(name, "loss") == 0;
    bool far = loss && falls_far(training, history->epoch_count) &&
               (!validation || positive(validation, history->epoch_count));
    hone_internal_curve_title(name, target->titles[panel], TITLE_SIZE);
    target->panels[panel] =
        (hone_panel){.title = target->titles[panel],
                     .x_label = "epoch",
                     .x_integers = true,
                     .series = target->series[panel],
                     .y_logarithmic = (rate && positive(training, history->epoch_count)) || far};
    add_series(target, panel, training, false);
    add_series(target, panel, validation, true);
    if (!validation)
        target->series[panel][0].label = NULL;
    if (!rate)
        add_marks(target, panel, validation ? validation : training);
}

/* Loss, then the metrics in their order, then the learning rate. */
static void add_panels(plot *target)
{
    const hone_history_plot *history = target->history;
    const char *rate = "learning_rate";
    if (find_values(history, "", "loss") || find_values(history, "val_", "loss"))
        add_panel(target, "loss");
    for (size_t i = 0; i < history->name_count; i++) {
        const char *name = history->names[i];
        if (is_validation(name) && find_values(history, "", name + 4))
            continue;
        const char *base = is_validation(name) ? name + 4 : name;
        if (strcmp(base, "loss") != 0 && strcmp(base, rate) != 0)
            add_panel(target, base);
    }
    if (find_values(history, "", rate))
        add_panel(target, rate);
}

hone_status hone_internal_plot_history(const char *path, const hone_history_plot *history)
{
    HONE_TRY(hone_internal_chart_check_path(path));
    plot target = {.history = history, .best = find_best(history)};
    target.epochs = hone_internal_allocate_zeroed(history->epoch_count + 1, sizeof *target.epochs);
    if (!target.epochs)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < history->epoch_count; i++)
        target.epochs[i] = (double)epoch_at(history, i) + 1;
    add_panels(&target);
    hone_status status = hone_chart_write(
        path, &(hone_chart){.title = history->title, .panels = target.panels, .panel_count = target.count});
    hone_internal_free(target.epochs);
    return status;
}

/* ---- a history as a plot ---- */

/* A history's values by column; one value where a metric has several. */
typedef struct history_columns {
    double **values;
    const char **names;
    int64_t *epochs;
    size_t count;
} history_columns;

static hone_status fill_columns(const hone_history *history, size_t rows, history_columns *table)
{
    table->values = hone_internal_allocate_zeroed(table->count + 1, sizeof *table->values);
    table->names = hone_internal_allocate_zeroed(table->count + 1, sizeof *table->names);
    table->epochs = hone_internal_allocate_zeroed(rows + 1, sizeof *table->epochs);
    if (!table->values || !table->names || !table->epochs)
        return HONE_ERROR_MEMORY;
    for (size_t row = 0; row < rows; row++)
        table->epochs[row] = hone_history_epoch(history, (int64_t)row);
    for (size_t i = 0; i < table->count; i++) {
        table->names[i] = hone_history_name(history, (int)i);
        table->values[i] = hone_internal_allocate_zeroed(rows + 1, sizeof **table->values);
        if (!table->values[i])
            return HONE_ERROR_MEMORY;
        for (size_t row = 0; row < rows; row++)
            table->values[i][row] = hone_internal_history_one_value(history, table->names[i], (int64_t)row);
    }
    return HONE_OK;
}

static void free_columns(history_columns *table)
{
    for (size_t i = 0; table->values && i < table->count; i++)
        hone_internal_free(table->values[i]);
    hone_internal_free(table->values);
    hone_internal_free(table->names);
    hone_internal_free(table->epochs);
}

hone_status hone_plot_history(const hone_history *history, const char *path)
{
    size_t rows = (size_t)hone_history_epoch_count(history);
    history_columns table = {.count = (size_t)hone_history_metric_count(history)};
    hone_status status;

    if (!history || !path)
        return hone_internal_fail_null(history ? "a path" : "a history");
    status = fill_columns(history, rows, &table);
    if (status >= 0)
        status = hone_internal_plot_history(path, &(hone_history_plot){
                                                      .names = table.names,
                                                      .values = (const double *const *)table.values,
                                                      .name_count = table.count,
                                                      .epochs = table.epochs,
                                                      .epoch_count = rows,
                                                      .best_epoch = hone_history_best_epoch(history),
                                                  });
    free_columns(&table);
    return status;
}
