/* Softmax and its logarithm. */
#include "testing/check_op.h"

#include <math.h>

RECORD(softmax, hone_op_softmax(g, x[0], -1))
RECORD(softmax_middle, hone_op_softmax(g, x[0], 1))
RECORD(log_softmax, hone_op_log_softmax(g, x[0], -1))
RECORD(log_softmax_first, hone_op_log_softmax(g, x[0], 0))
RECORD(beyond, hone_op_softmax(g, x[0], 2))

TEST(softmax_has_its_gradient)
{
    const op_example examples[] = {
        {.title = "softmax", .record = softmax, .inputs = {S(3, 5), END}, .result = S(3, 5)},
        {.title = "softmax, middle",
         .record = softmax_middle,
         .inputs = {S(2, 3, 4), END},
         .result = S(2, 3, 4)},
        {.title = "softmax of one", .record = softmax, .inputs = {S(4, 1), END}, .result = S(4, 1)},
        {.title = "softmax, wide",
         .record = softmax,
         .inputs = {S(3, 100), END},
         .result = S(3, 100),
         .lowest = -30,
         .highest = 30},
        {.title = "log softmax", .record = log_softmax, .inputs = {S(3, 5), END}, .result = S(3, 5)},
        {.title = "log softmax, first",
         .record = log_softmax_first,
         .inputs = {S(3, 2, 2), END},
         .result = S(3, 2, 2)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
    check_op_refused(&(op_example){.title = "axis", .record = beyond, .inputs = {S(3, 4), END}}, "axis 2");
}
