/* CSV, record by record. (Tables: readers/table_test.c; written: formats/csv_test.c.) */
#include "formats/csv_reader.h"
#include "base/memory.h"
#include "base/text.h"
#include "testing/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The records as "a|b|;c|d|;" after their lines, "2:". */
static hone_text records_of(const char *text, size_t bytes, char delimiter, int64_t skip)
{
    hone_text found = {0};
    hone_csv_reader reader = {0};
    hone_source *source = hone_internal_source_memory(text, bytes, "memory");
    int status = hone_internal_csv_begin(&reader, source, delimiter, '"', skip);
    while (status >= 0 && (status = hone_internal_csv_next(&reader)) == 1) {
        hone_internal_text_format(&found, "%d:", (int)reader.line);
        for (size_t i = 0; i < reader.count; i++)
            hone_internal_text_format(&found, "%.*s%s|", (int)reader.fields[i].length, reader.fields[i].text,
                                      reader.fields[i].quoted ? "*" : "");
        hone_internal_text_append(&found, ";");
    }
    if (status < 0)
        hone_internal_text_format(&found, "!%s", hone_error_message());
    hone_internal_csv_end(&reader);
    hone_internal_source_close(source);
    return found;
}

static const struct {
    const char *name, *text;
    char delimiter;
    int64_t skip;
    const char *records;
} rows[] = {
    {"plain fields", "a,b\nc,d\n", ',', 0, "1:a|b|;2:c|d|;"},
    {"another delimiter", "a;b,c\n", ';', 0, "1:a|b,c|;"},
    {"tabs", "a\tb\n", '\t', 0, "1:a|b|;"},
    {"no last line end", "a,b\nc,d", ',', 0, "1:a|b|;2:c|d|;"},
    {"every line end", "a\r\nb\rc\nd", ',', 0, "1:a|;2:b|;3:c|;4:d|;"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "a,b\n",
     ',', 0, "1:a|b|;"},
    {"empty lines", "\na\n\n\r\nb\n\n", ',', 0, "2:a|;5:b|;"},
    {"empty fields", ",a,\n,\n", ',', 0, "1:|a||;2:||;"},
    {"quotes", "\"a,b\",\"c\"\"d\",\"\"\n", ',', 0, "1:a,b*|c\"d*|*|;"},
    {"line ends in quotes", "\"a\nb\",c\nd,e\n", ',', 0, "1:a\nb*|c|;3:d|e|;"},
    {"lines passed over", "x\ny,z\na,b\n", ',', 2, "3:a|b|;"},
    {"more lines passed over than there are", "x\ny\n", ',', 9, ""},
    {"nothing", "", ',', 0, ""},
    {"spaces stay", " a , b \n", ',', 0, "1: a | b |;"},
};

TEST_EACH(reads, rows)
{
    hone_text found = records_of(row->text, strlen(row->text), row->delimiter, row->skip);
    assert_string_equal(found.data != NULL ? found.data : "", row->records);
    hone_internal_text_free(&found);
}

static const struct {
    const char *name, *text, *words;
} broken[] = {
    {"a quote that is not closed", "a,b\nc,\"d\n", "line 2"},
    {"letters behind a quote", "a,\"b\"c\n", "line 1"},
};

TEST_EACH(tells_the_line_of, broken)
{
    hone_text found = records_of(row->text, strlen(row->text), ',', 0);
    const char *message = strchr(found.data, '!');
    if (message == NULL || strstr(message, row->words) == NULL)
        fail_msg("received %s", found.data);
    hone_internal_text_free(&found);
}

TEST(a_field_longer_than_the_buffer_is_read_whole)
{
    enum { LONG = 300000 };
    char *text = malloc(2 * LONG + 8);
    memset(text, 'x', LONG);
    text[LONG] = ',';
    text[LONG + 1] = '"';
    memset(text + LONG + 2, '\n', LONG);
    memcpy(text + 2 * LONG + 2, "\"\ny\n", 4);
    hone_csv_reader reader = {0};
    hone_source *source = hone_internal_source_memory(text, 2 * LONG + 6, "memory");
    assert_int_equal(hone_internal_csv_begin(&reader, source, ',', '"', 0), HONE_OK);
    assert_int_equal(hone_internal_csv_next(&reader), 1);
    assert_int_equal(reader.count, 2);
    assert_int_equal(reader.fields[0].length, LONG);
    assert_int_equal(reader.fields[1].length, LONG);
    assert_int_equal(hone_internal_csv_next(&reader), 1);
    assert_int_equal(reader.line, LONG + 2);
    assert_int_equal(hone_internal_csv_next(&reader), 0);
    hone_internal_csv_end(&reader);
    hone_internal_source_close(source);
    free(text);
}

TEST(a_record_beyond_the_limit_is_told)
{
    size_t bytes = (size_t)HONE_CSV_RECORD_BYTES + 100;
    char *text = malloc(bytes);
    memset(text, 'x', bytes);
    hone_text found = records_of(text, bytes, ',', 0);
    assert_int_equal(found.data[0], '!');
    hone_internal_text_free(&found);
    free(text);
}

static const struct {
    const char *name, *text;
    char decimal;
    double number; /* NaN: none */
} numbers[] = {
    {"a whole number", "12", '.', 12},
    {"a sign", "+1", '.', 1},
    {"a point in front", "-.5", '.', -0.5},
    {"a point behind", "5.", '.', 5},
    {"an exponent", "1e-3", '.', 1e-3},
    {"spaces around", " 2 ", '.', 2},
    {"a decimal comma", "1,5", ',', 1.5},
    {"a point where a comma is wanted", "1.5", ',', NAN},
    {"a comma where a point is wanted", "1,5", '.', NAN},
    {"nothing", "", '.', NAN},
    {"spaces", "  ", '.', NAN},
    {"a unit", "2x", '.', NAN},
    {"hexadecimal", "0x10", '.', NAN},
    {"a sign alone", "-", '.', NAN},
    {"two points", "1.2.3", '.', NAN},
    {"infinity", "inf", '.', INFINITY},
    {"more digits than a double holds", "0.1000000000000000055511151231257827021181583404541015625", '.',
     0.1},
};

TEST_EACH(takes_for_a_number, numbers)
{
    double number = 7;
    bool found = hone_internal_field_to_number(row->text, strlen(row->text), row->decimal, &number);
    assert_int_equal(found, !isnan(row->number));
    if (found)
        assert_true(number == row->number);
}

TEST(survives_failing_allocations)
{
    static const char text[] = "a,\"b\"\nc,d\n";
    int64_t before = hone_internal_blocks_in_use();
    bool complete = false;
    for (int64_t n = 0; !complete && n < 100; n++) {
        hone_csv_reader reader = {0};
        hone_internal_fail_allocations_after(n);
        hone_source *source = hone_internal_source_memory(text, strlen(text), "memory");
        int status =
            source == NULL ? HONE_ERROR_MEMORY : hone_internal_csv_begin(&reader, source, ',', '"', 0);
        while (status >= 0 && (status = hone_internal_csv_next(&reader)) == 1)
            ;
        complete = hone_internal_fail_allocations_after(-1) <= n;
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        if (source != NULL)
            hone_internal_csv_end(&reader);
        hone_internal_source_close(source);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_true(complete);
}
