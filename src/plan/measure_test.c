/* Measuring a plan: the same bits, each step called, no time counted twice. */
#include "plan/measure.h"
#include "testing/small_plans.h"

static float *run_product_and_exp(bool measured, small *s, hone_value *y)
{
    *s = begin(HONE_SHAPE(200, 40), HONE_SHAPE(40, 30));
    *y = hone_op_exp(s->graph,
                     hone_op_matmul(s->graph, s->x, hone_graph_variable(s->graph, s->w), false, false));
    hone_internal_graph_keep(s->graph, *y);
    make(s, hone_internal_kernels());
    if (measured)
        assert_int_equal(hone_internal_plan_measure(s->plan), HONE_OK);
    for (int run = 0; run < 3; run++)
        hone_internal_plan_run(s->plan, NULL, 0);
    return hone_internal_plan_address(s->plan, *y);
}

/* A measured plan gives the same bits; each step has been called, and no time is counted twice. */
TEST(a_measured_plan_gives_the_same_bits)
{
    small plain, measured;
    hone_value y;
    const float *expected = run_product_and_exp(false, &plain, &y),
                *received = run_product_and_exp(true, &measured, &y);
    assert_memory_equal(received, expected, 200 * 30 * sizeof *received);
    const hone_plan_measures *measures = measured.plan->measures;
    assert_int_equal(measures->runs, 3);
    int64_t sum = 0;
    for (int i = 0; i < measured.plan->step_count; i++) {
        assert_true(atomic_load(&measures->steps[i].calls) >= 3);
        assert_int_equal(atomic_load(&measures->steps[i].threads) != 0, 1);
        int64_t own = hone_internal_measure_own(measured.plan, &measured.plan->steps[i]);
        assert_true(own >= 0);
        sum += own;
    }
    assert_true(sum <= measures->nanoseconds);
    end(&measured);
    end(&plain);
}
