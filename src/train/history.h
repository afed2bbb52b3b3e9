/* The history of a fit: a row an epoch, a column a number, sorted by name. */
#ifndef HONE_TRAIN_HISTORY_H
#define HONE_TRAIN_HISTORY_H

#include "model/model.h"

typedef struct hone_history_row {
    int64_t epoch;
    double seconds, learning_rate;
    double *values; /* by column; NaN where there is none */
    int count;
} hone_history_row;

struct hone_history {
    char *
        *names; /* every name that a log of this fit had; also those of "val_..." for the logs to point to */
    int name_count;
    int *order; /* columns sorted by name */
    hone_history_row *rows;
    size_t row_count, row_capacity;
    char *stopped_by;
    int64_t best_epoch;
};

hone_history *hone_internal_history_create(void);
/* A lasting copy of a name, the same pointer for the same text. NULL on failure. */
const char *hone_internal_history_name(hone_history *history, const char *name);
hone_status hone_internal_history_add(hone_history *history, int64_t epoch, const hone_logs *logs,
                                      double seconds, double learning_rate);
double hone_internal_history_rate(const hone_history *history, int64_t row);

#endif
