/* The columns of a table: delimiter, header, names. */
#include "base/plural.h"
#include "base/text.h"
#include "base/utf8.h"
#include "readers/table.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

hone_status hone_internal_table_fail(const hone_table *table, size_t column, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return hone_fail(HONE_ERROR_DATA, "%s, line %llu, column \"%.80s\": %s",
                     hone_internal_source_label(table->source), (unsigned long long)table->reader.line,
                     table->columns[table->columns[column].field].name, text);
}

/* ---- single characters ---- */

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && hone_internal_text_equal_nocase(text + length - wanted, end);
}

static const char *of_training(const hone_table *table, const char *key, const char *otherwise)
{
    const char *text = hone_internal_config_get_text(table->schema, key);
    return text ? text : otherwise;
}

static hone_status read_delimiter(hone_table *table)
{
    static const struct {
        const char *name;
        char character;
    } names[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'},
                 {"\\t", '\t'},  {"space", ' '},     {"pipe", '|'}};
    const char *text = table->args->delimiter, *path = hone_internal_source_label(table->source);
    if (!text)
        text =
            ends_in(path, ".tsv") || ends_in(path, ".tsv.gz") ? "tab" : of_training(table, "delimiter", ",");
    table->delimiter = text[0] && !text[1] ? text[0] : 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            table->delimiter = names[i].character;
    if (table->delimiter && !strchr("\r\n\"", table->delimiter))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_ARGUMENT,
        "delimiter: expected comma, semicolon, tab, space, pipe or one character, received \"%s\"", text);
}

static hone_status read_character(const char *option, const char *text, char *result)
{
    bool none = !text || strcmp(text, "none") == 0;
    *result = none ? 0 : text[0];
    if (none || (text[0] && !text[1] && !strchr("\r\n", text[0])))
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "%s: expected one character, received \"%s\"", option, text);
}

static hone_status read_characters(hone_table *table)
{
    HONE_TRY(read_delimiter(table));
    HONE_TRY(read_character("quote", table->args->quote, &table->quote));
    const char *decimal = table->args->decimal;
    if (!decimal) {
        decimal = of_training(table, "decimal", ".");
        decimal = decimal[0] == table->delimiter ? "." : decimal;
    }
    HONE_TRY(read_character("decimal", decimal, &table->decimal));
    if (table->decimal == 0 || strchr("0123456789+-eE ", table->decimal))
        return hone_fail(HONE_ERROR_ARGUMENT, "decimal: expected one character such as . or a comma");
    if (table->decimal == table->delimiter || table->quote == table->delimiter)
        return hone_fail(HONE_ERROR_ARGUMENT, "%s and delimiter are both \"%c\"",
                         table->quote == table->delimiter ? "quote" : "decimal", table->delimiter);
    return HONE_OK;
}

/* ---- the header ---- */

/* Names: no numbers among them, unless they are 0, 1, 2, ..., each at its place (or one further, behind an
 * index without a name), as programs write that number columns; one such number alone is not a name. */
static bool looks_like_header(const hone_table *table)
{
    const hone_csv_reader *reader = &table->reader;
    size_t at_place = 0, one_further = 0, names = 0;
    for (size_t i = 0; i < reader->count; i++) {
        hone_csv_field field = reader->fields[i];
        double number;
        bool is_number = hone_internal_field_to_number(field.text, field.length, table->decimal, &number);
        names += !is_number && (field.length > 0 || i == 0);
        at_place += is_number && number == (double)i;
        one_further += is_number && i > 0 && number == (double)(i - 1);
    }
    if (at_place > 1)
        return names + at_place == reader->count;
    return names == reader->count || (one_further > 1 && names + one_further == reader->count);
}

static bool taken(const hone_table *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return true;
    return false;
}

/* As pandas names them: "Unnamed: 2", and "age.1" for a second "age". */
static char *name_column(const hone_table *table, size_t column)
{
    hone_csv_field field = table->reader.fields[column];
    if (!table->header)
        return hone_internal_format("%zu", column);
    char *name = field.length > 0 ? hone_internal_copy_text_n(field.text, field.length)
                                  : hone_internal_format("Unnamed: %zu", column);
    if (!name || column > 4096 || !taken(table, column, name)) /* this many names are not compared */
        return name;
    char *other = NULL;
    for (size_t i = 1; i <= column + 1; i++) {
        hone_internal_free(other);
        other = hone_internal_format("%s.%zu", name, i);
        if (!other || !taken(table, column, other))
            break;
    }
    hone_internal_free(name);
    return other;
}

static bool is_utf8(const hone_csv_field *field)
{
    for (size_t at = 0; at < field->length;) {
        uint32_t character;
        const size_t bytes = hone_internal_utf8_next(field->text + at, field->length - at, &character);
        if (character == 0xfffd && bytes == 1)
            return false;
        at += bytes;
    }
    return true;
}

static hone_status name_columns(hone_table *table)
{
    table->columns = hone_internal_allocate_zeroed(table->reader.count, sizeof *table->columns);
    if (!table->columns)
        return HONE_ERROR_MEMORY;
    for (size_t i = 0; i < table->reader.count; i++) {
        const hone_csv_field *field = &table->reader.fields[i];
        if (table->header && memchr(field->text, '\0', field->length))
            return hone_fail(HONE_ERROR_FORMAT, "%s, line %llu: a NUL byte; expected text",
                             hone_internal_source_label(table->source),
                             (unsigned long long)table->reader.line);
        if (table->header && !is_utf8(field))
            return hone_fail(
                HONE_ERROR_FORMAT,
                "%s, line %llu: the name of column %zu is not UTF-8; iconv converts files to UTF-8: iconv -f "
                "LATIN1 -t UTF-8",
                hone_internal_source_label(table->source), (unsigned long long)table->reader.line, i);
        table->columns[i].field = i;
        table->columns[i].name = name_column(table, i);
        if (!table->columns[i].name)
            return HONE_ERROR_MEMORY;
        table->width = table->fields = i + 1;
    }
    return HONE_OK;
}

/* What becomes of categories that the training data lack. */
static hone_status read_unknown(hone_table *table)
{
    static const char *const ways[] = {"error", "drop", "ignore", NULL};
    table->unknown = table->args->unknown ? table->args->unknown : of_training(table, "unknown", "error");
    if (table->args->unknown || hone_internal_text_among(table->unknown, ways))
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "unknown: expected drop or ignore, received \"%.40s\"",
                     table->unknown);
}

/* The first record; 0 when there is none. */
static int read_first(hone_table *table)
{
    HONE_TRY(hone_internal_csv_begin(&table->reader, table->source, table->delimiter, table->quote,
                                     table->args->skip));
    return hone_internal_csv_next(&table->reader);
}

/* The training data had other characters, by which this file is one column: it has the usual ones. */
static bool is_plain(const hone_table *table)
{
    const hone_config *columns = hone_internal_config_get(table->schema, "columns");
    return !table->args->delimiter && table->delimiter != ',' && table->reader.count == 1 && columns &&
           hone_internal_config_count(columns) > 1;
}

hone_status hone_internal_table_open(hone_table *table)
{
    HONE_TRY(read_characters(table));
    HONE_TRY(read_unknown(table));
    int found = read_first(table);
    if (found > 0 && is_plain(table)) {
        table->delimiter = ',';
        table->decimal = table->args->decimal ? table->decimal : '.';
        found = read_first(table);
    }
    if (found < 0)
        return (hone_status)found;
    if (found == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: the table is empty",
                         hone_internal_source_label(table->source));
    table->header = strcmp(table->args->header, "auto") == 0 ? looks_like_header(table)
                                                             : strcmp(table->args->header, "yes") == 0;
    return name_columns(table);
}

/* ---- finding ---- */

/* "; the columns seem to be separated by semicolons: delimiter=semicolon", with decimal="," where the row
 * that is read has more fields than the header; "" when nothing speaks for it. */
const char *hone_internal_table_advise_delimiter(const hone_table *table, char *advice, size_t size)
{
    static const struct {
        char character;
        const char *name;
    } others[] = {{';', "semicolon"}, {'\t', "tab"}, {'|', "pipe"}};
    if (table->width != 1 || table->delimiter != ',')
        return "";
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strchr(table->columns[0].name, others[i].character)) {
            snprintf(advice, size, "; another character seems to separate the columns: delimiter=%s%s",
                     others[i].name, table->reader.count > 1 ? ",decimal=\",\"" : "");
            return advice;
        }
    return "";
}

static hone_status fail_column(const hone_table *table, const char *text)
{
    const char *names[512];
    size_t count = table->width < 512 ? table->width : 512;
    for (size_t i = 0; i < count; i++)
        names[i] = table->columns[i].name;
    hone_internal_fail_name("column", text, names, count);
    char other[128];
    const char *advice = hone_internal_table_advise_delimiter(table, other, sizeof other);
    if (!table->header)
        advice = "; the columns have no names (header=yes when the first line has them), 0 is the first";
    hone_internal_error_add(HONE_ERROR_NAME, advice);
    return hone_internal_error_in(HONE_ERROR_NAME, hone_internal_source_label(table->source));
}

hone_status hone_internal_table_find(const hone_table *table, const char *text, size_t *column)
{
    int64_t number;
    for (*column = 0; *column < table->width; ++*column)
        if (strcmp(table->columns[*column].name, text) == 0)
            return HONE_OK;
    if (!hone_internal_text_to_integer(text, &number))
        return fail_column(table, text);
    int64_t width = (int64_t)table->width;
    if (number < -width || number >= width)
        return hone_fail(HONE_ERROR_NAME, "%s: there is no column %s; the table has %lld column%s",
                         hone_internal_source_label(table->source), text, (long long)width,
                         hone_internal_plural(width));
    *column = (size_t)(number < 0 ? number + width : number);
    return HONE_OK;
}

/* "3:7", ":5", "-4:" as Python's slices, the end left out. */
static bool read_range(const hone_table *table, const char *text, int64_t *begin, int64_t *end)
{
    const char *colon = strchr(text, ':');
    int64_t width = (int64_t)table->width;
    char first[24];
    if (!colon || colon - text >= (ptrdiff_t)sizeof first)
        return false;
    snprintf(first, sizeof first, "%.*s", (int)(colon - text), text);
    *begin = 0;
    *end = width;
    if ((first[0] && !hone_internal_text_to_integer(first, begin)) ||
        (colon[1] && !hone_internal_text_to_integer(colon + 1, end)))
        return false;
    *begin = *begin < 0 ? *begin + width : *begin;
    *end = *end < 0 ? *end + width : *end;
    return true;
}

hone_status hone_internal_table_each(hone_table *table, const char *text,
                                     hone_status (*take)(hone_table *table, size_t column, void *context),
                                     void *context)
{
    size_t column;
    int64_t begin, end;
    for (size_t i = 0; i < table->width; i++)
        if (strcmp(table->columns[i].name, text) == 0)
            return take(table, i, context);
    if (!read_range(table, text, &begin, &end)) {
        HONE_TRY(hone_internal_table_find(table, text, &column));
        return take(table, column, context);
    }
    if (begin < 0 || end > (int64_t)table->width || begin >= end)
        return hone_fail(HONE_ERROR_NAME, "%s: there are no columns %s; the table has %zu column%s",
                         hone_internal_source_label(table->source), text, table->width,
                         hone_internal_plural((long long)table->width));
    for (; begin < end; begin++)
        HONE_TRY(take(table, (size_t)begin, context));
    return HONE_OK;
}
