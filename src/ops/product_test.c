/* Products. */
#include "testing/check_op.h"

#include <math.h>

typedef struct flags {
    bool a, b;
} flags;

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    const flags *transpose = context;
    return hone_op_matmul(g, x[0], x[1], transpose->a, transpose->b);
}

static void check(hone_shape a, hone_shape b, bool transpose_a, bool transpose_b, hone_shape result)
{
    flags transpose = {transpose_a, transpose_b};
    check_op(&(op_example){
        .title = "matmul", .record = record, .context = &transpose, .inputs = {a, b, END}, .result = result});
}

TEST(multiplies_with_either_side_transposed)
{
    check(S(3, 4), S(4, 5), false, false, S(3, 5));
    check(S(4, 3), S(4, 5), true, false, S(3, 5));
    check(S(3, 4), S(5, 4), false, true, S(3, 5));
    check(S(4, 3), S(5, 4), true, true, S(3, 5));
    check(S(1, 1), S(1, 1), false, false, S(1, 1));
    check(S(33, 17), S(17, 20), false, false, S(33, 20));
}

TEST(keeps_leading_axes)
{
    check(S(2, 3, 4), S(4, 5), false, false, S(2, 3, 5));
    check(S(2, 3, 4), S(5, 4), false, true, S(2, 3, 5));
    check(S(2, 2, 3, 4), S(4, 2), false, false, S(2, 2, 3, 2));
    check(S(2, 3, 4), S(2, 4, 5), false, false, S(2, 3, 5));
    check(S(2, 4, 3), S(2, 4, 5), true, false, S(2, 3, 5));
    check(S(2, 3, 4), S(2, 5, 4), false, true, S(2, 3, 5));
    check(S(2, 4, 3), S(2, 5, 4), true, true, S(2, 3, 5));
    check(S(3, 2, 2, 4), S(3, 2, 4, 2), false, false, S(3, 2, 2, 2));
}

RECORD(squared, hone_op_matmul(g, x[0], x[0], true, false))

TEST(a_matrix_times_itself_has_its_gradient)
{
    check_op(&(op_example){.title = "x x", .record = squared, .inputs = {S(3, 4), END}, .result = S(4, 4)});
}

TEST(refuses_shapes_that_do_not_fit)
{
    static const flags plain = {false, false};
    check_op_refused(
        &(op_example){
            .title = "matmul", .record = record, .context = &plain, .inputs = {S(3, 4), S(3, 4), END}},
        "(3, 4) and (3, 4)");
    check_op_refused(
        &(op_example){.title = "matmul", .record = record, .context = &plain, .inputs = {S(4), S(4, 3), END}},
        "(4,)");
    check_op_refused(
        &(op_example){
            .title = "matmul", .record = record, .context = &plain, .inputs = {S(2, 3, 4), S(3, 4, 5), END}},
        "(2, 3, 4)");
    check_op_refused(
        &(op_example){
            .title = "matmul", .record = record, .context = &plain, .inputs = {S(3, 4), S(2, 4, 5), END}},
        "matmul");
}
