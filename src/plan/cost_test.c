/* Costs that are known by arithmetic. */
#include "plan/cost.h"
#include "testing/test.h"

TEST(a_step_costs_the_longer_of_its_work_and_its_bytes)
{
    hone_step step = {.flops = 8000, .bytes = 16, .traits = {.rate = 8}};
    assert_true(hone_internal_step_cost(&step) == 1050);
    step.bytes = 128000;
    assert_true(hone_internal_step_cost(&step) == 2050);
}

TEST(bytes_cost_more_the_farther_away_they_are)
{
    hone_step step = {.bytes = 256 * 1024, .traits = {.rate = 8}};
    assert_true(hone_internal_step_cost(&step) == 50 + 4096);
    step.bytes = 1024 * 1024;
    assert_true(hone_internal_step_cost(&step) == 50 + 32768);
    step.bytes = 32 * 1024 * 1024;
    assert_true(hone_internal_step_cost(&step) == 50 + 2097152);
}

TEST(threads_share_the_phases_that_are_worth_it)
{
    hone_phase phases[] = {{.tiles = 3, .cost = 9000, .parallel = true}, {.tiles = 8, .cost = 500}};
    const hone_plan plan = {.phases = phases, .phase_count = 2};
    assert_true(hone_internal_plan_cost(&plan, 1) == 9500);
    assert_true(hone_internal_plan_cost(&plan, 2) == 6000 + 1000 + 500); /* two tiles and one */
    assert_true(hone_internal_plan_cost(&plan, 8) == 3000 + 1000 + 500);
}
