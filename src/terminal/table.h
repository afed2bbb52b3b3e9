/* Tables of text with drawn borders, as Keras's model.summary() prints them. */
#ifndef HONE_TERMINAL_TABLE_H
#define HONE_TERMINAL_TABLE_H

#include "base/error.h"
#include "base/output.h"

typedef enum hone_table_alignment {
    HONE_TABLE_LEFT,
    HONE_TABLE_RIGHT,
    HONE_TABLE_CENTER
} hone_table_alignment;

typedef struct hone_table_column {
    const char *title;
    hone_table_alignment alignment;
    double edge; /* where the column ends, as a fraction of the line: 0.45, 0.8, 1.0 */
} hone_table_column;

enum { HONE_TABLE_MOST_COLUMNS = 16 };

/* Draws `row_count` rows of cells, a row after another, in lines of `line_length` columns. Cells wrap between
 * words; a word that is too long ends in an ellipsis. A NULL cell is empty. HONE_ERROR_ARGUMENT when a column
 * would be narrower than 4. */
hone_status hone_internal_table_draw(hone_output *output, void *context, const hone_table_column *columns,
                                     size_t column_count, const char *const *cells, size_t row_count,
                                     size_t line_length);

#endif
