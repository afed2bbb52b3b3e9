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
    check_metric_refused("f1_score(average=most)", rows, rows, "micro");
    check_metric_refused("fbeta_score(beta=0)", rows, rows, "beta");
    check_metric_refused("f1_score(threshold=1.5)", rows, rows, "threshold");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("f1_score");
}
