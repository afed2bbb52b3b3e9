/* Gradients of what was recorded: summed over all paths, none where there is no path. */
#include "ops/differentiate.h"
#include "testing/golden.h"

#include <hone/ops.h>

TEST(gradients_are_summed_over_all_paths)
{
    golden_run run = golden_begin("ref_double", true);
    const hone_value x = golden_filled_input(&run, HONE_SHAPE(3), 2),
                     y = golden_filled_input(&run, HONE_SHAPE(3), 5),
                     unused = golden_filled_input(&run, HONE_SHAPE(3), 7);
    /* sum of x y + 3 x */
    const hone_value loss = hone_op_total(run.graph, hone_op_add(run.graph, hone_op_multiply(run.graph, x, y),
                                                                 hone_op_affine(run.graph, x, 3, 0)));
    const hone_value wanted[] = {x, y, unused, HONE_NO_VALUE};
    hone_value gradients[4];
    golden_differentiate(&run, loss, wanted, 4, gradients);
    golden_execute(&run);
    golden_tensor dx = golden_result(&run, gradients[0]), dy = golden_result(&run, gradients[1]);
    for (int i = 0; i < 3; i++)
        assert_true(dx.values[i] == 5 + 3 && dy.values[i] == 2);
    assert_int_equal(gradients[2], HONE_NO_VALUE);
    assert_int_equal(gradients[3], HONE_NO_VALUE);
    golden_tensor_free(&dx);
    golden_tensor_free(&dy);
    golden_end(&run);
}

TEST(nothing_goes_back_through_a_stop)
{
    golden_run run = golden_begin("ref_double", true);
    const hone_value x = golden_filled_input(&run, HONE_SHAPE(3), 2);
    const hone_value loss = hone_op_total(
        run.graph,
        hone_op_multiply(run.graph, x, hone_op_stop_gradient(run.graph, hone_op_square(run.graph, x))));
    hone_value gradient;
    golden_differentiate(&run, loss, &x, 1, &gradient);
    golden_execute(&run);
    golden_tensor dx = golden_result(&run, gradient);
    assert_true(dx.values[0] == 4); /* of x alone: the square is a constant */
    golden_tensor_free(&dx);
    golden_end(&run);
}
