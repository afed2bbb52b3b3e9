/* r2_score and correlations. */
#include "testing/check_metric.h"
#include "testing/test.h"

#include <math.h>

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"r2_score", "pearson_correlation", "concordance_correlation", NULL};
    check_metric_golden(names);
}

TEST(correlates_within_samples)
{
    hone_shape pair = HONE_SHAPE(2, 3);
    const double t[] = {1, 2, 3, 0, 1, 5}, p[] = {2, 4, 6.5, 1, 0, 4};
    double expected[2] = {0}, agreement[2] = {0};
    for (int row = 0; row < 2; row++) {
        double mt = 0, mp = 0, vt = 0, vp = 0, c = 0;
        for (int i = 0; i < 3; i++)
            mt += t[3 * row + i] / 3, mp += p[3 * row + i] / 3;
        for (int i = 0; i < 3; i++) {
            double a = t[3 * row + i] - mt, b = p[3 * row + i] - mp;
            vt += a * a / 3, vp += b * b / 3, c += a * b / 3;
        }
        expected[row] = c / sqrt(vt * vp);
        agreement[row] = 2 * c / (vt + vp + (mt - mp) * (mt - mp));
    }
    assert_float_equal(metric_once("pearson_correlation", pair, t, pair, p), (expected[0] + expected[1]) / 2,
                       1e-6);
    assert_float_equal(metric_once("concordance_correlation", pair, t, pair, p),
                       (agreement[0] + agreement[1]) / 2, 1e-6);
}

/* A column that never varies. */
TEST(scores_a_column_that_never_varies)
{
    hone_shape column = HONE_SHAPE(3, 1);
    const double constant[] = {2, 2, 2};
    assert_float_equal(metric_once("r2_score", column, constant, column, constant), 1, 0);
    assert_float_equal(metric_once("r2_score", column, constant, column, (double[]){2, 2, 3}), 0, 0);
}

TEST(refuses_what_does_not_fit)
{
    check_metric_refused("r2_score", HONE_SHAPE(HONE_ANY, 2, 3), HONE_SHAPE(HONE_ANY, 2, 3), "(None, 2, 3)");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("r2");
}
