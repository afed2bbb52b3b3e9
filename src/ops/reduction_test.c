/* Reductions over axes. */
#include "ops/reduction.h"
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>

typedef struct reduction {
    const char *name;
    int axes[4], count;
    bool keep;
} reduction;

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    const reduction *r = context;
    return hone_op_reduce(g, r->name, x[0], r->axes, r->count, r->keep);
}

static void check(const char *name, double lowest)
{
    const struct {
        reduction reduction;
        hone_shape input, result;
    } uses[] = {
        {{name, {0}, 0, false}, S(3, 4), SCALAR},
        {{name, {0}, 1, false}, S(3, 4), S(4)},
        {{name, {-1}, 1, false}, S(3, 4), S(3)},
        {{name, {1}, 1, true}, S(2, 3, 4), S(2, 1, 4)},
        {{name, {0, 2}, 2, false}, S(2, 3, 4), S(3)},
        {{name, {1, 2}, 2, false}, S(2, 3, 4), S(2)},
        {{name, {2, 0}, 2, true}, S(2, 3, 2, 2), S(1, 3, 1, 2)},
        {{name, {0}, 1, false}, S(7), SCALAR},
        {{name, {0}, 0, false}, SCALAR, SCALAR},
        {{name, {1}, 1, false}, S(40, 33), S(40)},
    };
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        check_op(&(op_example){.title = name,
                               .record = record,
                               .context = &uses[i].reduction,
                               .inputs = {uses[i].input, END},
                               .result = uses[i].result,
                               .lowest = lowest,
                               .highest = 1.5});
}

TEST(reduces_over_any_axes)
{
    check("sum", -1);
    check("mean", -1);
    check("sum_squares", -1);
    check("product", 0.6);
    check("maximum", -1);
    check("minimum", -1);
}

RECORD(reduced_to, hone_internal_op_reduce_to(g, x[0], S(3, 1)))

TEST(sums_back_over_broadcast_axes)
{
    check_op(&(op_example){
        .title = "reduce_to", .record = reduced_to, .inputs = {S(2, 3, 4), END}, .result = S(3, 1)});
}

TEST(refuses_unknown_names_and_axes)
{
    static const reduction unknown = {"summ", {0}, 1, false}, beyond = {"sum", {2}, 1, false};
    check_op_refused(
        &(op_example){.title = "summ", .record = record, .context = &unknown, .inputs = {S(3), END}},
        "did you mean \"sum\"");
    check_op_refused(
        &(op_example){.title = "axis", .record = record, .context = &beyond, .inputs = {S(3, 4), END}},
        "axis 2");
}

/* Equal elements share the gradient of an extreme. */
TEST(the_gradient_of_a_maximum_is_shared_by_ties)
{
    golden_run run = golden_begin("ref", true);
    golden_tensor numbers = golden_filled(S(4), 2), received;
    numbers.values[3] = 1;
    hone_value x = golden_input_of(&run, &numbers), gradient;
    hone_value loss = hone_op_reduce(run.graph, "maximum", x, NULL, 0, false);
    golden_differentiate(&run, loss, &x, 1, &gradient);
    golden_execute(&run);
    received = golden_result(&run, gradient);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(received.values[i] - (i < 3 ? 1.0 / 3 : 0)) < 1e-6);
    golden_tensor_free(&received);
    golden_tensor_free(&numbers);
    golden_end(&run);
}

/* The product of a row with one 0 has a slope there, with two it has none. */
TEST(the_gradient_of_a_product_is_right_at_zeros)
{
    static const double expected[6] = {0, 6, 0, 0, 0, 0};
    golden_run run = golden_begin("ref", true);
    golden_tensor numbers = golden_filled(S(2, 3), 0), received;
    numbers.values[0] = 2, numbers.values[2] = 3, numbers.values[3] = 5;
    hone_value x = golden_input_of(&run, &numbers), gradient;
    int last = -1;
    golden_differentiate(&run,
                         hone_op_total(run.graph, hone_op_reduce(run.graph, "product", x, &last, 1, false)),
                         &x, 1, &gradient);
    golden_execute(&run);
    received = golden_result(&run, gradient);
    for (int i = 0; i < 6; i++)
        assert_true(received.values[i] == expected[i]);
    golden_tensor_free(&received);
    golden_tensor_free(&numbers);
    golden_end(&run);
}
