/* mean and sum of predictions. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"mean", "sum", NULL};
    check_metric_golden(names);
}

TEST(adds_up_predictions)
{
    hone_shape pair = HONE_SHAPE(2, 3);
    const double p[] = {2, 4, 6.5, 1, 0, 4};
    assert_float_equal(metric_once("sum", pair, p, pair, p), 17.5, 1e-6);
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("sum");
}
