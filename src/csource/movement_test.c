/* Movement in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"a transpose walks", "2, 3", "permute([2, 1])",
     .parts = {"for (i0 = 0; i0 < 3; i0++)", "for (i1 = 0; i1 < 2; i1++)", "*to++ = a[i0 + i1 * 3];"}},
    {"a part begins behind the others", "4, 2", "cropping1d([1, 0])",
     .parts = {"for (i0 = 0; i0 < 6; i0++)", "*to++ = a[i0 + 2];"}},
    {"padding: the outside, then the inside", "2, 3", "zero_padding1d([1, 2])",
     .parts = {"net_op_fill(output, 15, 0.0f);", "for (i0 = 0; i0 < 6; i0++)", "to[i0 + 3] = a[i0];"}},
    {"padding of two axes", "2, 2, 1", "zero_padding2d([[1, 0], [0, 1]])",
     .parts = {"net_op_fill(output, 9, 0.0f);", "to[i0 * 3 + i1 + 3] = a[i0 * 2 + i1];"}},
    {"operands side by side", "3", "dense(2); @concatenate",
     .parts = {"net_op_copy_rows(output, 5, work, 2, 1);", "net_op_copy_rows(output + 2, 5, input, 3, 1);"}},
    {"operands one behind the other", "2, 3", "activation(relu); @concatenate(axis=1)",
     .parts = {"net_op_copy_rows(output, 12, work, 6, 1);",
               "net_op_copy_rows(output + 6, 12, input, 6, 1);"}},
    {"another shape moves nothing", "2, 3", "flatten; dense(1)", .parts = {"net_op_dense(output, input,"},
     .lacks = "to++"},
};

TEST_EACH(is_loops_and_rows, examples)
{
    check_c_source(row);
}
