/* Cross-entropy with class ids. */
#include "testing/check_op.h"

RECORD(crossentropy, hone_op_sparse_crossentropy(g, x[0], x[1]))
RECORD(crossentropy_of_softmax, hone_op_sparse_crossentropy(g, hone_op_softmax(g, x[0], -1), x[1]))

TEST(crossentropy_has_its_gradient)
{
    const op_example examples[] = {
        {.title = "of numbers",
         .record = crossentropy,
         .inputs = {S(4, 3), S(4), END},
         .result = S(4),
         .constant = 2,
         .ids = 3,
         .lowest = 0.1,
         .highest = 1},
        {.title = "of a sequence",
         .record = crossentropy,
         .inputs = {S(2, 4, 3), S(2, 4), END},
         .result = S(2, 4),
         .constant = 2,
         .ids = 3,
         .lowest = 0.1,
         .highest = 1},
        {.title = "of a softmax",
         .record = crossentropy_of_softmax,
         .inputs = {S(4, 3), S(4), END},
         .result = S(4),
         .constant = 2,
         .ids = 3},
        {.title = "of a softmax, wide",
         .record = crossentropy_of_softmax,
         .inputs = {S(9, 40), S(9), END},
         .result = S(9),
         .constant = 2,
         .ids = 40},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
    check_op_refused(
        &(op_example){.title = "targets", .record = crossentropy, .inputs = {S(4, 3), S(5), END}},
        "(4, 3) and (5,)");
}
