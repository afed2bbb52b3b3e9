/* Normalisation by the batch, by given statistics, within samples. */
#include "testing/check_op.h"

#include <math.h>

RECORD(batch, hone_op_batch_normalization(g, x[0], 1, x[1], x[2], NULL, NULL, 0.9, 1e-2))
RECORD(batch_plain,
       hone_op_batch_normalization(g, x[0], -1, HONE_NO_VALUE, HONE_NO_VALUE, NULL, NULL, 0.9, 1e-2))
RECORD(batch_scaled, hone_op_batch_normalization(g, x[0], -1, x[1], HONE_NO_VALUE, NULL, NULL, 0.9, 1e-2))
RECORD(given, hone_op_normalize(g, x[0], 1, x[1], x[2], x[3], x[4], 1e-2))
RECORD(given_plain, hone_op_normalize(g, x[0], -1, x[1], x[2], HONE_NO_VALUE, HONE_NO_VALUE, 1e-2))
RECORD(rows, hone_op_row_normalization(g, x[0], 1, 1e-2, true))
RECORD(two_axes, hone_op_row_normalization(g, x[0], 2, 1e-2, true))
RECORD(mean_square, hone_op_row_normalization(g, x[0], 1, 1e-2, false))
RECORD(no_axes, hone_op_row_normalization(g, x[0], 3, 1e-2, false))

TEST(normalizes_by_the_batch)
{
    const op_example examples[] = {
        {.title = "batch", .record = batch, .inputs = {S(6, 3), S(3), S(3), END}, .result = S(6, 3)},
        {.title = "batch, inner axes",
         .record = batch,
         .inputs = {S(3, 3, 4), S(3), S(3), END},
         .result = S(3, 3, 4)},
        {.title = "batch, many channels",
         .record = batch,
         .inputs = {S(5, 37), S(37), S(37), END},
         .result = S(5, 37)},
        {.title = "batch, plain", .record = batch_plain, .inputs = {S(6, 3), END}, .result = S(6, 3)},
        {.title = "batch, scaled",
         .record = batch_scaled,
         .inputs = {S(2, 3, 4), S(4), END},
         .result = S(2, 3, 4)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(normalizes_by_given_statistics)
{
    const op_example examples[] = {
        {.title = "given",
         .record = given,
         .inputs = {S(4, 3), S(3), S(3), S(3), S(3)},
         .result = S(4, 3),
         .lowest = 0.3,
         .highest = 2},
        {.title = "given, inner axes",
         .record = given,
         .inputs = {S(2, 3, 4), S(3), S(3), S(3), S(3)},
         .result = S(2, 3, 4),
         .lowest = 0.3,
         .highest = 2},
        {.title = "given, plain",
         .record = given_plain,
         .inputs = {S(4, 3), S(3), S(3), END},
         .result = S(4, 3),
         .lowest = 0.3,
         .highest = 2},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(normalizes_each_sample)
{
    const op_example examples[] = {
        {.title = "rows", .record = rows, .inputs = {S(4, 5), END}, .result = S(4, 5)},
        {.title = "two axes", .record = two_axes, .inputs = {S(3, 2, 4), END}, .result = S(3, 2, 4)},
        {.title = "mean square", .record = mean_square, .inputs = {S(2, 3, 4), END}, .result = S(2, 3, 4)},
        {.title = "wide rows", .record = rows, .inputs = {S(2, 70), END}, .result = S(2, 70)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
    check_op_refused(&(op_example){.title = "no axes", .record = no_axes, .inputs = {S(3, 4), END}},
                     "the axes must number 1 to 2, not 3");
}
