/* The history of a fit, and logs: numbers by name. */
#include "train/history.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

bool hone_logs_get(const hone_logs *logs, const char *name, double *value)
{
    *value = HONE_NONE;
    for (int i = 0; i < logs->count; i++) {
        if (strcmp(logs->names[i], name) != 0)
            continue;
        *value = logs->values[i];
        return true;
    }
    return false;
}

hone_status hone_logs_set(hone_logs *logs, const char *name, double value)
{
    int place = 0;
    while (place < logs->count && strcmp(logs->names[place], name) < 0)
        place++;
    if (place < logs->count && strcmp(logs->names[place], name) == 0) {
        logs->values[place] = value;
        return HONE_OK;
    }
    if (logs->count == HONE_MAX_LOGS)
        return hone_fail(HONE_ERROR_STATE, "more than %d numbers in the logs", HONE_MAX_LOGS);
    memmove(logs->names + place + 1, logs->names + place,
            sizeof *logs->names * (size_t)(logs->count - place));
    memmove(logs->values + place + 1, logs->values + place,
            sizeof *logs->values * (size_t)(logs->count - place));
    logs->names[place] = name;
    logs->values[place] = value;
    logs->count++;
    return HONE_OK;
}

hone_history *hone_internal_history_create(void)
{
    hone_history *history = hone_internal_allocate_zeroed(1, sizeof *history);
    if (history != NULL)
        history->best_epoch = -1;
    return history;
}

void hone_internal_history_free(hone_history *history)
{
    if (history == NULL)
        return;
    for (int i = 0; i < history->name_count; i++)
        hone_internal_free(history->names[i]);
    for (size_t i = 0; i < history->row_count; i++)
        hone_internal_free(history->rows[i].values);
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

hone_status hone_internal_history_add(hone_history *history, int64_t epoch, const hone_logs *logs,
                                      double seconds, double learning_rate)
{
    for (int i = 0; i < logs->count; i++)
        if (hone_internal_history_name(history, logs->names[i]) == NULL)
            return HONE_ERROR_MEMORY;
    HONE_TRY(hone_internal_grow(&history->rows, &history->row_capacity, history->row_count + 1,
                                sizeof *history->rows));
    double *values = hone_internal_allocate(sizeof *values * (size_t)(history->name_count + 1));
    if (values == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < history->name_count; i++)
        hone_logs_get(logs, history->names[i], &values[i]);
    history->rows[history->row_count++] =
        (hone_history_row){epoch, seconds, learning_rate, values, history->name_count};
    return HONE_OK;
}

int64_t hone_history_epochs(const hone_history *history)
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

double hone_internal_history_rate(const hone_history *history, int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    return found == NULL ? HONE_NONE : found->learning_rate;
}

int hone_history_metrics(const hone_history *history)
{
    return history == NULL ? 0 : history->name_count;
}

const char *hone_history_name(const hone_history *history, int metric)
{
    if (history == NULL || metric < 0 || metric >= history->name_count)
        return NULL;
    return history->names[history->order[metric]];
}

double hone_history_value(const hone_history *history, const char *name, int64_t row)
{
    const hone_history_row *found = row_at(history, row);
    int column = found == NULL ? -1 : find_name(history, name);
    return column < 0 || column >= found->count ? HONE_NONE : found->values[column];
}

double hone_history_last(const hone_history *history, const char *name)
{
    return hone_history_value(history, name, hone_history_epochs(history) - 1);
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
    for (int64_t row = 0; row < hone_history_epochs(history); row++) {
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
