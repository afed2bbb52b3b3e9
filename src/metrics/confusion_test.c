/* Counts of right and wrong predictions at thresholds, and what is made of them. */
#include "testing/check_metric.h"
#include "testing/test.h"

TEST(gives_the_numbers_of_keras)
{
    static const char *const names[] = {"true_positives",
                                        "false_positives",
                                        "true_negatives",
                                        "false_negatives",
                                        "precision",
                                        "recall",
                                        "sensitivity_at_specificity",
                                        "specificity_at_sensitivity",
                                        "precision_at_recall",
                                        "recall_at_precision",
                                        NULL};
    check_metric_golden(names);
}

TEST(refuses_what_does_not_fit)
{
    hone_shape rows = HONE_SHAPE(HONE_ANY, 3);
    check_metric_refused("precision(thresholds=1.5)", rows, rows, "thresholds");
    check_metric_refused("sensitivity_at_specificity", rows, rows, "specificity");
    check_metric_refused("recall_at_precision(1.5)", rows, rows, "precision");
    check_metric_unfit("precision", HONE_SHAPE(4, 3), HONE_SHAPE(4, 5), "(4, 3)");
    check_metric_unfit("precision(class_id=5)", HONE_SHAPE(4, 5), HONE_SHAPE(4, 5), "class_id 5");
}

TEST(survives_failing_allocations)
{
    check_metric_allocations("precision(top_k=2, class_id=1)");
    check_metric_allocations("precision_at_recall(0.5)");
}
