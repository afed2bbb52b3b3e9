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

RECORD(in_tiles, hone_internal_op_equalize_tiles(g, x[0], 2, 3, 2))
RECORD(in_many_tiles, hone_internal_op_equalize_tiles(g, x[0], 0, 4, 7))

TEST(agrees_in_tiles)
{
    op_example example = {.title = "equalize_tiles",
                          .record = in_tiles,
                          .inputs = {S(2, 7, 5, 2), END},
                          .result = S(2, 7, 5, 2),
                          .lowest = -10,
                          .highest = 300,
                          .no_gradient = true};
    check_op(&example);
    example.record = in_many_tiles; /* more than there are pixels */
    example.inputs[0] = example.result = S(1, 3, 2, 1);
    check_op(&example);
    example.inputs[0] = S(3, 2, 1);
    check_op_refused(&example, "needs images");
}
