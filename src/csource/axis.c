/* Places of extremes, running sums, sorting in C source. */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_argmax, .call = "op_argmax($0, $1, #0, #1, #2)"},
    {.kernel = HONE_KERNEL_argmin, .call = "op_argmin($0, $1, #0, #1, #2)"},
    {.kernel = HONE_KERNEL_cumulative_sum, .call = "op_cumulative_sum($0, $1, #0, #1, #2, %0)"},
    {.kernel = HONE_KERNEL_sort_order, .call = "op_sort_order($0, $1, #0, #1, %0)"},
    {.kernel = HONE_KERNEL_sort_descending, .call = "op_sort_descending($0, $1, #0, #1)"},
};
HONE_C_FAMILY(axis, forms, NULL);
