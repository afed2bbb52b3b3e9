/* Reductions in C source. */
#include "csource/forms.h"
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"a mean needs the count", "4, 2", "global_average_pooling1d",
     .parts = {"static void net_op_reduce_mean(", "const float n = (float)axis;", "float r = 0;",
               "r = r + x;", "*result++ = r / n;", "net_op_reduce_mean(output, input, 1, 4, 2);"}},
    {"a maximum does not", "4, 2", "global_max_pooling1d",
     .parts = {"float r = -INFINITY;", "net_op_reduce_maximum(output, input, 1, 4, 2);"},
     .lacks = "(float)axis"},
    {"of the last axis", "4, 2", "global_max_pooling1d(data_format=channels_first)",
     .parts = {"net_op_reduce_maximum(output, input, 4, 2, 1);"}},
};

TEST_EACH(is_a_function_of_three_sizes, examples)
{
    check_c_source(row);
}

TEST(every_reduction_has_a_form)
{
    static const hone_kernel_index kernels[] = {
#define HONE_REDUCTION(name, ...) HONE_KERNEL_reduce_##name,
#include "kernels/reduction.def"
    };
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        assert_non_null(hone_internal_c_form_of(kernels[i]));
}
