/* The history of a fit. */
#include "train/history.h"
#include "base/error.h"
#include "base/memory.h"

#include <string.h>

hone_history *hone_internal_history_create(void)
{
    hone_history *history = hone_internal_allocate_zeroed(1, sizeof *history);
    if (history != NULL)
        history->best_epoch = -1;
    return history;
}

void hone_internal_history_forget(hone_history *history)
{
    for (size_t i = 0; i < history->row_count; i++)
        hone_internal_free(history->rows[i].cells);
    history->row_count = 0;
}

void hone_internal_history_free(hone_history *history)
{
    if (history == NULL)
        return;
    hone_internal_history_forget(history);
    for (int i = 0; i < history->name_count; i++)
        hone_internal_free(history->names[i]);
    hone_internal_arena_free(&history->lists);
    hone_internal_free(history->names);
    hone_internal_free(history->order);
    hone_internal_free(history->rows);
    hone_internal_free(history->stopped_by);
    hone_internal_free(history);
}

static int find_name(const hone_history *history, const char *name)
{
    for (int i = 0; i < history->name_count; i++)
        if (strcmp(history->names[i], name) == 0)
            return i;
    return -1;
}

static void sort_names(hone_history *history)
{
    for (int i = 0; i < history->name_count; i++) {
        int j = i;
        for (; j > 0 && strcmp(history->names[history->order[j - 1]], history->names[i]) > 0; j--)
            history->order[j] = history->order[j - 1];
        history->order[j] = i;
    }
}

const char *hone_internal_history_name(hone_history *history, const char *name)
{
    int known = find_name(history, name);
    if (known >= 0)
        return history->names[known];
    size_t count = (size_t)history->name_count + 1;
    char **names = hone_internal_reallocate(history->names, sizeof *names * count);
    if (names == NULL)
        return NULL;
    history->names = names;
    int *order = hone_internal_reallocate(history->order, sizeof *order * count);
    if (order == NULL)
        return NULL;
    history->order = order;
    char *copy = hone_internal_copy_text(name);
    if (copy == NULL)
        return NULL;
    history->names[history->name_count++] = copy;
    sort_names(history);
    return copy;
}

/* What the logs have under a name, a list copied; a count without a list is a failed allocation. */
static hone_history_cell cell_of(const hone_logs *logs, const char *name, hone_arena *memory)
{
    hone_log log = hone_internal_logs_get(logs, name);
    if (log.name == NULL)
        return (hone_history_cell){.value = HONE_NONE};
    hone_history_cell cell = {.given = true,
                              .value = log.count == 1 ? log.values[0] : HONE_NONE,
                              .list_count = log.list ? log.count : 0};
    if (log.list)
        cell.list = hone_internal_logs_copy_list(log.values, log.count, memory);
    return cell;
}

hone_status hone_internal_history_add(hone_history *history, int64_t epoch, const hone_logs *logs,
                                      double seconds, double learning_rate)
{
    for (int i = 0; i < hone_logs_count(logs); i++)
        if (hone_internal_history_name(history, hone_logs_at(logs, i).name) == NULL)
            return HONE_ERROR_MEMORY;
    HONE_TRY(hone_internal_grow(&history->rows, &history->row_capacity, history->row_count + 1,
                                sizeof *history->rows));
    hone_history_cell *cells = hone_internal_allocate(sizeof *cells * (size_t)(history->name_count + 1));
    if (cells == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < history->name_count; i++) {
        cells[i] = cell_of(logs, history->names[i], &history->lists);
        if (cells[i].list != NULL || cells[i].list_count == 0)
            continue;
        hone_internal_free(cells);
        return HONE_ERROR_MEMORY;
    }
    history->rows[history->row_count++] =
        (hone_history_row){epoch, seconds, learning_rate, cells, history->name_count};
    return HONE_OK;
}

int64_t hone_history_epoch_count(const hone_history *history)
{
    return history == NULL ? 0 : (int64_t)history->row_count;
}

static const hone_history_row *row_at(const hone_history *history, int64_t row)
{
    return history == NULL || row < 0 || row >= (int64_t)history->row_count ? NULL : &history->rows[row];
}

int64_t hone_history_epoch(const hone_history *history, int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    return found == NULL ? -1 : found->epoch;
}

double hone_history_seconds(const hone_history *history, int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    return found == NULL ? HONE_NONE : found->seconds;
}

double hone_history_learning_rate(const hone_history *history, int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    return found == NULL ? HONE_NONE : found->learning_rate;
}

int hone_history_metric_count(const hone_history *history)
{
    return history == NULL ? 0 : history->name_count;
}

const char *hone_history_name(const hone_history *history, int metric)
{
    if (history == NULL || metric < 0 || metric >= history->name_count)
        return NULL;
    return history->names[history->order[metric]];
}

const hone_history_cell *hone_internal_history_cell(const hone_history *history, const char *name,
                                                    int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    int column = found == NULL ? -1 : find_name(history, name);
    return column < 0 || column >= found->count ? NULL : &found->cells[column];
}

double hone_history_value(const hone_history *history, const char *name, int64_t row)
{
    const hone_history_cell *cell = hone_internal_history_cell(history, name, row);
    return cell == NULL ? HONE_NONE : cell->value;
}

int hone_history_values(const hone_history *history, const char *name, int64_t row, double *values,
                        int capacity)
{
    const hone_history_cell *cell = hone_internal_history_cell(history, name, row);
    if (cell == NULL || !cell->given)
        return 0;
    return cell->list != NULL ? hone_internal_logs_give(cell->list, cell->list_count, values, capacity)
                              : hone_internal_logs_give(&cell->value, 1, values, capacity);
}

bool hone_history_is_list(const hone_history *history, const char *name, int64_t row)
{
    const hone_history_cell *cell = hone_internal_history_cell(history, name, row);
    return cell != NULL && cell->list != NULL;
}

double hone_internal_one_value(double value, const double *list, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += list[i];
    return count > 0 ? sum / count : value;
}

double hone_internal_history_one_value(const hone_history *history, const char *name, int64_t row)
{
    const hone_history_cell *cell = hone_internal_history_cell(history, name, row);
    return cell == NULL ? HONE_NONE : hone_internal_one_value(cell->value, cell->list, cell->list_count);
}

double hone_history_last(const hone_history *history, const char *name)
{
    return hone_history_value(history, name, hone_history_epoch_count(history) - 1);
}

const char *hone_history_stopped_by(const hone_history *history)
{
    return history == NULL ? NULL : history->stopped_by;
}

/* The epoch with the lowest number under a name, or -1. */
static int64_t lowest(const hone_history *history, const char *name)
{
    int64_t best = -1;
    double least = HUGE_VAL;
    for (int64_t row = 0; row < hone_history_epoch_count(history); row++) {
        double value = hone_history_value(history, name, row);
        if (value < least) {
            least = value;
            best = hone_history_epoch(history, row);
        }
    }
    return best;
}

int64_t hone_history_best_epoch(const hone_history *history)
{
    if (history == NULL)
        return -1;
    if (history->best_epoch >= 0)
        return history->best_epoch;
    int64_t best = lowest(history, "val_loss");
    return best >= 0 ? best : lowest(history, "loss");
}
