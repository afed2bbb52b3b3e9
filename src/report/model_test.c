/* The model in a report: its numbers and its layers. */
#include "testing/pages.h"

#include <hone/hone.h>

TEST(layers_tell_what_they_read_and_how_many_parameters_they_have)
{
    hone_text page = {.data = NULL};
    hone_model *model = hone_sequential(hone_input(3, .name = "in"), hone_dense(4, .name = "<a>"),
                                        hone_dense(1, .name = "b", .trainable = false));
    assert_int_equal(hone_internal_report_model(&page, model), HONE_OK);
    CHECK_PAGE(&page, ": 21 parameters, 16 of them trained.", "&lt;a&gt;</td><td class=\"name\">Dense</td>",
               "(None, 4)", "<td>16</td><td class=\"name\">in</td>", ">b</td>", "(None, 1)", "<td>5</td>");
    assert_null(strstr(page.data, "Compiled with"));
    hone_internal_text_free(&page);
    assert_int_equal(hone_compile(model, .optimizer = hone_sgd(), .loss = "mse"), HONE_OK);
    assert_int_equal(hone_internal_report_model(&page, model), HONE_OK);
    CHECK_PAGE(&page, "optimizer sgd and the loss mse; 0 training steps so far.");
    hone_internal_text_free(&page);
    hone_model_free(model);
}
