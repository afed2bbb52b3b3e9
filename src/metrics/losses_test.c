/* Losses as metrics. */
#include "testing/check_metric.h"
#include "testing/test.h"

#include <math.h>

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"mean_squared_error",
                                        "root_mean_squared_error",
                                        "mean_absolute_error",
                                        "mean_absolute_percentage_error",
                                        "mean_squared_logarithmic_error",
                                        "log_cosh_error",
                                        "cosine_similarity",
                                        "binary_crossentropy",
                                        "categorical_crossentropy",
                                        "sparse_categorical_crossentropy",
                                        "kl_divergence",
                                        "poisson",
                                        "hinge",
                                        "squared_hinge",
                                        "categorical_hinge",
                                        NULL};
    check_metric_golden(names);
}

TEST(values_by_hand)
{
    hone_shape pair = HONE_SHAPE(2, 3), ids = HONE_SHAPE(2);
    const double t[] = {1, 2, 3, 0, 1, 5};
    /* ignored classes are left out, as of the loss; Keras's metric counts them as 0 */
    assert_float_equal(metric_once("sparse_categorical_crossentropy(ignore_class=1)", ids, (double[]){1, 2},
                                   pair, (double[]){0.5, 0.25, 0.25, 0.25, 0.5, 0.25}),
                       log(4), 1e-6);
    assert_float_equal(metric_once("cosine_similarity", pair, t, pair, t), 1, 1e-6);
    assert_float_equal(metric_once("categorical_focal_crossentropy(gamma=0, alpha=1)", HONE_SHAPE(1, 2),
                                   (double[]){1, 0}, HONE_SHAPE(1, 2), (double[]){0.5, 0.5}),
                       log(2), 1e-6);
    assert_float_equal(
        metric_once("crossentropy", HONE_SHAPE(1), (double[]){1}, HONE_SHAPE(1, 2), (double[]){0.5, 0.5}),
        log(2), 1e-6);
}

TEST(refuses_what_does_not_fit)
{
    check_metric_unfit("mae", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5),
                       "targets of shape (4, 3) do not match predictions of shape (4, 5)");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("huber(delta=2)");
    check_metric_allocations("bce");
    check_metric_allocations("mse");
}
