/* The first reading of a table: which rows are kept, what kind each column is, its categories. */
#include "base/plural.h"
#include "base/utf8.h"
#include "readers/table.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- fields ---- */

static bool equals(const hone_csv_field *field, const char *text, size_t length)
{
    return field->length == length && memcmp(field->text, text, length) == 0;
}

hone_csv_field hone_internal_table_field(const hone_table *table, size_t column)
{
    hone_csv_field field = table->reader.fields[table->columns[column].field];
    if (!table->args->strip || field.quoted)
        return field;
    while (field.length > 0 && (*field.text == ' ' || *field.text == '\t'))
        field.text++, field.length--;
    while (field.length > 0 && (field.text[field.length - 1] == ' ' || field.text[field.length - 1] == '\t'))
        field.length--;
    return field;
}

static bool is_named_missing(const hone_table *table, const hone_csv_field *field)
{
    const char *const *more = table->args->missing_values_list;
    for (size_t i = 0; i < table->args->missing_values_count; i++)
        if (equals(field, more[i], strlen(more[i])))
            return true;
    return false;
}

/* What pandas takes for missing. */
static bool is_usual_missing(const hone_csv_field *field)
{
    static const char *const words[] = {"#N/A", "#N/A N/A", "#NA",     "-1.#IND", "-1.#QNAN", "-NaN",
                                        "-nan", "1.#IND",   "1.#QNAN", "<NA>",    "N/A",      "NA",
                                        "NULL", "NaN",      "None",    "n/a",     "nan",      "null"};
    if (field->length == 0)
        return true;
    if (field->length > 8 || !strchr("#-1<Nn", field->text[0]))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i][0] == field->text[0] && equals(field, words[i], strlen(words[i])))
            return true;
    return false;
}

/* Numbers are the most, so that they are tried first. */
hone_found hone_internal_table_classify(const hone_table *table, const hone_csv_field *field, double *number)
{
    if (is_named_missing(table, field))
        return HONE_FOUND_MISSING;
    if (hone_internal_field_to_number(field->text, field->length, table->decimal, number))
        return HONE_FOUND_NUMBER;
    return is_usual_missing(field) ? HONE_FOUND_MISSING : HONE_FOUND_TEXT;
}

hone_found hone_internal_table_number(const hone_table *table, size_t column, const hone_csv_field *field,
                                      double *number)
{
    const hone_date_part part = table->columns[column].date;
    if (part == HONE_DATE_NONE)
        return hone_internal_table_classify(table, field, number);
    if (hone_internal_table_is_missing(table, field))
        return HONE_FOUND_MISSING;
    return hone_internal_table_date(table, field, part, number) ? HONE_FOUND_NUMBER : HONE_FOUND_TEXT;
}

bool hone_internal_table_is_missing(const hone_table *table, const hone_csv_field *field)
{
    return is_named_missing(table, field) || is_usual_missing(field);
}

bool hone_internal_table_is_wide(const hone_data_column *column, int digits)
{
    return column->numbers > 0 && !column->categorical && !column->is_text && !column->fraction &&
           fmax(fabs(column->low), fabs(column->high)) >= ldexp(1, digits);
}

/* ---- rows ---- */

hone_status hone_internal_table_rewind(hone_table *table)
{
    HONE_TRY(hone_internal_csv_begin(&table->reader, table->source, table->delimiter, table->quote,
                                     table->args->skip));
    int found = table->header ? hone_internal_csv_next(&table->reader) : 1;
    return found < 0 ? (hone_status)found : HONE_OK;
}

static bool unknown_is(const hone_table *table, char first)
{
    return table->unknown[0] == first;
}

static bool is_kept(const hone_table *table)
{
    for (size_t i = 0; i < table->width; i++) {
        const hone_data_column *column = &table->columns[i];
        if (!column->used)
            continue;
        hone_csv_field field = hone_internal_table_field(table, i);
        bool missing = hone_internal_table_is_missing(table, &field);
        if (missing && table->missing == HONE_MISSING_DROP)
            return false;
        if (!missing && column->known && column->categorical && unknown_is(table, 'd') &&
            hone_internal_words_find(&column->words, field.text, field.length) < 0)
            return false;
    }
    return true;
}

static hone_status fail_fields(const hone_table *table)
{
    char advice[128];
    return hone_fail(HONE_ERROR_DATA, "%s, line %llu: %zu field%s; expected %zu, as in the first line%s",
                     hone_internal_source_label(table->source), (unsigned long long)table->reader.line,
                     table->reader.count, hone_internal_plural((long long)table->reader.count), table->fields,
                     hone_internal_table_advise_delimiter(table, advice, sizeof advice));
}

/* "age", also where a second one is called age.1; nothing is called "Unnamed: 2". */
static bool is_name_of(const char *name, const hone_csv_field *field)
{
    if (field->length == 0)
        return strncmp(name, "Unnamed: ", 9) == 0;
    return strncmp(name, field->text, field->length) == 0 &&
           (name[field->length] == '\0' || name[field->length] == '.');
}

/* The names of a further file are those of the first, each at its place. */
static hone_status check_header(const hone_table *table)
{
    const hone_csv_reader *reader = &table->reader;
    const char *label = hone_internal_source_label(table->source);
    if (reader->count != table->fields)
        return hone_fail(HONE_ERROR_DATA, "%s: %zu column%s; expected %zu, as in the first file of the set",
                         label, reader->count, hone_internal_plural((long long)reader->count), table->fields);
    for (size_t i = 0; i < table->fields; i++) {
        const char *name = table->columns[i].name;
        const hone_csv_field *field = &reader->fields[i];
        if (!is_name_of(name, field))
            return hone_fail(
                HONE_ERROR_DATA,
                "%s: column %zu is \"%.*s\"; expected \"%.80s\", as in the first file of the set", label, i,
                (int)(field->length < 80 ? field->length : 80), field->text, name);
    }
    return HONE_OK;
}

/* A row of this file, or of the next one that has any. */
static int next_record(hone_table *table)
{
    int found;
    while ((found = hone_internal_csv_next(&table->reader)) == 0) {
        const int more = hone_internal_csv_next_file(&table->reader, table->args->skip);
        if (more != 1)
            return more;
        if (!table->header)
            continue;
        const int header = hone_internal_csv_next(&table->reader);
        if (header < 0 || (header == 1 && check_header(table) < 0))
            return hone_error_status();
    }
    return found;
}

int hone_internal_table_next(hone_table *table)
{
    for (;;) {
        int found = next_record(table);
        if (found < 0 && table->reader.wrong && table->reader.count <= table->fields)
            return hone_internal_table_fail(table, table->reader.count - 1, "%s", table->reader.wrong);
        if (found <= 0)
            return found;
        if (table->reader.count != table->fields)
            return fail_fields(table);
        if ((table->missing != HONE_MISSING_DROP && !unknown_is(table, 'd')) || is_kept(table))
            return 1;
    }
}

/* ---- what is in a column ---- */

static hone_status check_text(const hone_table *table, size_t column, const hone_csv_field *field)
{
    for (size_t at = 0; at < field->length;) {
        uint32_t character;
        size_t bytes = hone_internal_utf8_next(field->text + at, field->length - at, &character);
        if (character == 0)
            return hone_internal_table_fail(table, column, "a NUL byte in a string");
        if (character == 0xfffd && bytes == 1)
            return hone_internal_table_fail(
                table, column,
                "the string is not UTF-8; iconv converts files to UTF-8: iconv -f LATIN1 -t UTF-8");
        at += bytes;
    }
    return HONE_OK;
}

static hone_status add_category(hone_table *table, size_t index, const hone_csv_field *field)
{
    hone_data_column *column = &table->columns[index];
    size_t before = column->words.count;
    int64_t place = hone_internal_words_add(&column->words, field->text, field->length);
    if (place < 0 || column->words.count == before)
        return place < 0 ? (hone_status)place : HONE_OK;
    if ((int64_t)column->words.count > table->args->most_categories)
        return hone_internal_table_fail(
            table, index,
            "more than %lld different values; drop=[\"%.60s\"] leaves the column out, most_categories=N "
            "allows more",
            (long long)table->args->most_categories, column->name);
    return check_text(table, index, field);
}

static hone_status see_known(hone_table *table, size_t index, const hone_csv_field *field)
{
    const hone_data_column *column = &table->columns[index];
    if (hone_internal_words_find(&column->words, field->text, field->length) >= 0 || unknown_is(table, 'i'))
        return HONE_OK;
    char known[200] = "";
    size_t length = 0;
    const long long words = (long long)column->words.count;
    for (size_t i = 0; i < column->words.count && i < 6 && length < 150; i++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s\"%.24s\"", i > 0 ? ", " : "",
                                   column->words.list[i].text);
    return hone_internal_table_fail(
        table, index, "\"%.*s\" is not one of the %zu %s (%s%s)%s",
        (int)(field->length < 60 ? field->length : 60), field->text, column->words.count,
        table->schema ? hone_internal_number_word(words, "category of the training data",
                                                  "categories of the training data")
                      : hone_internal_number_word(words, "class that was named", "classes that were named"),
        known, column->words.count > 6 ? ", ..." : "",
        column->target ? "" : "; set unknown=drop, or unknown=ignore with encoding=one_hot");
}

static hone_status see_text(hone_table *table, size_t index, const hone_csv_field *field)
{
    hone_data_column *column = &table->columns[index];
    int shown = (int)(field->length < sizeof column->text ? field->length : sizeof column->text - 1);
    if (column->date != HONE_DATE_NONE)
        return hone_internal_table_fail_date(table, index, field);
    if (column->wanted_numbers || (column->known && !column->categorical))
        return hone_internal_table_fail(table, index, "expected a number, received \"%.*s\"", shown,
                                        field->text);
    if (column->texts++ == 0) {
        column->text_line = table->reader.line;
        column->text_file = hone_internal_source_label(table->source);
        snprintf(column->text, sizeof column->text, "%.*s", shown, field->text);
    }
    return add_category(table, index, field);
}

static void see_number(const hone_table *table, hone_data_column *column, double number)
{
    if (column->numbers++ == 0) {
        column->low = column->high = number;
        column->number_line = table->reader.line;
        column->number_file = hone_internal_source_label(table->source);
    }
    column->low = number < column->low ? number : column->low;
    column->high = number > column->high ? number : column->high;
    column->sum += number;
    column->fraction |= number != floor(number);
}

static hone_status see_missing(hone_table *table, size_t index)
{
    hone_data_column *column = &table->columns[index];
    column->missing++;
    if (table->missing == HONE_MISSING_ERROR)
        return hone_internal_table_fail(table, index,
                                        "no value; set missing=drop, missing=mean, missing=0 or missing=nan");
    if (column->target)
        return hone_internal_table_fail(table, index, "no target value; missing=drop leaves out such rows");
    if (!column->known || !column->categorical)
        return HONE_OK;
    return see_known(table, index, &(hone_csv_field){.text = (char[]){0}, .length = 0});
}

static hone_status see_field(hone_table *table, size_t index)
{
    hone_data_column *column = &table->columns[index];
    hone_csv_field field = hone_internal_table_field(table, index);
    double number;
    if (column->wanted_categories || (column->known && column->categorical)) {
        if (hone_internal_table_is_missing(table, &field))
            return see_missing(table, index);
        return column->wanted_categories ? add_category(table, index, &field)
                                         : see_known(table, index, &field);
    }
    hone_found found = hone_internal_table_number(table, index, &field, &number);
    if (found != HONE_FOUND_NUMBER)
        return found == HONE_FOUND_MISSING ? see_missing(table, index) : see_text(table, index, &field);
    see_number(table, column, number);
    if (column->date != HONE_DATE_NONE && !column->known && !column->timed)
        column->timed = hone_internal_field_has_time(&field);
    return HONE_OK;
}

static void forget(hone_data_column *column)
{
    column->numbers = column->texts = column->missing = 0;
    column->sum = 0;
    column->fraction = false;
    if (!column->known)
        hone_internal_words_free(&column->words);
}

static hone_status scan_rows(hone_table *table)
{
    table->rows = 0;
    for (size_t i = 0; i < table->width; i++)
        forget(&table->columns[i]);
    HONE_TRY(hone_internal_table_rewind(table));
    int found;
    while ((found = hone_internal_table_next(table)) == 1) {
        table->rows++;
        for (size_t i = 0; i < table->width; i++)
            if (table->columns[i].used && !table->columns[i].is_text)
                HONE_TRY(see_field(table, i));
    }
    return found < 0 ? (hone_status)found : HONE_OK;
}

/* ---- what follows from it ---- */

/* A text among numbers may be a slip, a word for a missing value, or a category's name that happens to be no
 * number: who has the data says which. Nothing is guessed. */
static hone_status refuse_mixed(const hone_table *table, const hone_data_column *column)
{
    char comma[40] = "";
    double number;
    if (column->texts == 0 || column->numbers == 0)
        return HONE_OK;
    const bool elsewhere = strcmp(column->text_file, column->number_file) != 0;
    if (table->decimal == '.' &&
        hone_internal_field_to_number(column->text, strlen(column->text), ',', &number))
        snprintf(comma, sizeof comma, "decimal=\",\" reads it as a number, ");
    return hone_fail(
        HONE_ERROR_DATA,
        "%s, line %llu, column \"%.80s\": \"%s\" is not a number, but others in the column are (%s%sline %llu); "
        "%scategorical=[\"%.60s\"] reads all as categories, missing_values=[\"%s\"] such cells as missing",
        column->text_file, (unsigned long long)column->text_line, column->name, column->text,
        elsewhere ? column->number_file : "", elsewhere ? ", " : "", (unsigned long long)column->number_line,
        comma, column->name, column->text);
}

static hone_status settle_categories(hone_table *table, hone_data_column *column)
{
    column->categorical = true;
    if (column->missing > 0 && hone_internal_words_add(&column->words, "", 0) < 0) /* a category of its own */
        return HONE_ERROR_MEMORY;
    return table->args->order[1] == 'o' ? hone_internal_words_sort(&column->words) : HONE_OK;
}

static hone_status settle(hone_table *table, hone_data_column *column)
{
    if (column->is_text || (column->known && column->categorical))
        return HONE_OK;
    if (column->date == HONE_DATE_AGE)
        hone_internal_table_settle_age(column);
    if (!column->known && (column->wanted_categories || column->texts > 0))
        return settle_categories(table, column);
    if (table->missing == HONE_MISSING_MEAN && !column->has_fill) {
        if (column->numbers == 0)
            return hone_fail(HONE_ERROR_DATA, "%s, column \"%s\": there are no values to take the mean of",
                             hone_internal_source_label(table->source), column->name);
        column->fill = column->sum / (double)column->numbers;
        column->has_fill = true;
    } else if (table->missing != HONE_MISSING_MEAN) {
        column->fill = table->missing_number;
        column->has_fill = table->missing == HONE_MISSING_NUMBER;
    }
    return HONE_OK;
}

hone_status hone_internal_table_scan(hone_table *table)
{
    HONE_TRY(scan_rows(table));
    for (size_t i = 0; i < table->width; i++)
        HONE_TRY(refuse_mixed(table, &table->columns[i]));
    if (table->rows == 0)
        return hone_fail(HONE_ERROR_DATA, "%s: the table has no rows%s",
                         hone_internal_source_label(table->source),
                         table->missing == HONE_MISSING_DROP ? " without missing values" : "");
    for (size_t i = 0; i < table->width; i++)
        if (table->columns[i].used)
            HONE_TRY(settle(table, &table->columns[i]));
    return HONE_OK;
}
