/* CSV as Python's csv module writes it (the excel dialect): fields quoted only where they must be, lines
 * ended by CR LF. */
#ifndef HONE_FORMATS_CSV_H
#define HONE_FORMATS_CSV_H

#include "base/output.h"
#include <stdint.h>

/* The caller sets the first part; the rest starts at zero. */
typedef struct hone_csv {
    hone_output *output;
    void *context;
    char separator; /* 0 is ',' */

    uint64_t fields; /* written in this row */
    int last_empty;
} hone_csv;

void hone_internal_csv_text(hone_csv *csv, const char *text); /* NULL is Python's None: an empty field */
void hone_internal_csv_number(hone_csv *csv, double number);  /* as Python's repr: 0.1, 1e-07, nan, inf */
/* As Keras's CSVLogger writes a metric with several values: the text "[0.1, 0.2]", its quotes included. */
void hone_internal_csv_numbers(hone_csv *csv, const double *numbers, int count);
void hone_internal_csv_integer(hone_csv *csv, int64_t number);
void hone_internal_csv_end_row(hone_csv *csv);

#endif
