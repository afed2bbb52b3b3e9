/* Which values share memory, and which may not. */
#include "testing/small_plans.h"

/* Reads recorded before a write see the old value, later ones the new, also through element-wise chains. */
TEST(an_assignment_stands_between_its_reads)
{
    small s = begin(HONE_SHAPE(4), HONE_SHAPE(4));
    hone_value w = hone_graph_variable(s.graph, s.w), head = hone_op_affine(s.graph, s.x, 2, 0);
    hone_value old = hone_op_add(s.graph, head, w);
    assert_int_equal(hone_op_assign(s.graph, s.w, hone_op_affine(s.graph, s.x, 0, 7)), HONE_OK);
    hone_value new = hone_op_add(s.graph, head, hone_graph_variable(s.graph, s.w));
    hone_internal_graph_keep(s.graph, old);
    hone_internal_graph_keep(s.graph, new);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 0);
    const float *before = hone_internal_plan_address(s.plan, old),
                *after = hone_internal_plan_address(s.plan, new);
    for (int i = 0; i < 4; i++) {
        assert_near(before[i], 2 * cos(i) + sin(i));
        assert_near(after[i], 2 * cos(i) + 7);
    }
    end(&s);
}

/* A kept value keeps its memory, though its reader could work in place; a kept view keeps what it shows. */
TEST(kept_values_keep_their_memory)
{
    small s = begin(HONE_SHAPE(2, 3), HONE_SHAPE(1));
    hone_value a = hone_op_affine(s.graph, s.x, 2, 0), view = hone_op_reshape(s.graph, a, HONE_SHAPE(6)),
               b = hone_op_affine(s.graph, a, 3, 0), last = b;
    for (int i = 0; i < 8; i++)
        last = hone_op_affine(s.graph, last, 1, 1);
    hone_internal_graph_keep(s.graph, view);
    hone_internal_graph_keep(s.graph, s.x);
    hone_internal_graph_keep(s.graph, last);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 0);
    const float *x = hone_internal_plan_address(s.plan, s.x),
                *shown = hone_internal_plan_address(s.plan, view),
                *end_ = hone_internal_plan_address(s.plan, last);
    for (int i = 0; i < 6; i++) {
        assert_near(x[i], cos(i));
        assert_near(shown[i], 2 * cos(i));
        assert_near(end_[i], 6 * cos(i) + 8);
    }
    end(&s);
}

/* Forty functions one after the other need two buffers at most: the input's and one more. */
TEST(works_in_place)
{
    small s = begin(HONE_SHAPE(100, 100), HONE_SHAPE(1));
    hone_value y = s.x;
    for (int i = 0; i < 40; i++)
        y = hone_op_affine(s.graph, y, 1, 1);
    hone_internal_graph_keep(s.graph, y);
    make(&s, hone_internal_kernels());
    assert_true(s.plan->memory_bytes <= 2 * 40064);
    hone_internal_plan_run(s.plan, NULL, 0);
    assert_near(((float *)hone_internal_plan_address(s.plan, y))[5], cos(5) + 40);
    end(&s);
}
