/* Accuracies. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"accuracy",
                                        "binary_accuracy",
                                        "categorical_accuracy",
                                        "sparse_categorical_accuracy",
                                        "top_k_categorical_accuracy",
                                        "sparse_top_k_categorical_accuracy",
                                        NULL};
    check_metric_golden(names);
}

/* By its shapes "accuracy" is another one; there may be fewer classes than are looked at. */
TEST(values_by_hand)
{
    hone_shape pair = HONE_SHAPE(2, 3), ids = HONE_SHAPE(2);
    const double p[] = {2, 4, 6.5, 1, 0, 4};
    assert_float_equal(metric_once("sparse_top_k_categorical_accuracy(k=9)", ids, (double[]){0, 2}, pair, p),
                       1, 0);
    assert_float_equal(metric_once("sparse_top_k_categorical_accuracy(k=1, from_sorted_ids=true)", ids,
                                   (double[]){2, 0}, pair, p),
                       0.5, 0);
    assert_float_equal(metric_once("acc", ids, (double[]){2, 2}, pair, p), 1, 0);
    assert_float_equal(metric_once("accuracy", pair, (double[]){0, 0, 1, 1, 0, 0}, pair, p), 0.5, 0);
}

TEST(refuses_what_does_not_fit)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    check_metric_refused("top_k_categorical_accuracy(k=0)", rows, rows, "k");
    check_metric_unfit("sparse_categorical_accuracy", HONE_SHAPE(3), HONE_SHAPE(4, 5), "(3,)");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("accuracy");
}
