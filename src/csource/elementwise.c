/* Biases, rounding, choosing in C source. A bias right behind a step with weights goes into it (fold.h). */
#include "csource/forms.h"

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_bias_add, .call = "op_bias_add($0, $1, $2, #n, #0)"},
    {.kernel = HONE_KERNEL_round_bfloat16, .call = "op_round_bfloat16($0, $1, #n)"},
    {.kernel = HONE_KERNEL_round_float16, .call = "op_round_float16($0, $1, #n)"},
    {.kernel = HONE_KERNEL_select, .call = "op_select($0, $1, $2, $3, #n)"},
};
HONE_C_FAMILY(elementwise, forms, NULL);
