/* CSV, against what Python's csv.writer writes. */
#include "formats/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

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

static void test_quoting(void **state)
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
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_csv csv = start(0);
        hone_internal_csv_text(&csv, cases[i].text);
        hone_internal_csv_text(&csv, "x");
        hone_internal_csv_end_row(&csv);
        assert_string_equal(written, cases[i].expected);
    }
}

static void test_numbers_and_rows(void **state)
{
    (void)state;
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

static void test_separator(void **state)
{
    (void)state;
    hone_csv csv = start(';');
    hone_internal_csv_text(&csv, "a,b");
    hone_internal_csv_text(&csv, "a;b");
    hone_internal_csv_end_row(&csv);
    assert_string_equal(written, "a,b;\"a;b\"\r\n");
}

static void test_single_empty_field(void **state)
{
    (void)state;
    hone_csv csv = start(0);
    hone_internal_csv_text(&csv, "");
    hone_internal_csv_end_row(&csv);
    hone_internal_csv_end_row(&csv);
    assert_string_equal(written, "\"\"\r\n\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_numbers_and_rows),
        cmocka_unit_test(test_separator),
        cmocka_unit_test(test_single_empty_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
