/* Assignments. */
#include "ops/ops.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <string.h>

TEST(assigns_at_each_run)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = golden_variable(HONE_SHAPE(3), 1);
    hone_value doubled = hone_op_affine(run.graph, hone_graph_variable(run.graph, w), 2, 1);
    assert_int_equal(hone_op_assign(run.graph, w, doubled), HONE_OK);
    golden_execute(&run);
    golden_execute(&run);
    for (int i = 0; i < 3; i++)
        assert_true(hone_internal_variable_data(w)[i] == 7);
    golden_end(&run);
    hone_internal_variable_free(w);
}

TEST(assign_refuses_another_shape)
{
    golden_run run = golden_begin(NULL, true);
    hone_variable *w = golden_variable(HONE_SHAPE(3), 1);
    assert_int_equal(hone_op_assign(run.graph, w, golden_filled_input(&run, HONE_SHAPE(4), 1)),
                     HONE_ERROR_SHAPE);
    assert_non_null(strstr(hone_error_message(), "assign: shapes (3,) and (4,)"));
    golden_end(&run);
    hone_internal_variable_free(w);
}
