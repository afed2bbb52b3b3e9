/* Tables (CSV) on their way to arrays: read once for what is in the columns, once more into the arrays. */
#ifndef HONE_READERS_TABLE_H
#define HONE_READERS_TABLE_H

#include "data/dataset.h"
#include "data/windows.h"
#include "data/words.h"
#include "formats/csv_reader.h"
#include <hone/data_files.h>

/* Which number of a date an input is. */
typedef enum hone_date_part {
    HONE_DATE_NONE,
    HONE_DATE_YEAR,
    HONE_DATE_MONTH,
    HONE_DATE_WEEKDAY,
    HONE_DATE_DAY_OF_YEAR,
    HONE_DATE_AGE,
    HONE_DATE_HOUR,
    HONE_DATE_PARTS
} hone_date_part;
extern const char *const hone_internal_date_parts[HONE_DATE_PARTS];

/* A column of the file, or behind all of them a number of a date that is in one. */
typedef struct hone_data_column {
    char *name;
    size_t field;        /* where it is in a row */
    hone_date_part date; /* what it is of the date in that field */
    bool dated;          /* its dates are in further columns */
    bool timed;          /* a date seen in it has a time behind it */
    double latest;       /* the last date of the training data, in days since 1970: its age is 0 */
    bool used, target;   /* an input, target or weight; a target or weight */
    bool wanted_categories, wanted_numbers; /* by option */
    bool known; /* the training data had it, with these words when `categorical` */
    bool categorical;
    bool is_text; /* by option, or as the training data had it */
    bool has_fill;
    double fill;   /* what stands for a missing number */
    bool standard; /* less the mean, divided by the deviation, which the training data had */
    double mean, deviation;

    uint64_t numbers, texts, missing; /* what was seen, in the rows that are kept */
    double low, high, sum;
    bool fraction;                   /* a number was not whole */
    uint64_t number_line, text_line; /* of the first ones */
    const char *number_file, *text_file;
    char text[48]; /* the first text, cut */
    hone_words words;
    double value; /* of the row at hand; -1 for a category to be ignored */
} hone_data_column;

/* The columns of one input or target. */
typedef struct hone_table_group {
    char *name; /* or NULL */
    size_t *columns, count, capacity;
} hone_table_group;

typedef struct hone_table_groups {
    hone_table_group *items;
    size_t room;
    int count;
} hone_table_groups;

typedef enum hone_missing_rule {
    HONE_MISSING_ERROR,
    HONE_MISSING_DROP,
    HONE_MISSING_MEAN,
    HONE_MISSING_NUMBER
} hone_missing_rule;

typedef struct hone_table {
    const hone_dataset_from_csv_args *args;
    const hone_config *schema; /* of the training data, or NULL */
    bool targets_only;         /* the second of two files: all columns are targets */
    hone_source *source;
    hone_csv_reader reader;
    const char *date_order; /* as the option or the training data say it */
    char delimiter, quote, decimal;
    bool header, one_hot;
    bool in_rows; /* arrays may go to files, of which rows are read */
    hone_data_column *columns;
    size_t width, fields; /* columns, and how many of them are fields of a row */
    hone_table_groups inputs, targets;
    int64_t weight, group; /* their columns, or -1 */
    hone_missing_rule missing;
    double missing_number;
    const char *unknown;      /* "error", "drop" or "ignore", as the option or the training data say it */
    const char *missing_text; /* as the option or the training data say it */
    int64_t rows;             /* that are kept */
    hone_windows_shape windows;
} hone_table;

/* table_columns.c: the columns and what they are for. */
hone_status hone_internal_table_open(hone_table *table);
/* table_groups.c: inputs, targets and weights out of the options, or as the training data had them. */
hone_status hone_internal_table_assign(hone_table *table);
/* table_windows.c: the windows of a series out of the options, or as the training data had them; then what
 * else was asked for that would break the series. */
hone_status hone_internal_table_windows(hone_table *table);
hone_status hone_internal_table_check_windows(const hone_table *table);
/* By name, else by number; HONE_ERROR_NAME when there is none. */
hone_status hone_internal_table_find(const hone_table *table, const char *text, size_t *column);
/* "; ... delimiter=semicolon" where the only column's name looks like several, else "". */
const char *hone_internal_table_advise_delimiter(const hone_table *table, char *advice, size_t size);
/* A list of columns out of the options: names, numbers, "3:7". Calls `take` for each. */
hone_status hone_internal_table_each(hone_table *table, const char *text,
                                     hone_status (*take)(hone_table *table, size_t column, void *context),
                                     void *context);
/* "wide(age, city)", unless a column has that name; the columns in the brackets. */
bool hone_internal_table_is_group(const hone_table *table, const char *text);
/* Columns that must stand alone, texts and categories to be embedded, become inputs of their own. */
hone_status hone_internal_table_separate(hone_table *table);
/* table_match.c: places[i] is the column of this file that is column i of the training data, or -1. */
hone_status hone_internal_table_match(hone_table *table, const hone_config *columns, int64_t *places);
/* table_dates.c: the numbers of dates as further columns, by the options; one more, as the training data had
 * it (its number in `place`). */
hone_status hone_internal_table_dates(hone_table *table);
hone_status hone_internal_table_add_date(hone_table *table, size_t column, hone_date_part part, double latest,
                                         int64_t *place);
hone_status hone_internal_table_fail_date(const hone_table *table, size_t column,
                                          const hone_csv_field *field);
bool hone_internal_table_date(const hone_table *table, const hone_csv_field *field, hone_date_part part,
                              double *number);
/* When all were seen: ages in place of days. */
void hone_internal_table_settle_age(hone_data_column *column);
/* Of a date: a time is behind it. */
bool hone_internal_field_has_time(const hone_csv_field *field);
hone_date_part hone_internal_date_part(const char *name); /* HONE_DATE_NONE: there is none of that name */
/* table_scan.c: what is in the columns, and how many rows are kept. */
hone_status hone_internal_table_scan(hone_table *table);
/* To the first row. */
hone_status hone_internal_table_rewind(hone_table *table);
/* The next row that is kept, its width checked: 1, 0 at the end, or a status. */
int hone_internal_table_next(hone_table *table);
typedef enum hone_found { HONE_FOUND_NUMBER, HONE_FOUND_TEXT, HONE_FOUND_MISSING } hone_found;
hone_found hone_internal_table_classify(const hone_table *table, const hone_csv_field *field, double *number);
/* As the column takes it: of a date the number that it is; of its age the day. */
hone_found hone_internal_table_number(const hone_table *table, size_t column, const hone_csv_field *field,
                                      double *number);
/* Whether its numbers are whole and some have more binary digits than that, perhaps before they were rounded.
 */
bool hone_internal_table_is_wide(const hone_data_column *column, int digits);
bool hone_internal_table_is_missing(const hone_table *table, const hone_csv_field *field);
/* The field without the spaces around it, when that was asked for. */
hone_csv_field hone_internal_table_field(const hone_table *table, size_t column);
/* "houses.csv, line 7, column \"age\": ..." */
hone_status hone_internal_table_fail(const hone_table *table, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* table_notes.c: what looks wrong, into parts->notes. */
hone_status hone_internal_table_note(const hone_table *table, hone_dataset_parts *parts);
/* table_fill.c: the rows into arrays. */
hone_status hone_internal_table_fill(hone_table *table, hone_dataset_parts *parts);
/* table.c: what an opened table holds, its source too. */
void hone_internal_table_free(hone_table *table);
/* table.c: all of it, from an open source (taken over). Leaves the schema in parts->schema. */
hone_status hone_internal_table_read(hone_source *source, const hone_dataset_from_csv_args *args,
                                     const hone_config *schema, bool targets_only, bool in_rows,
                                     hone_dataset_parts *parts);

#endif
