/* Choosing, biases, rounding. */
#include "base/half.h"
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>

RECORD(selected, hone_op_select(g, hone_op_unary(g, "step_up", x[0], (hone_parameters){0}), x[1], x[2]))
RECORD(biased, hone_op_bias_add(g, x[0], x[1]))
RECORD(rounded, hone_op_round_bfloat16(g, x[0]))
RECORD(rounded_to_float16, hone_op_round_float16(g, x[0]))

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
    check_op(&(op_example){.title = "round_float16",
                           .record = rounded_to_float16,
                           .inputs = {S(5, 7), END},
                           .result = S(5, 7),
                           .no_gradient = true});
}

/* The fast way against that of files, over signs, sizes, halves between neighbours, and what is no number. */
TEST(rounds_to_float16_as_files_do)
{
    static const float odd[] = {0,     -0.0f, 1,        65504,   65519.99f,  65520,    -1e30f,   1e-30f,
                                6e-8f, 3e-8f, 2.98e-8f, 6.1e-5f, 6.1035e-5f, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        assert_true(hone_internal_round_float16(odd[i]) ==
                    hone_internal_half_to_float(hone_internal_float_to_half(odd[i])));
    for (int step = 0; step < 40000; step++) { /* every exponent, 100 fractions each */
        const float x = (float)ldexp(1 + (step % 100) / 64.0 + (step % 7) * 1e-6, step / 100 % 60 - 40) *
                        (step % 2 == 0 ? 1 : -1);
        if (hone_internal_round_float16(x) != hone_internal_half_to_float(hone_internal_float_to_half(x)))
            fail_msg("%.9g is rounded to %.9g", (double)x, (double)hone_internal_round_float16(x));
    }
    assert_true(isnan(hone_internal_round_float16(NAN)));
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
