/* Operations with an effect: assignments, steps of an optimizer, sums of a metric. */
#include "ops/metric.h"
#include "ops/optimizer.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static hone_variable *variable_of(hone_shape shape, double number)
{
    hone_variable *variable = hone_internal_variable_create("w", shape, NULL);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        variable->data[i] = (float)number;
    return variable;
}

static hone_value input_of(golden_run *run, hone_shape shape, double number)
{
    golden_tensor tensor = golden_filled(shape, number);
    hone_value input = golden_input_of(run, &tensor);
    golden_tensor_free(&tensor);
    return input;
}

TEST(assigns_at_each_run)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = variable_of(HONE_SHAPE(3), 1);
    hone_value doubled = hone_op_affine(run.graph, hone_graph_variable(run.graph, w), 2, 1);
    assert_int_equal(hone_op_assign(run.graph, w, doubled), HONE_OK);
    golden_execute(&run);
    golden_execute(&run);
    for (int i = 0; i < 3; i++)
        assert_true(w->data[i] == 7);
    golden_end(&run);
    hone_internal_variable_free(w);
}

TEST(assign_refuses_another_shape)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = variable_of(HONE_SHAPE(3), 1);
    assert_int_equal(hone_op_assign(run.graph, w, input_of(&run, HONE_SHAPE(4), 1)), HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "assign: shapes (3,) and (4,)"));
    golden_end(&run);
    hone_internal_variable_free(w);
}

/* The numbers of a step are read when the plan runs. */
TEST(a_step_reads_its_numbers_when_the_plan_runs)
{
    static double numbers[4] = {0.1, 0.9};
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = variable_of(HONE_SHAPE(5), 1), *momentum = variable_of(HONE_SHAPE(5), 0);
    hone_value gradient = input_of(&run, HONE_SHAPE(5), 2);
    assert_int_equal(hone_internal_op_optimizer_step(run.graph, HONE_KERNEL_step_sgd_momentum, w, gradient,
                                                     &momentum, 1, numbers),
                     HONE_OK);
    golden_execute(&run);
    assert_true(fabs((double)w->data[4] - 0.8) < 1e-6 && fabs((double)momentum->data[0] + 0.2) < 1e-6);
    numbers[0] = 0.2;
    golden_execute(&run);
    assert_true(fabs((double)momentum->data[0] + 0.58) < 1e-6 && fabs((double)w->data[0] - 0.22) < 1e-6);
    golden_end(&run);
    hone_internal_variable_free(w);
    hone_internal_variable_free(momentum);
}

TEST(a_step_refuses_another_shape)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = variable_of(HONE_SHAPE(3), 1);
    hone_value gradient = input_of(&run, HONE_SHAPE(3, 1), 1);
    assert_int_equal(
        hone_internal_op_optimizer_step(run.graph, HONE_KERNEL_step_sgd, w, gradient, NULL, 0, NULL),
        HONE_ERROR_SHAPE);
    golden_end(&run);
    hone_internal_variable_free(w);
}

TEST(sums_grow_with_each_run)
{
    static const double thresholds[2] = {0.25, 0.75};
    double mean[2] = {0}, columns[3] = {0}, confusion[4 * 2] = {0}, classes[9] = {0};
    golden_run run = golden_begin(NULL, true);
    hone_value values = input_of(&run, HONE_SHAPE(4), 0.5), weights = input_of(&run, HONE_SHAPE(4), 2),
               rows = input_of(&run, HONE_SHAPE(4, 3), 1);
    hone_value targets = input_of(&run, HONE_SHAPE(4), 1);
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
