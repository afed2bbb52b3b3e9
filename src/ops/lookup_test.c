/* Rows by number. */
#include "testing/check_op.h"

RECORD(gathered, hone_op_gather_rows(g, x[0], x[1]))
RECORD(along, hone_op_gather_along(g, x[0], x[1]))
RECORD(encoded, hone_op_one_hot(g, x[0], 4))

TEST(rows_have_gradients)
{
    const op_example examples[] = {
        {.title = "gather",
         .record = gathered,
         .inputs = {S(5, 3), S(2, 4), END},
         .result = S(2, 4, 3),
         .constant = 2,
         .ids = 5},
        {.title = "gather",
         .record = gathered,
         .inputs = {S(1, 1), S(7), END},
         .result = S(7, 1),
         .constant = 2,
         .ids = 1},
        {.title = "along",
         .record = along,
         .inputs = {S(2, 3, 5), S(2, 3, 2), END},
         .result = S(2, 3, 2),
         .constant = 2,
         .ids = 5},
        {.title = "along, more often than there are",
         .record = along,
         .inputs = {S(2, 3), S(2, 7), END},
         .result = S(2, 7),
         .constant = 2,
         .ids = 3},
        {.title = "one_hot",
         .record = encoded,
         .inputs = {S(2, 3), END},
         .result = S(2, 3, 4),
         .constant = 1,
         .ids = 5,
         .no_gradient = true},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(a_table_of_another_rank_is_refused)
{
    check_op_refused(&(op_example){.title = "gather", .record = gathered, .inputs = {S(2, 2, 2), S(2), END}},
                     "gather_rows");
}

TEST(places_of_other_rows_are_refused)
{
    check_op_refused(&(op_example){.title = "along", .record = along, .inputs = {S(3, 2), S(2, 2), END}},
                     "gather_along");
    check_op_refused(&(op_example){.title = "along", .record = along, .inputs = {S(3, 2), S(2), END}},
                     "gather_along");
}
