/* Choosing, biases, rounding. */
#include "ops/differentiate.h"
#include "testing/check_op.h"

RECORD(selected, hone_op_select(g, hone_op_unary(g, "step_up", x[0], (hone_parameters){0}), x[1], x[2]))
RECORD(biased, hone_op_bias_add(g, x[0], x[1]))

TEST(selects_by_a_condition)
{
    check_op(&(op_example){.title = "select",
                           .record = selected,
                           .inputs = {S(3, 4), S(3, 4), S(3, 4), END},
                           .result = S(3, 4),
                           .constant = 1});
    check_op(&(op_example){.title = "select",
                           .record = selected,
                           .inputs = {S(3, 1), S(4), SCALAR, END},
                           .result = S(3, 4),
                           .constant = 1});
}

TEST(biases_are_added_to_rows)
{
    check_op(&(op_example){
        .title = "bias_add", .record = biased, .inputs = {S(3, 4), S(4), END}, .result = S(3, 4)});
    check_op(&(op_example){
        .title = "bias_add", .record = biased, .inputs = {S(2, 3, 4), S(4), END}, .result = S(2, 3, 4)});
    check_op(
        &(op_example){.title = "bias_add", .record = biased, .inputs = {S(4), S(4), END}, .result = S(4)});
}

TEST(refuses_shapes_that_do_not_fit)
{
    check_op_refused(&(op_example){.title = "select", .record = selected, .inputs = {S(3), S(4), S(4), END}},
                     "select");
    check_op_refused(&(op_example){.title = "bias_add", .record = biased, .inputs = {S(3, 4), S(3), END}},
                     "bias_add");
}

TEST(rounding_twice_is_rounding_once_and_passes_gradients)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value x = hone_internal_graph_input(graph, S(3), "x"), once = hone_op_round_bfloat16(graph, x),
               gradient;
    assert_true(once >= 0);
    assert_int_equal(hone_op_round_bfloat16(graph, once), once);
    assert_int_equal(hone_internal_differentiate(graph, hone_op_total(graph, once), &x, 1, &gradient),
                     HONE_OK);
    assert_true(gradient >= 0);
    hone_internal_graph_free(graph);
}
