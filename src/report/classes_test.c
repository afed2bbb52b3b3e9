/* Classes in a report: names, shares, the matrix, or the most frequent confusions where it would be too
 * large. */
#include "testing/pages.h"

static const char *const names[] = {"cat", "<dog>"};

static hone_text report_of(const float *targets, const float *outputs, int64_t count, int64_t width)
{
    hone_report_output output = {.judged = judge(targets, 1, outputs, count, width, false),
                                 .class_names = names,
                                 .class_name_count = 2};
    hone_text page = {.data = NULL};
    assert_int_equal(hone_internal_report_classes(&page, &output), HONE_OK);
    hone_internal_judged_free(&output.judged);
    return page;
}

TEST(a_class_has_its_name_or_its_number)
{
    const hone_report_output output = {.class_names = names, .class_name_count = 2};
    char buffer[24];
    assert_string_equal(hone_internal_report_class(&output, 1, buffer, sizeof buffer), "<dog>");
    assert_string_equal(hone_internal_report_class(&output, 2, buffer, sizeof buffer), "2");
    assert_string_equal(hone_internal_report_class(&output, -1, buffer, sizeof buffer), "-1");
}

/* Truth 0 0 1 1 and a target that is no class; answers 0 1 1 1 0; class 2 never is and is never said. */
TEST(few_classes_have_a_matrix)
{
    static const float targets[] = {0, 0, 1, 1, -1};
    static const float outputs[] = {.8f, .1f, .1f, .2f, .7f, .1f, .1f, .8f,
                                    .1f, .1f, .8f, .1f, .6f, .2f, .2f};
    hone_text page = report_of(targets, outputs, 5, 3);
    CHECK_PAGE(&page, "<b>0.750</b><span>accuracy", "1 target is not one of the classes and left out",
               "Confusion matrix", "class=\"right\" style=\"background:rgba(var(--heat),0.30)\">1</td>",
               "rgba(var(--heat),0.30)\">1</td>", "By class", "&lt;dog&gt;", "<td>0.667</td><td>1.000</td>",
               "<td>&ndash;</td><td>&ndash;</td>", "mean over classes");
    assert_null(strstr(page.data, "<dog>"));
    hone_internal_text_free(&page);
}

TEST(many_classes_have_their_most_frequent_confusions)
{
    enum { CLASSES = 40 };
    static float outputs[4][CLASSES];
    static const float targets[] = {7, 7, 9, 3};
    static const int answers[] = {8, 8, 1, 3};
    for (int i = 0; i < 4; i++)
        outputs[i][answers[i]] = 1;
    hone_text page = report_of(targets, outputs[0], 4, CLASSES);
    assert_null(strstr(page.data, "Confusion matrix"));
    CHECK_PAGE(&page, "Most frequent confusions", ">7</td><td class=\"name\">8</td><td>2</td>",
               ">9</td><td class=\"name\">&lt;dog&gt;</td><td>1</td></tr>\n</tbody>");
    hone_internal_text_free(&page);
}

TEST(two_classes_have_a_curve)
{
    static const float targets[] = {1, 0, 1}, outputs[] = {.9f, .2f, .6f}, one[] = {1, 1, 1};
    hone_text page = report_of(targets, outputs, 3, 1);
    CHECK_PAGE(&page, "<b>1.00</b><span>area under the ROC curve", "ROC: area under the curve 1.000",
               "Precision and recall", "Predicted probabilities");
    hone_internal_text_free(&page);
    page = report_of(one, outputs, 3, 1);
    assert_null(strstr(page.data, "ROC: "));
    hone_internal_text_free(&page);
}
