/* Sums of metrics. */
#include "ops/metric.h"
#include "testing/golden.h"
#include "testing/test.h"

TEST(sums_grow_with_each_run)
{
    static const double thresholds[2] = {0.25, 0.75};
    double mean[2] = {0}, columns[3] = {0}, confusion[4 * 2] = {0}, classes[9] = {0};
    golden_run run = golden_begin(NULL, true);
    hone_value values = golden_filled_input(&run, HONE_SHAPE(4), 0.5),
               weights = golden_filled_input(&run, HONE_SHAPE(4), 2),
               rows = golden_filled_input(&run, HONE_SHAPE(4, 3), 1);
    hone_value targets = golden_filled_input(&run, HONE_SHAPE(4), 1);
    assert_int_equal(hone_internal_op_accumulate_mean(run.graph, mean, values, weights, 3), HONE_OK);
    assert_int_equal(hone_internal_op_accumulate_columns(run.graph, columns, rows, weights), HONE_OK);
    assert_int_equal(hone_internal_op_accumulate_confusion(run.graph, confusion, targets, values,
                                                           HONE_NO_VALUE, thresholds, 2, false),
                     HONE_OK);
    assert_int_equal(hone_internal_op_accumulate_classes(run.graph, classes, targets, targets, weights, 3),
                     HONE_OK);
    golden_execute(&run);
    assert_true(mean[0] == 4 * 0.5 * 2 * 3 && mean[1] == 4 * 2 * 3);
    for (int i = 0; i < 3; i++)
        assert_true(columns[i] == 8);
    assert_true(confusion[0] == 4 && confusion[1] == 0); /* true positives above 0.25, above 0.75 */
    assert_true(confusion[6] == 0 && confusion[7] == 4); /* false negatives */
    assert_true(classes[4] == 8 && classes[0] == 0);
    golden_end(&run);
}
