/* Along one axis: positions, running sums, sorting. */
#include "testing/check_op.h"

RECORD(position, hone_op_argmax(g, x[0], 1))
RECORD(position_of_least, hone_op_argmin(g, x[0], -1))
RECORD(sorted, hone_op_sort_descending(g, x[0]))
RECORD(ordered, hone_op_sort_order(g, x[0], false))
RECORD(ordered_down, hone_op_sort_order(g, x[0], true))
RECORD(summed_up, hone_op_cumulative_sum(g, x[0], 1))

TEST(finds_positions)
{
    check_op(&(op_example){.title = "argmax",
                           .record = position,
                           .inputs = {S(2, 5, 3), END},
                           .result = S(2, 3),
                           .no_gradient = true});
    check_op(&(op_example){.title = "argmin",
                           .record = position_of_least,
                           .inputs = {S(4, 5), END},
                           .result = S(4),
                           .no_gradient = true});
    check_op(&(op_example){
        .title = "sort", .record = sorted, .inputs = {S(3, 6), END}, .result = S(3, 6), .no_gradient = true});
    check_op(&(op_example){.title = "order",
                           .record = ordered,
                           .inputs = {S(3, 6), END},
                           .result = S(3, 6),
                           .no_gradient = true});
    check_op(&(op_example){.title = "order downward",
                           .record = ordered_down,
                           .inputs = {S(2, 1, 9), END},
                           .result = S(2, 1, 9),
                           .no_gradient = true});
    check_op(&(op_example){
        .title = "cumulative sum", .record = summed_up, .inputs = {S(2, 3, 2), END}, .result = S(2, 3, 2)});
}

TEST(an_axis_that_is_not_there_is_refused)
{
    check_op_refused(&(op_example){.title = "argmax", .record = position, .inputs = {S(3), END}}, "axis 1");
}
