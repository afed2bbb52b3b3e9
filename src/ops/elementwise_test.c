/* Choosing, biases, rounding. */
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>

RECORD(selected, hone_op_select(g, hone_op_unary(g, "step_up", x[0], (hone_parameters){0}), x[1], x[2]))
RECORD(biased, hone_op_bias_add(g, x[0], x[1]))
RECORD(rounded, hone_op_round_bfloat16(g, x[0]))

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

/* ---- rounding to bfloat16 ---- */

/* Its gradient is not that of differences: it passes unchanged, as it passes a cast. */
TEST(rounds_in_every_table)
{
    check_op(&(op_example){.title = "round_bfloat16",
                           .record = rounded,
                           .inputs = {S(5, 7), END},
                           .result = S(5, 7),
                           .no_gradient = true});
}

TEST(keeps_eight_bits_and_rounds_ties_to_even)
{
    static const double
        given[] = {1, 1 + 1.0 / 256, 1 + 3.0 / 256, 1 + 1.0 / 128, -0.1, 3e38, 1e-3},
        expected[] = {1, 1, 1 + 2.0 / 128, 1 + 1.0 / 128, -0.10009765625, 3.00405527e38, 0.00099945068359375};
    enum { COUNT = sizeof given / sizeof *given };
    golden_run run = golden_begin("ref", false);
    golden_tensor numbers = golden_filled(S(COUNT), 0);
    for (int i = 0; i < COUNT; i++)
        numbers.values[i] = given[i];
    hone_value y = hone_op_round_bfloat16(run.graph, golden_input_of(&run, &numbers));
    golden_keep(&run, y);
    golden_execute(&run);
    golden_tensor received = golden_result(&run, y);
    for (int i = 0; i < COUNT; i++)
        if (!(fabs(received.values[i] - expected[i]) <= 1e-4 * fabs(expected[i])) ||
            (i < 4 && received.values[i] != expected[i]))
            fail_msg("%.9g is rounded to %.9g, not %.9g", given[i], received.values[i], expected[i]);
    golden_tensor_free(&received);
    golden_tensor_free(&numbers);
    golden_end(&run);
}

TEST(what_is_rounded_is_not_rounded_again)
{
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value x = hone_internal_graph_input(graph, S(3), "x"), once = hone_op_round_bfloat16(graph, x);
    assert_int_not_equal(once, x);
    assert_int_equal(hone_op_round_bfloat16(graph, once), once);
    assert_true(hone_op_round_bfloat16(graph, HONE_NO_VALUE) < 0);
    hone_internal_graph_free(graph);
}

TEST(the_gradient_passes_unchanged)
{
    golden_run run = golden_begin("ref", true);
    golden_tensor numbers = golden_filled(S(3), 0.3);
    hone_value x = golden_input_of(&run, &numbers), gradient;
    hone_value loss =
        hone_op_total(run.graph, hone_op_affine(run.graph, hone_op_round_bfloat16(run.graph, x), 0.3, 0));
    golden_differentiate(&run, loss, &x, 1, &gradient);
    golden_execute(&run);
    golden_tensor received = golden_result(&run, gradient);
    for (int i = 0; i < 3; i++)
        assert_true(received.values[i] == (double)0.3f);
    golden_tensor_free(&received);
    golden_tensor_free(&numbers);
    golden_end(&run);
}
