/* CSV, the excel dialect. */
#include "formats/csv.h"

#include "base/text.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char separator_of(const hone_csv *csv)
{
    return csv->separator ? csv->separator : ',';
}

static void write_text(hone_csv *csv, const char *text, size_t length)
{
    if (length > 0)
        csv->output(csv->context, text, length);
}

static bool needs_quotes(const hone_csv *csv, const char *text)
{
    const char special[] = {separator_of(csv), '"', '\r', '\n', '\0'};
    return text[strcspn(text, special)] != '\0';
}

/* A quote within quotes is doubled. */
static void write_quoted(hone_csv *csv, const char *text)
{
    write_text(csv, "\"", 1);
    for (size_t length; *text != '\0'; text += length) {
        length = strcspn(text, "\"");
        if (text[length] == '"') {
            write_text(csv, text, ++length);
            write_text(csv, "\"", 1);
        } else {
            write_text(csv, text, length);
        }
    }
    write_text(csv, "\"", 1);
}

static void begin_field(hone_csv *csv)
{
    char separator = separator_of(csv);
    if (csv->fields++ > 0)
        write_text(csv, &separator, 1);
}

void hone_internal_csv_text(hone_csv *csv, const char *text)
{
    if (!text)
        text = "";
    begin_field(csv);
    csv->last_empty = *text == '\0';
    if (needs_quotes(csv, text))
        write_quoted(csv, text);
    else
        write_text(csv, text, strlen(text));
}

void hone_internal_csv_number(hone_csv *csv, double number)
{
    char text[64];
    hone_internal_number_to_text(number, text, sizeof text);
    hone_internal_csv_text(csv, text);
}

void hone_internal_csv_numbers(hone_csv *csv, const double *numbers, int count)
{
    char text[64];
    begin_field(csv);
    csv->last_empty = 0;
    write_text(csv, "\"\"\"[", 4);
    for (int i = 0; i < count; i++) {
        hone_internal_number_to_text(numbers[i], text, sizeof text);
        write_text(csv, ", ", i > 0 ? 2 : 0);
        write_text(csv, text, strlen(text));
    }
    write_text(csv, "]\"\"\"", 4);
}

void hone_internal_csv_integer(hone_csv *csv, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, number);
    hone_internal_csv_text(csv, text);
}

/* A row of one empty field is written "", or it would read back as no row. */
void hone_internal_csv_end_row(hone_csv *csv)
{
    if (csv->fields == 1 && csv->last_empty)
        write_text(csv, "\"\"", 2);
    write_text(csv, "\r\n", 2);
    csv->fields = 0;
    csv->last_empty = 0;
}
