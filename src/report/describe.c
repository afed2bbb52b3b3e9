/* hone_describe as a page: of a table its columns with ranges, values and what looks wrong; of other data a
 * text. */
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "fields/config.h"
#include "formats/formats.h"
#include "report/page.h"
#include <hone/data_files.h>
#include <hone/look.h>
#include <hone/memory.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VALUES_SHOWN = 8, LETTERS_SHOWN = 40 };

static int64_t integer_of(const hone_config *map, const char *key)
{
    return hone_internal_config_as_integer(hone_internal_config_get(map, key));
}

/* Six digits; whole and large numbers have all that stand before the point. */
static void put_cell(hone_text *page, const hone_config *column, const char *key)
{
    const hone_config *value = hone_internal_config_get(column, key);
    hone_internal_text_append(page, "<td>");
    if (hone_internal_config_is_numeric(value)) {
        const double number = hone_internal_config_as_number(value), size = fabs(number);
        const bool digits = size < 0x1p53 && (number == floor(number) || size >= 1e5);
        hone_internal_page_say_format(page, digits ? "%.0f" : "%.6g", number);
    }
    hone_internal_text_append(page, "</td>");
}

/* The first letters of a long value, whole ones. */
static void put_value(hone_text *page, const char *value)
{
    const size_t length = value == NULL ? 0 : strlen(value);
    size_t bytes = 0;
    uint32_t letter;
    for (int i = 0; i < LETTERS_SHOWN && bytes < length; i++)
        bytes += hone_internal_utf8_next(value + bytes, length - bytes, &letter);
    if (length > 0)
        hone_internal_page_say_format(page, "%.*s%s", (int)bytes, value, bytes < length ? "..." : "");
}

/* "ok 940, fraud 60", each as dark as its share of the rows: a row of their own, as wide as the table. */
static void put_values(hone_text *page, const hone_config *column, int64_t rows)
{
    const hone_config *values = hone_internal_config_get(column, "values");
    if (hone_internal_config_count(values) == 0)
        return;
    hone_internal_text_append(page, "<tr><td class=\"name long\" colspan=\"9\">");
    for (size_t i = 0; i < hone_internal_config_count(values) && i < VALUES_SHOWN; i++) {
        const hone_config *value = hone_internal_config_at(values, i);
        const int64_t count = integer_of(value, "count");
        hone_internal_text_format(page, "<span style=\"background:rgba(var(--heat),%.2f)\">",
                                  rows > 0 ? 0.6 * (double)count / (double)rows : 0);
        put_value(page, hone_internal_config_get_text(value, "value"));
        hone_internal_text_format(page, "</span>&nbsp;%lld ", (long long)count);
    }
    if (integer_of(column, "different") > VALUES_SHOWN)
        hone_internal_text_append(page, "...");
    hone_internal_text_append(page, "</td></tr>\n");
}

static void put_column(hone_text *page, const hone_config *column, int64_t rows)
{
    static const char *const texts[] = {"name", "role", "kind"}, *const numbers[] = {"missing", "different",
                                                                                     "lowest",  "highest",
                                                                                     "mean",    "deviation"};
    hone_internal_text_append(page, "<tr class=\"column\">");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hone_internal_text_append(page, i == 0 ? "<td class=\"name long\">" : "<td class=\"name\">");
        hone_internal_page_say(page, hone_internal_config_get_text(column, texts[i]));
        hone_internal_text_append(page, "</td>");
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_cell(page, column, numbers[i]);
    hone_internal_text_append(page, "</tr>\n");
    put_values(page, column, rows);
}

static void put_notes(hone_text *page, const hone_config *columns)
{
    size_t found = 0;
    hone_internal_page_section(page, "What looks wrong");
    for (size_t c = 0; c < hone_internal_config_count(columns); c++) {
        const hone_config *column = hone_internal_config_at(columns, c),
                          *notes = hone_internal_config_get(column, "notes");
        for (size_t i = 0; i < hone_internal_config_count(notes); i++, found++) {
            hone_internal_text_append(page, "<p><b>");
            hone_internal_page_say(page, hone_internal_config_get_text(column, "name"));
            hone_internal_text_append(page, "</b>: ");
            hone_internal_page_say(page, hone_internal_config_text_at(notes, i));
            hone_internal_text_append(page, "</p>\n");
        }
    }
    if (found == 0)
        hone_internal_text_append(page, "<p>Nothing.</p>\n");
}

static void put_option(hone_text *page, const hone_config *tree, const char *key, const char *words)
{
    const char *value = hone_internal_config_get_text(tree, key);
    if (value == NULL)
        return;
    hone_internal_text_append(page, "<p>");
    hone_internal_page_say_format(page, "%s: %s=\"%s\"", words, key, value);
    hone_internal_text_append(page, "</p>\n");
}

static void put_table(hone_text *page, const hone_config *tree)
{
    const hone_config *columns = hone_internal_config_get(tree, "columns");
    const int64_t rows = integer_of(tree, "rows");
    hone_internal_text_append(page, "<div class=\"numbers\">\n");
    hone_internal_page_count(page, "rows", rows);
    hone_internal_page_count(page, "columns", (int64_t)hone_internal_config_count(columns));
    hone_internal_page_count(page, "numbers of a row of inputs", integer_of(tree, "inputs"));
    hone_internal_page_count(page, "with encoding=one_hot", integer_of(tree, "inputs_one_hot"));
    hone_internal_text_append(page, "</div>\n");
    put_option(page, tree, "delimiter", "The columns are separated by something else");
    put_option(page, tree, "decimal", "Numbers have a decimal comma");
    put_notes(page, columns);
    hone_internal_page_section(page, "Columns");
    hone_internal_text_append(
        page,
        "<div class=\"wide\"><table><thead><tr><th class=\"name\">column</th><th class=\"name\">role</th>"
        "<th class=\"name\">kind</th><th>missing</th><th>different</th><th>lowest</th><th>highest</th>"
        "<th>mean</th><th>deviation</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < hone_internal_config_count(columns); i++)
        put_column(page, hone_internal_config_at(columns, i), rows);
    hone_internal_text_append(page, "</tbody></table></div>\n");
}

static void put_text(hone_text *page, const char *text)
{
    hone_internal_text_append(page, "<pre>");
    hone_internal_page_say(page, text);
    hone_internal_text_append(page, "</pre>\n");
}

hone_status hone_describe_page(const char *source, const char *path)
{
    if (path == NULL)
        return hone_internal_fail_null("a path");
    char *json = hone_describe(source, true);
    hone_config *tree = json == NULL ? NULL : hone_internal_json_parse(json, strlen(json), "describe");
    hone_text page = {.data = NULL};
    hone_status status = tree == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0) {
        hone_internal_page_begin(&page, source);
        if (hone_internal_config_get(tree, "columns") != NULL)
            put_table(&page, tree);
        else
            put_text(&page, hone_internal_config_get_text(tree, "text"));
        hone_internal_page_end(&page);
        status = page.failed ? HONE_ERROR_MEMORY : hone_write_file(path, page.data, page.length);
    }
    hone_internal_text_free(&page);
    hone_internal_config_free(tree);
    hone_free(json);
    return status;
}
