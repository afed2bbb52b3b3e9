/* Steps of optimizers. */
#include "ops/optimizer.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>

TEST(a_step_reads_its_numbers_when_the_plan_runs)
{
    static double numbers[4] = {0.1, 0.9};
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = golden_variable(HONE_SHAPE(5), 1), *momentum = golden_variable(HONE_SHAPE(5), 0);
    hone_value gradient = golden_filled_input(&run, HONE_SHAPE(5), 2);
    assert_int_equal(hone_internal_op_optimizer_step(run.graph, HONE_KERNEL_step_sgd_momentum, w, gradient,
                                                     &momentum, 1, numbers),
                     HONE_OK);
    golden_execute(&run);
    assert_true(fabs((double)hone_internal_variable_data(w)[4] - 0.8) < 1e-6 &&
                fabs((double)hone_internal_variable_data(momentum)[0] + 0.2) < 1e-6);
    numbers[0] = 0.2;
    golden_execute(&run);
    assert_true(fabs((double)hone_internal_variable_data(momentum)[0] + 0.58) < 1e-6 &&
                fabs((double)hone_internal_variable_data(w)[0] - 0.22) < 1e-6);
    golden_end(&run);
    hone_internal_variable_free(w);
    hone_internal_variable_free(momentum);
}

TEST(a_step_refuses_another_shape)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = golden_variable(HONE_SHAPE(3), 1);
    hone_value gradient = golden_filled_input(&run, HONE_SHAPE(3, 1), 1);
    assert_int_equal(
        hone_internal_op_optimizer_step(run.graph, HONE_KERNEL_step_sgd, w, gradient, NULL, 0, NULL),
        HONE_ERROR_SHAPE);
    golden_end(&run);
    hone_internal_variable_free(w);
}
