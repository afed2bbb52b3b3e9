/* The worst samples in a report: as pictures where the input is one, else as a table. */
#include "testing/pages.h"

#include <hone/hone.h>

enum { SAMPLES = 3, SIDE = 8 };
static float x[SAMPLES][SIDE][SIDE];

/* `rank` 3: pictures; 2: rows of numbers. */
static hone_text report_of(int rank, const float *targets, const float *outputs, int64_t width)
{
    const int64_t shape[3] = {SAMPLES, rank == 3 ? SIDE : SIDE * SIDE, SIDE};
    hone_report_output output = {
        .judged = judge(targets, 1, outputs, SAMPLES, width, width == 1),
        .model = rank == 3 ? hone_sequential(hone_input(SIDE, SIDE), hone_flatten(), hone_dense(width))
                           : hone_sequential(hone_input(SIDE * SIDE), hone_dense(width)),
        .data = hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, rank, shape)})};
    hone_text page = {.data = NULL};
    assert_int_equal(hone_internal_report_worst(&page, &output), HONE_OK);
    hone_internal_judged_free(&output.judged);
    hone_dataset_free(output.data);
    hone_model_free(output.model);
    return page;
}

static const float classes[] = {0, 1, 1}, said[] = {.9f, .1f, .9f, .1f, .6f, .4f};

TEST(pictures_stand_with_the_worst_first)
{
    hone_text page = report_of(3, classes, said, 2);
    CHECK_PAGE(&page, "Worst mistakes", "<img alt=\"sample 1\"", "<b class=\"wrong\">0 (90.0&nbsp;%)",
               "actual: 1 (10.0&nbsp;%)", "<img alt=\"sample 2\"");
    assert_int_equal(count_parts(&page, "<img"), 2);
    hone_internal_text_free(&page);
}

TEST(other_inputs_have_a_table)
{
    hone_text page = report_of(2, classes, said, 2);
    CHECK_PAGE(&page, "<th>sample</th><th class=\"name\">predicted", "<tr><td>1</td>", "<tr><td>2</td>");
    assert_null(strstr(page.data, "<img"));
    hone_internal_text_free(&page);
}

TEST(numbers_are_sorted_by_their_error)
{
    static const float targets[] = {1, 2, 3}, outputs[] = {1.5f, 7, NAN};
    hone_text page = report_of(2, targets, outputs, 1);
    CHECK_PAGE(&page, "Largest errors", "not a number", "<td>1</td><td class=\"name\">7.00</td>",
               "<td>0</td>");
    hone_internal_text_free(&page);
}

TEST(without_mistakes_there_are_none)
{
    static const float right[] = {0, 0, 0};
    hone_text page = report_of(2, right, said, 2);
    CHECK_PAGE(&page, "There are none.");
    hone_internal_text_free(&page);
}
