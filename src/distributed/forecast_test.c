/* The arithmetic of shared steps, on the table of its derivation. */
#include "distributed/forecast.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static double speed_up(double shard, int shards, double floats, const char *link, int ranks)
{
    const hone_step_cost cost = {
        .shards = shards, .shard = shard, .optimizer = floats * 0.17e-9, .floats = floats};
    const hone_link *over = hone_internal_link(link);
    return hone_internal_forecast(&cost, over, 1).step / hone_internal_forecast(&cost, over, ranks).step;
}

/* 784-300-100-10 in batches of 2,048, 25 ms a step: 1.82, 3.1, 4.9 times over 10 GbE. */
TEST(large_batches_pay)
{
    const double expected[][2] = {{2, 1.82}, {4, 3.1}, {8, 4.9}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(fabs(speed_up(25e-3 / 16, 16, 266610, "10GbE", (int)expected[i][0]) - expected[i][1]) <
                    0.06 * expected[i][1]);
}

/* In batches of 32, 250 us a step, two are slower than one. */
TEST(small_batches_do_not)
{
    assert_true(speed_up(206e-6 / 2, 2, 266610, "10GbE", 2) < 0.3);
    assert_true(speed_up(206e-6 / 2, 2, 266610, "processes", 2) < 0.5);
}

TEST(three_ranks_of_sixteen_shards_have_six)
{
    const hone_step_cost cost = {.shards = 16, .shard = 1};
    assert_true(hone_internal_forecast(&cost, hone_internal_link("1GbE"), 3).computing == 6);
}

TEST(an_unknown_link_names_those_that_are_known)
{
    assert_null(hone_internal_link("10GBE"));
    assert_non_null(strstr(hone_error_message(), "unknown link \"10GBE\"; did you mean \"10GbE\"?"));
}
