/* Ranges and ticks. */
#include "charts/ticks.h"
#include "testing/test.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The labels of an axis from low to high, with blanks between. */
static const char *labels(double low, double high, double most, bool logarithmic, bool integers)
{
    static char text[2048];
    hone_ticks ticks;
    hone_axis axis = {low, high, logarithmic, integers};
    hone_internal_ticks(&axis, most, &ticks);
    text[0] = '\0';
    for (size_t i = 0; i < ticks.count; i++) {
        if (ticks.items[i].minor)
            continue;
        if (text[0] != '\0')
            strcat(text, " ");
        strcat(text, ticks.items[i].label);
    }
    return text;
}

TEST(linear_ticks_are_round)
{
    assert_string_equal(labels(0, 1, 5, false, false), "0.0 0.2 0.4 0.6 0.8 1.0");
    assert_string_equal(labels(0.81, 0.893, 5, false, false), "0.82 0.84 0.86 0.88");
    assert_string_equal(labels(-1, 1, 4, false, false), "-1.0 -0.5 0.0 0.5 1.0");
    assert_string_equal(labels(0.5, 30.5, 8, false, true), "5 10 15 20 25 30");
    assert_string_equal(labels(0.5, 3.5, 8, false, true), "1 2 3");
    assert_string_equal(labels(0.5, 1.5, 8, false, true), "1");
    assert_string_equal(labels(0, 40000, 4, false, false), "0 10,000 20,000 30,000 40,000");
    assert_string_equal(labels(0, 3e7, 3, false, false), "0 1×10⁷ 2×10⁷ 3×10⁷");
    assert_string_equal(labels(0, 2e-5, 4, false, false), "0 5×10⁻⁶ 1.0×10⁻⁵ 1.5×10⁻⁵ 2.0×10⁻⁵");
}

TEST(logarithmic_ticks_are_powers)
{
    assert_string_equal(labels(1e-6, 10, 8, true, false), "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰ 10¹");
    assert_string_equal(labels(0.001, 1, 5, true, false), "0.001 0.01 0.1 1");
    assert_string_equal(labels(0.2, 3, 6, true, false), "0.2 0.5 1 2");
    assert_string_equal(labels(1e-30, 1, 5, true, false), "10⁻³⁰ 10⁻²⁴ 10⁻¹⁸ 10⁻¹² 10⁻⁶ 10⁰");
    assert_string_equal(labels(1e-6, 4e-6, 6, true, false), "10⁻⁶ 2×10⁻⁶ 3×10⁻⁶ 4×10⁻⁶");
}

TEST(the_range_leaves_out_what_is_not_finite)
{
    hone_axis axis = hone_internal_axis(false, false);
    const double values[] = {NAN, 2, INFINITY, -INFINITY, 1, 1e300};
    for (size_t i = 0; i < 6; i++)
        hone_internal_axis_include(&axis, values[i]);
    hone_internal_axis_close(&axis, 0.05);
    assert_true(fabs(axis.low - 0.95) < 1e-12 && fabs(axis.high - 2.05) < 1e-12);
    assert_true(fabs(hone_internal_axis_place(&axis, 1.5) - 0.5) < 1e-12);
    assert_true(isnan(hone_internal_axis_place(&axis, NAN)));

    axis = hone_internal_axis(true, false);
    const double rates[] = {0, -1, 1e-5, 1e-1, NAN};
    for (size_t i = 0; i < 5; i++)
        hone_internal_axis_include(&axis, rates[i]);
    hone_internal_axis_close(&axis, 0);
    assert_true(axis.low == 1e-5 && axis.high == 1e-1);
    assert_true(fabs(hone_internal_axis_place(&axis, 1e-3) - 0.5) < 1e-12);
}

TEST(little_data_have_a_range)
{
    for (int logarithmic = 0; logarithmic < 2; logarithmic++)
        for (int one = 0; one < 2; one++) {
            hone_axis axis = hone_internal_axis(logarithmic, false);
            if (one)
                hone_internal_axis_include(&axis, 5);
            hone_internal_axis_close(&axis, 0.05);
            assert_true(axis.high > axis.low && isfinite(axis.high) && isfinite(axis.low));
            if (one)
                assert_true(axis.low < 5 && axis.high > 5);
        }
}

/* Ends and counts stay in bounds for any range, however odd. */
TEST(any_range_has_ticks_in_bounds)
{
    static const double ends[] = {-1e100, -1e17,           -1,  -1e-300, 0,    1e-300, 1e-90, 1e-7,
                                  1,      1 + DBL_EPSILON, 7.3, 1e15,    1e100};
    enum { ENDS = sizeof ends / sizeof *ends };
    for (int i = 0; i < ENDS * ENDS * 4; i++) {
        hone_ticks ticks;
        hone_axis axis = hone_internal_axis(i & 1, i & 2);
        hone_internal_axis_include(&axis, ends[i / 4 % ENDS]);
        hone_internal_axis_include(&axis, ends[i / 4 / ENDS]);
        hone_internal_axis_close(&axis, 0.05);
        assert_true(axis.high > axis.low);
        hone_internal_ticks(&axis, 6, &ticks);
        assert_true(ticks.count <= HONE_MOST_TICKS);
        for (size_t t = 0; t < ticks.count; t++)
            assert_true(memchr(ticks.items[t].label, '\0', HONE_TICK_LABEL) &&
                        isfinite(ticks.items[t].value));
    }
}

TEST(numbers_are_written_short)
{
    static const struct {
        double value;
        const char *expected;
    } cases[] = {{0.88912, "0.889"},   {12.34, "12.3"}, {4000, "4000"},   {40000, "40,000"},
                 {3.2e-5, "3.2×10⁻⁵"}, {0, "0"},        {-0.5, "-0.500"}, {0.00123, "0.0012"},
                 {1e9, "1.0×10⁹"},     {NAN, "nan"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        hone_internal_number_short(cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].expected);
    }
}
