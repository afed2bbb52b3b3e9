/* Batch normalisation in parts: against the reference, finite differences, and the same in one piece. */
#include "ops/moments.h"
#include "testing/check_op.h"

RECORD(batch, hone_op_batch_normalization(g, x[0], -1, x[1], x[2], NULL, NULL, 0.9, 1e-2))
RECORD(batch_plain,
       hone_op_batch_normalization(g, x[0], -1, HONE_NO_VALUE, HONE_NO_VALUE, NULL, NULL, 0.9, 1e-2))
RECORD(batch_scaled, hone_op_batch_normalization(g, x[0], -1, x[1], HONE_NO_VALUE, NULL, NULL, 0.9, 1e-2))

TEST(normalizes_many_rows)
{
    const op_example examples[] = {
        {.title = "one channel, a last part that is shorter",
         .record = batch,
         .inputs = {S(1031, 1), S(1), S(1), END},
         .result = S(1031, 1)},
        {.title = "channels first in rows of images",
         .record = batch_plain,
         .inputs = {S(32, 8, 4, 2), END},
         .result = S(32, 8, 4, 2)},
        {.title = "scaled", .record = batch_scaled, .inputs = {S(1024, 1), S(1), END}, .result = S(1024, 1)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

TEST(is_taken_where_there_are_eight_parts)
{
    assert_true(hone_internal_batch_has_parts((hone_shape){.rank = 2, .size = {1024, 3}}, 1));
    assert_false(hone_internal_batch_has_parts((hone_shape){.rank = 2, .size = {1023, 3}}, 1));
    assert_true(hone_internal_batch_has_parts((hone_shape){.rank = 4, .size = {4, 8, 8, 1000}}, 3));
    assert_false(hone_internal_batch_has_parts((hone_shape){.rank = 4, .size = {3, 8, 8, 1000}}, 3));
    assert_false(hone_internal_batch_has_parts((hone_shape){.rank = 4, .size = {64, 8, 64, 64}}, 1));
    assert_false(hone_internal_batch_has_parts((hone_shape){.rank = 2, .size = {4096, 0}}, 1));
}
