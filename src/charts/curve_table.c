/* A history as columns. */
#include "charts/curve_table.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "train/history.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_BYTES = 1 << 26, MOST_COLUMNS = 512, MOST_FIELD = 8192 };

static hone_status allocate_columns(hone_curve_table *table, size_t names, size_t rows)
{
    table->names = hone_internal_allocate_zeroed(names + 1, sizeof *table->names);
    table->values = hone_internal_allocate_zeroed(names + 1, sizeof *table->values);
    table->epochs = hone_internal_allocate_zeroed(rows + 1, sizeof *table->epochs);
    if (table->names == NULL || table->values == NULL || table->epochs == NULL)
        return HONE_ERROR_MEMORY;
    table->row_count = rows;
    table->best_epoch = -1;
    return HONE_OK;
}

static hone_status add_column(hone_curve_table *table, const char *name)
{
    double **values = &table->values[table->name_count];
    table->names[table->name_count] = hone_internal_copy_text(name);
    *values = hone_internal_allocate_zeroed(table->row_count + 1, sizeof **values);
    bool good = table->names[table->name_count] != NULL && *values != NULL;
    table->name_count++;
    return good ? HONE_OK : HONE_ERROR_MEMORY;
}

void hone_internal_curve_table_free(hone_curve_table *table)
{
    for (size_t i = 0; i < table->name_count; i++) {
        hone_internal_free(table->names[i]);
        hone_internal_free(table->values[i]);
    }
    hone_internal_free(table->names);
    hone_internal_free(table->values);
    hone_internal_free(table->epochs);
    *table = (hone_curve_table){.names = NULL};
}

const double *hone_internal_curve_table_find(const hone_curve_table *table, const char *name)
{
    for (size_t i = 0; i < table->name_count; i++)
        if (strcmp(table->names[i], name) == 0)
            return table->values[i];
    return NULL;
}

hone_status hone_internal_curve_table_of_history(hone_curve_table *table, const hone_history *history)
{
    size_t names = (size_t)hone_history_metric_count(history),
           rows = (size_t)hone_history_epoch_count(history);
    HONE_TRY(allocate_columns(table, names, rows));
    table->best_epoch = hone_history_best_epoch(history);
    for (size_t row = 0; row < rows; row++)
        table->epochs[row] = hone_history_epoch(history, (int64_t)row);
    for (size_t i = 0; i < names; i++) {
        const char *name = hone_history_name(history, (int)i);
        HONE_TRY(add_column(table, name));
        for (size_t row = 0; row < rows; row++)
            table->values[i][row] = hone_internal_history_one_value(history, name, (int64_t)row);
    }
    return HONE_OK;
}

/* ---- CSV ---- */

/* A file being read: where it is, and the separator. */
typedef struct reader {
    const char *at, *end;
    char separator;
    bool row_ended;
} reader;

/* The next field into `field`, cut when it is too long; quotes taken off. */
static void read_field(reader *from, char field[MOST_FIELD])
{
    size_t length = 0;
    bool quoted = from->at < from->end && *from->at == '"';
    from->at += quoted;
    for (; from->at < from->end; from->at++) {
        char letter = *from->at;
        bool doubled = quoted && letter == '"' && from->at + 1 < from->end && from->at[1] == '"';
        if (quoted && letter == '"' && !doubled) {
            quoted = false;
            continue;
        }
        if (!quoted && (letter == from->separator || letter == '\n' || letter == '\r'))
            break;
        from->at += doubled;
        if (length < MOST_FIELD - 1)
            field[length++] = letter;
    }
    field[length] = '\0';
    from->row_ended = from->at >= from->end || *from->at != from->separator;
    if (from->at < from->end && *from->at == '\r')
        from->at++;
    if (from->at < from->end && (!from->row_ended || *from->at == '\n'))
        from->at++;
}

static size_t count_rows(reader from)
{
    char field[MOST_FIELD];
    size_t rows = 0;
    while (from.at < from.end) {
        bool empty = *from.at == '\n' || *from.at == '\r';
        do
            read_field(&from, field);
        while (!from.row_ended);
        rows += !empty;
    }
    return rows;
}

/* The mean of "[0.1, 0.2]", as CSVLogger writes a metric with several values, its quotes included. */
static double mean_of_list(char *field)
{
    double sum = 0, number;
    size_t length = strlen(field), count = 0;
    if (length < 4 || strcmp(field + length - 2, "]\"") != 0)
        return NAN;
    field[length - 2] = '\0';
    for (char *at = field + 2, *next; at != NULL; at = next, count++) {
        next = strstr(at, ", ");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        if (!hone_internal_text_to_number(at, false, &number))
            return NAN;
        sum += number;
    }
    return sum / (double)count;
}

static double number_of(char *field)
{
    double number;
    if (strncmp(field, "\"[", 2) == 0)
        return mean_of_list(field);
    return hone_internal_text_to_number(field, false, &number) ? number : NAN;
}

/* Where the column "epoch" stands; the other columns are added in order. */
static hone_status read_header(hone_curve_table *table, reader *from, const char *path, int *epoch_column)
{
    char field[MOST_FIELD];
    int column = 0;
    *epoch_column = -1;
    do {
        read_field(from, field);
        if (column == MOST_COLUMNS)
            return hone_fail(HONE_ERROR_FORMAT, "%s: more than %d columns", path, MOST_COLUMNS);
        if (strcmp(field, "epoch") == 0 && *epoch_column < 0)
            *epoch_column = column;
        else
            HONE_TRY(add_column(table, field));
        column++;
    } while (!from->row_ended);
    return HONE_OK;
}

static hone_status read_row(hone_curve_table *table, reader *from, const char *path, size_t row,
                            int epoch_column)
{
    char field[MOST_FIELD];
    size_t name = 0;
    table->epochs[row] = (int64_t)row;
    for (int column = 0;; column++) {
        read_field(from, field);
        double number = number_of(field);
        if (column == epoch_column) {
            if (!(number >= 0 && number < 1e15))
                return hone_fail(HONE_ERROR_FORMAT, "%s: row %zu: \"%s\" is not a valid epoch", path, row + 1,
                                 field);
            table->epochs[row] = (int64_t)number;
        } else if (name < table->name_count) {
            table->values[name++][row] = number;
        } else {
            return hone_fail(HONE_ERROR_FORMAT, "%s: row %zu has more fields than the header", path, row + 1);
        }
        if (from->row_ended)
            break;
    }
    for (; name < table->name_count; name++)
        table->values[name][row] = NAN;
    return HONE_OK;
}

static hone_status read_table(hone_curve_table *table, reader from, const char *path)
{
    int epoch_column;
    size_t rows = count_rows(from);
    if (rows < 2)
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected a header and one row per epoch", path);
    HONE_TRY(allocate_columns(table, MOST_COLUMNS, rows - 1));
    HONE_TRY(read_header(table, &from, path, &epoch_column));
    if (table->name_count == 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: there is no column besides the epochs", path);
    for (size_t row = 0; row < rows - 1; row++) {
        while (from.at < from.end && (*from.at == '\n' || *from.at == '\r'))
            from.at++;
        HONE_TRY(read_row(table, &from, path, row, epoch_column));
    }
    return HONE_OK;
}

hone_status hone_internal_curve_table_of_file(hone_curve_table *table, const char *path)
{
    static const char mark[] = "\xef\xbb\xbf";
    void *data;
    size_t bytes;
    HONE_TRY(hone_internal_file_read(path, MOST_BYTES, &data, &bytes));
    const char *text = data;
    size_t skipped = bytes >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    size_t header = skipped + strcspn(text + skipped, "\r\n");
    const char *comma = memchr(text + skipped, ',', header - skipped);
    const char *other = memchr(text + skipped, ';', header - skipped);
    const char *tab = memchr(text + skipped, '\t', header - skipped);
    reader from = {text + skipped, text + bytes,
                   comma != NULL || (other == NULL && tab == NULL) ? ','
                   : other != NULL                                 ? ';'
                                                                   : '\t',
                   false};
    hone_status status = read_table(table, from, path);
    hone_internal_free(data);
    return status;
}

/* Names that are not written as they are said: whole ones, and words in them. */
static const char *const wholes[][2] = {{"r2_score", "R\u00b2"}, {"mean_io_u", "Mean IoU"}, {"io_u", "IoU"}};
static const char *const abbreviations[] = {"auc", "mae", "mape", "mse", "msle", "rmse"};

static void write_large(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
}

void hone_internal_curve_title(const char *name, char *title, size_t size)
{
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (strcmp(name, wholes[i][0]) == 0)
            name = wholes[i][1];
    snprintf(title, size, "%s", name);
    write_large(title, 1);
    for (char *word = title; *word != '\0'; word += *word != '\0') {
        const size_t length = strcspn(word, "_");
        for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
            if (strlen(abbreviations[i]) == length && strncasecmp(word, abbreviations[i], length) == 0)
                write_large(word, length);
        word += length;
        if (*word == '_')
            *word = ' ';
    }
}
