/* Running a plan: empty tensors, and draws by the number of the step. */
#include "testing/small_plans.h"

TEST(empty_tensors_are_no_mistake)
{
    for (const char *const *table = hone_internal_kernels_names(); *table != NULL; table++) {
        small s = begin(HONE_SHAPE(0, 3), HONE_SHAPE(3, 2));
        int first = 0;
        hone_value y = hone_op_matmul(s.graph, s.x, hone_graph_variable(s.graph, s.w), false, false);
        hone_value z = hone_op_unary(s.graph, "tanh", y, (hone_parameters){0}),
                   sum = hone_op_reduce(s.graph, "sum", z, &first, 1, false);
        hone_value outer = hone_op_matmul(s.graph, s.x, s.x, true, false); /* (3, 0) x (0, 3) */
        hone_internal_graph_keep(s.graph, z);
        hone_internal_graph_keep(s.graph, sum);
        hone_internal_graph_keep(s.graph, outer);
        make(&s, hone_internal_kernels_named(*table));
        hone_internal_plan_run(s.plan, NULL, 0);
        for (int i = 0; i < 2; i++)
            assert_near(((float *)hone_internal_plan_address(s.plan, sum))[i], 0);
        for (int i = 0; i < 9; i++)
            assert_near(((float *)hone_internal_plan_address(s.plan, outer))[i], 0);
        end(&s);
    }
}

/* Draws depend on the step, and on nothing else. */
TEST(draws_depend_on_the_step_alone)
{
    float first[64], other[64];
    small s = begin(HONE_SHAPE(64), HONE_SHAPE(1));
    hone_value y = hone_op_dropout(s.graph, s.x, 0.5);
    hone_internal_graph_keep(s.graph, y);
    hone_internal_graph_keep(s.graph, s.x);
    make(&s, hone_internal_kernels());
    hone_internal_plan_run(s.plan, NULL, 4);
    memcpy(first, hone_internal_plan_address(s.plan, y), sizeof first);
    hone_internal_plan_run(s.plan, NULL, 5);
    memcpy(other, hone_internal_plan_address(s.plan, y), sizeof other);
    assert_memory_not_equal(first, other, sizeof first);
    hone_internal_plan_run(s.plan, NULL, 4);
    assert_memory_equal(first, hone_internal_plan_address(s.plan, y), sizeof first);
    end(&s);
}

/* Rows of a larger batch draw what they have there, by every table, also where a row is no multiple of a
 * block. */
TEST(rows_draw_as_in_the_whole_batch)
{
    enum { ROWS = 40, WIDTH = 7, FIRST = 13, PART = 11 };
    typedef hone_value(draw)(hone_graph *, hone_shape, double, double, const char *);
    static draw *const draws[] = {hone_op_random_uniform, hone_op_random_normal};
    for (const char *const *table = hone_internal_kernels_names(); *table != NULL; table++)
        for (int kind = 0; kind < 3; kind++) {
            float whole[ROWS * WIDTH];
            for (int rows = ROWS; rows > 0; rows = rows == ROWS ? PART : 0) {
                small s = begin(HONE_SHAPE(rows, WIDTH), HONE_SHAPE(1));
                hone_value y = kind < 2 ? draws[kind](s.graph, HONE_SHAPE(rows, WIDTH), 0, 1, "test")
                                        : hone_op_random_keep(s.graph, HONE_SHAPE(rows, WIDTH), 0.4, "test");
                hone_internal_graph_keep(s.graph, y);
                hone_internal_graph_keep(s.graph, s.x);
                make(&s, hone_internal_kernels_named(*table));
                hone_internal_plan_set_rows(s.plan, rows, rows == ROWS ? 0 : FIRST);
                hone_internal_plan_run(s.plan, NULL, 4);
                const float *drawn = hone_internal_plan_address(s.plan, y);
                if (rows == ROWS)
                    memcpy(whole, drawn, sizeof whole);
                else
                    assert_memory_equal(drawn, whole + FIRST * WIDTH, sizeof whole / ROWS * PART);
                end(&s);
            }
        }
}
