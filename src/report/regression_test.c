/* Regression in a report: errors, plots, and a row for each of several numbers. */
#include "testing/pages.h"

static hone_text report_of(const float *targets, const float *outputs, int64_t count, int64_t width)
{
    hone_report_output output = {.judged = judge(targets, width, outputs, count, width, true)};
    hone_text page = {.data = NULL};
    assert_int_equal(hone_internal_report_regression(&page, &output), HONE_OK);
    hone_internal_judged_free(&output.judged);
    return page;
}

TEST(one_number_has_no_table)
{
    static const float targets[] = {1, 2, 3, 4}, outputs[] = {1, 3, 3, 2};
    hone_text page = report_of(targets, outputs, 4, 1);
    CHECK_PAGE(&page, "<b>0.750</b><span>mean absolute error", "<b>0</b><span>R\xc2\xb2",
               "<b>-0.250</b><span>bias", "<b>4</b><span>samples", "Predicted against actual", "Residuals",
               "Distribution of residuals");
    assert_null(strstr(page.data, "By output"));
    hone_internal_text_free(&page);
}

TEST(several_numbers_have_a_row_each)
{
    static const float targets[] = {1, 5, 2, 5}, outputs[] = {1, 6, 2, 6};
    hone_text page = report_of(targets, outputs, 2, 2);
    CHECK_PAGE(
        &page, "By output", ">0</td><td>0</td><td>0</td><td>0</td><td>1.00</td>",
        ">1</td><td>1.00</td><td>1.00</td><td>1.00</td><td>&ndash;</td>"); /* the second never changes */
    hone_internal_text_free(&page);
}

TEST(equal_errors_have_one_bar)
{
    static const float targets[] = {1, 2}, outputs[] = {2, 3};
    hone_text page = report_of(targets, outputs, 2, 1);
    const char *bars = strstr(page.data, "bars f4");
    assert_non_null(bars);
    assert_non_null(strstr(bars, "<rect"));
    hone_internal_text_free(&page);
}
