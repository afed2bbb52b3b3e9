/* Histograms. */
#include "ops/histogram.h"
#include "testing/check_op.h"

RECORD(equalized, hone_internal_op_equalize(g, x[0], 16))

TEST(agrees)
{
    check_op(&(op_example){.title = "equalize",
                           .record = equalized,
                           .inputs = {S(2, 5, 4, 3), END},
                           .result = S(2, 5, 4, 3),
                           .lowest = -10,
                           .highest = 300,
                           .no_gradient = true});
    check_op(&(op_example){.title = "equalize",
                           .record = equalized,
                           .inputs = {S(1, 1, 1, 2), END},
                           .result = S(1, 1, 1, 2),
                           .lowest = 1,
                           .highest = 9}); /* one number, one bin: it stays */
}
