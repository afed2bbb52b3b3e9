/* auc. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"auc", NULL};
    check_metric_golden(names);
}

TEST(refuses_what_does_not_fit)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    hone_shape flat = HONE_SHAPE(HONE_ANY);
    check_metric_refused("auc(curve=PQ)", rows, rows, "PRGAIN");
    check_metric_refused("auc(num_thresholds=1)", rows, rows, "num_thresholds");
    check_metric_refused("auc(num_labels=3)", rows, rows, "multi_label");
    check_metric_refused("auc(multi_label=true, num_labels=4)", rows, rows, "(None, 3)");
    check_metric_refused("auc(multi_label=true)", flat, flat, "(None,)");
    check_metric_refused("auc(multi_label=true, label_weights=[1, 2])", rows, rows, "2 label_weights");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("auc(label_weights=[1, 2, 3])");
}
