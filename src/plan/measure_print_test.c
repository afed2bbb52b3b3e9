/* A measured plan as a table. */
#include "plan/measure.h"
#include "testing/small_plans.h"

TEST(prints_times_work_and_the_machine)
{
    small s = begin(HONE_SHAPE(200, 40), HONE_SHAPE(40, 30));
    hone_value y =
        hone_op_exp(s.graph, hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false));
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    assert_int_equal(hone_internal_plan_measure(s.plan), HONE_OK);
    for (int run = 0; run < 3; run++)
        hone_internal_plan_run(s.plan, NULL, 0);
    hone_text text = {0};
    assert_int_equal(hone_internal_measures_print(s.plan, &text), HONE_OK);
    static const char *const words[] = {"matmul", "+ exp", "GFLOP/s", "\n3 steps of "};
    for (int i = 0; i < 4; i++)
        if (strstr(text.data, words[i]) == NULL)
            fail_msg("\"%s\" is not in the table:\n%s", words[i], text.data);
    hone_internal_text_free(&text);
    end(&s);
}
