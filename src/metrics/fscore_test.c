/* f1_score and fbeta_score. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"f1_score", "f_beta_score", NULL};
    check_metric_golden(names);
}

TEST(refuses_what_does_not_fit)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    hone_shape flat = HONE_SHAPE(HONE_ANY);
    check_metric_refused("f1_score", flat, rows, "(None,)");
    check_metric_refused("f1_score", flat, HONE_SHAPE(HONE_ANY, 1), "give threshold=0.5");
    check_metric_refused("f1_score(average=most)", rows, rows, "micro");
    check_metric_refused("fbeta_score(beta=0)", rows, rows, "beta");
    check_metric_refused("f1_score(threshold=1.5)", rows, rows, "threshold");
}

/* 2 of 3 that are told are right, 2 of 4 that are there are told: precision 2/3, recall 1/2. */
TEST(counts_one_yes_or_no_for_each_sample)
{
    static const double targets[] = {1, 1, 1, 1, 0, 0}, predictions[] = {0.9, 0.6, 0.2, 0.5, 0.8, 0.1};
    const double f1 =
        metric_once("f1_score(threshold=0.5)", HONE_SHAPE(6), targets, HONE_SHAPE(6, 1), predictions);
    assert_float_equal(f1, 4.0 / 7, 1e-6);
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("f1_score");
}
