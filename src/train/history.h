/* The history of a fit: one row per epoch, one column per number, sorted by name. */
#ifndef HONE_TRAIN_HISTORY_H
#define HONE_TRAIN_HISTORY_H

#include "callbacks/logs.h"
#include <hone/model.h>
#include <hone/train.h>

/* What an epoch has under one name: a value, or several; or nothing, as an epoch without validation. */
typedef struct hone_history_cell {
    bool given;
    double value; /* NaN when nothing is given */
    double *list; /* in the history's memory; NULL: one value */
    int list_count;
} hone_history_cell;

typedef struct hone_history_row {
    int64_t epoch;
    double seconds, learning_rate;
    hone_history_cell *cells; /* by column */
    int count;
} hone_history_row;

struct hone_history {
    char *
        *names; /* every name that a log of this fit had; also those of "val_..." for the logs to point to */
    int name_count;
    int *order; /* columns sorted by name */
    hone_history_row *rows;
    size_t row_count, row_capacity;
    hone_arena lists; /* of the cells */
    char *stopped_by;
    int64_t best_epoch;
};

hone_history *hone_internal_history_create(void);
void hone_internal_history_free(hone_history *history);
/* Its epochs are gone; names stay. */
void hone_internal_history_forget(hone_history *history);
/* A lasting copy of a name, the same pointer for the same text. NULL on failure. */
const char *hone_internal_history_name(hone_history *history, const char *name);
hone_status hone_internal_history_add(hone_history *history, int64_t epoch, const hone_logs *logs,
                                      double seconds, double learning_rate);
/* The cell of a row under a name; NULL when there is none. */
const hone_history_cell *hone_internal_history_cell(const hone_history *history, const char *name,
                                                    int64_t row);

/* Where there is room for one value, in the progress bar and in curves: several are shown by their mean, as
 * in Keras. */
double hone_internal_one_value(double value, const double *list, int count);
double hone_internal_history_one_value(const hone_history *history, const char *name, int64_t row);

#endif
