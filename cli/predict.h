/* hone predict: where samples come from, and how their predictions are written. */
#ifndef HONE_CLI_PREDICT_H
#define HONE_CLI_PREDICT_H

#include "cli.h"

#include <stdio.h>

/* ---- samples (predict_source.c) ----
 *
 * A whole data set, or a table that is read on as far as it has come: lines of standard input are predicted
 * while others are not written yet. Columns that are kept are the texts of the table. */
enum { CLI_MOST_KEPT = 64, CLI_KEPT_ROW = -1, CLI_KEPT_FILE = -3 };

typedef struct cli_source {
    hone_recipe *recipe;
    hone_model *model;
    const char *name;    /* for messages */
    bool table, patient; /* patient: blocks are filled before they are predicted */
    bool windows;        /* of a series, out of a table */
    int descriptor;
    char options[1024], delimiter, quote;
    char *text; /* read, and not yet predicted */
    size_t length, capacity, scanned;
    bool quoted, ended; /* at `scanned` a field in quotes is open; nothing more comes */
    char *header;       /* the first line, or NULL */
    bool header_known;
    long long lines;                 /* lines before this piece */
    int64_t rows;                    /* samples before it */
    char *kept_names[CLI_MOST_KEPT]; /* columns to be kept */
    int kept_columns[CLI_MOST_KEPT]; /* their numbers, or CLI_KEPT_ROW, CLI_KEPT_FILE */
    int kept_count;
    char **kept; /* of this piece: row after row */
    size_t kept_size;
    size_t careful; /* bytes of a piece that could not be read as a whole: its lines are read one by one */
    int64_t bad;    /* lines that could not be read, each told and left out */
    void (*tell_bad)(void *context, int64_t row, const char *message); /* or NULL */
    void *bad_context;
} cli_source;

hone_status cli_source_open(cli_source *source, hone_recipe *recipe, hone_model *model,
                            const cli_settings *settings);
/* The next data set: 1, 0 at the end, or a status. */
int cli_source_next(cli_source *source, hone_dataset **data);
void cli_source_close(cli_source *source);
/* The failure in words: of standard input with its line. */
int cli_source_fail(const cli_source *source);

/* ---- fields of a line (predict_fields.c) ---- */

/* "semicolon" of "delimiter=semicolon"; false when it is not given. */
bool cli_option_of(const char *options, const char *key, char *value, size_t size);
char cli_delimiter_of(const char *options, const char *path); /* 0: neither says it */
/* The field that begins at `at`, to be freed, and where the next one begins; NULL behind the last. */
const char *cli_next_field(const cli_source *source, const char *at, char **field);
char *cli_field_at(const cli_source *source, const char *line, int column);
/* As reading with header=auto: a line without numbers. */
bool cli_is_header(const cli_source *source, const char *line);

/* ---- rows (predict_rows.c) ---- */

typedef struct cli_rows {
    hone_model *model;
    FILE *out;
    bool json, classes, header, spread;
    int64_t top; /* the likeliest classes; 0: all numbers */
    const cli_source *source;
} cli_rows;

/* Checks that the outputs can be written so. */
hone_status cli_rows_check(const cli_rows *rows);
/* The names of the columns; `outputs` of a first batch. */
void cli_rows_header(const cli_rows *rows, hone_array *const *outputs);
/* In JSON, the row that could not be read; `rows` as a context of a source. */
void cli_rows_put_bad(void *rows, int64_t row, const char *message);
/* Outputs of `count` samples, from sample `first` of the piece on; `spread`: deviations alike, or NULL. */
hone_status cli_rows_put(const cli_rows *rows, hone_array *const *outputs, hone_array *const *spread,
                         int64_t first);

#endif
