/* A plan as a table. */
#include "testing/small_plans.h"

TEST(prints_steps_and_chains)
{
    small s = begin(HONE_SHAPE(8, 4), HONE_SHAPE(4, 4));
    hone_value y =
        hone_op_exp(s.graph, hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false));
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    hone_text text = {0};
    hone_internal_plan_print(s.plan, &text);
    assert_non_null(strstr(text.data, "matmul"));
    assert_non_null(strstr(text.data, "+ exp"));
    assert_non_null(strstr(text.data, "(8, 4)"));
    assert_true(hone_internal_plan_flops(s.plan) >= 2 * 8 * 4 * 4);
    hone_internal_text_free(&text);
    end(&s);
}
