/* Element-wise functions of two operands, with and without broadcasting. */
#include "testing/check_op.h"

#include <math.h>

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    return hone_op_binary(g, context, x[0], x[1]);
}

static void check(const char *name, double lowest, double highest, bool no_gradient)
{
    const hone_shape shapes[][3] = {
        {S(3, 4), S(3, 4), S(3, 4)},    {S(3, 4), S(4), S(3, 4)},
        {S(3, 1), S(1, 4), S(3, 4)},    {S(2, 3, 4), S(3, 1), S(2, 3, 4)},
        {SCALAR, S(3), S(3)},           {SCALAR, SCALAR, SCALAR},
        {S(1), S(2, 1, 3), S(2, 1, 3)}, {S(2, 1, 3, 1), S(4, 1, 2), S(2, 4, 3, 2)},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_op(&(op_example){.title = name,
                               .record = record,
                               .context = name,
                               .inputs = {shapes[i][0], shapes[i][1], END},
                               .result = shapes[i][2],
                               .lowest = lowest,
                               .highest = highest,
                               .no_gradient = no_gradient});
}

TEST(arithmetic_has_its_gradients)
{
    check("add", 0, 0, false);
    check("subtract", 0, 0, false);
    check("multiply", 0, 0, false);
    check("divide", 0.5, 3, false);
    check("divide_no_nan", 0.5, 3, false);
    check("maximum", 0, 0, false);
    check("minimum", 0, 0, false);
    check("power", 0.5, 2, false);
}

TEST(comparisons_have_no_gradient)
{
    static const char *const names[] = {"greater",         "greater_equal", "less",        "less_equal",
                                        "equal",           "not_equal",     "logical_and", "logical_or",
                                        "bits_and",        "bits_or",       "bits_xor",    "shift_left",
                                        "greatest_divisor"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check(names[i], -1, 1, true);
}

/* x x and x + x: both operands are one value. */
RECORD(twice, hone_op_multiply(g, x[0], hone_op_add(g, x[0], x[0])))

TEST(one_value_may_be_both_operands)
{
    check_op(&(op_example){.title = "twice", .record = twice, .inputs = {S(3, 4), END}, .result = S(3, 4)});
}

TEST(refuses_shapes_and_names_that_do_not_fit)
{
    check_op_refused(
        &(op_example){.title = "add", .record = record, .context = "add", .inputs = {S(3, 4), S(3), END}},
        "(3, 4) and (3,)");
    check_op_refused(
        &(op_example){.title = "adds", .record = record, .context = "adds", .inputs = {S(3), S(3), END}},
        "did you mean \"add\"");
}
