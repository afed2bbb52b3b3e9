/* Intersections over unions. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"mean_io_u",         "io_u", "binary_io_u", "one_hot_io_u",
                                        "one_hot_mean_io_u", NULL};
    check_metric_golden(names);
}

TEST(refuses_what_does_not_fit)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    check_metric_refused("mean_io_u", rows, rows, "num_classes");
    check_metric_refused("io_u(3, [0, 3])", rows, rows, "target_class_ids contains 3");
    check_metric_unfit("mean_io_u(3)", HONE_SHAPE(3), HONE_SHAPE(4), "(3,)");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("mean_iou(3)");
}
