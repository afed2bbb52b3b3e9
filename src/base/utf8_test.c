/* UTF-8: good and bad bytes, and widths; numbers in any locale. */
#include "base/decimal.h"
#include "base/utf8.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static void check_next(const char *text, size_t length, uint32_t expected, size_t bytes)
{
    uint32_t character;
    assert_int_equal(hone_internal_utf8_next(text, length, &character), bytes);
    assert_int_equal(character, expected);
}

TEST(reads_characters_and_refuses_broken_ones)
{
    check_next("a", 1, 'a', 1);
    check_next("é", 2, 0xe9, 2);
    check_next("中", 3, 0x4e2d, 3);
    check_next("\xf0\x9f\x98\x80", 4, 0x1f600, 4);
    check_next("\xe4\xb8", 2, 0xfffd, 1); /* cut off */
    check_next("\xc0\x80", 2, 0xfffd, 1); /* too long a form */
    check_next("\xe0\x80\x80", 3, 0xfffd, 1);
    check_next("\xed\xa0\x80", 3, 0xfffd, 1);     /* a surrogate */
    check_next("\xf4\x90\x80\x80", 4, 0xfffd, 1); /* beyond Unicode */
    check_next("\xffz", 2, 0xfffd, 1);
    check_next("\xc3(", 2, 0xfffd, 1);
}

TEST(counts_columns_of_a_terminal)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},    {"abc", 3}, {"é", 1}, {"e\xcc\x81", 1}, {"中文", 4}, {"━━", 2}, {"\xf0\x9f\x98\x80", 2},
        {"سلام", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hone_internal_utf8_columns(cases[i].text, strlen(cases[i].text)), cases[i].columns);
}

TEST(fits_whole_characters)
{
    assert_int_equal(hone_internal_utf8_fit("a中文", 7, 2), 1);
    assert_int_equal(hone_internal_utf8_fit("a中文", 7, 3), 4);
    assert_int_equal(hone_internal_utf8_fit("a中文", 7, 99), 7);
    assert_int_equal(hone_internal_utf8_fit("e\xcc\x81x", 4, 1), 3);
}

TEST(rounds_decimals_to_even)
{
    char text[400];
    hone_internal_decimal_fixed(-1.25, 1, text, sizeof text);
    assert_string_equal(text, "-1.2");
    hone_internal_decimal_fixed(3, 0, text, sizeof text);
    assert_string_equal(text, "3");
    hone_internal_decimal_scientific(0.001, 4, text, sizeof text);
    assert_string_equal(text, "1.0000e-03");
    hone_internal_decimal_fixed(-NAN, 4, text, sizeof text);
    assert_string_equal(text, "nan");
    hone_internal_decimal_fixed(-INFINITY, 4, text, sizeof text);
    assert_string_equal(text, "-inf");
}
