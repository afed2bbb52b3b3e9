/* Functions of two operands in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"operands of one shape go through a function", "3", "dense(3, use_bias=false); @multiply",
     .parts = {"static void net_op_multiply(", "result[i] = (float)(x * y);",
               "net_op_multiply(output, output, input, 3);"},
     .lacks = "i0"},
    {"a broadcast one is read in loops", "2, 3", "dense(1); @subtract",
     .parts = {"*const b = input;", "for (i0 = 0; i0 < 2; i0++)", "for (i1 = 0; i1 < 3; i1++) {",
               "const float x = a[i0], y = b[i0 * 3 + i1];", "*to++ = (float)(x - y);"},
     .lacks = "net_op_subtract"},
    {"a function is written once", "3", "dense(3); @maximum; @maximum",
     .parts = {"static void net_op_maximum(", "net_op_maximum(", "net_op_maximum("}},
};

TEST_EACH(is_a_function_or_loops, examples)
{
    check_c_source(row);
}
