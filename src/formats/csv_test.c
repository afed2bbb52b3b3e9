/* CSV, against what Python's csv.writer writes. */
#include "formats/csv.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static char written[4096];
static size_t written_length;

static void keep(void *context, const char *text, size_t length)
{
    (void)context;
    assert_true(written_length + length < sizeof written);
    memcpy(written + written_length, text, length);
    written_length += length;
    written[written_length] = '\0';
}

static hone_csv start(char separator)
{
    written_length = 0;
    return (hone_csv){.output = keep, .separator = separator};
}

TEST(quotes_what_needs_it)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"plain", "plain,x\r\n"},
        {"a,b", "\"a,b\",x\r\n"},
        {"say \"hi\"", "\"say \"\"hi\"\"\",x\r\n"},
        {"two\nlines", "\"two\nlines\",x\r\n"},
        {"return\r", "\"return\r\",x\r\n"},
        {" blanks ", " blanks ,x\r\n"},
        {"\"", "\"\"\"\",x\r\n"},
        {"a;b", "a;b,x\r\n"},
        {"", ",x\r\n"},
        {NULL, ",x\r\n"},
        {"[1, 2]", "\"[1, 2]\",x\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_csv csv = start(0);
        hone_internal_csv_text(&csv, cases[i].text);
        hone_internal_csv_text(&csv, "x");
        hone_internal_csv_end_row(&csv);
        assert_string_equal(written, cases[i].expected);
    }
}

TEST(writes_numbers_in_rows)
{
    hone_csv csv = start(0);
    hone_internal_csv_text(&csv, "epoch");
    hone_internal_csv_text(&csv, "loss");
    hone_internal_csv_text(&csv, "val_loss");
    hone_internal_csv_end_row(&csv);
    hone_internal_csv_integer(&csv, 0);
    hone_internal_csv_number(&csv, 0.1);
    hone_internal_csv_text(&csv, "NA");
    hone_internal_csv_end_row(&csv);
    hone_internal_csv_integer(&csv, INT64_MIN);
    hone_internal_csv_number(&csv, NAN);
    hone_internal_csv_number(&csv, -INFINITY);
    hone_internal_csv_number(&csv, 1e-7);
    hone_internal_csv_number(&csv, 2);
    hone_internal_csv_end_row(&csv);
    assert_string_equal(written,
                        "epoch,loss,val_loss\r\n0,0.1,NA\r\n-9223372036854775808,nan,-inf,1e-07,2.0\r\n");
}

TEST(quotes_by_the_separator_in_use)
{
    hone_csv csv = start(';');
    hone_internal_csv_text(&csv, "a,b");
    hone_internal_csv_text(&csv, "a;b");
    hone_internal_csv_end_row(&csv);
    assert_string_equal(written, "a,b;\"a;b\"\r\n");
}

TEST(an_empty_row_is_told_from_an_empty_field)
{
    hone_csv csv = start(0);
    hone_internal_csv_text(&csv, "");
    hone_internal_csv_end_row(&csv);
    hone_internal_csv_end_row(&csv);
    assert_string_equal(written, "\"\"\r\n\r\n");
}
