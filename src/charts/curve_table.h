/* A history as columns: of a fit, or of a CSV file as `hone train --history` and Keras's CSVLogger write it.
 */
#ifndef HONE_CHARTS_CURVE_TABLE_H
#define HONE_CHARTS_CURVE_TABLE_H

#include <hone/model.h>
#include <hone/train.h>

typedef struct hone_curve_table {
    char **names;    /* "loss", "val_loss", ... */
    double **values; /* values[name][row]; NaN where there is none */
    int64_t *epochs; /* from 0 */
    size_t name_count, row_count;
    int64_t best_epoch; /* below zero: not known */
} hone_curve_table;

/* Fill a zeroed table; free it also after a failure. */
hone_status hone_internal_curve_table_of_history(hone_curve_table *table, const hone_history *history);
/* A file with a header that names a column "epoch" (0, 1, ... without it); what is not a number is NaN. */
hone_status hone_internal_curve_table_of_file(hone_curve_table *table, const char *path);
void hone_internal_curve_table_free(hone_curve_table *table);
/* The column of a name, or NULL. */
const double *hone_internal_curve_table_find(const hone_curve_table *table, const char *name);

/* "mean_squared_error" to "Mean squared error", as much as there is room for. */
void hone_internal_curve_title(const char *name, char *title, size_t size);

#endif
