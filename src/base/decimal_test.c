/* Numbers with a chosen count of digits. */
#include "base/decimal.h"
#include "testing/test.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    double number;
    int digits;
    const char *fixed, *scientific;
} rows[] = {
    {"zero", 0, 2, "0.00", "0.00e+00"},
    {"no digits", 2.75, 0, "3", "3e+00"},
    {"a half to even", 0.125, 2, "0.12", "1.25e-01"},
    {"below zero", -1234.5, 1, "-1234.5", "-1.2e+03"},
    {"large", 1e22, 1, "10000000000000000000000.0", "1.0e+22"},
    {"not a number", NAN, 3, "nan", "nan"},
    {"not a number, with a sign", -NAN, 3, "nan", "nan"},
    {"infinity", INFINITY, 3, "inf", "inf"},
    {"infinity below zero", -INFINITY, 3, "-inf", "-inf"},
};

TEST_EACH(is_written_with_its_digits, rows)
{
    char text[400];
    hone_internal_decimal_fixed(row->number, row->digits, text, sizeof text);
    assert_string_equal(text, row->fixed);
    hone_internal_decimal_scientific(row->number, row->digits, text, sizeof text);
    assert_string_equal(text, row->scientific);
}

TEST(the_longest_number_fits_400_bytes)
{
    char text[400];
    hone_internal_decimal_fixed(-1.7976931348623157e308, 17, text, sizeof text);
    assert_int_equal(strlen(text), 1 + 309 + 1 + 17);
}

TEST(is_cut_at_the_end_of_its_buffer)
{
    char text[8] = "#######";
    hone_internal_decimal_fixed(123456, 3, text, 4);
    assert_string_equal(text, "123");
    assert_int_equal(text[4], '#');
}

TEST(has_a_point_in_any_locale)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ps_AF.UTF-8"};
    char text[64];
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (setlocale(LC_ALL, locales[i]) != NULL) {
            hone_internal_decimal_fixed(-0.5, 2, text, sizeof text);
            assert_string_equal(text, "-0.50");
            hone_internal_decimal_scientific(1500, 1, text, sizeof text);
            assert_string_equal(text, "1.5e+03");
        }
    setlocale(LC_ALL, "C");
}
